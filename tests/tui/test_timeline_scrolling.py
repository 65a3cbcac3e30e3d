"""The timeline under keys, wheel and mouse: what moves, what stays, and what it tells the application."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from textual import events
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.screen import Screen
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

from chat_core.client.state.changes import LoadingChanged, MessagesAppended, MessagesPrepended, NoticeAdded
from chat_core.client.state.model import ClientState, ConversationState, Notice
from chat_tui.messages import OlderWanted, ReadingOlder, ReadUpTo
from tests.tui.support.frames import marker, pane, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import chatter, client, conversation, said, with_more, with_older


def app_with(count: int = 300, **more: Any) -> Harness:
    return Harness(client(conversation(1, "general", chatter(1_001, count), **more), conversation(2, "dev")))


def replaced(app: Harness, state: ConversationState) -> ClientState:
    return client(state, conversation(2, "dev"), me=app.state.me)


def append(app: Harness, count: int = 1) -> None:
    here = app.state.conversations[1]
    messages = tuple(chatter(here.timeline.last_seq + 1, count))
    app.take(replaced(app, with_more(here, *messages)), MessagesAppended(conversation=1, messages=messages))


def prepend(app: Harness, count: int = 100) -> None:
    here = app.state.conversations[1]
    page = chatter(here.timeline.first_seq - count, count)
    app.take(replaced(app, with_older(here, page)), MessagesPrepended(conversation=1, count=count))


def notice(app: Harness) -> None:
    here = app.state.conversations[1]
    last = tuple(here.timeline)[-1]
    said = Notice(after=last.seq, ts=last.ts, kind="joined", names=("ann",))
    app.take(replaced(app, msgspec.structs.replace(here, notices=(said,))), NoticeAdded(conversation=1, notice=said))


def wheel(app: Harness, kind: type[events.MouseEvent]) -> None:
    app.timeline.post_message(kind(app.timeline, 5, 5, 0, 0, 0, False, False, False))


def told(app: Harness, kind: type[Any]) -> list[Any]:
    return [message for message in app.said if isinstance(message, kind)]


@pytest.fixture
def layouts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count how often a whole screen is laid out."""
    counted: list[int] = []
    original = Screen._refresh_layout

    def counting(self: Screen[Any], *arguments: Any, **named: Any) -> None:
        counted.append(1)
        original(self, *arguments, **named)

    monkeypatch.setattr(Screen, "_refresh_layout", counting)
    yield counted


async def test_appended_message_is_painted_without_a_layout_of_the_screen(layouts: list[int]) -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        before = len(layouts)
        for _ in range(20):
            append(app)
            await pilot.pause()

        assert "message 1320" in "\n".join(pane(app.timeline)[-6:])
        assert len(layouts) == before


async def test_scroll_bar_knows_of_what_was_appended() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        append(app, 50)
        await pilot.pause()
        bar, view = app.timeline.vertical_scrollbar, app.timeline.history
        assert view is not None

        assert bar.window_virtual_size == view.view.total == app.timeline.virtual_size.height
        assert bar.position == app.timeline.scroll_y == app.timeline.max_scroll_y


@pytest.mark.parametrize("count", [2_000, 50_000])
async def test_long_history_is_opened_and_read_by_drawing_only_what_is_seen(count: int) -> None:
    app = app_with(count)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.timeline.history
        assert view is not None
        opened = view.view.drawn
        assert opened <= 3 * app.timeline.size.height

        append(app, 100)
        for _ in range(10):
            app.timeline.action_page_up()
        await pilot.pause()

        assert view.view.drawn - opened <= 100 + 11 * app.timeline.size.height


async def test_page_down_reaches_the_end_when_a_line_came_meanwhile() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.action_page_up()
        await pilot.pause()
        notice(app)
        app.timeline.action_page_down()
        await pilot.pause()

        assert app.timeline.following
        assert "ann joined" in pane(app.timeline)[-1]


async def test_page_down_that_ends_two_lines_short_says_what_is_newer() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.action_page_up()
        await pilot.pause()
        append(app)  # the line above what is unread comes with it
        app.timeline.action_page_down()
        await pilot.pause()

        assert not app.timeline.following
        assert "newer" in pane(app.timeline)[-4]


async def test_pages_overlap_by_a_line_above_the_one_that_says_what_is_newer() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.action_page_up()
        await pilot.pause()
        before = pane(app.timeline)
        app.timeline.action_page_up()
        await pilot.pause()
        after = pane(app.timeline)
        app.timeline.action_page_down()
        await pilot.pause()

        assert after[marker(after) - 1] == before[0]
        assert pane(app.timeline) == before


async def test_line_and_end_actions_move_as_they_say() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        end = pane(app.timeline)
        app.timeline.action_line_up()
        await pilot.pause()
        now = pane(app.timeline)
        at = marker(now)
        assert now[1:at] == end[: at - 1]
        assert now[at + 1 :] == end[-3:]

        app.timeline.action_first()
        assert app.timeline.scroll_y == 0
        app.timeline.action_last()
        await pilot.pause()
        assert pane(app.timeline) == end and app.timeline.following

        app.timeline.action_line_up()
        app.timeline.action_line_down()
        assert app.timeline.following


async def test_wheel_scrolls_and_reaches_the_end_again() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        top = app.timeline.scroll_y
        wheel(app, events.MouseScrollUp)
        await until(pilot, lambda: app.timeline.scroll_y < top, "scrolling up")
        assert not app.timeline.following

        wheel(app, events.MouseScrollDown)
        await until(pilot, lambda: app.timeline.following, "being at the end")


async def test_scroll_bar_scrolls_by_pages_and_to_a_place() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        end = app.timeline.scroll_y
        app.timeline.post_message(ScrollUp())
        await until(pilot, lambda: end - app.timeline.scroll_y == app.timeline.size.height - 5, "a page")
        app.timeline.post_message(ScrollDown())
        await until(pilot, lambda: app.timeline.following, "the end")
        app.timeline.post_message(ScrollTo(y=0, animate=False))
        await until(pilot, lambda: app.timeline.scroll_y == 0, "the beginning")


@pytest.mark.parametrize("scrolled", [0, 1, 5, 150])
async def test_nothing_moves_when_a_page_of_older_messages_comes(scrolled: int) -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.moved_to(scrolled)
        await pilot.pause()
        before = pane(app.timeline)
        kept = [line for line in before if "───" not in line and "newer" not in line]

        prepend(app)
        await pilot.pause()
        after = [line for line in pane(app.timeline) if "newer" not in line]

        assert after[-len(kept) :] == kept
        assert app.timeline.scroll_y == app.timeline.scroll_target_y > 0


async def test_what_is_read_stays_when_messages_come_and_the_number_below_grows() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            app.timeline.action_page_up()
        await pilot.pause()
        before = pane(app.timeline)
        history = app.timeline.history
        assert history is not None
        below = history.below()

        append(app, 7)
        await pilot.pause()

        now = pane(app.timeline)
        assert now[: marker(now)] == before[: marker(before)]
        assert f"↓ {below + 7} newer" in now[marker(now)]
        assert "message 1307" in "\n".join(now[marker(now) :])


@pytest.mark.parametrize(("size", "kept"), [((80, 23), 0), ((80, 24), 3), ((80, 34), 5), ((80, 60), 5)])
async def test_newest_lines_stay_in_view_while_somebody_reads_further_up(size: tuple[int, int], kept: int) -> None:
    app = app_with()
    async with app.run_test(size=size) as pilot:
        end = pane(app.timeline)
        app.timeline.action_first()
        await pilot.pause()
        lines = pane(app.timeline)

        assert lines[marker(lines) + 1 :] == end[len(end) - kept :]
        assert len(lines) - marker(lines) - 1 == kept
        append(app)
        await pilot.pause()
        assert ("message 1301" in "\n".join(pane(app.timeline))) == (kept > 0)


async def test_newest_lines_that_stay_in_view_are_not_taken_as_read() -> None:
    app = app_with(300, read=1_010, unread=290)
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        lines = pane(app.timeline)

        assert "message 1300" in "\n".join(lines[marker(lines) :])
        assert "290 unread · Alt+U first" in lines[marker(lines)]
        assert told(app, ReadUpTo)[-1].seq < 1_050


async def test_newest_lines_that_stay_in_view_are_copied_as_what_they_are() -> None:
    app = app_with()
    async with app.run_test(size=(80, 40)) as pilot:
        app.timeline.action_first()
        await pilot.pause()
        there = await scrolled_to_text(pilot, app, "message 1300")
        await pilot.click("#timeline", offset=there, times=2)
        await until(pilot, lambda: app.screen.get_selected_text() == "message", "the word")


async def test_end_is_reached_when_the_newer_line_is_clicked() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.action_page_up()
        await pilot.pause()
        await pilot.click("#timeline", offset=(10, marker(pane(app.timeline))))

        await until(pilot, lambda: app.timeline.following, "the end")


async def test_line_being_read_stays_at_the_top_when_the_terminal_is_resized() -> None:
    app = app_with()
    async with app.run_test(size=(120, 40)) as pilot:
        for _ in range(3):
            app.timeline.action_page_up()
        await pilot.pause()
        history = app.timeline.history
        assert history is not None
        place = history.view.place()
        assert place is not None

        for size in ((80, 24), (45, 30), (170, 50), (120, 40)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda size=size: app.size == size, "the new size")  # type: ignore[misc]
            await pilot.pause()
            now = history.view.place()
            assert now is not None and now.identity == place.identity


async def test_place_is_remembered_while_another_conversation_is_open() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            app.timeline.action_page_up()
        await pilot.pause()
        before = pane(app.timeline)

        app.show(shown=2)
        await pilot.pause()
        assert app.timeline.conversation == 2 and app.timeline.following
        app.show(shown=1)
        await pilot.pause()

        assert pane(app.timeline) == before


async def test_older_messages_are_asked_for_once_a_page_before_the_beginning() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not told(app, OlderWanted)
        for _ in range(3):
            app.timeline.moved_to(10)
            app.timeline.moved_to(0)
        await pilot.pause()
        assert [message.conversation for message in told(app, OlderWanted)] == [1]

        prepend(app)
        await pilot.pause()
        app.timeline.moved_to(0)
        await pilot.pause()
        assert len(told(app, OlderWanted)) == 2


async def test_older_messages_are_asked_for_again_only_on_a_scroll_when_they_did_not_come() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.moved_to(0)
        await pilot.pause()
        here = app.state.conversations[1]
        for loading in (True, False):
            app.take(replaced(app, msgspec.structs.replace(here, loading=loading)), LoadingChanged(conversation=1))
        await pilot.pause()
        assert len(told(app, OlderWanted)) == 1

        app.timeline.moved_to(1)
        await pilot.pause()
        assert len(told(app, OlderWanted)) == 2
        app.timeline.older_failed()
        app.timeline.moved_to(0)
        await pilot.pause()
        assert len(told(app, OlderWanted)) == 3


async def test_older_messages_are_asked_for_on_when_a_page_is_told_before_the_end_of_its_loading() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.moved_to(0)
        await pilot.pause()
        here = app.state.conversations[1]
        loading = msgspec.structs.replace(here, loading=True)
        app.take(replaced(app, loading), LoadingChanged(conversation=1))
        known_from = here.timeline.known_from - 1
        more = msgspec.structs.replace(loading.timeline, known_from=known_from)
        came = msgspec.structs.replace(loading, timeline=more)
        app.take(replaced(app, came), MessagesPrepended(conversation=1, count=0))
        await pilot.pause()
        assert len(told(app, OlderWanted)) == 1

        ended = msgspec.structs.replace(came, loading=False)
        app.take(replaced(app, ended), LoadingChanged(conversation=1))
        await pilot.pause()
        assert len(told(app, OlderWanted)) == 2


async def test_older_messages_are_asked_for_at_once_when_the_known_ones_fill_no_page() -> None:
    app = app_with(3)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()

        assert len(told(app, OlderWanted)) == 1


async def test_nothing_is_asked_for_at_the_beginning_of_a_conversation() -> None:
    app = app_with(3, at_start=True)
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.moved_to(0)
        await pilot.pause()

        assert not told(app, OlderWanted)


async def test_messages_are_told_as_read_when_they_were_visible() -> None:
    app = app_with(300, read=1_200, unread=100)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        history = app.timeline.history
        assert history is not None
        assert [message.seq for message in told(app, ReadUpTo)] == [history.last_visible()]
        assert 1_200 < history.last_visible() < 1_300

        app.timeline.action_page_up()
        await pilot.pause()
        assert len(told(app, ReadUpTo)) == 1
        app.timeline.action_last()
        await pilot.pause()
        assert told(app, ReadUpTo)[-1].seq == 1_300


async def test_messages_are_not_told_as_read_until_the_window_has_the_focus() -> None:
    app = app_with(30, read=1_020, unread=10)
    app.shown = 2
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(events.AppBlur())
        await until(pilot, lambda: not app.app_focus, "no focus")
        app.show(shown=1)
        await pilot.pause()
        assert not told(app, ReadUpTo)

        app.post_message(events.AppFocus())
        await until(pilot, lambda: told(app, ReadUpTo), "being told")
        history = app.timeline.history
        assert history is not None and told(app, ReadUpTo)[-1].seq == history.last_visible()


async def test_scrolling_up_and_coming_back_is_told_once_each() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not told(app, ReadingOlder)
        for _ in range(3):
            app.timeline.action_page_up()
        app.timeline.action_last()
        await pilot.pause()

        assert [message.conversation for message in told(app, ReadingOlder)] == [1, None]


async def test_nothing_is_told_as_read_when_it_was_read_already() -> None:
    app = app_with(30)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()

        assert not told(app, ReadUpTo)


async def scrolled_to_text(pilot: Pilot[None], app: Harness, text: str) -> Offset:
    await pilot.pause()
    for y, line in enumerate(pane(app.timeline)):
        if text in line:
            return Offset(line.index(text), y)
    raise AssertionError(text)


async def test_gutter_grows_for_a_longer_name_but_not_under_the_eyes_of_a_reader() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await scrolled_to_text(pilot, app, "message 1300")
        app.timeline.action_page_up()
        here = app.state.conversations[1]
        late = said(1_301, "15:00", "bartholomew", "late")
        app.take(replaced(app, with_more(here, late)), MessagesAppended(conversation=1, messages=(late,)))
        app.timeline.action_last()
        assert (await scrolled_to_text(pilot, app, "message 1300")).x == before.x
        assert (await scrolled_to_text(pilot, app, "barth")).x == 7

        append(app)
        assert (await scrolled_to_text(pilot, app, "message 1300")).x == before.x + 4
        assert (await scrolled_to_text(pilot, app, "bartholomew")).x == 7
