"""Timelines after a jump: a stale part, perhaps a gap, and a part that is as if it were fetched now."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state import inputs
from chat_core.client.state import timeline as timelines
from chat_core.client.state.changes import MessageChanged
from chat_core.client.state.model import Stale, Timeline
from chat_core.protocol.events import MessageDeleted
from chat_core.protocol.values import Position
from tests.support.following import Followed, Step, steps
from tests.unit.client.state.events import (
    BOB,
    EVE,
    after,
    conversation,
    events,
    general,
    message,
    posted,
    resumed,
    then,
)


def known(first: int, last: int) -> Timeline:
    """Return a timeline that knows a conversation from one seq to another, all of them messages."""
    return timelines.append(timelines.begin(first - 1), [message(seq) for seq in range(first, last + 1)])[0]


def numbers(timeline: Timeline) -> tuple[list[int], list[int]]:
    """Return the seqs of the stale messages and of the others."""
    return [each.seq for each in timeline.stale or ()], [each.seq for each in timeline]


def paged(timeline: Timeline, *seqs: int, at_start: bool = False) -> Timeline:
    return timelines.prepend(timeline, [message(seq, f"page {seq}") for seq in seqs], at_start=at_start)[0]


def test_what_was_known_is_stale_behind_a_gap_when_far_behind() -> None:
    jumped = timelines.fall_behind(known(3, 5), 7, 100)

    assert numbers(jumped) == ([3, 4, 5], [])
    assert (jumped.known_from, jumped.missing, jumped.at_start) == (101, 93, False)
    assert jumped.stale is not None and not jumped.stale.at_start
    assert (jumped.first_seq, jumped.last_seq, jumped.count, jumped.find(4), jumped.newest(3)) == (0, 0, 0, None, ())


def test_nothing_is_stale_when_nothing_was_known() -> None:
    assert timelines.fall_behind(timelines.begin(4), 4, 100) == timelines.begin(100)


def test_stale_part_remembers_that_it_had_the_beginning() -> None:
    stale = timelines.fall_behind(known(1, 2), 2, 100).stale

    assert stale is not None and stale.at_start


def test_page_that_ends_in_the_gap_leaves_it_open() -> None:
    timeline = paged(timelines.fall_behind(known(3, 5), 7, 100), 90, 95, 100)

    assert numbers(timeline) == ([3, 4, 5], [90, 95, 100])
    assert (timeline.known_from, timeline.missing) == (90, 82)


@pytest.mark.parametrize(
    ("page", "stale"), [((8, 50), [3, 4, 5]), ((5, 50), [3, 4]), ((4, 50), [3]), ((2, 50), []), ((3, 50), [])]
)
def test_gap_closes_when_a_page_reaches_what_was_known(page: tuple[int, ...], stale: list[int]) -> None:
    timeline = paged(timelines.fall_behind(known(3, 5), 7, 100), *page)

    assert numbers(timeline) == (stale, list(page))
    assert timeline.missing == 0
    assert (timeline.stale is None) == (not stale)


def test_stale_messages_are_gone_when_the_page_over_them_does_not_have_them() -> None:
    timeline = paged(timelines.fall_behind(known(3, 9), 9, 100), 4, 8, 50)

    assert numbers(timeline) == ([3], [4, 8, 50])
    assert [each.body for each in timeline] == ["page 4", "page 8", "page 50"]


def test_nothing_is_stale_when_a_page_has_the_beginning() -> None:
    jumped = timelines.fall_behind(known(3, 5), 7, 100)

    assert numbers(paged(jumped, 60, at_start=True)) == ([], [60])
    assert numbers(paged(jumped, at_start=True)) == ([], [])
    assert paged(jumped) is jumped


def test_only_the_newer_piece_is_stale_when_far_behind_again_with_an_open_gap() -> None:
    jumped = timelines.fall_behind(paged(timelines.fall_behind(known(1, 5), 7, 100), 90, 100), 110, 200)

    assert numbers(jumped) == ([90, 100], [])
    assert jumped.missing == 90
    assert jumped.stale is not None and not jumped.stale.at_start


def test_all_of_it_is_stale_when_far_behind_again_with_a_closed_gap() -> None:
    jumped = timelines.fall_behind(paged(timelines.fall_behind(known(1, 5), 7, 100), 5, 100), 110, 200)

    assert numbers(jumped) == ([1, 2, 3, 4, 5, 100], [])
    assert jumped.missing == 90
    assert jumped.stale is not None and jumped.stale.at_start


def test_old_piece_stays_when_far_behind_again_before_a_page_came() -> None:
    jumped = timelines.fall_behind(timelines.fall_behind(known(1, 5), 7, 100), 130, 200)

    assert numbers(jumped) == ([1, 2, 3, 4, 5], [])
    assert jumped.missing == 193


def test_stale_part_reaches_further_when_nothing_was_said_behind_a_closed_gap() -> None:
    timeline = Timeline(known_from=6, stale=Stale(blocks=((message(4), message(5)),), up_to=5))

    assert timelines.fall_behind(timeline, 9, 20).missing == 11


def test_trim_forgets_what_is_stale_first() -> None:
    timeline, _ = timelines.append(timelines.fall_behind(known(1, 5), 5, 9), [message(seq) for seq in range(10, 600)])

    assert timelines.trim(timeline, 1_000) is timeline
    assert timelines.trim(timeline, 100).stale is None


def test_rename_reaches_what_is_stale() -> None:
    timeline, _ = timelines.append(timelines.begin(0), [message(1), message(2, author=EVE)])
    jumped, _ = timelines.append(timelines.fall_behind(timeline, 2, 9), [message(10)])

    renamed = timelines.rename(jumped, EVE.id, "eva")

    assert [each.name for each in renamed.stale or ()] == [BOB.name, "eva"]
    assert renamed.blocks is jumped.blocks
    assert timelines.rename(renamed, EVE.id, "eva") is renamed


def test_stale_message_that_is_deleted_now_is_not_shown_any_more() -> None:
    state = after(resumed(conversation()), events(posted(1), posted(2, "a secret")))
    state, _ = then(
        state,
        resumed(conversation(head=50, unread=1)),
        inputs.WasReset(position=Position(conversation=1, seq=50, eid=b"50505050"), reason="far_behind", wall_ms=1),
    )

    state, changes = then(
        state,
        events(MessageDeleted(conversation=1, seq=51, eid=b"51515151", ts=1, author=BOB.id, name=BOB.name, message=2)),
    )

    assert [(each.body, each.deleted) for each in general(state).timeline.stale or ()] == [
        ("message 1", False),
        ("", True),
    ]
    assert MessageChanged(conversation=1, seq=2) in changes


def check(followed: Followed) -> None:
    """Compare the state with the log."""
    timeline, messages = followed.timeline, followed.messages
    fresh, stale = list(timeline), list(timeline.stale or ())
    assert fresh == [messages[seq] for seq in sorted(messages) if seq >= timeline.known_from]
    assert timeline.count == len(fresh)
    assert timeline.at_start == (timeline.known_from == 1)
    seqs = [each.seq for each in [*stale, *fresh]]
    assert seqs == sorted(set(seqs))
    assert all(block for block in timeline.blocks)
    if timeline.stale is None:
        assert not timeline.missing
        return
    assert all(block for block in timeline.stale.blocks) and not timeline.at_start
    assert stale and stale[-1].seq < timeline.known_from
    assert followed.told.issuperset(stale)
    reach = min(timeline.stale.up_to, timeline.known_from - 1)
    lost = {seq for seq in messages if stale[0].seq <= seq <= reach} - {each.seq for each in stale}
    assert not lost, "a hole that nobody sees"
    assert timeline.missing == max(0, timeline.known_from - 1 - timeline.stale.up_to)


@given(steps, st.sampled_from([2, 256]), st.integers(1, 50))
def test_state_is_as_fetched_now_from_where_it_is_known_whatever_happens(
    story: list[Step], block: int, limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timelines, "BLOCK", block)
        followed = Followed()
        for step in story:
            followed.step(step)
            check(followed)

        followed.read_all(limit)

        check(followed)
        assert list(followed.timeline) == [followed.messages[seq] for seq in sorted(followed.messages)]
        assert followed.timeline.stale is None
