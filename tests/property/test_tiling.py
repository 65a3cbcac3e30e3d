"""Whatever is done to panes, they cover their area exactly, each with room enough, and none is lost or twice there."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from chat_tui.views.tiling import MOST, Side, Tiling
from chat_tui.views.tiling_tree import LEAST_COLUMNS, LEAST_ROWS

SIDES: tuple[Side, ...] = ("left", "right", "up", "down")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("split"), st.sampled_from(SIDES)),
        st.tuples(st.just("close"), st.integers(0, 3)),
        st.tuples(st.just("go"), st.integers(0, 3)),
        st.tuples(st.just("swap"), st.integers(0, 3)),
        st.tuples(st.just("wider"), st.integers(-60, 60)),
        st.tuples(st.just("taller"), st.integers(-30, 30)),
        st.tuples(st.just("drag"), st.integers(-60, 60)),
        st.tuples(st.just("equal"), st.just(0)),
    ),
    max_size=12,
)
SIZES = st.tuples(st.integers(20, 240), st.integers(4, 80))


def step(tiling: Tiling, kind: str, how: Side | int, size: tuple[int, int], new: int) -> Tiling:
    """Do one thing to a tiling."""
    tiles = tiling.tiles
    if isinstance(how, str):
        return tiling.split(how, new) if len(tiles) < MOST else tiling
    tile = tiles[how % len(tiles)]
    match kind:
        case "close":
            return tiling.without(tile) if len(tiles) > 1 else tiling
        case "go":
            return tiling.with_active(tile)
        case "swap":
            return tiling.swapped(tile)
        case "equal":
            return tiling.equal()
        case "drag":
            borders = tiling.shown(*size).borders
            return tiling.moved(borders[how % len(borders)], how, *size) if borders else tiling
        case _:
            return tiling.grown(kind == "wider", how, *size)


def made(steps: list[tuple[str, Side | int]], size: tuple[int, int]) -> Tiling:
    """Do some things to a tiling of one, and see each time that nothing is lost."""
    tiling = Tiling()
    for new, (kind, how) in enumerate(steps, start=2):
        before = set(tiling.tiles)
        tiling = step(tiling, kind, how, size, new)
        lost, come = before - set(tiling.tiles), set(tiling.tiles) - before
        assert len(lost) == (kind == "close" and len(before) > 1) and come <= {new}
        assert tiling.is_sound
    return tiling


@given(STEPS, SIZES, SIZES)
def test_tiles_cover_an_area_exactly_whatever_was_done_to_them(
    steps: list[tuple[str, Side | int]], size: tuple[int, int], other: tuple[int, int]
) -> None:
    tiling = made(steps, size)
    for width, height in (size, other):
        shown = tiling.shown(width, height)
        cells = Counter(
            (x, y)
            for box in (*shown.boxes.values(), *(each.box for each in shown.borders if each.across))
            for x in range(box.x, box.right)
            for y in range(box.y, box.bottom)
        )
        assert len(cells) == width * height and set(cells.values()) == {1}
        if len(shown.boxes) > 1:
            assert set(shown.boxes) == set(tiling.tiles)
            assert all(box.width >= LEAST_COLUMNS and box.height >= LEAST_ROWS for box in shown.boxes.values())
        else:
            assert set(shown.boxes) == {tiling.active}
        assert tiling.fits(width, height) == (len(shown.boxes) == len(tiling.tiles))


@given(STEPS, SIZES)
def test_each_tile_is_reached_from_each_other_one_by_going_to_neighbours(
    steps: list[tuple[str, Side | int]], size: tuple[int, int]
) -> None:
    tiling = made(steps, size)
    reached, ahead = set[int](), [tiling.active]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            found = [tiling.with_active(here).neighbour(side, *size) for side in SIDES]
            ahead += [each for each in found if each is not None]
    assert reached == set(tiling.tiles)


@given(STEPS, SIZES, st.integers(-40, 40))
def test_border_that_is_dragged_and_dragged_back_leaves_all_tiles_where_they_were(
    steps: list[tuple[str, Side | int]], size: tuple[int, int], by: int
) -> None:
    tiling = made(steps, size)
    before = tiling.shown(*size)
    for index, border in enumerate(before.borders):
        there = tiling.moved(border, by, *size)
        moved = there.shown(*size).borders[index].box
        went = moved.x - border.box.x if border.across else moved.y - border.box.y
        assert abs(went) <= abs(by)
        assert there.moved(border, -went, *size).shown(*size).borders[index].box == border.box
