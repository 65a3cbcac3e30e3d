"""The tree behind a tiling: parts of an area, side by side or one above another, down to single tiles. Pure.

No branch has a part that is divided in the same direction: so there is one tree for each picture. Weights say how parts
share what there is; each gets what it cannot do without first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

LEAST_COLUMNS: Final = 24
"""Columns without which a tile is of no use."""
LEAST_ROWS: Final = 5
"""The same for its lines, the title included."""

_HEAVIEST: Final = 10_000
_DEEPEST: Final = 4


class Branch(msgspec.Struct, frozen=True):
    """Two or more parts that share an area."""

    across: bool
    """Whether they stand side by side, and not one above another."""
    parts: tuple[Node, ...]
    """They, from left to right or from the top down."""
    weights: tuple[int, ...]
    """How much each of them has, at least 1."""


Node = int | Branch
"""A tile by its number, or more of them."""


class Box(NamedTuple):
    """A part of an area."""

    x: int
    """Cells to its left."""
    y: int
    """Lines above it."""
    width: int
    """Its cells."""
    height: int
    """Its lines."""

    @property
    def right(self) -> int:
        """The first cell behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first line below it."""
        return self.y + self.height

    def holds(self, x: int, y: int) -> bool:
        """Return whether a cell is in it."""
        return self.x <= x < self.right and self.y <= y < self.bottom


class Border(Struct, frozen=True):
    """What is between two parts: a column, or the line with the lower one's titles."""

    path: tuple[int, ...]
    """The branch: which of the parts leads to it, from the root on."""
    part: int
    """Which of the parts is in front of it."""
    across: bool
    """Whether it is a column."""
    box: Box
    """Where it is."""
    before: tuple[int, ...]
    """The tiles in front of it, in the part that it ends."""
    behind: tuple[int, ...]
    """The tiles behind it, in the part that begins there."""


class Placed(NamedTuple):
    """Where everything is."""

    boxes: dict[int, Box]
    """By tile."""
    borders: list[Border]
    """The outer ones first."""


def leaves(node: Node) -> Iterator[int]:
    """Yield the tiles, as they are read."""
    if isinstance(node, int):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


def is_sound(node: Node, depth: int = 0) -> bool:
    """Return whether a tree is one that the functions here could have made."""
    if isinstance(node, int):
        return True
    well = len(node.parts) == len(node.weights) >= 2 and min(node.weights) >= 1 and depth < _DEEPEST
    same = any(isinstance(part, Branch) and part.across == node.across for part in node.parts)
    return well and not same and all(is_sound(part, depth + 1) for part in node.parts)


def least(node: Node) -> tuple[int, int]:
    """Return the columns and lines that a tree cannot do without."""
    if isinstance(node, int):
        return LEAST_COLUMNS, LEAST_ROWS
    widths, heights = zip(*(least(part) for part in node.parts), strict=True)
    if node.across:
        return sum(widths) + len(widths) - 1, max(heights)
    return max(widths), sum(heights)


def lay_out(node: Node, area: Box) -> Placed:
    """Return where everything is in an area that has room for it."""
    placed = Placed({}, [])
    _lay_out(node, area, (), placed)
    return placed


def _lay_out(node: Node, area: Box, path: tuple[int, ...], placed: Placed) -> None:
    if isinstance(node, int):
        placed.boxes[node] = area
        return
    at, parts = 0, []
    for size in _sizes(node, area):
        parts.append(_slice(area, node.across, at, size))
        at += size + node.across
    for index, part in enumerate(parts[1:]):
        box = Box(part.x - 1, part.y, 1, part.height) if node.across else Box(part.x, part.y, part.width, 1)
        sides = tuple(leaves(node.parts[index])), tuple(leaves(node.parts[index + 1]))
        placed.borders.append(Border(path, index, node.across, box, *sides))
    for index, inner in enumerate(node.parts):
        _lay_out(inner, parts[index], (*path, index), placed)


def _slice(area: Box, across: bool, at: int, size: int) -> Box:
    if across:
        return Box(area.x + at, area.y, size, area.height)
    return Box(area.x, area.y + at, area.width, size)


def _sizes(branch: Branch, area: Box) -> list[int]:
    """Return the columns or lines of each part of a branch."""
    total = area.width - len(branch.parts) + 1 if branch.across else area.height
    return shares(total, branch.weights, _leasts(branch))


def _leasts(branch: Branch) -> list[int]:
    return [least(part)[not branch.across] for part in branch.parts]


def shares(total: int, weights: Sequence[int], leasts: Sequence[int]) -> list[int]:
    """Return how parts share a number of cells by their weights, each with what it cannot do without.

    Args:
        total: cells; what is missing for all of `leasts` the last part lacks.
        weights: of the parts.
        leasts: cells of each of them at least.
    """
    fixed: dict[int, int] = {}
    while True:
        free = [index for index in range(len(weights)) if index not in fixed]
        room, weight = total - sum(fixed.values()), sum(weights[index] for index in free)
        short = [index for index in free if room * weights[index] < leasts[index] * weight]
        if not short or len(short) == len(free):
            break
        fixed |= {index: leasts[index] for index in short}
    sizes, before, given = [], 0, 0
    for index in range(len(weights)):
        if index in fixed:
            sizes.append(fixed[index])
            continue
        before += weights[index]
        until = room * before // weight
        sizes.append(until - given)
        given = until
    return _lifted(sizes, leasts)


def _lifted(sizes: list[int], leasts: Sequence[int]) -> list[int]:
    """Return sizes of which none is too small because of rounding, as long as another one can give a cell."""
    for index, size in enumerate(sizes):
        giving = max(range(len(sizes)), key=lambda each: sizes[each] - leasts[each])
        lack = min(leasts[index] - size, sizes[giving] - leasts[giving])
        if lack > 0:
            sizes[index] += lack
            sizes[giving] -= lack
    return sizes


# --- other trees


def split(node: Node, tile: int, new: int, *, across: bool, before: bool) -> Node:
    """Return a tree with half of a tile's place for a new one.

    Args:
        node: the tree.
        tile: that tile.
        new: the new one.
        across: whether it stands beside it, and not above or below.
        before: whether it comes first.
    """
    if isinstance(node, int):
        pair = (new, node) if before else (node, new)
        return Branch(across, pair, (1, 1)) if node == tile else node
    if node.across == across and tile in node.parts:
        at = node.parts.index(tile)
        weights = [2 * weight for weight in node.weights]
        weights[at : at + 1] = [node.weights[at]] * 2
        parts = list(node.parts)
        parts.insert(at if before else at + 1, new)
        return _made(across, parts, weights)
    parts = [split(part, tile, new, across=across, before=before) for part in node.parts]
    return _made(node.across, parts, node.weights)


def without(node: Node, tile: int) -> tuple[Node | None, int]:
    """Return a tree without a tile (None: nothing is left), and the tile that comes next to its place."""
    if isinstance(node, int):
        return (None, 0) if node == tile else (node, 0)
    parts: list[Node] = []
    weights: list[int] = []
    heir = 0
    for index, part in enumerate(node.parts):
        rest, found = without(part, tile)
        heir = heir or found
        if rest is not None:
            parts.append(rest)
            weights.append(node.weights[index])
        else:
            near = node.parts[index - 1] if index else node.parts[1]
            heir = list(leaves(near))[-1 if index else 0]
    return _made(node.across, parts, weights), heir


def renamed(node: Node, names: Mapping[int, int]) -> Node:
    """Return a tree with other tiles in the places of some."""
    if isinstance(node, int):
        return names.get(node, node)
    return Branch(node.across, tuple(renamed(part, names) for part in node.parts), node.weights)


def equal(node: Node) -> Node:
    """Return a tree whose parts are of the same size wherever they share an area."""
    if isinstance(node, int):
        return node
    return Branch(node.across, tuple(map(equal, node.parts)), (1,) * len(node.parts))


def moved(node: Node, border: Border, by: int, area: Box) -> Node:
    """Return a tree with a border moved right or down, as far as both parts keep what they cannot do without."""
    return _moved(node, border, border.path, by, area)


def _moved(node: Node, border: Border, path: tuple[int, ...], by: int, area: Box) -> Node:
    if isinstance(node, int):
        return node
    sizes, leasts = _sizes(node, area), _leasts(node)
    if not path:
        before, behind = border.part, border.part + 1
        by = max(leasts[before] - sizes[before], min(by, sizes[behind] - leasts[behind]))
        sizes[before] += by
        sizes[behind] -= by
        return Branch(node.across, node.parts, tuple(sizes))
    at = sum(sizes[: path[0]]) + node.across * path[0]
    box = _slice(area, node.across, at, sizes[path[0]])
    parts = list(node.parts)
    parts[path[0]] = _moved(parts[path[0]], border, path[1:], by, box)
    return Branch(node.across, tuple(parts), node.weights)


def _made(across: bool, parts: Sequence[Node], weights: Sequence[int]) -> Node:
    """Return a branch in which none of the parts is divided in its own direction; one part alone is itself."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    shared: list[int] = []
    whole = 1
    for part in parts:
        if isinstance(part, Branch) and part.across == across:
            whole *= sum(part.weights)
    for part, weight in zip(parts, weights, strict=True):
        if isinstance(part, Branch) and part.across == across:
            flat += part.parts
            shared += [weight * whole * each // sum(part.weights) for each in part.weights]
        else:
            flat.append(part)
            shared.append(weight * whole)
    return Branch(across, tuple(flat), _reduced(shared))


def _reduced(weights: Sequence[int]) -> tuple[int, ...]:
    """Return small numbers in about the same proportion."""
    common, heaviest = gcd(*weights), max(weights)
    if heaviest // common <= _HEAVIEST:
        return tuple(weight // common for weight in weights)
    return tuple(max(1, round(weight * _HEAVIEST / heaviest)) for weight in weights)
