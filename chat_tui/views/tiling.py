"""Panes of messages side by side and one above another: which there are, and how they share an area. Pure.

In code such a pane is a tile, known by a number; what it shows is others' business. Tiles side by side have a column
between them; each has a line at its top for its title, which also divides those that stand one above another. A tiling
is a value: what changes it returns another one. Sizes are cells, sides are those of the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import msgspec
from msgspec import Struct

from chat_tui.views import tiling_tree as trees
from chat_tui.views.tiling_tree import Border, Box, Node

Side = Literal["left", "right", "up", "down"]
"""A side of a tile."""

MOST: Final = 4
"""Tiles that one tiling has at most."""
TITLED_FROM: Final = 10
"""Lines of the area from which on a tile that hides others says so in a title."""

_ACROSS: Final = ("left", "right")
_BEFORE: Final = ("left", "up")


class Shown(Struct, frozen=True):
    """What of a tiling is on the screen."""

    boxes: Mapping[int, Box]
    """Where each of the tiles is, its title included."""
    borders: tuple[Border, ...] = ()
    """What is between them."""
    titled: bool = False
    """Whether each has a line for its title, at its top."""


class Tiling(msgspec.Struct, frozen=True):
    """Some tiles, one of them the active one."""

    root: Node = 1
    """How they share the area."""
    active: int = 1
    """The one that is written to."""
    zoomed: bool = False
    """Whether that one hides the others."""

    @property
    def tiles(self) -> tuple[int, ...]:
        """All of them, as they are read."""
        return tuple(trees.leaves(self.root))

    @property
    def is_sound(self) -> bool:
        """Whether it is one that could have come about: it may be from a file."""
        tiles = self.tiles
        few = len(set(tiles)) == len(tiles) <= MOST
        return few and self.active in tiles and trees.is_sound(self.root)

    # --- where they are

    def shown(self, width: int, height: int) -> Shown:
        """Return what is on the screen: all of them, or the active one alone where there is no room for all."""
        area = Box(0, 0, width, height)
        if isinstance(self.root, int):
            return Shown({self.root: area})
        if self.zoomed or not self.fits(width, height):
            return Shown({self.active: area}, titled=height >= TITLED_FROM)
        placed = trees.lay_out(self.root, area)
        return Shown(placed.boxes, tuple(placed.borders), titled=True)

    def fits(self, width: int, height: int) -> bool:
        """Return whether there is room for all of them in an area."""
        least_width, least_height = trees.least(self.root)
        return isinstance(self.root, int) or (width >= least_width and height >= least_height)

    def neighbour(self, side: Side, width: int, height: int) -> int | None:
        """Return the tile at a side of the active one, be it hidden or not; None: there is none."""
        least_width, least_height = trees.least(self.root)
        boxes = trees.lay_out(self.root, Box(0, 0, max(width, least_width), max(height, least_height))).boxes
        here = boxes[self.active]
        beside = [(_distance(here, box, side), -_facing(here, box, side), tile) for tile, box in boxes.items()]
        found = [each for each in beside if each[0] >= 0 and each[1] < 0]
        return min(found)[2] if found else None

    # --- others

    def with_active(self, tile: int) -> Tiling:
        """Return the tiling with another tile active."""
        return msgspec.structs.replace(self, active=tile)

    def toggled(self) -> Tiling:
        """Return the tiling with the active tile hiding the others, or no longer."""
        return msgspec.structs.replace(self, zoomed=not self.zoomed and len(self.tiles) > 1)

    def split(self, side: Side, new: int) -> Tiling:
        """Return the tiling with half of the active tile's place for a new one, which is the active one then."""
        root = trees.split(self.root, self.active, new, across=side in _ACROSS, before=side in _BEFORE)
        return Tiling(root, new)

    def without(self, tile: int) -> Tiling:
        """Return the tiling without one of its tiles; what was beside it takes its place.

        Raises:
            ValueError: it is the only one.
        """
        root, heir = trees.without(self.root, tile)
        if root is None:
            raise ValueError("the last tile stays")
        active = heir if tile == self.active else self.active
        return Tiling(root, active, self.zoomed and not isinstance(root, int))

    def swapped(self, other: int) -> Tiling:
        """Return the tiling with the active tile in the place of another one, and that in its place."""
        places = {self.active: other, other: self.active}
        return msgspec.structs.replace(self, root=trees.renamed(self.root, places), zoomed=False)

    def equal(self) -> Tiling:
        """Return the tiling with tiles beside each other of the same size."""
        return msgspec.structs.replace(self, root=trees.equal(self.root))

    def grown(self, across: bool, by: int, width: int, height: int) -> Tiling:
        """Return the tiling with the active tile larger, as far as the others can give way.

        Args:
            across: whether it is its width; where it has the whole of that, its height changes, and the other way.
            by: cells; negative: smaller.
            width: of the area.
            height: of the area.
        """
        borders = trees.lay_out(self.root, Box(0, 0, width, height)).borders if self.fits(width, height) else []
        mine = [each for each in borders if self.active in each.before or self.active in each.behind]
        if not mine:
            return self
        # The innermost one, and rather the one at the right or below.
        border = max(mine, key=lambda each: (each.across == across, len(each.path), self.active in each.before))
        return self.moved(border, by if self.active in border.before else -by, width, height)

    def moved(self, border: Border, by: int, width: int, height: int) -> Tiling:
        """Return the tiling with a border of it moved right or down, as far as what is there can give way.

        Args:
            border: one that `shown` returned.
            by: cells; negative: left or up.
            width: of the area.
            height: of the area.
        """
        root = trees.moved(self.root, border, by, Box(0, 0, width, height))
        return msgspec.structs.replace(self, root=root, zoomed=False)


def _distance(here: Box, there: Box, side: Side) -> int:
    """Return how far a box is away at a side; negative: it is not at that side."""
    match side:
        case "left":
            return here.x - there.right
        case "right":
            return there.x - here.right
        case "up":
            return here.y - there.bottom
        case "down":
            return there.y - here.bottom


def _facing(here: Box, there: Box, side: Side) -> int:
    """Return how many cells of a box's side another one is opposite to; 0 or less: none."""
    if side in _ACROSS:
        return min(here.bottom, there.bottom) - max(here.y, there.y)
    return min(here.right, there.right) - max(here.x, there.x)


def border_at(shown: Shown, x: int, y: int) -> Border | None:
    """Return the border at a cell, None: there is none."""
    return next((each for each in shown.borders if each.box.holds(x, y)), None)


def tile_at(shown: Shown, x: int, y: int) -> int | None:
    """Return the tile at a cell, None: there is none."""
    return next((tile for tile, box in shown.boxes.items() if box.holds(x, y)), None)


def columns_between(shown: Shown) -> Iterator[Box]:
    """Yield where lines stand between tiles side by side."""
    return (each.box for each in shown.borders if each.across)
