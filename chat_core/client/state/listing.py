"""The list of conversations: what a resume, a join, a leave and a reset do to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from chat_core.base.names import name_key
from chat_core.client.state import bookmarks, threads
from chat_core.client.state.changes import (
    Change,
    Delivered,
    IgnoredChanged,
    LinkChanged,
    ListChanged,
    MembersListed,
    PutOut,
    TimelineReset,
    TypingChanged,
    UnreadChanged,
)
from chat_core.client.state.inputs import Gone, Opened, Placed, WasRemembered, WasReset, WasResumed
from chat_core.client.state.model import ClientState, ConversationState, Listener, MemberList, Notice, Timeline
from chat_core.client.state.reading import recount, renewed
from chat_core.client.state.timeline import begin, fall_behind
from chat_core.protocol.events import ConversationLeft
from chat_core.protocol.groups import with_people
from chat_core.protocol.values import Conversation, Position, Rules

RESET_REASONS = {
    "new": "This is a new view of the conversation.",
    "epoch": "The server's store was replaced or restored from a backup; newer messages may be missing.",
    "rewound": "The server went back to an older copy of its store; newer messages may be missing.",
    "far_behind": "Much happened meanwhile; what is missing is read when it is scrolled to.",
}
"""What a reset means, for people."""


def fresh(info: Conversation) -> ConversationState:
    """Return a conversation of which nothing is known; it goes on behind its head."""
    return ConversationState(
        info=info,
        position=Position(conversation=info.id, seq=info.head, eid=info.eid),
        timeline=begin(info.head),
        read=info.read,
        confirmed=info.read,
        unread=info.unread,
        mentions=info.mentions,
        members=MemberList(total=info.members, online=info.online),
    )


def remembered(state: ClientState, input: WasRemembered) -> tuple[ClientState, list[Change]]:
    """Take over the list of an earlier run, until a resume brings the true one."""
    known = input.remembered
    # What was said since is not known: it would be a lie to call an empty conversation empty.
    unread = Timeline(known_from=2)
    conversations = {info.id: replace(fresh(info), timeline=unread, remembered=True) for info in known.conversations}
    state = replace(
        state,
        me=known.me,
        server=known.server,
        epoch=known.epoch,
        account_seq=known.account_seq,
        conversations=MappingProxyType(conversations),
    )
    return state, [LinkChanged(), ListChanged(added=tuple(conversations))]


def resumed(state: ClientState, input: WasResumed) -> tuple[ClientState, list[Change]]:
    """Take over the list as of now; what is not in it is gone."""
    answer = input.resumed
    another = bool(state.epoch) and answer.epoch != state.epoch
    conversations: dict[int, ConversationState] = {}
    added, changed = [], []
    changes: list[Change] = []
    ignored = frozenset(answer.ignored)
    listener = Listener(state.me, ignored)
    for info in answer.conversations:
        known = state.conversations.get(info.id)
        if known is None or (another and not same_target(known.info, info)):
            conversations[info.id] = fresh(info)
            added.append(info.id)
            continue
        if known.remembered:
            conversations[info.id] = replace(fresh(info), unsent=known.unsent)
            changed.append(info.id)
            changes.append(TimelineReset(conversation=info.id))
            continue
        # The server may have been restarted: its count of member signals began anew.
        members = replace(known.members, rev=0, total=info.members, online=info.online, stale=True)
        now = replace(renewed(known, info, listener), typing=(), members=members)
        conversations[info.id] = now
        if labels(known.info) != labels(info):
            changed.append(info.id)
        changes += differences(known, now)
    removed = [number for number in state.conversations if number not in conversations or (another and number in added)]
    if added or removed or changed:
        changes.insert(0, ListChanged(added=tuple(added), removed=tuple(removed), changed=tuple(changed)))
    for caught_up in answer.catch_ups:
        lost = state.conversations.get(caught_up.conversation) if caught_up.gone else None
        if lost is not None and not another:
            changes += put_out(lost, caught_up.gone, caught_up.name, caught_up.text, caught_up.until)
    if ignored != state.ignored:
        changes.append(IgnoredChanged())
    state, more = bookmarks.resumed(state, answer.bookmarks)
    changes += [*more, *_missed(state, input, conversations)]
    state = replace(
        state,
        epoch=answer.epoch,
        account_seq=answer.seq,
        ignored=ignored,
        conversations=MappingProxyType(conversations),
    )
    return state, changes


def _missed(state: ClientState, input: WasResumed, listed: Mapping[int, ConversationState]) -> list[Change]:
    """Return what happened to the account while it was away; it may have come back to where it was put out of."""
    changes: list[Change] = []
    for event in input.missed:
        if not isinstance(event, ConversationLeft):
            changes.append(Delivered(event=event))
            continue
        known = None if event.conversation in listed else state.conversations.get(event.conversation)
        if known is not None:
            changes += put_out(known, event.reason, event.name, event.text, event.until)
    return changes


def opened(state: ClientState, input: Opened) -> tuple[ClientState, list[Change]]:
    """Add a conversation, or bring its numbers up to date."""
    info = input.conversation
    known = state.conversations.get(info.id)
    if known is None:
        return put(state, fresh(info)), [ListChanged(added=(info.id,))]
    if info.head < known.position.seq:
        # It was read before the events that are known here.
        info = replace(info, topic=known.info.topic, rules=known.info.rules, role=known.info.role)
        if info.kind == "group":
            info = with_people(info, known.info.people, known.info.members)
    if state.account_seq:
        # One's account log tells of this, in order, and an answer may be older than what it has told.
        info = replace(info, quiet=known.info.quiet)
    now = recount(known, info, state.listener, asked_at=input.asked_at)
    changes = differences(known, now)
    if labels(known.info) != labels(info):
        changes.insert(0, ListChanged(changed=(info.id,)))
    return put(state, now), changes


def gone(state: ClientState, input: Gone) -> tuple[ClientState, list[Change]]:
    """Take a conversation out of the list."""
    if input.conversation not in state.conversations:
        return state, []
    left = {number: known for number, known in state.conversations.items() if number != input.conversation}
    return replace(state, conversations=MappingProxyType(left)), [ListChanged(removed=(input.conversation,))]


def quieted(state: ClientState, conversation: int, *, quiet: bool) -> tuple[ClientState, list[Change]]:
    """Note whether a conversation is to be heard of only where it names oneself."""
    known = state.conversations.get(conversation)
    if known is None or known.info.quiet == quiet:
        return state, []
    now = replace(known, info=replace(known.info, quiet=quiet))
    return put(state, now), [ListChanged(changed=(conversation,)), UnreadChanged(conversation=conversation)]


def put_out(known: ConversationState, reason: str, name: str, text: str, until: int | None) -> list[Change]:
    """Return how a conversation that is gone was lost, if it was not left."""
    match reason:
        case "kicked" | "banned" | "deleted":
            return [
                PutOut(conversation=known.id, target=known.target, reason=reason, name=name, text=text, until=until)
            ]
        case _:
            return []


def placed(state: ClientState, input: Placed) -> tuple[ClientState, list[Change]]:
    """Begin somewhere else in a log, with nothing known before."""
    known = state.conversations.get(input.position.conversation)
    if known is None:
        return state, []
    return put(state, replace(known, position=input.position, timeline=begin(input.position.seq))), []


def was_reset(state: ClientState, input: WasReset) -> tuple[ClientState, list[Change]]:
    """Go on elsewhere: behind a gap if it is the same log, else with nothing known, and a line that says why."""
    number, seq = input.position.conversation, input.position.seq
    known = state.conversations.get(number)
    if known is None:
        return state, []
    if input.reason == "far_behind":
        timeline = fall_behind(known.timeline, known.position.seq, seq)
        now = replace(known, position=input.position, timeline=timeline, typing=())
        now = recount(now, now.info, state.listener)
    else:
        text = RESET_REASONS.get(input.reason, input.reason)
        notice = Notice(after=seq, ts=input.wall_ms, kind="reset", text=text)
        now = replace(known, position=input.position, timeline=begin(seq), notices=(notice,), typing=(), mentions=0)
        # Read markers mean something within one log only.
        read = min(now.info.read, seq)
        now = replace(now, read=read, confirmed=read, put_back=0)
        now = replace(now, unread=now.info.unread, mentions=now.info.mentions)
    changes: list[Change] = [TimelineReset(conversation=number, reason=input.reason), *differences(known, now)]
    now, more = threads.outdated(replace(now, recounts=now.recounts + 1), another=input.reason != "far_behind")
    return put(state, now), changes + more


def put(state: ClientState, conversation: ConversationState) -> ClientState:
    """Return the state with this conversation in place of the one of its number."""
    conversations = {**state.conversations, conversation.id: conversation}
    return replace(state, conversations=MappingProxyType(conversations))


def labels(info: Conversation) -> tuple[str, str, str, str, str, int, int, str, Rules, bool]:
    """Return what a list shows of a conversation."""
    shown = info.kind, info.name, info.display, info.state, info.topic, info.members, info.online
    return *shown, info.role, info.rules, info.quiet


def same_target(one: Conversation, other: Conversation) -> bool:
    """Return whether two are spelled the same: in another store, a number may mean another conversation."""
    return one.kind == other.kind and name_key(one.name) == name_key(other.name)


def same_place(one: Conversation, other: Conversation) -> bool:
    """Return whether two with one number in one store can be the same: channels keep their name, and two stay two."""
    if one.kind != other.kind:
        return False
    if one.kind == "group":
        return True
    if one.kind == "direct":
        return None in (one.partner, other.partner) or one.partner == other.partner
    return name_key(one.name) == name_key(other.name)


def differences(before: ConversationState, now: ConversationState) -> list[Change]:
    """Return the changes of numbers, typists and members between two states of one conversation."""
    changes: list[Change] = []
    if (before.unread, before.read, before.mentions) != (now.unread, now.read, now.mentions):
        changes.append(UnreadChanged(conversation=now.id))
    if before.typing != now.typing:
        changes.append(TypingChanged(conversation=now.id))
    if before.members != now.members:
        changes.append(MembersListed(conversation=now.id))
    return changes
