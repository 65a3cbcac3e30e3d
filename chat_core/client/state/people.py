"""Signals and member lists: who types, who is here, who is called what now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from msgspec.structs import replace

from chat_core.base.names import name_key
from chat_core.client.state import comings, threads
from chat_core.client.state import timeline as timelines
from chat_core.client.state.changes import (
    Change,
    LinkChanged,
    ListChanged,
    MembersListed,
    NoticeAdded,
    TimelineReset,
    TypingChanged,
)
from chat_core.client.state.inputs import AbsenceTold, MembersRead, SignalArrived, TimePassed
from chat_core.client.state.listing import labels, put
from chat_core.client.state.model import ClientState, ConversationState, MemberList, Notice, Typist
from chat_core.client.state.notices import add_notice
from chat_core.protocol.events import AccountRenamed, MembersChanged, Typing
from chat_core.protocol.groups import with_people
from chat_core.protocol.limits import TYPING_FADES_S
from chat_core.protocol.values import Conversation, Member


def signalled(state: ClientState, input: SignalArrived) -> tuple[ClientState, list[Change]]:
    """Fold a signal in; one about an unknown conversation changes nothing."""
    match input.event:
        case Typing():
            return _typing(state, input.event, input.now)
        case MembersChanged():
            return _members_changed(state, input.event, input.wall_ms)
        case AccountRenamed():
            return renamed(state, input.event, input.wall_ms)
        case _:  # of a newer server
            return state, []


def time_passed(state: ClientState, input: TimePassed) -> tuple[ClientState, list[Change]]:
    """Forget those whose typing has faded."""
    changes: list[Change] = []
    for conversation in state.conversations.values():
        typing = tuple(typist for typist in conversation.typing if typist.until > input.now)
        if len(typing) != len(conversation.typing):
            state = put(state, replace(conversation, typing=typing))
            changes.append(TypingChanged(conversation=conversation.id))
    return state, changes


def members_read(state: ClientState, input: MembersRead) -> tuple[ClientState, list[Change]]:
    """Take a list of members over; a signal that came meanwhile makes it stale at once."""
    known = state.conversations.get(input.conversation)
    if known is None:
        return state, []
    read = input.members
    stale = known.members.rev > read.rev
    members = MemberList(
        members=read.members,
        rev=max(known.members.rev, read.rev),
        total=known.members.total if stale else read.total,
        online=known.members.online if stale else read.online,
        stale=stale,
    )
    now = _with_members(known, members)
    changes: list[Change] = [MembersListed(conversation=known.id)]
    if (known.info.members, known.info.online) != (members.total, members.online):
        changes.append(ListChanged(changed=(known.id,)))
    if not stale:
        online = [each.name for each in members.members if each.online]
        now, told = comings.seen_back(now, online, input.wall_ms)
        changes += (NoticeAdded(conversation=known.id, notice=notice) for notice in told)
    return put(state, now), changes


def absence_told(state: ClientState, input: AbsenceTold) -> tuple[ClientState, list[Change]]:
    """Say in a conversation that the other one is away or busy, and why."""
    known, about = state.conversations.get(input.conversation), input.about
    if known is None or about.state == "online":
        return state, []
    text = f"{about.state}: {about.text}" if about.text else about.state
    names = (about.account.display or about.account.name,)
    notice = Notice(after=known.position.seq, ts=input.wall_ms, kind="away", names=names, text=text)
    return put(state, add_notice(known, notice)), [NoticeAdded(conversation=known.id, notice=notice)]


def renamed(state: ClientState, event: AccountRenamed, wall_ms: int) -> tuple[ClientState, list[Change]]:
    """Show an account under another name wherever it is shown."""
    changes: list[Change] = []
    me = state.me
    if me is not None and me.id == event.account and (me.name, me.display) != (event.name, event.display):
        state = replace(state, me=replace(me, name=event.name, display=event.display))
        changes.append(LinkChanged())
    for conversation in state.conversations.values():
        now, more = _rename_in(conversation, event, wall_ms)
        if now is not conversation:
            state = put(state, now)
            changes += more
    return state, changes


def _typing(state: ClientState, event: Typing, now: float) -> tuple[ClientState, list[Change]]:
    known = state.conversations.get(event.conversation)
    if known is None or (state.me is not None and event.account == state.me.id):
        return state, []
    if event.account in state.ignored:
        return state, []
    others = tuple(typist for typist in known.typing if typist.account != event.account)
    if event.active:
        others += (Typist(account=event.account, name=event.name, display=event.display, until=now + TYPING_FADES_S),)
    elif len(others) == len(known.typing):
        return state, []
    return put(state, replace(known, typing=others)), [TypingChanged(conversation=known.id)]


def _members_changed(state: ClientState, event: MembersChanged, wall_ms: int) -> tuple[ClientState, list[Change]]:
    known = state.conversations.get(event.conversation)
    if known is None:
        return state, []
    now = _with_members(known, _folded(known.members, event))
    state_of_partner = next((met.state for met in event.met if met.account == known.info.partner), known.info.state)
    now = replace(now, info=replace(now.info, state=state_of_partner))
    changes: list[Change] = [MembersListed(conversation=known.id)]
    typing = tuple(typist for typist in known.typing if typist.name not in (*event.went, *event.left))
    if len(typing) < len(known.typing):
        now = replace(now, typing=typing)
        changes.append(TypingChanged(conversation=known.id))
    if labels(known.info) != labels(now.info):
        changes.append(ListChanged(changed=(known.id,)))
    now, told = comings.told(now, event, "" if state.me is None else state.me.name, wall_ms)
    changes += (NoticeAdded(conversation=known.id, notice=notice) for notice in told)
    return put(state, now), changes


def _folded(known: MemberList, event: MembersChanged) -> MemberList:
    """Follow comings and goings in a list that is complete; it is stale as soon as the numbers do not agree."""
    numbers = MemberList(members=known.members, rev=max(event.rev, known.rev), total=event.members, online=event.online)
    if known.stale or event.rev != known.rev + 1 or event.joined or event.more_met:
        return numbers  # who joined is told by name only, and not all of them
    online = {name_key(name): True for name in event.came} | {name_key(name): False for name in event.went}
    left = {name_key(name) for name in event.left}
    states = {met.account: met.state for met in event.met}
    members = tuple(
        replace(
            member,
            online=online.get(name_key(member.name), member.online),
            state=states.get(member.account, member.state),
        )
        for member in known.members
        if name_key(member.name) not in left
    )
    if len(members) != event.members or _online(members) != event.online:
        return numbers
    return replace(numbers, members=members, stale=False)


def _online(members: Sequence[Member]) -> int:
    return sum(member.online for member in members)


def _with_members(conversation: ConversationState, members: MemberList) -> ConversationState:
    info = replace(conversation.info, members=members.total, online=members.online)
    return replace(conversation, info=info, members=members)


def _rename_in(
    conversation: ConversationState, event: AccountRenamed, wall_ms: int
) -> tuple[ConversationState, list[Change]]:
    account, name, display = event.account, event.name, event.display
    old = _known_as(conversation, account)
    if old is None or old == (name, display):
        return conversation, []
    number = conversation.id
    changes: list[Change] = []
    now = conversation
    timeline = timelines.rename(now.timeline, account, name, display)
    if timeline is not now.timeline:
        now = replace(now, timeline=timeline)
        changes.append(TimelineReset(conversation=number, reason="renamed"))
    now, told = threads.renamed(now, account, name, display)
    changes += told
    if any(member.account == account for member in now.members.members):
        members = tuple(
            replace(member, name=name, display=display) if member.account == account else member
            for member in now.members.members
        )
        members = tuple(sorted(members, key=lambda member: name_key(member.name)))
        now = replace(now, members=replace(now.members, members=members))
        changes.append(MembersListed(conversation=number))
    if any(typist.account == account for typist in now.typing):
        typing = tuple(
            replace(who, name=name, display=display) if who.account == account else who for who in now.typing
        )
        now = replace(now, typing=typing)
        changes.append(TypingChanged(conversation=number))
    if now.info.partner == account:
        now = replace(now, info=replace(now.info, name=name, display=display))
        changes.append(ListChanged(changed=(number,)))
    if any(person.account == account for person in now.info.people):
        now = replace(now, info=_rename_person(now.info, account, name, display))
        changes.append(ListChanged(changed=(number,)))
    names = (old[1] or old[0], display or name)
    notice = Notice(after=now.position.seq, ts=wall_ms, kind="renamed", names=names)
    return add_notice(now, notice), [*changes, NoticeAdded(conversation=number, notice=notice)]


def _rename_person(group: Conversation, account: int, name: str, display: str) -> Conversation:
    people = (replace(each, name=name, display=display) if each.account == account else each for each in group.people)
    return with_people(group, people, group.members)


def _known_as(conversation: ConversationState, account: int) -> tuple[str, str] | None:
    """Return the name and the display name an account is shown with in a conversation; None: it is not shown there."""
    if conversation.info.partner == account:
        return conversation.info.name, conversation.info.display
    people = ((each.name, each.display) for each in conversation.info.people if each.account == account)
    members = ((each.name, each.display) for each in conversation.members.members if each.account == account)
    typists = ((each.name, each.display) for each in conversation.typing if each.account == account)
    threaded = chain.from_iterable((each.root, *each.messages) for each in conversation.threads.values())
    messages = chain(timelines.behind(conversation.timeline, 0), conversation.timeline.stale or (), threaded)
    authors = ((each.name, each.display) for each in messages if each.author == account)
    return next(chain(people, members, typists, authors), None)
