"""Panes side by side and one above another: where they are, and what becomes of them."""

from __future__ import annotations

import msgspec
import pytest

from chat_tui.views.tiling import Side, Tiling, border_at, columns_between, tile_at
from chat_tui.views.tiling_tree import Border, Box, Branch, shares

WIDTH, HEIGHT = 100, 30


def drawn(tiling: Tiling, width: int = 12, height: int = 6, scale: int = 8) -> str:
    """Draw a tiling in small: a letter for each tile, `|` for a border."""
    shown = tiling.shown(width * scale, height * scale)
    rows = []
    for y in range(height):
        cells = [(x * scale, y * scale) for x in range(width)]
        rows.append("".join(str(tile_at(shown, *cell) or "|") for cell in cells))
    return "\n".join(rows)


def test_tiling_of_one_has_the_whole_area_and_no_title() -> None:
    shown = Tiling().shown(10, 3)
    assert shown.boxes == {1: Box(0, 0, 10, 3)} and not shown.borders and not shown.titled


def test_tiling_divides_the_active_tile_on_the_side_that_is_wanted() -> None:
    tiling = Tiling().split("right", 2).split("down", 3)
    assert tiling.active == 3 and tiling.tiles == (1, 2, 3)
    assert drawn(tiling) == "\n".join(["111111222222"] * 3 + ["111111333333"] * 3)
    assert drawn(Tiling().split("up", 2).split("left", 3)) == "\n".join(["333333222222"] * 3 + ["1" * 12] * 3)


def test_tiling_keeps_tiles_of_one_direction_in_one_row() -> None:
    tiling = Tiling().split("right", 2).split("right", 3).split("left", 4)
    assert tiling.root == Branch(True, (1, 2, 4, 3), (4, 2, 1, 1))
    assert tiling.equal().root == Branch(True, (1, 2, 4, 3), (1, 1, 1, 1))


def test_tiles_side_by_side_have_a_column_between_them() -> None:
    shown = Tiling().split("right", 2).shown(WIDTH, HEIGHT)
    assert shown.boxes == {1: Box(0, 0, 49, 30), 2: Box(50, 0, 50, 30)}
    assert list(columns_between(shown)) == [Box(49, 0, 1, 30)] and shown.titled


def test_tiles_one_above_another_meet_at_the_title_of_the_lower_one() -> None:
    shown = Tiling().split("down", 2).shown(WIDTH, HEIGHT)
    assert shown.boxes == {1: Box(0, 0, 100, 15), 2: Box(0, 15, 100, 15)}
    assert [each.box for each in shown.borders] == [Box(0, 15, 100, 1)]
    border = border_at(shown, 50, 15)
    assert border is not None and (border.before, border.behind) == ((1,), (2,))
    assert border_at(shown, 50, 14) is None and tile_at(shown, 50, 14) == 1


@pytest.mark.parametrize(("width", "height"), [(48, 30), (100, 4)])
def test_tiling_shows_the_active_tile_alone_where_there_is_no_room_for_all(width: int, height: int) -> None:
    shown = Tiling().split("right", 2).shown(width, height)
    assert shown.boxes == {2: Box(0, 0, width, height)} and not shown.borders
    assert shown.titled == (height >= 10)


def test_tile_hides_the_others_while_it_is_zoomed() -> None:
    tiling = Tiling().split("right", 2)
    assert tiling.toggled().shown(WIDTH, HEIGHT).boxes == {2: Box(0, 0, 100, 30)}
    assert tiling.toggled().toggled() == tiling
    assert not Tiling().toggled().zoomed
    assert not tiling.toggled().without(1).zoomed and not tiling.toggled().split("down", 3).zoomed


@pytest.mark.parametrize(
    ("side", "expected"), [("left", 1), ("up", 2), ("down", None), ("right", None)], ids=["left", "up", "down", "right"]
)
def test_tiling_knows_what_is_beside_the_active_tile(side: Side, expected: int | None) -> None:
    tiling = Tiling().split("right", 2).split("down", 3)
    assert tiling.neighbour(side, WIDTH, HEIGHT) == expected
    assert tiling.toggled().neighbour(side, 40, 10) == expected  # though it is hidden


def test_tiling_prefers_the_neighbour_that_is_opposite_to_more_of_the_active_tile() -> None:
    tiling = Tiling().split("right", 2).split("down", 3)
    lower = tiling.grown(False, 6, WIDTH, HEIGHT).with_active(1)
    assert lower.neighbour("right", WIDTH, HEIGHT) == 3
    assert tiling.grown(False, -6, WIDTH, HEIGHT).with_active(1).neighbour("right", WIDTH, HEIGHT) == 2


def test_tile_beside_takes_the_place_of_one_that_is_closed() -> None:
    tiling = Tiling().split("right", 2).split("down", 3)
    assert tiling.without(3) == Tiling().split("right", 2)
    assert tiling.without(1) == Tiling(Branch(False, (2, 3), (1, 1)), 3)
    assert tiling.with_active(1).without(1).active == 2
    assert Tiling().split("right", 2).without(2) == Tiling()
    with pytest.raises(ValueError, match="last tile"):
        Tiling().without(1)


def test_tiling_has_no_row_within_a_row_after_one_is_closed() -> None:
    tiling = Tiling().split("down", 2).split("right", 3).split("down", 4)
    assert tiling.without(2).root == Branch(False, (1, 3, 4), (2, 1, 1))


def test_tile_takes_the_place_of_another_one_when_it_is_moved() -> None:
    tiling = Tiling().split("right", 2).split("down", 3)
    moved = tiling.swapped(1)
    assert moved.active == 3 and moved.tiles == (3, 2, 1)
    assert moved.swapped(1) == tiling


def test_tile_grows_at_the_cost_of_those_beside_it_and_no_further_than_they_can_give_way() -> None:
    tiling = Tiling().split("right", 2)
    assert tiling.grown(True, 4, WIDTH, HEIGHT).shown(WIDTH, HEIGHT).boxes[2].width == 54
    assert tiling.grown(True, -4, WIDTH, HEIGHT).shown(WIDTH, HEIGHT).boxes[2].width == 46
    assert tiling.grown(True, 400, WIDTH, HEIGHT).shown(WIDTH, HEIGHT).boxes[1].width == 24
    assert tiling.with_active(1).grown(True, 4, WIDTH, HEIGHT).shown(WIDTH, HEIGHT).boxes[1].width == 53
    assert tiling.grown(True, 4, 40, 10) == tiling and Tiling().grown(True, 4, WIDTH, HEIGHT) == Tiling()


def test_tile_grows_in_the_other_direction_where_it_has_all_of_the_wanted_one() -> None:
    tiling = Tiling().split("down", 2)
    assert tiling.grown(True, 2, WIDTH, HEIGHT) == tiling.grown(False, 2, WIDTH, HEIGHT) != tiling


def test_border_between_rows_moves_what_is_on_both_its_sides() -> None:
    tiling = Tiling().split("down", 2).split("right", 3)
    shown = tiling.shown(WIDTH, HEIGHT)
    (across,) = [each for each in shown.borders if each.across]
    moved = tiling.moved(across, -10, WIDTH, HEIGHT).shown(WIDTH, HEIGHT)
    assert moved.boxes == {1: Box(0, 0, 100, 15), 2: Box(0, 15, 39, 15), 3: Box(40, 15, 60, 15)}


@pytest.mark.parametrize(
    ("total", "weights", "leasts", "expected"),
    [
        (99, (1, 1), (24, 24), [49, 50]),
        (100, (3, 1), (10, 10), [75, 25]),
        (60, (9, 1, 9), (10, 24, 10), [18, 24, 18]),
        (50, (98, 2), (24, 24), [26, 24]),
        (48, (5, 7), (24, 24), [24, 24]),
        (20, (1, 1), (24, 24), [10, 10]),
    ],
)
def test_cells_are_shared_by_weight_after_what_each_needs(
    total: int, weights: tuple[int, ...], leasts: tuple[int, ...], expected: list[int]
) -> None:
    assert shares(total, weights, leasts) == expected


@pytest.mark.parametrize(
    "tiling",
    [
        Tiling(Branch(True, (1, 1), (1, 1)), 1),
        Tiling(Branch(True, (1, 2), (1,)), 1),
        Tiling(Branch(True, (1, 2), (1, 0)), 1),
        Tiling(Branch(True, (1,), (1,)), 1),
        Tiling(Branch(True, (1, 2), (1, 1)), 3),
        Tiling(Branch(True, (1, 2, 3, 4, 5), (1,) * 5), 1),
        Tiling(Branch(True, (1, Branch(True, (2, 3), (1, 1))), (1, 1)), 1),
    ],
)
def test_tiling_that_cannot_have_come_about_is_noticed(tiling: Tiling) -> None:
    assert not tiling.is_sound


def test_tiling_comes_back_from_json_as_it_was() -> None:
    tiling = Tiling().split("right", 2).split("down", 3).toggled()
    assert msgspec.json.decode(msgspec.json.encode(tiling), type=Tiling) == tiling and tiling.is_sound


def test_border_that_is_not_there_moves_nothing() -> None:
    tiling = Tiling()
    border = Border((), 0, True, Box(0, 0, 1, 1), (1,), (2,))
    assert tiling.moved(border, 3, WIDTH, HEIGHT) == tiling
