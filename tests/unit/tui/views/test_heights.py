"""Heights of items, against the plainest way to count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_tui.views.cache import Recent
from chat_tui.views.heights import Heights

OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["set", "splice", "ask"]), st.integers(0, 30), st.integers(0, 5), st.integers(1, 9)),
    max_size=25,
)


@given(OPERATIONS)
def test_heights_agree_with_a_plain_list_after_any_changes(operations: list[tuple[str, int, int, int]]) -> None:
    heights, plain = Heights(), list[int]()
    for kind, at, count, value in operations:
        at = min(at, len(plain))
        if kind == "splice":
            stop = min(at + count, len(plain))
            heights.splice(at, stop, [value] * (count + 1))
            plain[at:stop] = [value] * (count + 1)
        elif kind == "set" and at < len(plain):
            assert heights.set(at, value) == value - plain[at]
            assert heights.is_exact(at)
            plain[at] = value
        elif plain:
            heights.at(value)
        assert heights.total == sum(plain)
        assert [heights.top(index) for index in range(len(plain) + 1)] == [
            sum(plain[:n]) for n in range(len(plain) + 1)
        ]

    lines = [(index, line) for index, height in enumerate(plain) for line in range(height)]
    assert [heights.at(line) for line in range(len(lines))] == lines


def test_line_outside_is_taken_for_the_nearest_one() -> None:
    heights = Heights()
    heights.splice(0, 0, [2, 3])

    assert heights.at(-5) == (0, 0)
    assert heights.at(99) == (1, 2)


def test_guesses_are_not_exact_until_they_are_counted() -> None:
    heights = Heights()
    heights.splice(0, 0, [1, 1])
    heights.set(1, 1)

    assert (heights.is_exact(0), heights.is_exact(1)) == (False, True)
    heights.splice(1, 2, [1])
    assert not heights.is_exact(1)


def test_nothing_is_at_any_line_when_there_are_no_items() -> None:
    with pytest.raises(IndexError):
        Heights().at(0)


def test_recent_forgets_what_was_not_asked_for_the_longest() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    recent.get("a")
    recent.put("c", 3)

    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)
    assert len(recent) == 2
    recent.clear()
    assert recent.get("a") is None
