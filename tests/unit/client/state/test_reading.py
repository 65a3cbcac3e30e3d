"""Unread counts, read markers, mentions: as the server counts them, and from the timeline where it is known."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chat_core.client.state import inputs
from chat_core.client.state.changes import UnreadChanged
from chat_core.client.state.model import ClientState
from chat_core.client.state.reading import is_exact, names
from chat_core.protocol.events import ReadMarkerMoved
from chat_core.protocol.values import Position
from tests.unit.client.state.events import (
    ANN,
    BOB,
    after,
    conversation,
    deleted,
    events,
    general,
    message,
    page,
    posted,
    resumed,
    then,
)


def numbers(state: ClientState) -> tuple[int, int, int]:
    """Return read marker, unread messages, mentions."""
    known = general(state)
    return known.read, known.unread, known.mentions


def back_to(read: int) -> inputs.Input:
    """Return that the marker was put back, first thing in the account's log."""
    return inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=read, back=True))


@pytest.mark.parametrize(
    "body",
    [
        "@ann",
        "hi @ann!",
        "@ANN, look",
        "(@ann)",
        "it was @ann.",
        "@ann. And then",
        "@ann's",
        "x @ann-",
        "@ａｎｎ",
        "ask @bob\n@ann\n",
    ],
)
def test_names_finds_somebody_when_named(body: str) -> None:
    assert names(body, "ann")


@pytest.mark.parametrize(
    "body", ["ann", "@anna", "@ann-marie", "@ann.b", "@ann_", "mail@ann", "@ anne", "@an", "", "@", "@änn", "@annä"]
)
def test_names_finds_nobody_when_it_is_another_word(body: str) -> None:
    assert not names(body, "ann")


def test_names_knows_names_with_signs_in_them() -> None:
    assert names("@j.r-x_1 hi", "J.R-x_1")
    assert not names("@jxr-x_1 hi", "j.r-x_1")


def test_unread_grows_with_messages_of_others_only() -> None:
    state = after(resumed(conversation(head=5, read=5)))

    state, changes = then(state, events(posted(6), posted(7, "@ann ?"), posted(8, author=ANN), posted(9)))

    assert numbers(state) == (5, 3, 1)
    assert changes.count(UnreadChanged(conversation=1)) == 1


def test_message_in_its_thread_only_counts_nowhere_else_when_it_comes_or_goes() -> None:
    aside = [replace(posted(seq, "@ann ?"), thread=4) for seq in (7, 9)]
    state = after(resumed(conversation(head=5, read=5)), events(posted(6), aside[0], posted(8), aside[1]))
    assert numbers(state) == (5, 2, 0)

    state, _ = then(state, events(deleted(10, 7)))
    assert numbers(state) == (5, 2, 0)

    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=6))
    assert numbers(state) == (6, 1, 0)


def test_marker_moves_to_an_own_message_when_nothing_unread_lies_before_it() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6, author=ANN)))
    assert numbers(state) == (6, 0, 0)

    state, _ = then(state, events(posted(7)), events(posted(8, author=ANN)))

    assert numbers(state) == (6, 1, 0)


def test_unread_is_the_servers_when_a_catch_up_brings_what_it_has_counted() -> None:
    state = after(resumed(conversation(head=5, read=5)))
    state, _ = then(state, resumed(conversation(head=8, read=5, unread=2, mentions=1)))

    state, _ = then(state, events(posted(6), posted(7, author=ANN), posted(8, "@ann"), live=False))
    assert numbers(state) == (5, 2, 1)

    state, _ = then(state, events(posted(9)))
    assert numbers(state) == (5, 3, 1)


def test_unread_is_the_servers_when_a_catch_up_brings_a_deletion_that_it_has_counted() -> None:
    state = after(resumed(conversation(head=5, read=5)))
    state, _ = then(state, resumed(conversation(head=9, read=5, unread=2)))

    state, _ = then(state, events(posted(6), posted(7), deleted(8, 6), live=False))
    assert numbers(state) == (5, 2, 0), "it knows of the one that is still to come, too"

    state, _ = then(state, events(posted(9), live=False))
    assert numbers(state) == (5, 2, 0)


def test_unread_is_counted_when_the_server_did_not_know_how_far_was_read() -> None:
    state = after(resumed(conversation(head=5, read=0, unread=5)), inputs.MarkedRead(conversation=1, seq=5))
    assert numbers(state) == (5, 0, 0)

    state, _ = then(state, resumed(conversation(head=8, read=0, unread=7, mentions=1)))
    state, _ = then(state, events(posted(6), posted(7, author=ANN), live=False), events(posted(8, "@ann"), live=False))

    assert numbers(state) == (5, 2, 1)


def test_unread_is_counted_when_a_marker_moves_while_a_catch_up_is_under_way() -> None:
    state = after(resumed(conversation(head=5, read=5)))
    state, _ = then(state, resumed(conversation(head=9, read=5, unread=4)), events(posted(6), live=False))

    state, _ = then(state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=6)))
    state, _ = then(state, events(posted(7), posted(8), posted(9), posted(10, author=ANN), posted(11)))

    assert numbers(state) == (6, 4, 0)


def test_marker_of_another_device_counts_for_what_this_one_has_still_to_see() -> None:
    state = after(resumed(conversation(head=5, read=5)))

    state, _ = then(state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=7)))
    state, _ = then(state, events(posted(6), posted(7), posted(8)))

    assert numbers(state) == (7, 1, 0)


def test_reading_counts_what_lies_behind_when_the_timeline_is_known() -> None:
    state = after(resumed(conversation(head=5, read=5)))
    state, _ = then(state, events(*(posted(seq, "@ann" if seq > 8 else "") for seq in range(6, 11))))

    state, changes = then(state, inputs.MarkedRead(conversation=1, seq=8))

    assert numbers(state) == (8, 2, 2)
    assert changes == [UnreadChanged(conversation=1)]
    assert is_exact(general(state))


def test_reading_never_moves_the_marker_back_nor_beyond_what_exists() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6)))

    state, changes = then(state, inputs.MarkedRead(conversation=1, seq=3), inputs.MarkedRead(conversation=2, seq=3))
    assert (numbers(state), changes) == ((5, 1, 0), [])

    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=99))
    assert numbers(state) == (6, 0, 0)


def test_reading_gives_the_most_it_can_be_when_nobody_counted_in_between() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80)), events(posted(101)))

    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=90))

    assert numbers(state) == (90, 11, 0)
    assert not is_exact(general(state))


def test_count_is_exact_when_everything_behind_the_marker_is_known() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80)), events(posted(101)))

    for read, exact in ((98, False), (99, False), (100, True), (101, True)):
        state, _ = then(state, inputs.MarkedRead(conversation=1, seq=read))
        assert is_exact(general(state)) is exact, read
    assert numbers(state) == (101, 0, 0)


def test_marker_of_another_device_counts_here_too() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6), posted(7)))

    state, _ = then(state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=6)))

    assert numbers(state) == (6, 1, 0)


def test_answer_of_the_server_is_taken_and_what_came_behind_it_is_added() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80)), events(posted(101), posted(102, author=ANN)))

    state, changes = then(state, inputs.Opened(conversation=conversation(head=101, read=90, unread=9)))

    assert numbers(state) == (90, 9, 0)
    assert changes == [UnreadChanged(conversation=1)]
    state, _ = then(state, inputs.Opened(conversation=conversation(head=100, read=95, unread=4)))
    assert numbers(state) == (95, 5, 0)


def test_marker_here_holds_when_the_server_does_not_know_it_yet() -> None:
    state = after(resumed(conversation(head=5, read=2, unread=3)), events(posted(6)))
    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=6))

    state, _ = then(state, resumed(conversation(head=8, read=2, unread=6)))
    assert general(state).read == 6

    state, _ = then(state, events(posted(7), posted(8), live=False), resumed(conversation(head=8, read=2, unread=6)))
    assert numbers(state) == (6, 2, 0)


def test_answer_that_knows_less_than_was_read_here_counts_only_what_came_behind_it() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80)), events(posted(102)))
    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=99))

    state, _ = then(state, inputs.Opened(conversation=conversation(head=98, read=10, unread=78)))

    assert numbers(state) == (99, 1, 0)


def test_page_makes_the_count_certain_when_it_reaches_the_marker() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80)))
    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=95))
    assert numbers(state) == (95, 5, 0), "the most it can be"

    state, changes = then(
        state, page(message(94), message(97, "@ann"), message(99, author=ANN), message(100), head=100)
    )

    assert numbers(state) == (95, 2, 1)
    assert UnreadChanged(conversation=1) in changes


def test_pages_make_the_count_of_mentions_certain_too() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80, mentions=7)))

    state, _ = then(state, page(message(60, "@ann"), message(100, "@ann")), page(message(12, "@ann"), message(59)))
    assert numbers(state) == (10, 80, 7), "the server has counted what is not known here"

    state, _ = then(state, page(message(9, "@ann"), message(11, "@ann", author=BOB)))
    assert numbers(state) == (10, 5, 4), "counted: everything behind the marker is known now"


def test_marker_goes_back_where_another_device_says_so() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6, "@ann"), posted(7)))
    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=7))

    state, changes = then(
        state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=5, back=True))
    )

    assert numbers(state) == (5, 2, 1)
    assert UnreadChanged(conversation=1) in changes
    state, _ = then(state, inputs.MarkedRead(conversation=1, seq=6))
    assert numbers(state) == (6, 1, 0), "and forward again"


def test_marker_that_went_back_while_one_was_away_is_taken_over() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6), posted(7, author=ANN)))
    state, _ = then(state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=7)))

    state, _ = then(state, resumed(conversation(head=7, read=4, unread=1), seq=2))
    assert numbers(state) == (4, 1, 0)


def test_own_message_is_known_to_have_moved_the_marker_at_the_server_too() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6, author=ANN)))

    state, _ = then(state, resumed(conversation(head=6, read=5, unread=0), seq=1))

    assert general(state).read == 5, "it was moved back to there meanwhile"


def test_marker_stays_when_an_older_answer_comes_behind_an_own_message() -> None:
    state = after(resumed(conversation(head=5, read=5)), events(posted(6, author=ANN), posted(7)))

    state, _ = then(state, inputs.Opened(conversation=conversation(head=5, read=5)))
    assert numbers(state) == (6, 1, 0)

    state, _ = then(state, resumed(conversation(head=7, read=5, unread=1), seq=1))
    assert numbers(state) == (5, 1, 0), "a resume is no older answer: the marker went back there"


def test_marker_stays_when_an_older_answer_comes_behind_what_moved_it() -> None:
    state = after(resumed(conversation(head=5, read=2, unread=3)))
    state, _ = then(state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=4)))

    state, _ = then(state, inputs.Opened(conversation=conversation(head=5, read=2, unread=3)))

    assert general(state).read == 4


@pytest.mark.parametrize("known", [True, False])
def test_marker_stays_back_when_an_older_answer_comes_behind_what_put_it_there(known: bool) -> None:
    state = after(resumed(conversation(head=5, read=5)))
    state, _ = then(state, *([events(posted(6), posted(7))] if known else []))
    state, _ = then(state, back_to(2))
    expected = numbers(state)

    state, _ = then(state, inputs.Opened(conversation=conversation(head=9, read=5, members=7)))
    assert (numbers(state), general(state).info.members) == (expected, 7)

    state, _ = then(state, events(posted(8)))
    assert numbers(state) == (2, expected[1] + 1, 0), "its head counts for nothing either"


def test_own_message_moves_a_marker_that_was_put_back_to_what_is_not_known_here_where_the_server_says() -> None:
    back = after(resumed(conversation(head=8, read=8)), back_to(2))
    assert (numbers(back), general(back).uncounted) == ((2, 6, 0), True), "the most it can be"

    state, _ = then(back, events(posted(9, author=ANN)))
    assert (numbers(state), general(state).uncounted) == ((2, 6, 0), True), "it is asked for again"

    older, _ = then(state, inputs.Opened(conversation=conversation(head=9, read=9), asked_at=0))
    assert (numbers(older), general(older).uncounted) == ((2, 6, 0), True)
    asked_at = back.account_seq
    newer, _ = then(state, inputs.Opened(conversation=conversation(head=9, read=9), asked_at=asked_at))
    assert (numbers(newer), general(newer).uncounted) == ((9, 0, 0), False)
    again, _ = then(newer, inputs.Opened(conversation=conversation(head=10, read=10)))
    assert numbers(again) == (9, 0, 0), "that may still be an older one"


def test_marker_goes_forward_again_when_it_was_put_back_before() -> None:
    back = after(resumed(conversation(head=5, read=5)), back_to(2))

    state, _ = then(back, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=2, conversation=1, read=4)))
    state, _ = then(state, inputs.Opened(conversation=conversation(head=5, read=5)))
    assert numbers(state) == (5, 0, 0)

    state, _ = then(back, resumed(conversation(head=5, read=5), seq=2))
    assert numbers(state) == (5, 0, 0)


def test_marker_stays_back_when_one_falls_behind_after_it_was_put_there() -> None:
    behind = Position(conversation=1, seq=90, eid=b"90")

    state = after(
        resumed(conversation(head=5, read=5)),
        back_to(2),
        inputs.WasReset(position=behind, reason="far_behind", wall_ms=0),
    )

    assert general(state).read == 2


def test_marker_stays_when_one_falls_behind_after_it_moved() -> None:
    behind = Position(conversation=1, seq=90, eid=b"90")
    state = after(resumed(conversation(head=5, read=2, unread=3)))
    state, _ = then(state, inputs.AccountEventArrived(event=ReadMarkerMoved(seq=1, conversation=1, read=4)))

    state, _ = then(state, inputs.WasReset(position=behind, reason="far_behind", wall_ms=0))

    assert general(state).read == 4


def test_numbers_are_asked_for_again_when_what_is_not_known_here_changes() -> None:
    state = after(resumed(conversation(head=100, read=10, unread=80, mentions=2)))

    state, _ = then(state, events(deleted(101, 9)), events(deleted(102, 50, author=ANN)))
    assert general(state).uncounted

    state, _ = then(state, inputs.Opened(conversation=conversation(head=102, read=10, unread=79, mentions=1)))
    assert (numbers(state), general(state).uncounted) == ((10, 79, 1), False)


def test_call_to_everybody_mentions_everybody_else() -> None:
    call = replace(posted(6), everyone="channel")
    state = after(resumed(conversation(head=5, read=5)), events(call, replace(posted(7, author=ANN), everyone="here")))

    assert numbers(state) == (5, 1, 1)
