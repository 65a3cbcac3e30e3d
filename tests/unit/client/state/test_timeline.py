"""Timelines: blocks that are shared, in order, without a repeat."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state import timeline as timelines
from chat_core.client.state.model import BLOCK, Timeline
from chat_core.protocol.values import Message
from tests.unit.client.state.events import BOB, EVE, message


def run(start: int, stop: int) -> list[Message]:
    return [message(seq) for seq in range(start, stop)]


def numbers(timeline: Timeline) -> list[int]:
    return [each.seq for each in timeline]


def check(timeline: Timeline) -> None:
    assert timeline.count == len(numbers(timeline))
    assert numbers(timeline) == sorted(set(numbers(timeline)))
    assert all(0 < len(block) <= BLOCK for block in timeline.blocks)
    assert all(timeline.known_from <= seq for seq in numbers(timeline))


def test_timeline_knows_everything_when_it_begins_at_the_start_of_the_log() -> None:
    assert timelines.begin(0) == Timeline(known_from=1, at_start=True)
    assert timelines.begin(7) == Timeline(known_from=8, at_start=False)


def test_append_ignores_what_a_page_brought_already() -> None:
    timeline, new = timelines.append(timelines.begin(0), run(1, 4))

    again, none = timelines.append(timeline, run(1, 4))

    assert [each.seq for each in new] == [1, 2, 3]
    assert (again, none) == (timeline, ())


def test_append_shares_all_blocks_but_the_last() -> None:
    timeline, _ = timelines.append(timelines.begin(0), run(1, 2 * BLOCK + 2))

    grown, _ = timelines.append(timeline, run(2 * BLOCK + 2, 2 * BLOCK + 3))

    assert [len(block) for block in grown.blocks] == [BLOCK, BLOCK, 2]
    assert all(grown.blocks[index] is timeline.blocks[index] for index in (0, 1))


def test_append_fills_the_last_block_before_it_begins_another() -> None:
    timeline, _ = timelines.append(timelines.begin(0), run(1, BLOCK))
    timeline, _ = timelines.append(timeline, run(BLOCK, BLOCK + 3))

    assert [len(block) for block in timeline.blocks] == [BLOCK, 2]


def test_prepend_puts_a_page_before_and_keeps_the_rest() -> None:
    timeline, _ = timelines.append(timelines.begin(9), run(10, 12))

    timeline, count = timelines.prepend(timeline, run(5, 10), at_start=False)
    timeline, more = timelines.prepend(timeline, run(1, 5), at_start=True)

    assert (count, more) == (5, 4)
    assert numbers(timeline) == list(range(1, 12))
    assert (timeline.at_start, timeline.known_from) == (True, 1)


def test_prepend_takes_only_what_lies_before_what_is_known() -> None:
    timeline, _ = timelines.append(timelines.begin(9), run(10, 12))

    timeline, count = timelines.prepend(timeline, run(8, 11), at_start=False)

    assert (count, numbers(timeline), timeline.known_from) == (2, [8, 9, 10, 11], 8)


def test_prepend_learns_from_an_empty_page_that_there_is_nothing_more() -> None:
    timeline, _ = timelines.append(timelines.begin(9), run(10, 12))

    at_start, _ = timelines.prepend(timeline, (), at_start=True)
    same, _ = timelines.prepend(timeline, (), at_start=False)

    assert (at_start.at_start, at_start.known_from) == (True, 1)
    assert same is timeline


@given(st.lists(st.integers(1, 700), max_size=8), st.integers(0, 3000))
def test_timeline_stays_in_order_however_it_grows(sizes: list[int], start: int) -> None:
    timeline = timelines.begin(start + 1)
    low, high = start + 2, start + 2
    for index, size in enumerate(sizes):
        if index % 2:
            first = max(1, low - size)
            timeline, count = timelines.prepend(timeline, run(first, low), at_start=first == 1)
            assert count == low - first
            low = first
        else:
            timeline, _ = timelines.append(timeline, run(high, high + size))
            high += size
        check(timeline)

    assert numbers(timeline) == list(range(low, high))
    assert (timeline.first_seq, timeline.last_seq) == ((low, high - 1) if high > low else (0, 0))
    assert timeline.newest(3) == tuple(run(max(low, high - 3), high))
    for seq in (low - 1, low, high - 1, high):
        found = timeline.find(seq)
        assert (found is not None) == (low <= seq < high)
        assert found is None or found.seq == seq


def test_trim_forgets_whole_blocks_and_says_that_there_is_more() -> None:
    timeline, _ = timelines.append(timelines.begin(0), run(1, 3 * BLOCK + 1))

    kept = timelines.trim(timeline, BLOCK + 1)

    assert numbers(kept) == list(range(BLOCK + 1, 3 * BLOCK + 1))
    assert (kept.at_start, kept.known_from) == (False, BLOCK + 1)
    check(kept)


def test_trim_keeps_the_timeline_when_there_is_little() -> None:
    timeline, _ = timelines.append(timelines.begin(0), run(1, 30))

    assert timelines.trim(timeline, 5) is timeline
    assert timelines.trim(timelines.begin(0), 5) == timelines.begin(0)


def test_behind_yields_the_newest_first() -> None:
    timeline, _ = timelines.append(timelines.begin(0), run(1, 2 * BLOCK))

    assert [each.seq for each in timelines.behind(timeline, 2 * BLOCK - 3)] == [2 * BLOCK - 1, 2 * BLOCK - 2]
    assert [each.seq for each in timelines.behind(timeline, BLOCK - 1)][-1] == BLOCK
    assert [each.seq for each in timelines.behind(timeline, BLOCK)][-1] == BLOCK + 1
    assert len(list(timelines.behind(timeline, 0))) == 2 * BLOCK - 1


def test_rename_changes_the_messages_of_one_account_only() -> None:
    timeline, _ = timelines.append(timelines.begin(0), run(1, BLOCK + 1))
    timeline, _ = timelines.append(timeline, [message(BLOCK + 1, author=EVE)])

    renamed = timelines.rename(timeline, EVE.id, "eva")

    assert renamed.blocks[0] is timeline.blocks[0]
    assert [each.name for each in renamed.newest(2)] == [BOB.name, "eva"]
    assert timelines.rename(renamed, EVE.id, "eva") is renamed
    assert timelines.rename(timeline, 99, "nobody") is timeline
