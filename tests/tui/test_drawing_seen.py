"""Drawing only what is seen: the same frames as the toolkit's, from fewer lines of fewer widgets."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyte
import pytest
from rich.segment import Segment
from textual._compositor import ChopsUpdate, Compositor
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from chat_core.client.state.changes import MessagesAppended
from chat_tui.widgets.compositor import SparingCompositor
from chat_tui.widgets.conversation_list import ConversationList
from chat_tui.widgets.safe import ControlFilter
from chat_tui.widgets.symbols import AsciiFilter
from tests.tui.support.frames import frame, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import chatter, client, conversation, said, with_more


def app_with(count: int = 300) -> Harness:
    return Harness(client(conversation(1, "general", chatter(1_001, count)), conversation(2, "dev")))


def append(app: Harness, count: int = 1) -> None:
    here = app.state.conversations[1]
    messages = tuple(chatter(here.timeline.last_seq + 1, count))
    state = client(with_more(here, *messages), conversation(2, "dev"), me=app.state.me)
    app.take(state, MessagesAppended(conversation=1, messages=messages))


def sparing(app: Harness) -> SparingCompositor:
    """Let a screen have it, as all of ours do."""
    compositor = app.screen._compositor
    compositor.__class__ = SparingCompositor
    assert isinstance(compositor, SparingCompositor)
    return compositor


@contextmanager
def usual(compositor: Compositor) -> Iterator[None]:
    kind, compositor.__class__ = compositor.__class__, Compositor
    yield
    compositor.__class__ = kind


def segments(lines: Sequence[Strip]) -> list[list[Segment]]:
    return [list(Segment.simplify(line)) for line in lines]


def on_terminal(app: Harness, *updates: str) -> list[object]:
    """Return the cells of a terminal that got these updates."""
    screen = pyte.Screen(*app.size)
    stream = pyte.Stream(screen)
    for update in updates:
        stream.feed(update)
    return [screen.buffer[y][x] for y in range(app.size.height) for x in range(app.size.width)]


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
async def test_whole_frame_is_the_toolkits(size: tuple[int, int]) -> None:
    app = app_with()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        compositor = sparing(app)
        ours = segments(compositor.render_strips())
        with usual(compositor):
            assert ours == segments(compositor.render_strips())


async def test_part_of_a_frame_is_the_toolkits() -> None:
    app = app_with()
    chance = random.Random(7)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        compositor = sparing(app)
        whole = compositor.render_full_update().render_segments(app.console)
        for _ in range(30):
            x, y = chance.randrange(110), chance.randrange(28)
            dirty = {Region(x, y, chance.randint(1, 120 - x), chance.randint(1, 30 - y)) for _ in range(2)}
            drawn = []
            for spare in (True, False):
                compositor._dirty_regions = set(dirty)
                if spare:
                    update = compositor.render_partial_update()
                else:
                    with usual(compositor):
                        update = compositor.render_partial_update()
                assert isinstance(update, ChopsUpdate)
                drawn.append(update.render_segments(app.console))
            assert on_terminal(app, drawn[0]) == on_terminal(app, drawn[1])
            assert on_terminal(app, whole, drawn[0]) == on_terminal(app, whole)


async def test_widgets_that_did_not_change_are_not_asked_for_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Widget] = []
    original = Widget.render_lines

    def noting(self: Widget, crop: Region) -> list[Strip]:
        asked.append(self)
        return original(self, crop)

    app = app_with()
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        compositor = sparing(app)
        monkeypatch.setattr(Widget, "render_lines", noting)

        compositor._dirty_regions = {app.timeline.region}
        compositor.render_partial_update()
        assert asked == [], "the timeline draws itself, and what is behind it is not seen"

        compositor._dirty_regions = {app.query_one(ConversationList).region}
        compositor.render_partial_update()
        assert asked == [app.query_one(ConversationList)]


async def test_lines_of_a_timeline_do_not_remember_themselves_and_go_when_nobody_wants_them() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        compositor = sparing(app)
        app.timeline.forget_strips()
        compositor.render_full_update()
        strips = [strip for strips in app.timeline._strips._values.values() for strip in strips]

        assert len(strips) >= app.timeline.size.height
        assert not any(strip in pieces for strip in strips for pieces in strip._divide_cache._cache.values())


@pytest.mark.parametrize("total", [1, 20, 21, 25, 40, 333, 5_000])
async def test_scroll_bar_is_the_toolkits_and_is_drawn_again_where_its_thumb_moved(total: int) -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        bar = app.timeline.vertical_scrollbar
        height = bar.size.height
        whole = Region(0, 0, 1, height)
        shown = bar.render_lines(whole)
        for top in range(0, max(1, total - height), max(1, total // 40)):
            bar._repaint_regions.clear()
            bar.tell(total, height, top)
            now = bar.render_lines(whole)
            moved = {y for y in range(height) if list(now[y]) != list(shown[y])}
            again = {y for region in bar._repaint_regions for y in region.line_range}
            assert moved <= again and bool(moved) == bool(again)
            shown = now
            bar.refresh()
            assert list(map(look, now)) == list(map(look, Widget.render_lines(bar, whole)))


def look(line: Strip) -> tuple[str, object, object]:
    """Return what is seen of a cell of a scroll bar, and what a click on it does: there is no letter in it."""
    (cell,) = line
    assert cell.style is not None
    ground = cell.style.color if cell.style.reverse else cell.style.bgcolor
    return cell.text, ground, cell.style.meta


async def test_page_above_is_painted_before_anybody_wants_it_and_changes_nothing() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        history = app.timeline.history
        assert history is not None
        view = history.view
        before = app.timeline.render_lines(app.timeline.size.region)
        await until(
            pilot,
            lambda: view.counted_above and all(view.items[at].look in app.timeline._strips for at in view.above()),
            "the page above is painted",
        )

        assert app.timeline.render_lines(app.timeline.size.region) == before
        assert app.timeline.scroll_y == view.top == app.timeline.max_scroll_y
        drawn = view.drawn
        app.timeline.action_page_up()
        app.timeline.render_lines(app.timeline.size.region)  # at once: in a moment the next page is painted
        assert app.timeline.scroll_y < app.timeline.max_scroll_y
        assert view.drawn == drawn


async def test_page_above_is_not_painted_in_a_flood() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        history = app.timeline.history
        assert history is not None
        append(app, 100)
        before = history.view.drawn
        append(app, 100)

        assert history.view.drawn - before <= app.timeline.size.height


async def test_timeline_passes_the_gates_there_are_and_anew_when_they_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gates: list[LineFilter] = [ControlFilter()]
    monkeypatch.setattr(Harness, "get_line_filters", lambda _: list(gates))
    app = Harness(client(conversation(1, "general", [said(1, "10:00", "ann", "one … two")])))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "one … two" in frame(app)

        gates.append(AsciiFilter())
        assert "one ~ two" in frame(app)
