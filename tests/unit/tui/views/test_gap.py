"""A history with a gap: what is drawn there, what stays in view as it closes, when more is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state.changes import MessageChanged, TimelineReset
from chat_core.client.state.model import ConversationState, Notice
from chat_core.client.state.timeline import append, begin, fall_behind, prepend
from chat_core.protocol.values import Message, Position
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader
from chat_tui.views.history import History
from chat_tui.views.items import GapItem, MessageItem, OlderItem, UnreadItem, WelcomeItem
from tests.support.following import Followed, Step, steps
from tests.tui.support.states import ME, NOW, ZONE, at, chatter, conversation, ms

READER = Reader(ME.id, ME.name, ZONE)
ROWS = 20


def opened(state: ConversationState, rows: int = ROWS, width: int = 60) -> History:
    made = History(state, me=ME.id, zone=ZONE, now_ms=ms(NOW))
    made.view.lay_out(columns(width, 80, 6), rows, READER)
    made.open_at(None)
    return made


def seen(history: History) -> list[str]:
    view = history.view
    return [view.lines(index)[line].text.rstrip() for index, line in view.visible()]


def talk(history: History) -> list[str]:
    """Return the lines in the window that are messages."""
    view = history.view
    rows = list(view.visible())
    return [view.lines(index)[line].text for index, line in rows if isinstance(view.items[index], MessageItem)]


def jumped(
    old: Sequence[Message], up_to: int, seq: int, newest: Sequence[Message] = (), *, at_start: bool = False, **more: Any
) -> ConversationState:
    """Return a conversation with stale messages, a gap, and what was read of the newest ones."""
    line, _ = append(begin(0 if at_start else old[0].seq - 1), old)
    line, _ = prepend(fall_behind(line, up_to, seq), newest, at_start=False)
    state = conversation(read=more.pop("read", up_to), **more)
    return msgspec.structs.replace(state, timeline=line, position=Position(conversation=1, seq=seq))


def paged(state: ConversationState, page: Sequence[Message], *, at_start: bool = False) -> ConversationState:
    line, _ = prepend(state.timeline, page, at_start=at_start)
    return msgspec.structs.replace(state, timeline=line)


def settled(history: History, state: ConversationState) -> None:
    history.update(state)
    history.view.settle()


def come(history: History, above: int, *, upwards: bool) -> None:
    """Scroll to where the gap is so many lines below the top."""
    for _ in range(5):  # heights are guessed until one is there
        history.view.scroll(gap_line(history) - above)
    history.view.scroll(history.view.top + (1 if upwards else -1))
    history.view.scroll(gap_line(history) - above)


def gap_line(history: History) -> int:
    """Return the line of the gap."""
    index = next(at for at, item in enumerate(history.view.items) if isinstance(item, GapItem))
    return history.view.heights.top(index)


@pytest.mark.parametrize(
    ("width", "missing", "words"),
    [
        (79, 2_345, "up to 2,345 messages not loaded · scroll to load"),
        (55, 2_345, "up to 2,345 messages not loaded"),
        (39, 2_345, "up to 2,345 messages not loaded"),
        (79, 1, "1 message may be missing · scroll to load"),
    ],
)
def test_gap_says_what_is_missing_as_far_as_there_is_room(width: int, missing: int, words: str) -> None:
    state = jumped(chatter(1, 3), 3, 3 + missing + 1, chatter(3 + missing + 1, 1))
    history = opened(state, width=width)

    (line,) = (line for line in seen(history) if "missing" in line or "not loaded" in line)

    assert line.strip(" ─") == words
    assert line.startswith(" ─ ") and line.endswith(" ─") and len(line) == width


def test_gap_says_that_messages_are_on_their_way() -> None:
    state = jumped(chatter(1, 30), 30, 999, chatter(990, 10))
    history = opened(state, width=79)

    settled(history, msgspec.structs.replace(state, loading=True))
    history.view.scroll(0)
    assert not any("fetching" in line for line in seen(history)), "it is not the beginning that is fetched"
    history.view.scroll(gap_line(history) - 3)
    assert "up to 959 messages not loaded · fetching…" in seen(history)[3]


def test_head_of_a_stale_part_that_has_the_beginning_is_the_beginning() -> None:
    for at_start, kind in ((True, WelcomeItem), (False, OlderItem)):
        history = opened(jumped(chatter(5, 3), 7, 99, chatter(90, 10), at_start=at_start))
        assert isinstance(history.view.items[0], kind)


def test_line_above_what_is_unread_stands_at_the_gap_when_it_begins_in_it() -> None:
    history = opened(jumped(chatter(1, 3), 3, 99, chatter(90, 10), read=3, unread=96), rows=90)
    items = history.view.items

    index = next(at for at, item in enumerate(items) if isinstance(item, UnreadItem))

    assert [type(item) for item in items[index - 1 : index + 3]] == [MessageItem, UnreadItem, GapItem, MessageItem]
    assert "96 new since 08:03" in "\n".join(seen(history))


def test_line_above_what_is_unread_has_no_time_when_nobody_knows_the_message() -> None:
    history = opened(jumped(chatter(1, 3), 3, 99, chatter(90, 10), read=50, unread=49), rows=90)

    assert any(line.strip(" ─") == "49 new" for line in seen(history))


def test_line_above_what_is_unread_comes_to_its_place_as_the_gap_closes() -> None:
    state = jumped(chatter(1, 3), 3, 99, chatter(90, 10), read=50, unread=49)
    history = opened(state)

    settled(history, paged(state, chatter(40, 50)))

    items = history.view.items
    index = next(at for at, item in enumerate(items) if isinstance(item, UnreadItem))
    before, behind = items[index - 1], items[index + 1]
    assert isinstance(before, MessageItem) and isinstance(behind, MessageItem)
    assert (before.message.seq, behind.message.seq) == (50, 51)


def test_view_opens_at_the_end_when_the_first_unread_message_is_in_the_gap() -> None:
    history = opened(jumped(chatter(1, 100), 100, 999, chatter(950, 50), read=100, unread=800))

    assert history.view.follow
    assert "message 999" in "\n".join(seen(history)[-6:])


def test_line_above_what_is_unread_is_drawn_when_the_log_goes_on_elsewhere_while_one_looks() -> None:
    state = conversation(messages=chatter(1, 30))
    history = opened(state)
    assert not any(isinstance(item, UnreadItem) for item in history.view.items)

    history.update(jumped(chatter(1, 30), 30, 999, read=30, unread=900), reset=True, jumped=True)

    assert UnreadItem(900, "08:30") in history.view.items


def test_notices_in_front_of_a_gap_are_told_there_and_nowhere_else() -> None:
    names = {3: "ann", 5: "bob", 60: "carl", 99: "dora"}
    notices = tuple(Notice(after=seq, ts=at("09:00"), kind="joined", names=(who,)) for seq, who in names.items())
    state = msgspec.structs.replace(jumped(chatter(1, 3), 5, 99), notices=notices)
    history = opened(state)
    told = [line.split("–")[-1].strip() for line in seen(history) if "joined" in line or "not loaded" in line]
    assert [line.strip("─ ") for line in told] == [
        "ann joined · bob joined",
        "up to 94 messages not loaded · scroll to load",
        "dora joined",
    ]

    settled(history, paged(state, chatter(90, 10)))
    settled(history, paged(paged(state, chatter(90, 10)), chatter(3, 60)))

    text = "\n".join(seen(opened(history.conversation, rows=200)))
    assert [text.count(f"{who} joined") for who in names.values()] == [1, 1, 1, 1]


def test_nothing_below_moves_when_a_page_comes_to_the_gap_and_one_reads_upwards() -> None:
    state = jumped(chatter(1, 100), 100, 999, chatter(900, 100))
    history = opened(state)
    come(history, 4, upwards=True)
    fresh = talk(history)[-(ROWS - 6) :]

    settled(history, paged(state, chatter(800, 100)))

    assert talk(history)[-len(fresh) :] == fresh
    assert any("message 899" in line for line in talk(history)[: -len(fresh)])


@pytest.mark.parametrize("above", [15, 4])
def test_nothing_above_moves_when_a_page_comes_to_the_gap_and_one_reads_downwards(above: int) -> None:
    state = jumped(chatter(1, 100), 100, 999, chatter(900, 100))
    history = opened(state)
    come(history, above, upwards=False)
    before = seen(history)[:above]
    assert "not loaded" in seen(history)[above]

    for first in (800, 700, 600):
        state = paged(state, chatter(first, 100))
        settled(history, state)
        assert seen(history)[:above] == before
        assert "not loaded" in seen(history)[above]

    settled(history, paged(state, chatter(60, 540)))
    assert [line for line in seen(history) if "───" not in line][:above] == before
    assert not any(isinstance(item, GapItem) for item in history.view.items)


def test_stale_message_is_drawn_anew_when_a_page_has_it_and_the_line_stays() -> None:
    state = jumped(chatter(1, 100), 100, 999, chatter(900, 100))
    history = opened(state)
    come(history, 15, upwards=False)
    (place,) = (at for at, line in enumerate(seen(history)) if "message 98 " in line)
    page = chatter(50, 850)
    page[98 - 50] = msgspec.structs.replace(page[98 - 50], body="it was edited", changed=400)

    settled(history, paged(state, page))

    assert "it was edited" in seen(history)[place]


def test_more_is_asked_for_only_where_somebody_reads() -> None:
    state = jumped(chatter(1, 400), 400, 2_000, chatter(1_800, 200))
    history = opened(state)
    for line, expected in ((0, True), (5, True), (150, False)):
        history.view.scroll(line)
        assert history.wants_older == expected, line
    for above, expected in ((3 * ROWS, False), (ROWS + 1, False), (5, True), (0, True), (-5, True), (-3 * ROWS, False)):
        come(history, above, upwards=False)
        assert history.wants_older == expected, above
    come(history, 0, upwards=False)
    settled(history, msgspec.structs.replace(state, loading=True))
    assert not history.wants_older


def test_stale_part_without_a_gap_is_asked_for_anew_wherever_somebody_reads_it() -> None:
    state = paged(jumped(chatter(1, 400), 400, 600, chatter(550, 51)), chatter(350, 200))
    history = opened(state)
    seam = next(
        at for at, each in enumerate(history.view.items) if isinstance(each, MessageItem) and each.message.seq == 350
    )
    for line, expected in ((0, True), (200, True), (history.view.heights.top(seam) + 3 * ROWS, False)):
        history.view.scroll(line)
        assert history.wants_older == expected, line


def test_number_below_counts_what_is_known_and_says_that_there_is_more() -> None:
    history = opened(jumped(chatter(1, 100), 100, 999, chatter(900, 100)))
    history.view.scroll(0)
    assert (history.below(), history.gap_below) == (200 - history.last_visible(), True)

    history.view.scroll(gap_line(history) + 2)
    assert (history.below(), history.gap_below) == (999 - history.last_visible(), False)


def test_names_are_laid_out_while_the_newest_page_is_on_its_way() -> None:
    assert opened(jumped(chatter(1, 30), 30, 99)).longest_name == len("marija")


@given(steps, st.lists(st.integers(0, 100), min_size=30, max_size=30))
def test_items_are_those_of_a_fresh_start_whatever_happens(story: list[Step], scrolls: list[int]) -> None:
    followed = Followed()
    history = opened(followed.here)
    for step, scroll in zip(story, scrolls, strict=False):
        if scroll < 80:
            history.view.scroll(history.view.total * scroll // 100)
        top = history.view.place()
        followed.step(step)
        resets = [change for change in followed.changes if isinstance(change, TimelineReset)]
        changed = {change.seq for change in followed.changes if isinstance(change, MessageChanged)}
        history.update(followed.here, reset=bool(resets), jumped=any(each.jumped for each in resets), changed=changed)
        history.view.settle()

        again = opened(followed.here)
        again._read, again._unread = history._read, history._unread
        again._rebuild()
        assert [item.look for item in history.view.items] == [item.look for item in again.view.items]
        assert len(list(history.view.visible())) == min(ROWS, history.view.total)
        place = history.view.place()
        stays = {item.identity for item in history.view.items if isinstance(item, MessageItem)}
        if top is not None and top.identity in stays and step[0] != "page":
            assert place is not None and place.identity == top.identity
