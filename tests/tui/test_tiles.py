"""Panes of messages as they are drawn and used with the mouse, on hand-made states."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from chat_core.client.state.changes import Batch, MessageChanged, MessagesAppended
from chat_core.client.state.model import ClientState
from chat_tui.messages import OlderWanted, ReadUpTo
from chat_tui.views.tiling import Tiling
from chat_tui.widgets.tiles import Tiles, TileTitle
from chat_tui.widgets.timeline import Timeline
from tests.tui.support.frames import expect, frame, pane, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import chatter, client, conversation, drawing, said


class Tiled(Harness):
    """Shows several conversations of a state, and does with the mouse's wishes what the chat screen does."""

    def __init__(self, state: ClientState, tiling: Tiling, shown: dict[int, int], **more: Any) -> None:
        super().__init__(state, shown[tiling.active], **more)
        self._tiling = tiling
        self._shown = shown

    @override
    def area(self) -> Widget:
        return Tiles(self.new_timeline, id="tiles")

    @property
    def tiles(self) -> Tiles:
        return self.query_one(Tiles)

    @property
    @override
    def timeline(self) -> Timeline:
        return self.tiles.timeline

    @override
    def on_mount(self) -> None:
        self.tiles.show(self._tiling)
        for tile, number in self._shown.items():
            self.tiles.of(tile).show(self.state.conversations[number], self.state.me)
        self.titles()
        self._show_rest()

    def titles(self) -> None:
        self.tiles.show_titles(self.state)

    @override
    def take(self, state: ClientState, *changes: Any) -> None:
        self.state = state
        self.tiles.apply(Batch(state=state, changes=changes))
        self.titles()

    def on_tiles_picked(self, event: Tiles.Picked) -> None:
        self.tiles.show(self.tiles.tiling.with_active(event.tile))
        self.titles()

    def on_tiles_arranged(self, event: Tiles.Arranged) -> None:
        self.tiles.catch_up(self.state)
        self.titles()


BESIDE = Tiling().split("right", 2).with_active(1)
BELOW = Tiling().split("down", 2).with_active(1)


def full() -> ClientState:
    """Make a state in which something is said in each of the panes."""
    state = drawing()
    here = state.conversations[1]
    dev = [
        said(1, "12:31", "joe", "the importer takes 310 ms now, was 900"),
        said(2, "12:31", "joe", "most of it was the index, which is built lazily now"),
        said(3, "12:40", "ann", "nice! does `make bench` show it?"),
        said(4, "12:41", "joe", "it does, see the last line of it"),
        said(5, "12:55", "bob", "main is red: test_upload_resumes"),
        said(6, "12:56", "joe", "mine, one minute"),
    ]
    ops = [said(1, "09:12", "peter", "disk of node 3 is at 91 %"), said(2, "09:15", "ann", "@you have a look?")]
    ann = [said(1, "12:20", "ann", "lunch?"), said(2, "12:21", "you", "in ten minutes")]
    others = [
        conversation(2, "dev", dev, at_start=True, topic="Build and release", read=4, unread=2),
        conversation(3, "ops", ops, at_start=True, read=1, unread=1, mentions=1),
        conversation(6, "ann", ann, kind="direct", partner=5, online=2, at_start=True),
    ]
    return client(here, *others, *(each for each in state.conversations.values() if each.id in (4, 5, 7)))


@pytest.mark.parametrize(
    ("size", "tiling", "name"),
    [
        ((120, 40), BESIDE, "panes-120x40"),
        ((120, 40), BELOW, "panes-below-120x40"),
        ((160, 48), BESIDE.grown(True, 10, 113, 44), "panes-160x48"),
        ((200, 60), BESIDE.split("down", 3).with_active(2).split("down", 4), "panes-four-200x60"),
        ((60, 24), BESIDE, "panes-60x24"),
        ((80, 24), BESIDE.toggled(), "panes-zoomed-80x24"),
        ((40, 12), BESIDE, "panes-40x12"),
    ],
    ids=["120x40", "below-120x40", "160x48", "four-200x60", "60x24", "zoomed-80x24", "40x12"],
)
async def test_panes_are_as_drawn(size: tuple[int, int], tiling: Tiling, name: str) -> None:
    app = Tiled(full(), tiling, dict(zip(tiling.tiles, (1, 2, 3, 6), strict=False)), typed="thanks! I will also")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        expect(app, name)


def two(**more: Any) -> ClientState:
    return client(
        conversation(1, "general", chatter(1, 200)), conversation(2, "dev", [said(1, "12:50", "ann", "one")], **more)
    )


async def test_pane_that_is_pressed_is_the_active_one_and_only_the_titles_are_painted_for_it() -> None:
    app = Tiled(two(), BESIDE, {1: 1, 2: 2})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.click(app.tiles.of(2), offset=(5, 10))
        await pilot.pause()

        assert app.tiles.tiling.active == 2
        titles = [pane(title)[0] for title in app.query(TileTitle)]
        assert [title[0] for title in titles] == [" ", "▌"]
        title = next(title for title in app.query(TileTitle) if "#general" in pane(title)[0])
        await pilot.click(title)
        assert app.tiles.tiling.active == 1


async def _drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down("#tiles", offset=start)
    await pilot.hover("#tiles", offset=end)
    await pilot.mouse_up("#tiles", offset=end)
    await pilot.pause()


async def test_line_between_two_panes_is_dragged_as_far_as_both_can_give_way() -> None:
    app = Tiled(two(), BESIDE, {1: 1, 2: 2})
    async with app.run_test(size=(120, 40)) as pilot:
        left = app.tiles.of(1)
        middle = left.outer_size.width
        await _drag(pilot, (middle, 5), (middle + 7, 9))
        assert left.outer_size.width == middle + 7 and app.tiles.tiling.active == 1
        await _drag(pilot, (middle + 7, 5), (2, 5))
        assert left.outer_size.width == 24
        assert pane(app.tiles)[3] == " " * 24 + "│"

        await pilot.hover("#tiles", offset=(60, 5))
        assert left.outer_size.width == 24, "nothing is dragged any more"


async def test_title_between_two_panes_is_dragged_and_makes_its_pane_the_active_one() -> None:
    app = Tiled(two(), BELOW, {1: 1, 2: 2})
    async with app.run_test(size=(100, 40)) as pilot:
        upper = app.tiles.of(1)
        height = upper.outer_size.height
        await _drag(pilot, (10, height + 1), (10, height - 5))
        assert upper.outer_size.height == height - 6 and app.tiles.tiling.active == 2


async def test_panes_follow_what_is_said_in_each_and_paint_nothing_else() -> None:
    app = Tiled(two(), BESIDE, {1: 1, 2: 2})
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        painted: list[int] = []
        left = app.tiles.of(1)
        original = left.render_line

        def painting(y: int) -> Strip:
            painted.append(y)
            return original(y)

        left.render_line = painting  # type: ignore[method-assign]
        messages = [said(1, "12:50", "ann", "one"), said(2, "12:51", "bob", "two")]
        state = client(app.state.conversations[1], conversation(2, "dev", messages))
        app.take(state, MessagesAppended(conversation=2, messages=tuple(messages[1:])))
        await until(pilot, lambda: any("two" in line for line in pane(app.tiles.of(2))), "two")
        await pilot.pause()
        assert not painted


async def test_each_pane_keeps_the_line_that_is_read_through_all_that_is_done_to_them() -> None:
    app = Tiled(client(conversation(1, "general", chatter(1, 300))), BESIDE, {1: 1, 2: 1})
    async with app.run_test(size=(120, 40)) as pilot:
        left, right = app.tiles.of(1), app.tiles.of(2)
        for timeline, pages in ((left, 4), (right, 6)):  # far enough up to fill the largest of the sizes below
            for _ in range(pages):
                timeline.action_page_up()
        await pilot.pause()
        tops = [_top(timeline) for timeline in (left, right)]
        assert tops[0] != tops[1]
        for tiling in (BESIDE.toggled(), BESIDE.equal(), BESIDE.grown(True, 12, 97, 36), BELOW, BESIDE):
            app.tiles.show(tiling)
            await pilot.pause()
            assert [_top(timeline) for timeline in (left, right)] == tops
        for size in ((60, 20), (200, 60), (120, 40)):
            await pilot.resize_terminal(*size)
            assert [_top(timeline) for timeline in (left, right)] == tops


def _top(timeline: Timeline) -> object:
    assert timeline.history is not None
    place = timeline.history.view.place()
    return place and place.identity


async def test_hidden_pane_is_left_alone_and_shows_all_that_came_when_it_is_seen_again() -> None:
    app = Tiled(two(), BESIDE.toggled(), {1: 1, 2: 2})
    async with app.run_test(size=(120, 40)) as pilot:
        assert "1 of 2 · zoomed" in frame(app)
        hidden = app.tiles.of(2)
        app.said.clear()
        messages = [said(1, "12:50", "ann", "other words"), said(2, "12:51", "bob", "two")]
        state = client(app.state.conversations[1], conversation(2, "dev", messages, unread=1, read=1))
        app.take(
            state,
            MessageChanged(conversation=2, seq=1),
            MessagesAppended(conversation=2, messages=tuple(messages[1:])),
        )
        await pilot.pause()
        assert hidden.history is not None and len(list(hidden.history.conversation.timeline)) == 1
        app.app_focus = False
        app.app_focus = True
        await pilot.pause()
        assert not any(isinstance(each, ReadUpTo) and each.conversation == 2 for each in app.said)

        app.tiles.show(BESIDE)
        await until(pilot, lambda: "other words" in frame(app) and "two" in frame(app), "what came")
        assert [each.seq for each in app.said if isinstance(each, ReadUpTo) and each.conversation == 2] == [2]


async def test_what_is_new_in_any_pane_in_view_is_read_while_the_window_has_the_focus() -> None:
    app = Tiled(two(), BESIDE, {1: 1, 2: 2})
    async with app.run_test(size=(120, 40)) as pilot:
        app.app_focus = False
        messages = [said(1, "12:50", "ann", "one"), said(2, "12:51", "bob", "two")]
        state = client(app.state.conversations[1], conversation(2, "dev", messages, unread=1, read=1, mentions=1))
        app.take(state, MessagesAppended(conversation=2, messages=tuple(messages[1:])))
        await until(pilot, lambda: "two" in frame(app) and "1 new" in frame(app), "what is new")
        assert not any(isinstance(each, ReadUpTo) and each.conversation == 2 for each in app.said)
        app.app_focus = True
        await until(pilot, lambda: any(isinstance(each, ReadUpTo) and each.seq == 2 for each in app.said), "it is read")


async def test_older_messages_are_asked_for_again_in_each_pane_where_they_did_not_come() -> None:
    app = Tiled(client(conversation(1, "general", chatter(100, 300))), BESIDE, {1: 1, 2: 1})
    async with app.run_test(size=(120, 40)) as pilot:

        def asked() -> int:
            return sum(isinstance(each, OlderWanted) for each in app.said)

        for timeline in (app.tiles.of(1), app.tiles.of(2)):
            timeline.action_first()
        await until(pilot, lambda: asked() == 2, "both have asked")
        assert app.tiles.read_back() == [1, 1]
        app.tiles.older_failed(1)
        for timeline in (app.tiles.of(1), app.tiles.of(2)):
            timeline.action_line_down()
        await until(pilot, lambda: asked() == 4, "both have asked again")
