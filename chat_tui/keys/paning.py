"""Keys for panes of messages: what may follow Alt+W. Sizes and places can be changed repeatedly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chat_tui.keys.key import Key

SIDES: Final = ("left", "right", "up", "down")


def _sides(verb: str, keys: str, shown: str, what: str) -> Iterator[Key]:
    for side in SIDES:
        yield Key(
            f"panes.{verb}_{side}",
            keys + side,
            f"screen.pane_{verb}('{side}')",
            what,
            "panes",
            shown=shown,
            listed=side == "left",
        )


PANING: Final[tuple[Key, ...]] = (
    *_sides("go", "", "Left, Right, Up, Down", "to the pane on that side; if there is only one: split there"),
    *_sides("move", "shift+", "Shift+Left … Down", "change places with the pane on that side"),
    Key("panes.next", "w,alt+w", "screen.pane_next", "to the next pane", "panes"),
    Key("panes.split_right", "v", "screen.pane_split('right')", "split: another pane at the right", "panes"),
    Key("panes.split_below", "s", "screen.pane_split('down')", "split: another pane below", "panes"),
    Key("panes.close", "c", "screen.pane_close", "close the pane; its conversation stays", "panes"),
    Key("panes.only", "o", "screen.pane_only", "close all other panes", "panes"),
    Key("panes.zoom", "z", "screen.zoom", "let the pane hide the others, or no longer", "panes"),
    Key("panes.wider", "greater_than_sign", "screen.pane_size('width', 1)", "wider", "panes"),
    Key("panes.narrower", "less_than_sign", "screen.pane_size('width', -1)", "narrower", "panes"),
    Key("panes.taller", "plus", "screen.pane_size('height', 1)", "taller", "panes"),
    Key("panes.shorter", "minus", "screen.pane_size('height', -1)", "shorter", "panes"),
    Key("panes.equal", "equals_sign", "screen.pane_equal", "all of the same size", "panes"),
    Key("panes.leave", "escape,enter", "screen.leave_panes", "go on writing; so does any other key", "panes"),
)
"""Bindings behind the key for panes."""
