"""The area of the messages: one timeline, or several that share it, each under its title. Which, a tiling says.

It places them, draws the lines between them, lets these be dragged, and follows changes for all of them. A timeline
that is hidden (another one is zoomed, or there is no room) is left alone until it is seen again: it costs nothing
meanwhile, and what it holds counts as read by nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, NULL_SPACING, Offset, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from chat_core.client.state.changes import Batch, TimelineReset
from chat_core.client.state.model import ClientState, ConversationState
from chat_tui.views.lines import Line, Span
from chat_tui.views.link import knows_others
from chat_tui.views.tile_title import tile_title
from chat_tui.views.tiling import Shown, Tiling, border_at, columns_between, tile_at
from chat_tui.views.tiling_tree import Border, Box
from chat_tui.widgets.bars import Bar
from chat_tui.widgets.paint import Painted
from chat_tui.widgets.timeline import Timeline


class TileTitle(Bar, can_focus=False):
    """The title of one of them."""

    _shown: tuple[ConversationState | None, bool, str, bool] = (None, False, "", True)

    def show(self, conversation: ConversationState | None, *, active: bool, note: str, connected: bool) -> None:
        """Say what is below; see `tile_title`."""
        self._shown = conversation, active, note, connected
        self.changed()

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        conversation, active, note, connected = self._shown
        return tile_title(conversation, width, active=active, note=note, connected=connected)


class _Tile(NamedTuple):
    title: TileTitle
    timeline: Timeline


class _AsTiled(Layout):
    """Asks the area itself."""

    name = "tiled"

    @override
    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """See Layout."""
        assert isinstance(parent, Tiles)
        placed = [(widget, box) for widget, box in parent.places(size) if widget in children]
        return [WidgetPlacement(Region(*box), NULL_OFFSET, NULL_SPACING, widget) for widget, box in placed]


class Tiles(Painted, can_focus=False):
    """See the module's head."""

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Tiles { width: 1fr; height: 1fr; overflow: hidden hidden; background: $background; }
    """

    class Picked(Message):
        """Somebody pressed the mouse in a tile."""

        def __init__(self, tile: int) -> None:
            super().__init__()
            self.tile = tile
            """Its number."""

    class Arranged(Message):
        """A border was dragged, or other tiles are on the screen than before."""

    def __init__(self, make: Callable[[str | None], Timeline], *, id: str | None = None) -> None:
        """Make an area with one timeline.

        Args:
            make: makes a timeline with an id.
            id: the widget's.
        """
        super().__init__(id=id)
        self._make = make
        self._as_tiled = _AsTiled()
        self.tiling = Tiling()
        """Which there are, and where."""
        self._tiles = {1: _Tile(TileTitle(), make("timeline"))}
        self._late: set[int] = set()
        self._seen: frozenset[int] = frozenset({1})
        self._dragged: tuple[Border, Offset, Tiling] | None = None
        self._picks = False

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        for tile in self._tiles.values():
            yield tile.title
            yield tile.timeline

    @property
    def timeline(self) -> Timeline:
        """The active one."""
        return self._tiles[self.tiling.active].timeline

    def of(self, tile: int) -> Timeline:
        """Return one by its number."""
        return self._tiles[tile].timeline

    # --- which there are

    def show(self, tiling: Tiling) -> None:
        """Show other tiles, or the same ones elsewhere; new ones are empty, those that are gone are forgotten."""
        new, gone = set(tiling.tiles) - set(self._tiles), set(self._tiles) - set(tiling.tiles)
        for number in sorted(new):
            self._tiles[number] = tile = _Tile(TileTitle(), self._make(None))
            self.mount(*tile)
        for number in gone:
            for widget in self._tiles.pop(number):
                widget.remove()
        self._late -= gone
        self.tiling = tiling
        self.screen.set_class(len(tiling.tiles) > 1, "-several")
        for tile in self._tiles.values():
            tile.timeline.refresh(layout=True)
        self.refresh()

    def shown(self) -> Shown:
        """Return what is on the screen."""
        return self.tiling.shown(self.size.width, self.size.height)

    # --- following

    def apply(self, batch: Batch) -> None:
        """Take what a batch says of what is in view."""
        for number, tile in self._tiles.items():
            if number in self._seen or number == self.tiling.active:
                tile.timeline.apply(batch)
            else:
                self._late.add(number)

    def catch_up(self, state: ClientState) -> None:
        """Show what came while tiles were hidden that are seen again."""
        for number in self._late & self._seen:
            self._late.discard(number)
            timeline = self._tiles[number].timeline
            if timeline.conversation is not None:
                reset = TimelineReset(conversation=timeline.conversation)
                timeline.apply(Batch(state=state, changes=(reset,)))

    def show_anew(self, state: ClientState) -> None:
        """Show what the filters let be seen now; whoever reads goes on reading where they are."""
        for _, timeline in self._tiles.values():
            if timeline.conversation is not None:
                reset = TimelineReset(conversation=timeline.conversation)
                timeline.apply(Batch(state=state, changes=(reset,)))

    def draw_anew(self) -> None:
        """Draw all of them anew: something is put on messages that no message says of itself."""
        for _, timeline in self._tiles.values():
            timeline.look_changed()

    def show_titles(self, state: ClientState) -> None:
        """Say above each what it shows."""
        tiles = self.tiling.tiles
        if len(tiles) == 1:
            return
        note = ""
        if len(self._seen) == 1:
            why = "zoomed" if self.tiling.zoomed else "no room for all"
            note = f"{tiles.index(self.tiling.active) + 1} of {len(tiles)} · {why}"
        connected = knows_others(state.link)
        for number, (title, timeline) in self._tiles.items():
            shown = state.conversations.get(timeline.conversation or 0)
            title.show(shown, active=number == self.tiling.active, note=note, connected=connected)

    def older_failed(self, conversation: int) -> None:
        """Take back that older messages were asked for."""
        for _, timeline in self._tiles.values():
            if timeline.conversation == conversation:
                timeline.older_failed()

    def read_back(self) -> list[int]:
        """Return the conversations of which somebody reads older messages."""
        timelines = [tile.timeline for tile in self._tiles.values() if not tile.timeline.following]
        return [timeline.conversation for timeline in timelines if timeline.conversation is not None]

    # --- where they are

    @property
    @override
    def layout(self) -> Layout:
        """See Widget."""
        return self._as_tiled

    def places(self, size: Size) -> list[tuple[Widget, Box]]:
        """Return which widgets are on the screen in an area of some size, and where; told during a layout."""
        shown = self.tiling.shown(size.width, size.height)
        seen = frozenset(shown.boxes)
        for number, tile in self._tiles.items():
            tile.timeline.hidden, tile.timeline.shares = number not in seen, len(seen) > 1
        if seen != self._seen:
            self._seen = seen
            arranged = self.Arranged()
            arranged.set_sender(self)
            self.post_message(arranged)
        found: list[tuple[Widget, Box]] = []
        for number, box in shown.boxes.items():
            title, timeline = self._tiles[number]
            if shown.titled:
                found.append((title, box._replace(height=1)))
                box = box._replace(y=box.y + 1, height=box.height - 1)
            found.append((timeline, box))
        return found

    @override
    def render_line(self, y: int) -> Strip:
        """See Widget: what is between the tiles."""
        spans: list[Span] = []
        at = 0
        for box in sorted(box for box in columns_between(self.shown()) if box.y <= y < box.bottom):
            spans += (Span(" " * (box.x - at)), Span("│", "rule"))
            at = box.right
        return self.painted(Line(tuple(spans)), self.size.width)

    # --- the mouse

    def _at(self, event: events.MouseEvent) -> Offset:
        """Return where the mouse is in the area, whichever widget it is over."""
        return Offset(event.screen_x, event.screen_y) - self.region.offset

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag a border, or make a tile the active one."""
        if event.button != 1 or len(self.tiling.tiles) == 1:
            return
        at, shown = self._at(event), self.shown()
        border = border_at(shown, *at)
        if border is not None:
            self._dragged = border, at, self.tiling
            self.capture_mouse()
        tile = tile_at(shown, *at)
        self._picks = tile is not None and tile != self.tiling.active
        if tile is not None and self._picks:
            self.post_message(self.Picked(tile))

    def on_click(self, event: events.Click) -> None:
        """Let the click that makes a tile the active one do nothing else there."""
        if self._picks:
            self._picks = False
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag a border."""
        if self._dragged is None:
            return
        border, start, before = self._dragged
        went = self._at(event) - start
        moved = before.moved(border, went.x if border.across else went.y, *self.size)
        if moved.root != self.tiling.root:
            self.show(moved.with_active(self.tiling.active))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Leave a border where it is."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
            self.post_message(self.Arranged())
