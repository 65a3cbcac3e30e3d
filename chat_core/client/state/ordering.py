"""Events about order into a conversation's state: roles, rules, and who was muted, kicked or banned. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from chat_core.client.state.changes import Change, ListChanged, MembersListed, NoticeAdded
from chat_core.client.state.model import ConversationState, Notice
from chat_core.client.state.notices import add_notice
from chat_core.protocol.events import ConversationEvent, MemberSanctioned, RoleChanged, RulesChanged
from chat_core.protocol.values import Account


def ordered(
    conversation: ConversationState, events: Sequence[ConversationEvent], me: Account | None
) -> tuple[ConversationState, list[Change]]:
    """Fold events about order in; the others change nothing."""
    changes: list[Change] = []
    for event in events:
        if not isinstance(event, RoleChanged | RulesChanged | MemberSanctioned):
            continue
        notice = Notice(after=event.seq, ts=event.ts, kind="order", names=(event.name,), event=event)
        conversation = add_notice(conversation, notice)
        changes.append(NoticeAdded(conversation=conversation.id, notice=notice))
        if isinstance(event, RoleChanged):
            conversation, more = _role(conversation, event, me)
            changes += more
        elif isinstance(event, RulesChanged) and event.seq > conversation.info.head:
            conversation = replace(conversation, info=replace(conversation.info, rules=event.rules))
            changes.append(ListChanged(changed=(conversation.id,)))
    return conversation, changes


def _role(
    conversation: ConversationState, event: RoleChanged, me: Account | None
) -> tuple[ConversationState, list[Change]]:
    changes: list[Change] = []
    # While catching up, the list of conversations has one's newest role already.
    if me is not None and event.account == me.id and event.seq > conversation.info.head:
        conversation = replace(conversation, info=replace(conversation.info, role=event.role))
        changes.append(ListChanged(changed=(conversation.id,)))
    if any(member.account == event.account for member in conversation.members.members):
        members = tuple(
            replace(member, channel_role=event.role) if member.account == event.account else member
            for member in conversation.members.members
        )
        conversation = replace(conversation, members=replace(conversation.members, members=members))
        changes.append(MembersListed(conversation=conversation.id))
    return conversation, changes
