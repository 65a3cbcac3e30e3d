"""A conversation's state in a view: opening it, and following its changes without drawing more than they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from chat_core.client.state.model import ConversationState, Notice, Unsent
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader
from chat_tui.views.history import History
from chat_tui.views.items import Item, MessageItem, UnreadItem
from chat_tui.views.pages import count_newer, newer_than, older_than
from tests.tui.support.states import (
    ME,
    NOW,
    ZONE,
    at,
    chatter,
    conversation,
    ms,
    said,
    timeline,
    with_changed,
    with_more,
    with_older,
)

READER = Reader(ME.id, ME.name, ZONE)


def opened(state: ConversationState, rows: int = 20, **more: Any) -> History:
    made = History(state, me=ME.id, zone=ZONE, now_ms=ms(NOW), **more)
    made.view.lay_out(columns(60, 80, 6), rows, READER)
    made.open_at(None)
    return made


def seen(history: History) -> list[str]:
    view = history.view
    return [view.lines(index)[line].text.rstrip() for index, line in view.visible()]


def settled(history: History, state: ConversationState, **more: Any) -> None:
    history.update(state, **more)
    history.view.settle()


def anew(state: ConversationState) -> Sequence[Item]:
    """Return the items of a state that is opened now."""
    return opened(state).view.items


def unsent(number: int, **more: Any) -> Unsent:
    return Unsent(cid=bytes([number]) * 16, conversation=1, body=f"unsent {number}", ts=at("13:00"), **more)


def test_only_what_came_is_drawn_when_messages_come_one_by_one() -> None:
    state = conversation(messages=chatter(1, 2_000))
    history = opened(state)
    before = history.view.drawn

    for message in chatter(2_001, 30):
        state = with_more(state, message)
        settled(history, state)

    assert history.view.drawn - before == 30
    assert "message 2030" in "".join(seen(history)[-8:])


def test_items_are_those_of_a_fresh_start_when_much_happened() -> None:
    notices: tuple[Notice, ...] = ()
    state = conversation(messages=chatter(500, 40))
    history = opened(state)
    for round_ in range(8):
        last, first = state.timeline.last_seq, state.timeline.first_seq
        notices = (*notices, Notice(after=last, ts=chatter(last, 1)[0].ts, kind="joined", names=(f"n{round_}",)))
        state = msgspec.structs.replace(state, notices=notices)
        settled(history, state)
        state = with_more(state, *chatter(last + 2, round_ + 1))
        settled(history, state)
        state = with_older(state, chatter(first - 20, 20), at_start=round_ == 7)
        settled(history, state)
        state = msgspec.structs.replace(state, unsent=(unsent(round_),) if round_ % 2 else ())
        settled(history, state)

    assert [item.look for item in history.view.items] == [item.look for item in anew(state)]


def test_items_are_built_anew_when_messages_vanish_in_the_middle() -> None:
    state = conversation(messages=chatter(1, 50))
    history = opened(state)
    shorter = msgspec.structs.replace(state, timeline=timeline([*chatter(1, 20), *chatter(30, 21)]))

    settled(history, shorter)

    assert list(history.view.items) == list(anew(shorter))


def test_nothing_moves_when_older_messages_come_while_somebody_reads() -> None:
    state = conversation(messages=chatter(1_000, 200))
    history = opened(state)
    history.view.scroll(0)
    before = [line for line in seen(history) if "───" not in line]

    settled(history, with_older(state, chatter(900, 100)))

    assert seen(history)[-len(before) :] == before


def test_beginning_is_shown_when_nothing_older_exists() -> None:
    state = conversation(messages=chatter(1, 3))
    history = opened(state, hints=("Enter sends",))
    assert "earlier messages are not here yet" in seen(history)[0]

    settled(history, msgspec.structs.replace(state, loading=True))
    assert "fetching earlier messages" in seen(history)[0]

    settled(history, with_older(state, [], at_start=True))
    assert [line.strip() for line in seen(history)[:3]] == [
        "#general",
        "This is the very beginning of #general.",
        "Enter sends",
    ]


@pytest.mark.parametrize(
    ("loading", "at_start", "expected"), [(False, False, True), (True, False, False), (False, True, False)]
)
def test_older_messages_are_wanted_near_the_beginning_only(loading: bool, at_start: bool, expected: bool) -> None:
    history = opened(conversation(messages=chatter(1, 100), at_start=at_start, loading=loading))
    assert not history.wants_older

    history.view.scroll(5)
    assert history.wants_older == expected


def test_divider_stays_where_it_was_when_messages_are_read_and_more_come() -> None:
    messages = [said(seq, "12:54", "ann", "x") for seq in range(1, 5)]
    state = conversation(messages=messages, read=2, unread=2)
    history = opened(state)
    (divider,) = (item for item in history.view.items if isinstance(item, UnreadItem))
    assert (divider.count, divider.since) == (2, "12:54")
    at_index = history.view.items.index(divider)

    state = msgspec.structs.replace(with_more(state, said(5, "12:59", "bob", "y")), read=5, unread=0)
    settled(history, state)

    assert history.view.items[at_index] is divider
    following = history.view.items[at_index + 1]
    assert isinstance(following, MessageItem) and following.message.seq == 3


def test_divider_appears_when_the_page_with_its_place_comes() -> None:
    state = conversation(messages=chatter(100, 50), read=80, unread=70)
    history = opened(state)
    assert not any(isinstance(item, UnreadItem) for item in history.view.items)

    settled(history, with_older(state, chatter(60, 40)))

    index = next(at for at, item in enumerate(history.view.items) if isinstance(item, UnreadItem))
    following = history.view.items[index + 1]
    assert isinstance(following, MessageItem) and following.message.seq == 81


def test_view_opens_at_the_first_unread_message_when_that_is_out_of_sight() -> None:
    state = conversation(messages=chatter(1, 200), read=100, unread=100)

    history = opened(state)

    assert not history.view.follow
    assert "100 new" in seen(history)[2]
    assert "message 101" in seen(history)[3]
    assert history.below() == 200 - history.last_visible() > 50


def test_view_opens_at_the_end_when_the_unread_messages_are_in_sight() -> None:
    history = opened(conversation(messages=chatter(1, 200), read=196, unread=4))

    assert history.view.follow


def test_view_opens_at_the_first_unread_message_when_the_first_page_comes_later() -> None:
    empty = conversation(read=100, unread=100)
    history = opened(empty)

    settled(history, msgspec.structs.replace(empty, timeline=timeline(chatter(1, 200))), reset=True)

    assert "100 new" in seen(history)[2]


def test_own_new_message_leads_to_the_end() -> None:
    state = conversation(messages=chatter(1, 200))
    history = opened(state)
    history.view.scroll(50)

    settled(history, msgspec.structs.replace(state, unsent=(unsent(1, status="sending"),)))

    assert history.view.follow and seen(history)[-1].endswith("unsent 1 ◌ sending")


def test_message_of_one_s_own_takes_its_place_when_it_is_acknowledged() -> None:
    state = conversation(messages=[said(1, "12:59", "ann", "hi")], at_start=True)
    history = opened(state)
    settled(history, msgspec.structs.replace(state, unsent=(unsent(1, status="sending"),)))

    settled(history, with_more(state, said(2, "13:00", "you", "unsent 1")))

    assert seen(history)[-1] == " 13:00     you  unsent 1"
    assert sum("unsent 1" in line for line in seen(history)) == 1


def test_sending_is_not_spoken_of_while_it_is_fresh() -> None:
    state = conversation(messages=chatter(1, 3), unsent=(unsent(1, status="sending"),))
    history = opened(state)

    history.set_fresh(frozenset({unsent(1).cid}))
    history.view.settle()
    assert seen(history)[-1].endswith("unsent 1")

    history.set_fresh(frozenset())
    history.view.settle()
    assert seen(history)[-1].endswith("unsent 1 ◌ sending")


def test_place_survives_a_reset_when_its_message_is_still_there() -> None:
    state = conversation(messages=chatter(1, 200))
    history = opened(state)
    history.view.scroll(100)
    before = seen(history)
    renamed = [msgspec.structs.replace(m, name="anna") if m.name == "ann" else m for m in state.timeline]

    settled(history, msgspec.structs.replace(state, timeline=timeline(renamed)), reset=True)

    assert [line.replace("   anna", "    ann") for line in seen(history)] == before
    assert any("anna" in line for line in seen(history))


def test_oldest_message_is_shown_when_what_was_read_is_forgotten() -> None:
    state = conversation(messages=chatter(1, 400))
    history = opened(state)
    history.view.scroll(50)

    settled(history, msgspec.structs.replace(state, timeline=timeline(chatter(257, 144))))

    assert history.view.top == 0 and not history.view.follow


def test_notice_behind_the_last_message_costs_no_rebuild_and_one_in_front_is_shown_too() -> None:
    state = conversation(messages=[said(seq, "12:00", "ann", "x") for seq in (2, 4, 6)], at_start=True)
    history = opened(state)
    late = Notice(after=6, ts=at("12:01"), kind="joined", names=("bob",))
    settled(history, msgspec.structs.replace(state, notices=(late,)))
    assert seen(history)[-1].endswith("bob joined")

    early = Notice(after=3, ts=at("12:00"), kind="left", names=("carl",))
    settled(history, msgspec.structs.replace(state, notices=(early, late)))
    assert any(line.endswith("carl left") for line in seen(history)[:-3])


def test_longest_name_looks_at_the_newest_messages_only() -> None:
    old = said(1, "12:00", "averyveryverylongname", "x")
    newer = [said(seq, "12:00", "ann", "x") for seq in range(2, 300)]

    assert opened(conversation(messages=[old, *newer])).longest_name == 3
    assert opened(conversation(messages=[old, *newer[:5]])).longest_name == 21
    assert opened(conversation()).longest_name == 0


def test_last_visible_counts_a_message_only_when_all_of_it_is_seen() -> None:
    state = conversation(messages=[said(1, "12:00", "ann", "x"), said(2, "12:30", "ann", "a\nb\nc\nd")], at_start=True)
    history = opened(state, rows=7)
    history.view.scroll(0)

    # Three lines of welcome, the day, the first message, a line of the second; the last one is covered.
    assert (history.last_visible(), history.below()) == (1, 1)
    history.view.go_to_end()
    assert history.last_visible() == 2


@pytest.mark.parametrize("block", [1, 3, 256])
@pytest.mark.parametrize("seq", [0, 1, 5, 10, 11])
def test_newer_and_older_than_look_in_all_blocks_they_must(block: int, seq: int) -> None:
    messages = chatter(1, 10)
    line = timeline(messages, block=block)

    assert newer_than(line, seq) == [message for message in messages if message.seq > seq]
    assert older_than(line, seq) == [message for message in messages if message.seq < seq]
    assert count_newer(line, seq) == len(newer_than(line, seq))


def test_changes_before_the_first_layout_are_kept() -> None:
    state = conversation(messages=chatter(1, 30))
    history = History(state, me=ME.id, zone=ZONE, now_ms=ms(NOW))

    state = with_older(with_more(state, *chatter(31, 5)), [])
    history.update(msgspec.structs.replace(state, unsent=(unsent(1),)))
    history.view.lay_out(columns(60, 80, 6), 10, READER)

    assert seen(history)[-1].endswith("unsent 1 ◌ queued")


# --- messages that are edited and deleted ---------------------------------------------------------------------------


def test_changed_messages_are_replaced_where_they_stand() -> None:
    state = conversation(messages=chatter(1, 600))
    history = opened(state)
    drawn = history.view.drawn

    newer = with_changed(with_changed(state, 598, body="new", edits=1), 3, body="", deleted=True)
    settled(history, newer, changed={598, 3, 7_000})

    assert history.view.items == anew(newer)
    assert history.view.drawn <= drawn + 3, "the one in view, and what a shorter text makes room for"
    assert any(line.endswith("new (edited)") for line in seen(history))


def test_changed_message_that_came_in_the_same_batch_is_drawn_once() -> None:
    state = conversation(messages=chatter(1, 50))
    history = opened(state)
    drawn = history.view.drawn

    newer = with_changed(with_more(state, said(51, "13:00", "ann", "posted")), 51, body="edited", edits=1)
    settled(history, newer, changed={51})

    assert history.view.items == anew(newer)
    assert history.view.drawn == drawn + 1


def test_many_changed_messages_are_drawn_anew_and_the_place_is_kept() -> None:
    state = conversation(messages=chatter(1, 400))
    history = opened(state)
    history.view.scroll(200)
    before = seen(history)
    newer = state
    for seq in range(1, 60):
        newer = with_changed(newer, seq, body=f"{seq}\n" * 3, edits=1)

    settled(history, newer, changed=set(range(1, 60)))

    assert history.view.items == anew(newer)
    assert seen(history) == before


def test_line_in_view_stays_when_messages_around_it_change() -> None:
    state = conversation(messages=chatter(1, 300))
    history = opened(state)
    history.view.scroll(150)
    index, _ = next(iter(history.view.visible()))
    before = seen(history)
    newer = with_changed(with_changed(state, 2, body="a\n" * 9, edits=1), 299, body="", deleted=True)

    settled(history, newer, changed={2, 299})

    assert next(iter(history.view.visible()))[0] == index
    assert seen(history) == before
