"""Signals: who types, who comes and goes, who is called what."""

from __future__ import annotations

import pytest

from chat_core.client.state import inputs
from chat_core.client.state.changes import (
    Delivered,
    LinkChanged,
    ListChanged,
    MembersListed,
    NoticeAdded,
    TimelineReset,
    TypingChanged,
)
from chat_core.client.state.comings import CROWD
from chat_core.client.state.model import ClientState, Notice
from chat_core.client.state.timeline import message_of
from chat_core.protocol.events import AccountRenamed, MembersChanged, Signal, Typing
from chat_core.protocol.requests.conversations import Members
from chat_core.protocol.requests.threads import ThreadPage
from chat_core.protocol.values import Account, ConversationKind, Member, ThreadSummary
from tests.unit.client.state.events import (
    ANN,
    BOB,
    EVE,
    after,
    conversation,
    events,
    general,
    posted,
    resumed,
    then,
)


def signal(event: Signal, now: float = 10.0, wall_ms: int = 5) -> inputs.SignalArrived:
    return inputs.SignalArrived(event=event, now=now, wall_ms=wall_ms)


def typing(who: Account, *, active: bool = True, number: int = 1) -> Typing:
    return Typing(conversation=number, account=who.id, name=who.name, active=active)


def typists(state: ClientState) -> list[str]:
    return [typist.name for typist in general(state).typing]


def listed(*members: Member, rev: int = 0, total: int | None = None, wall_ms: int = 5) -> inputs.MembersRead:
    online = sum(member.online for member in members)
    return inputs.MembersRead(
        conversation=1,
        members=Members(members=members, rev=rev, total=len(members) if total is None else total, online=online),
        wall_ms=wall_ms,
    )


def member(who: Account, *, online: bool = True) -> Member:
    return Member(account=who.id, name=who.name, online=online)


# --- typing ------------------------------------------------------------------------------------------------------


def test_typing_is_shown_until_it_fades() -> None:
    state, changes = then(after(resumed(conversation())), signal(typing(BOB), now=10.0))
    assert (typists(state), changes) == (["bob"], [TypingChanged(conversation=1), Delivered(event=typing(BOB))])

    state, changes = then(state, inputs.TimePassed(now=15.9))
    assert (typists(state), changes) == (["bob"], [])

    state, changes = then(state, inputs.TimePassed(now=16.0))
    assert (typists(state), changes) == ([], [TypingChanged(conversation=1)])


def test_typing_goes_on_when_it_is_said_again() -> None:
    state = after(resumed(conversation()), signal(typing(BOB), now=10.0), signal(typing(EVE), now=11.0))

    state, _ = then(state, signal(typing(BOB), now=13.0), inputs.TimePassed(now=17.5))

    assert typists(state) == ["bob"]


def test_typing_ends_when_somebody_says_so() -> None:
    state = after(resumed(conversation()), signal(typing(BOB)), signal(typing(EVE)))

    state, changes = then(state, signal(typing(BOB, active=False)))
    assert (typists(state), changes[0]) == (["eve"], TypingChanged(conversation=1))

    _, changes = then(state, signal(typing(BOB, active=False)))
    assert not any(isinstance(change, TypingChanged) for change in changes)


def test_typing_of_oneself_and_elsewhere_is_not_shown() -> None:
    state = after(resumed(conversation()))

    after_both, _ = then(state, signal(typing(ANN)), signal(typing(BOB, number=9)))

    assert after_both == state


@pytest.mark.parametrize("how", ["went", "left"])
def test_typing_ends_when_the_connection_does(how: str) -> None:
    state = after(resumed(conversation()), signal(typing(BOB)), signal(typing(EVE)))
    gone = {"went": (), "left": (), how: ("bob",)}

    event = MembersChanged(conversation=1, rev=1, members=2, online=1, went=gone["went"], left=gone["left"])
    state, changes = then(state, signal(event))

    assert typists(state) == ["eve"]
    assert TypingChanged(conversation=1) in changes


# --- members -----------------------------------------------------------------------------------------------------


def test_members_are_listed_as_read() -> None:
    state, changes = then(
        after(resumed(conversation(members=1))), listed(member(ANN), member(BOB, online=False), rev=3)
    )

    members = general(state).members
    assert [each.name for each in members.members] == ["ann", "bob"]
    assert (members.rev, members.total, members.online, members.stale) == (3, 2, 1, False)
    assert (general(state).info.members, general(state).info.online) == (2, 1)
    assert changes == [MembersListed(conversation=1), ListChanged(changed=(1,))]


def test_list_is_stale_at_once_when_somebody_came_while_it_was_read() -> None:
    state = after(resumed(conversation()), signal(MembersChanged(conversation=1, rev=5, members=3, online=2)))

    state, changes = then(state, listed(member(ANN), member(BOB), rev=4))

    members = general(state).members
    assert (members.stale, members.rev, members.total, members.online) == (True, 5, 3, 2)
    assert changes == [MembersListed(conversation=1)]
    assert then(
        state, inputs.MembersRead(conversation=9, members=Members(members=(), rev=1, total=0, online=0), wall_ms=5)
    ) == (
        state,
        [],
    )


def test_joining_makes_the_list_stale_and_is_told_in_one_line() -> None:
    state = after(resumed(conversation()), listed(member(ANN), member(BOB)))

    state, changes = then(
        state,
        signal(MembersChanged(conversation=1, rev=1, members=4, online=3, joined=("eve", "ann"), came=("eve",))),
        signal(MembersChanged(conversation=1, rev=2, members=5, online=3, joined=("zoe", "eve")), wall_ms=9),
    )

    assert general(state).members.stale
    assert (general(state).info.members, general(state).info.online) == (5, 3)
    assert general(state).notices == (Notice(after=0, ts=9, kind="joined", names=("eve", "zoe")),)
    assert [change.notice.names for change in changes if isinstance(change, NoticeAdded)] == [("eve",), ("eve", "zoe")]


def test_joining_is_not_told_in_a_direct_conversation() -> None:
    opened = signal(MembersChanged(conversation=1, rev=1, members=2, online=2, joined=("bob",)))

    state, changes = then(after(resumed(conversation(name="bob", kind="direct", partner=BOB.id, members=1))), opened)

    assert (general(state).info.members, general(state).notices) == (2, ())
    assert not any(isinstance(change, NoticeAdded) for change in changes)


@pytest.mark.parametrize("kind", ["channel", "direct"])
def test_going_offline_is_told_where_one_would_be_missed(kind: ConversationKind) -> None:
    partner = BOB.id if kind == "direct" else None
    went = MembersChanged(conversation=1, rev=1, members=3, online=1, left=("zoe",), went=("bob", "zoe", "ann"))

    state, changes = then(after(resumed(conversation(name="bob", kind=kind, partner=partner))), signal(went, wall_ms=9))

    left = (Notice(after=0, ts=9, kind="left", names=("zoe",)),) if kind == "channel" else ()
    assert general(state).notices == (*left, Notice(after=0, ts=9, kind="went", names=("bob",)))
    assert sum(isinstance(change, NoticeAdded) for change in changes) == len(left) + 1


def test_coming_back_takes_the_place_of_going_offline_until_something_is_said() -> None:
    def moved(rev: int, went: tuple[str, ...] = (), came: tuple[str, ...] = ()) -> inputs.SignalArrived:
        return signal(MembersChanged(conversation=1, rev=rev, members=3, online=2, went=went, came=came), wall_ms=rev)

    def lines(state: ClientState) -> list[tuple[str, tuple[str, ...]]]:
        return [(notice.kind, notice.names) for notice in general(state).notices]

    state = after(resumed(conversation()), moved(1, came=("eve",)))
    assert lines(state) == [], "that somebody comes is told of who was told to have gone only"
    state, _ = then(state, moved(2, went=("bob", "eve")), moved(3, came=("bob",)))
    assert lines(state) == [("went", ("eve",)), ("came", ("bob",))]
    state, _ = then(state, moved(4, went=("bob",)), moved(5, came=("bob", "eve")))
    assert lines(state) == [("came", ("bob", "eve"))]


def test_who_came_back_while_nothing_was_heard_is_told_of_with_the_next_list() -> None:
    went = MembersChanged(conversation=1, rev=9, members=3, online=1, went=("bob", "eve"))
    state = after(resumed(conversation()), signal(went), resumed(conversation()))

    state, changes = then(state, listed(member(ANN), member(BOB), member(EVE, online=False), rev=1, wall_ms=8))
    back = Notice(after=0, ts=8, kind="came", names=("bob",))
    assert general(state).notices == (Notice(after=0, ts=5, kind="went", names=("eve",)), back)
    assert NoticeAdded(conversation=1, notice=back) in changes

    _, changes = then(state, listed(member(ANN), member(BOB), member(EVE, online=False), rev=2))
    assert not any(isinstance(change, NoticeAdded) for change in changes), "once"


@pytest.mark.parametrize(("kind", "members"), [("channel", CROWD + 1), ("announcements", 3)])
def test_going_offline_is_told_in_numbers_where_somebody_always_goes(kind: ConversationKind, members: int) -> None:
    went = MembersChanged(conversation=1, rev=1, members=members, online=1, went=("bob",))

    state, changes = then(after(resumed(conversation(kind=kind))), signal(went))

    assert general(state).notices == ()
    assert ListChanged(changed=(1,)) in changes
    assert general(state).info.online == 1


def test_joining_is_told_in_a_new_line_when_somebody_spoke_in_between() -> None:
    first = signal(MembersChanged(conversation=1, rev=1, members=3, online=1, joined=("eve",)))
    second = signal(MembersChanged(conversation=1, rev=2, members=4, online=1, joined=("zoe",)))
    third = signal(MembersChanged(conversation=1, rev=3, members=3, online=1, left=("zoe",)))

    state = after(resumed(conversation()), first, events(posted(1)), second, third)

    assert [(each.kind, each.after, each.names) for each in general(state).notices] == [
        ("joined", 0, ("eve",)),
        ("joined", 1, ("zoe",)),
        ("left", 1, ("zoe",)),
    ]


def test_connecting_is_followed_in_the_list_without_a_line() -> None:
    state = after(resumed(conversation()), listed(member(ANN), member(BOB, online=False), rev=7))

    state, changes = then(state, signal(MembersChanged(conversation=1, rev=8, members=2, online=2, came=("Bob",))))

    members = general(state).members
    assert [each.online for each in members.members] == [True, True]
    assert (members.stale, members.rev, general(state).notices) == (False, 8, ())
    assert {MembersListed(conversation=1), ListChanged(changed=(1,))} <= set(changes)

    state, _ = then(
        state, signal(MembersChanged(conversation=1, rev=9, members=1, online=1, left=("bob",), went=("bob",)))
    )
    assert [each.name for each in general(state).members.members] == ["ann"]
    assert not general(state).members.stale


def test_list_is_stale_when_a_signal_was_missed_or_the_numbers_differ() -> None:
    state = after(resumed(conversation()), listed(member(ANN), member(BOB), rev=7))

    missed, _ = then(state, signal(MembersChanged(conversation=1, rev=9, members=2, online=2)))
    differs, _ = then(state, signal(MembersChanged(conversation=1, rev=8, members=3, online=2)))

    assert general(missed).members.stale
    assert general(differs).members.stale
    assert len(general(differs).members.members) == 2, "better an old list than none"


def test_signals_about_an_unknown_conversation_change_nothing() -> None:
    state = after(resumed(conversation()))

    assert then(state, signal(MembersChanged(conversation=9, rev=1, members=1, online=1)))[0] == state


# --- names -------------------------------------------------------------------------------------------------------


def test_rename_shows_the_new_name_everywhere() -> None:
    direct = conversation(2, name="bob", kind="direct", partner=BOB.id)
    state = after(
        resumed(conversation(), direct, conversation(3, name="empty")),
        events(posted(1), posted(2, author=EVE)),
        listed(member(ANN), member(BOB), member(EVE)),
        signal(typing(BOB)),
    )

    state, changes = then(state, signal(AccountRenamed(account=BOB.id, name="zed"), wall_ms=7))

    assert [each.name for each in general(state).timeline] == ["zed", "eve"]
    assert [each.name for each in general(state).members.members] == ["ann", "eve", "zed"]
    assert typists(state) == ["zed"]
    assert state.conversations[2].target == "@zed"
    assert state.conversations[3].notices == ()
    notice = Notice(after=2, ts=7, kind="renamed", names=("bob", "zed"))
    assert changes == [
        TimelineReset(conversation=1, reason="renamed"),
        MembersListed(conversation=1),
        TypingChanged(conversation=1),
        NoticeAdded(conversation=1, notice=notice),
        ListChanged(changed=(2,)),
        NoticeAdded(conversation=2, notice=Notice(after=0, ts=7, kind="renamed", names=("bob", "zed"))),
        Delivered(event=AccountRenamed(account=BOB.id, name="zed")),
    ]


def test_rename_of_somebody_who_only_types_or_only_wrote_is_shown() -> None:
    only_types = after(resumed(conversation()), signal(typing(BOB)))
    only_wrote = after(resumed(conversation()), events(posted(1)))

    for state in (only_types, only_wrote):
        renamed, _ = then(state, signal(AccountRenamed(account=BOB.id, name="zed")))
        assert [notice.names for notice in general(renamed).notices] == [("bob", "zed")]


def test_rename_is_shown_in_an_open_thread_also_of_somebody_who_is_seen_nowhere_else() -> None:
    root, reply = (message_of(posted(seq, author=BOB)) for seq in (1, 2))
    page = ThreadPage(
        thread=ThreadSummary(conversation=1, root=root), messages=(reply,), head=9, at_start=True, at_end=True
    )
    state = after(resumed(conversation(head=9)), inputs.ThreadRead(page=page))

    for name, display in (("zed", ""), ("zed", "Zed the Great")):
        state, _ = then(state, signal(AccountRenamed(account=BOB.id, name=name, display=display)))
        thread = general(state).threads[1]
        assert [(each.name, each.display) for each in (thread.root, *thread.messages)] == [(name, display)] * 2


def test_rename_to_the_same_name_changes_nothing() -> None:
    state = after(resumed(conversation()), events(posted(1)))

    assert then(state, signal(AccountRenamed(account=BOB.id, name="bob")))[0] == state


def test_rename_of_oneself_is_known_from_the_answer_or_from_the_signal() -> None:
    state = after(resumed(conversation()), events(posted(1, author=ANN)))
    nan = Account(id=ANN.id, name="nan")

    answered, changes = then(state, inputs.RenamedMyself(me=nan))
    assert (answered.me, changes) == (nan, [LinkChanged()])
    assert then(answered, inputs.RenamedMyself(me=nan))[1] == []
    assert then(answered, inputs.RenamedMyself(me=BOB)) == (answered, [])

    signalled, changes = then(answered, signal(AccountRenamed(account=ANN.id, name="nan")))
    assert [each.name for each in general(signalled).timeline] == ["nan"]
    assert LinkChanged() not in changes

    from_the_signal, changes = then(state, signal(AccountRenamed(account=ANN.id, name="nan")))
    assert (from_the_signal, changes[0]) == (signalled, LinkChanged())
