"""Whom one ignores: what is counted anew when that changes, and where the server has to be asked."""

from __future__ import annotations

from chat_core.client.state import inputs
from chat_core.client.state.changes import ListChanged, UnreadChanged
from chat_core.client.state.model import ClientState
from chat_core.protocol.events import IgnoreChanged, ReadMarkerMoved, Typing
from tests.unit.client.state.events import (
    ANN,
    BOB,
    EVE,
    after,
    conversation,
    events,
    general,
    message,
    page,
    posted,
    resumed,
    then,
    topic,
)


def numbers(state: ClientState) -> tuple[int, int, int]:
    """Return read marker, unread messages, mentions."""
    known = general(state)
    return known.read, known.unread, known.mentions


def ignore(seq: int = 1, *, on: bool = True) -> inputs.Input:
    return inputs.AccountEventArrived(event=IgnoreChanged(seq=seq, account=EVE.id, ignored=on))


def test_ignored_person_is_counted_nowhere_and_again_when_ignored_no_longer() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6, "@ann", EVE), posted(7), posted(8, "", EVE)))

    state, changes = then(state, ignore())
    assert (numbers(state), UnreadChanged(conversation=1) in changes) == ((5, 1, 0), True)
    state, _ = then(state, events(posted(9, "@ann", EVE)))
    assert numbers(state) == (5, 1, 0)
    state, _ = then(state, ignore(2, on=False))

    assert (numbers(state), general(state).uncounted) == ((5, 4, 2), False)


def test_own_message_moves_the_marker_past_those_of_an_ignored_person() -> None:
    state = after(resumed(conversation(head=5, read=5)), ignore())

    state, _ = then(state, events(posted(6, "", EVE), posted(7, author=ANN)))

    assert numbers(state) == (7, 0, 0)


def test_server_is_asked_where_what_is_unread_is_not_known_here() -> None:
    state = after(resumed(conversation(head=50, read=10, unread=30, mentions=4)))

    state, _ = then(state, ignore())
    assert general(state).uncounted
    counted = conversation(head=50, read=10, unread=20, mentions=3, online=0)
    state, changes = then(state, inputs.Recounted(conversations=(counted,)))

    assert (numbers(state), general(state).uncounted) == ((10, 20, 3), False)
    assert changes == [UnreadChanged(conversation=1)]
    assert general(state).info.online == 1, "who is online is not said there"


def test_topic_is_known_where_the_answer_overtakes_it() -> None:
    state = after(resumed(conversation(head=50, read=10, unread=30)), ignore())

    counted = conversation(head=51, read=10, unread=20, subject="new")
    state, changes = then(state, inputs.Recounted(conversations=(counted,)), events(topic(51, "new")))

    assert (general(state).info.topic, numbers(state)) == ("new", (10, 20, 0))
    assert ListChanged(changed=(1,)) in changes


def test_marker_that_was_put_back_follows_an_answer_that_was_asked_for_behind_that() -> None:
    back = inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=10, back=True))
    state = after(resumed(conversation(head=50, read=50)), back, ignore(2))

    counted = conversation(head=52, read=51, unread=1)
    state, _ = then(state, inputs.Recounted(conversations=(counted,), asked_at=2))

    assert (numbers(state), general(state).uncounted) == ((51, 1, 0), False)


def test_numbers_go_down_at_once_by_what_is_known_here() -> None:
    known = page(message(49, author=EVE), message(50, author=EVE), head=50)
    state = after(resumed(conversation(head=50, read=10, unread=30)), known)

    state, _ = then(state, ignore())

    assert numbers(state) == (10, 28, 0)


def test_nobody_is_asked_where_everything_is_read() -> None:
    state = after(resumed(conversation(head=50, read=50)))

    state, _ = then(state, ignore())

    assert not general(state).uncounted


def test_somebody_who_is_ignored_types_no_longer() -> None:
    def typing(who: int, name: str) -> inputs.Input:
        return inputs.SignalArrived(event=Typing(conversation=1, account=who, name=name, active=True), now=0, wall_ms=0)

    state = after(resumed(conversation(head=5, read=5)), typing(EVE.id, "eve"), typing(BOB.id, "bob"))

    state, _ = then(state, ignore())

    assert [each.name for each in general(state).typing] == ["bob"]
