"""Panes of messages, split, closed, moved and resized by key, command and mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, Literal, Protocol

from chat_core.base.errors import UsageFault
from chat_tui.commands.context import Answer
from chat_tui.keys.paning import SIDES
from chat_tui.screens.finding import Finding
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.screens.tiled import Tiled
from chat_tui.views.footer import Chip
from chat_tui.views.link import nothing_open
from chat_tui.views.tiling import MOST, Side, Tiling
from chat_tui.views.tiling_tree import LEAST_COLUMNS, LEAST_ROWS
from chat_tui.widgets.pane_bar import PaneBar
from chat_tui.widgets.tiles import Tiles

_MODE: Final = "tiling"
_STEP: Final = {"width": 4, "height": 2}
_ONLY_ONE: Final = "There is only one pane: {key} and an arrow, or /split, makes another one."
_ARROWS: Final = {"Left": "←", "Right": "→", "Up": "↑", "Down": "↓"}


class Paned(Scene, Layout, Protocol):
    """The screen that has them."""

    tiles: Tiles
    """They."""
    tiled: Tiled
    """Which conversation is in which."""
    pane_bar: PaneBar
    """What can be done with them."""
    selection: Selecting
    """What is selected."""
    finder: Finding
    """What is looked for."""


class Splitting(Part):
    """What belongs to that; see `PaneDesk`.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Paned) -> None:
        self._scene = scene

    # --- for commands; all raise UsageFault, where something cannot be done

    def split(self, side: Side | None, conversation: int | None) -> None:
        """See PaneDesk."""
        tiling = self._scene.tiles.tiling
        here, known = self._scene.places.shown, self._scene.bridge.state.conversations
        if here is None:
            raise UsageFault(nothing_open(self._scene.bridge.state.link))
        if len(tiling.tiles) >= MOST:
            raise UsageFault(f"There are {MOST} panes, which is the most: {self._panes_key()} c closes one.")
        new = next(number for number in range(1, MOST + 1) if number not in tiling.tiles)
        sides: tuple[Side, ...] = ("right", "down") if side is None else (side,)
        fitting = [tiling.split(each, new) for each in sides if tiling.split(each, new).fits(*self._scene.tiles.size)]
        if not fitting:
            raise UsageFault(f"There is no room: a pane needs {LEAST_COLUMNS} columns and {LEAST_ROWS} rows.")
        visible = {self._scene.places.shown_in(tile) for tile in tiling.tiles}
        there = conversation if conversation in known else self._scene.places.latest(self._scene.bridge.state, visible)
        self._scene.places.branch(new)
        self._scene.tiled.tile(fitting[0], here if there is None else there)

    def close(self, *, others: bool = False) -> None:
        """See PaneDesk."""
        tiling = self._several()
        self._scene.tiled.tile(Tiling(tiling.active, tiling.active) if others else tiling.without(tiling.active))

    def zoom(self) -> None:
        """See PaneDesk."""
        self._scene.tiled.tile(self._several().toggled())

    # --- keys

    def action_panes(self) -> None:
        """Say what can be done with the panes, and wait for the key for it."""
        if self._scene.selecting:
            self._scene.selection.action_stop_selecting()
        if self._scene.finding:
            self._scene.finder.action_stop_finding()
        self._scene.answers.dismiss()
        self._scene.show_mode(_MODE, on=True)
        self._scene.focus_on(self._scene.pane_bar)
        self._scene.pane_bar.show(self._chips(), [self._chip("leave", "back")])

    def action_leave_panes(self) -> None:
        """Go on writing."""
        self._scene.show_mode(_MODE, on=False)
        if self._scene.is_focused(self._scene.pane_bar):
            self._scene.focus_on(self._scene.composer)

    def on_pane_bar_left(self, event: PaneBar.Left) -> None:
        """The focus went elsewhere: so does the line."""
        event.stop()
        if not self._scene.is_focused(self._scene.pane_bar):
            self._scene.show_mode(_MODE, on=False)

    def on_pane_bar_clicked(self, event: PaneBar.Clicked) -> None:
        """Do what was clicked."""
        event.stop()
        acts: dict[str, Callable[[], None]] = {
            "next": self.action_pane_next,
            "split_right": partial(self.action_pane_split, "right"),
            "split_below": partial(self.action_pane_split, "down"),
            "close": self.action_pane_close,
            "only": self.action_pane_only,
            "zoom": self.action_zoom,
            "equal": self.action_pane_equal,
            "leave": self.action_leave_panes,
        }
        if event.name in acts:
            acts[event.name]()

    def action_pane_go(self, side: Side) -> None:
        """Go to the pane on a side; if there is only one, split there."""
        tiling = self._scene.tiles.tiling
        if len(tiling.tiles) == 1:
            self.action_pane_split(side)
            return
        there = tiling.neighbour(side, *self._scene.tiles.size)
        if there is None:
            self._scene.answer(Answer("There is no pane on that side."))
        else:
            self.action_leave_panes()
            self._scene.tiled.tile_by_hand(tiling.with_active(there))

    def action_pane_next(self) -> None:
        """Go to the next pane, around the end."""

        def go() -> None:
            tiling = self._several()
            at = tiling.tiles.index(tiling.active) + 1
            self._scene.tiled.tile_by_hand(tiling.with_active(tiling.tiles[at % len(tiling.tiles)]))

        self._try(go)

    def action_pane_move(self, side: Side) -> None:
        """Change places with the pane on a side."""
        tiling = self._scene.tiles.tiling
        there = tiling.neighbour(side, *self._scene.tiles.size)
        if there is None:
            self._scene.answer(Answer("There is no pane on that side."))
        else:
            self._scene.tiled.tile(tiling.swapped(there))

    def action_pane_size(self, what: Literal["width", "height"], by: int) -> None:
        """Make the pane larger (1) or smaller (-1)."""
        scene = self._scene
        tiling = scene.tiles.tiling
        if tiling.zoomed:  # else all of them would be there again, of other sizes than one saw
            key = scene.keymap.label("window.zoom").split(",")[0]
            scene.answer(Answer(f"This pane hides the others: {key} shows them, to be made larger or smaller."))
            return
        scene.tiled.tile(tiling.grown(what == "width", by * _STEP[what], *scene.tiles.size))

    def action_pane_equal(self) -> None:
        """Let all panes be of the same size."""
        self._scene.tiled.tile(self._scene.tiles.tiling.equal())

    def action_pane_split(self, side: Side) -> None:
        """Split the pane."""
        self._scene.composer.behind = 0
        self._try(partial(self.split, side, None))

    def action_pane_close(self) -> None:
        """Close the pane."""
        self._try(self.close)

    def action_pane_only(self) -> None:
        """Close all other panes."""
        self._try(partial(self.close, others=True))

    def action_zoom(self) -> None:
        """Let the pane hide the others, or no longer."""
        self._try(self.zoom)

    # --- how

    def _try(self, act: Callable[[], object]) -> None:
        """Do something, after which one goes on writing, or say why it cannot be done."""
        self.action_leave_panes()
        try:
            act()
        except UsageFault as fault:
            self._scene.answer(Answer(str(fault), fault=True))

    def _several(self) -> Tiling:
        """Return the panes. Raises: UsageFault: there is only one."""
        tiling = self._scene.tiles.tiling
        if len(tiling.tiles) == 1:
            raise UsageFault(_ONLY_ONE.format(key=self._panes_key()))
        return tiling

    def _panes_key(self) -> str:
        return self._scene.keymap.label("window.panes").split(",")[0]

    def _chip(self, name: str, label: str) -> Chip:
        return Chip(name, self._scene.keymap.label(f"panes.{name}").split(",")[0], label)

    def _chips(self) -> list[Chip]:
        split = [self._chip("split_right", "split right"), self._chip("split_below", "split below")]
        if len(self._scene.tiles.tiling.tiles) == 1:
            return [Chip("", self._sides("go"), "split there"), *split]
        sizes = "".join(self._chip(name, "").key for name in ("narrower", "wider", "taller", "shorter"))
        return [
            Chip("", self._sides("go"), "go"),
            *split,
            self._chip("zoom", "zoom"),
            self._chip("close", "close"),
            Chip("", self._sides("move"), "move"),
            Chip("", sizes, "size"),
            self._chip("equal", "equal"),
            self._chip("only", "only this"),
            self._chip("next", "next"),
        ]

    def _sides(self, verb: str) -> str:
        """Return the keys for the four sides, in short: `←→↑↓`."""
        keys = [next(key.keys for key in self._scene.keymap.keys if key.id == f"panes.{verb}_{side}") for side in SIDES]
        first = [key.split(",")[0] for key in keys]
        if all(key.endswith(side) for key, side in zip(first, SIDES, strict=True)):
            return ("Shift+" if first[0].startswith("shift+") else "") + "".join(_ARROWS.values())
        return "/".join(first)
