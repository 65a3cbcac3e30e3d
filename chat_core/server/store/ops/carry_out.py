"""A batch of ops, in order, in one transaction: consecutive posts together, everything else one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from chat_core.server.store.acts import (
    ChangeManners,
    ChangeRules,
    DeleteChannel,
    EmptyChannel,
    GiveRole,
    InviteToChannel,
    LockServer,
    OrderOp,
    SanctionInChannel,
    SanctionOnServer,
)
from chat_core.server.store.attention import AttentionOp
from chat_core.server.store.base import Committed, Op, Refused
from chat_core.server.store.conversations import (
    ConversationOp,
    JoinChannel,
    LeaveConversation,
    OpenDirect,
    SetChannelTopic,
)
from chat_core.server.store.groups import GroupOp
from chat_core.server.store.hooks import HookOp
from chat_core.server.store.marks import MarkOp
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage, MessageOp, MoveReadMarker
from chat_core.server.store.ops import (
    accounts,
    attention,
    changes,
    conversations,
    display,
    emptying,
    groups,
    hooks,
    locking,
    marks,
    order,
    people,
    private,
    removing,
    sanctions,
    threads,
)
from chat_core.server.store.ops.display import dressed
from chat_core.server.store.ops.posts import append_messages
from chat_core.server.store.ops.work import Work
from chat_core.server.store.people import NamingOp, PeopleOp, RenameAccount, SetDisplayName
from chat_core.server.store.private import PrivateOp
from chat_core.server.store.threading import ThreadOp


def carry_out(work: Work, ops: Sequence[Op]) -> list[Committed | Refused]:
    """Carry out ops and return the outcome of each; refused ones wrote nothing.

    Raises: what the database raises; then nothing of the transaction may be kept.
    """
    outcomes: list[Committed | Refused] = []
    posts: list[AppendMessage] = []
    for op in ops:
        if isinstance(op, AppendMessage):
            posts.append(op)
        else:
            outcomes += _posted(work, posts)
            outcomes.append(_tried(work, op))
    outcomes += _posted(work, posts)
    work.facts.trim()
    return outcomes


def _posted(work: Work, posts: list[AppendMessage]) -> list[Committed | Refused]:
    """Carry out the posts gathered so far, and begin to gather anew."""
    outcomes = append_messages(work, posts) if posts else []
    posts.clear()
    return outcomes


def _tried(work: Work, op: Op) -> Committed | Refused:
    try:
        return dressed(work, _one(work, op))
    except Refused as refused:
        return refused


def _one(work: Work, op: Op) -> Committed:
    if isinstance(op, PeopleOp):
        return people.carry_out(work, op)
    if isinstance(op, NamingOp):
        return _named(work, op)
    if isinstance(op, AttentionOp):
        return attention.carry_out(work, op)
    if isinstance(op, PrivateOp):
        return private.carry_out(work, op)
    if isinstance(op, ThreadOp):
        return threads.carry_out(work, op)
    if isinstance(op, HookOp):
        return hooks.carry_out(work, op)
    if isinstance(op, GroupOp):
        return groups.make_group(work, op)
    if isinstance(op, MarkOp):
        return marks.carry_out(work, op)
    return _conversed(work, op)


def _named(work: Work, op: NamingOp) -> Committed:
    match op:
        case RenameAccount():
            return accounts.rename(work, op)
        case SetDisplayName():
            return display.set_display_name(work, op)
        case _:
            assert_never(op)


def _conversed(work: Work, op: ConversationOp | MessageOp | OrderOp) -> Committed:
    match op:
        case JoinChannel():
            return conversations.join_channel(work, op)
        case OpenDirect():
            return conversations.open_direct(work, op)
        case LeaveConversation():
            return conversations.leave(work, op)
        case SetChannelTopic():
            return conversations.set_channel_topic(work, op)
        case MoveReadMarker():
            return attention.move_read_marker(work, op)
        case EditMessage() | DeleteMessage():
            return changes.change_message(work, op)
        case AppendMessage():
            raise TypeError("posts are carried out together")
        case _:
            return _ordered(work, op)


def _ordered(work: Work, op: OrderOp) -> Committed:
    match op:
        case GiveRole():
            return order.give_role(work, op)
        case ChangeRules():
            return order.change_rules(work, op)
        case DeleteChannel():
            return removing.delete_channel(work, op)
        case EmptyChannel():
            return emptying.empty_channel(work, op)
        case ChangeManners():
            return order.change_manners(work, op)
        case InviteToChannel():
            return order.invite(work, op)
        case SanctionInChannel():
            return sanctions.in_channel(work, op)
        case SanctionOnServer():
            return sanctions.on_server(work, op)
        case LockServer():
            return locking.lock_server(work, op)
        case _:
            assert_never(op)
