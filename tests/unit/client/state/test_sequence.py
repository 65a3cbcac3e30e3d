"""Order within one conversation: each event once, in seq order, and no silent hole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state.sequence import EARLY, Sequence
from chat_core.protocol.events import ConversationEvent
from tests.unit.client.state.events import posted


def took(sequence: Sequence, *seqs: int) -> list[int]:
    return [event.seq for event in sequence.take(posted(seq) for seq in seqs)]


def test_sequence_hands_over_at_once_when_events_come_in_order() -> None:
    sequence = Sequence(3, 3)

    assert took(sequence, 4, 5) == [4, 5]
    assert (sequence.last, sequence.hole) == (5, None)


def test_sequence_drops_what_was_handed_over_before() -> None:
    sequence = Sequence(3, 3)

    assert took(sequence, 1, 3, 4, 4, 2) == [4]


def test_sequence_keeps_an_early_event_and_names_the_hole() -> None:
    sequence = Sequence(3, 3)

    assert took(sequence, 6, 5) == []
    assert sequence.hole == 3
    assert took(sequence, 4) == [4, 5, 6]
    assert sequence.hole is None


def test_sequence_has_a_hole_when_the_log_is_known_to_be_longer() -> None:
    sequence = Sequence(3, 9)
    assert sequence.hole == 3

    assert took(sequence, 4, 5) == [4, 5]
    assert sequence.hole == 5

    sequence.note(7)
    assert sequence.head == 9, "an older word changes nothing"


def test_sequence_keeps_no_more_early_events_than_it_may_and_still_knows_of_them() -> None:
    sequence = Sequence(0, 0)

    took(sequence, *range(2, 2 * EARLY))
    handed_over = took(sequence, 1)

    assert handed_over == list(range(1, EARLY + 2))
    assert sequence.hole == EARLY + 1
    assert sequence.head == 2 * EARLY - 1


def test_sequence_forgets_early_events_that_came_in_another_way() -> None:
    sequence = Sequence(0, 0)
    took(sequence, 3)

    assert took(sequence, 1, 2, 3) == [1, 2, 3]
    assert took(sequence, 3) == []


@given(st.lists(st.integers(1, 30), max_size=120), st.integers(0, 5))
def test_sequence_never_repeats_nor_skips_whatever_comes(order: list[int], start: int) -> None:
    sequence = Sequence(start, start)
    handed_over: list[ConversationEvent] = []

    for seq in order:
        handed_over += sequence.take((posted(seq),))
        known = max([start, *[event.seq for event in handed_over]])
        assert (sequence.hole is None) == (sequence.last == sequence.head)
        assert sequence.last == known
    while (hole := sequence.hole) is not None:
        handed_over += sequence.take((posted(hole + 1),))

    assert [event.seq for event in handed_over] == list(range(start + 1, sequence.head + 1))
    assert sequence.head == max([start, *order])
