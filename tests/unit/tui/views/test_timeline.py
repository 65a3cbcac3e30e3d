"""A window onto items: it stays where somebody reads, whatever is put in front, behind, or counted anew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_tui.views.building import Setting, build
from chat_tui.views.columns import Columns, columns
from chat_tui.views.drawing import Reader
from chat_tui.views.items import DayItem, Item, MessageItem, WelcomeItem
from chat_tui.views.timeline import START, View
from tests.support.examples import examples
from tests.tui.support.states import ME, ZONE, chatter

SETTING = Setting(ME.id, ZONE, 2023)
READER = Reader(ME.id, ME.name, ZONE)
WHERE = columns(60, 80, 6)


def items(first: int, count: int) -> list[Item]:
    return build(chatter(first, count), SETTING, (), from_start=True)


def view(first: int = 1001, count: int = 300, rows: int = 20, where: Columns = WHERE) -> View:
    made = View()
    made.replace(items(first, count))
    made.lay_out(where, rows, READER)
    return made


def seen(made: View) -> list[str]:
    """Return the text of the lines in the window."""
    return [made.lines(index)[line].text.rstrip() for index, line in made.visible()]


def test_window_is_at_the_end_when_it_is_opened() -> None:
    made = view()

    assert made.follow and len(seen(made)) == 20
    assert made.top == made.total - 20
    assert "message 1300" in "".join(seen(made)[-6:])


def test_only_what_is_near_the_window_is_drawn_when_there_is_much() -> None:
    made = view(count=50_000)

    assert made.drawn <= 20
    made.count_above()
    assert made.drawn <= 2 * 20


@pytest.mark.parametrize("up", [0, 7, 150])
def test_lines_stay_where_they_are_when_those_above_are_counted(up: int) -> None:
    made = view(where=columns(40, 80, 6))
    made.scroll(made.top - up)
    before, below = seen(made), made.total - made.top
    shifted, top = made.shifted, made.top
    made.count_above()

    assert made.counted_above and len(made.above()) > 0
    assert seen(made) == before and made.total - made.top == below
    assert made.top - top == made.shifted - shifted


@pytest.mark.parametrize("up", [2, 4, 5, 19])
def test_lines_move_by_as_many_as_were_scrolled_when_the_beginning_is_higher_than_was_thought(up: int) -> None:
    made = View()
    made.replace([WelcomeItem("channel", "#general", ("Enter sends", "F1 help")), *items(1001, 300)])
    made.lay_out(WHERE, 20, READER)
    made.scroll(4)
    before = seen(made)
    assert made.top == 4 and not made.counted_above
    made.scroll(made.top - up)

    height = len(made.lines(0))
    assert height > 1
    moved = min(up, height + 3)
    assert seen(made)[moved:] == before[:-moved]
    made.scroll(START)
    assert made.top == 0


def test_window_follows_when_more_comes_at_the_end() -> None:
    made = view()
    before = made.drawn
    made.splice(len(made.items), len(made.items), items(1301, 3)[1:])
    made.settle()

    assert "message 1303" in "".join(seen(made)[-6:])
    assert made.drawn - before == 3


def test_window_stays_when_more_comes_and_somebody_reads_further_up() -> None:
    made = view()
    made.scroll(made.top - 40)
    before = seen(made)

    made.splice(len(made.items), len(made.items), items(1301, 50)[1:])
    made.settle()

    assert seen(made) == before and not made.follow


@pytest.mark.parametrize("up", [1, 2, 7, 19])
def test_lines_move_by_exactly_as_many_as_were_scrolled(up: int) -> None:
    made = view()
    before = seen(made)
    for _ in range(40):
        made.scroll(made.top - up)
        now = seen(made)
        assert now[up:] == before[:-up]
        before = now


def test_window_follows_again_when_it_is_scrolled_back_to_the_end() -> None:
    made = view()
    made.scroll(made.top - 30)
    for _ in range(10):
        made.scroll(made.top + 18)

    assert made.follow and made.top == made.last_top


def test_first_line_can_be_reached_and_not_passed() -> None:
    made = view()
    made.scroll(-50)

    assert made.top == 0
    assert isinstance(made.items[next(iter(made.visible()))[0]], DayItem)


@pytest.mark.parametrize("where_from_start", [0, 1, 2, 5, 19, 60])
def test_nothing_moves_by_a_line_when_a_page_is_put_in_front(where_from_start: int) -> None:
    made = view()
    made.scroll(where_from_start)
    before, anchor = seen(made), made.shifted
    top = made.top
    first = made.items[1]
    assert isinstance(first, MessageItem)

    page = build([*chatter(901, 100), first.message], SETTING, (), from_start=True)
    made.splice(0, 2, page)
    made.settle()

    # The day line was above the first message; there are messages now.
    kept = [line for line in before if "───" not in line]
    assert seen(made)[-len(kept) :] == kept
    assert made.top - made.shifted == top - anchor


def test_window_shows_the_same_words_at_its_top_when_the_width_changes() -> None:
    made = view(count=200, rows=10)
    made.scroll(made.top - 150)
    index, line = next(iter(made.visible()))
    offset = made.lines(index)[line].offset

    for width in (120, 40, 80, 60):
        made.lay_out(columns(width - 20, width, 6), 10, READER)
        new_index, new_line = next(iter(made.visible()))
        assert made.items[new_index].identity == made.items[index].identity
        lines = made.lines(new_index)
        assert lines[new_line].offset <= offset
        assert new_line + 1 == len(lines) or lines[new_line + 1].offset > lines[new_line].offset


def test_window_stays_at_the_end_when_the_width_changes() -> None:
    made = view()
    made.lay_out(columns(30, 40, 6), 7, READER)

    assert made.follow and len(seen(made)) == 7
    assert made.top == made.total - 7


def test_place_is_found_again_when_it_was_left() -> None:
    made = view()
    made.scroll(made.top - 100)
    place, before = made.place(), seen(made)
    made.go_to_end()
    assert place is not None and made.place() is None

    assert made.go_to(place)
    made.settle()

    assert seen(made) == before


def test_place_is_not_found_when_its_message_is_gone() -> None:
    made = view()
    made.scroll(made.top - 100)
    place = made.place()
    made.replace(items(2001, 10))

    assert place is not None and not made.go_to(place)


def test_short_timeline_is_wholly_in_the_window() -> None:
    made = view(count=3)

    assert made.top == 0 and made.follow
    assert len(seen(made)) == made.total < 20


def test_empty_view_has_nothing_to_show() -> None:
    made = View()
    made.lay_out(WHERE, 10, READER)
    made.scroll(5)
    made.go_to_end()

    assert list(made.visible()) == [] and made.top == made.total == 0


MOVES = st.lists(
    st.tuples(st.sampled_from(["scroll", "append", "prepend", "rows", "end"]), st.integers(-30, 30)), max_size=12
)


@settings(max_examples=examples(60))
@given(MOVES)
def test_top_line_stays_whatever_comes_at_either_end(moves: list[tuple[str, int]]) -> None:
    made = view(count=60, rows=9)
    first, last = 1001, 1060
    for kind, number in moves:
        top = seen(made)[0]
        following = made.follow
        match kind:
            case "scroll":
                made.scroll(made.top + number)
            case "rows":
                made.lay_out(WHERE, 5 + abs(number) % 10, READER)
            case "end":
                made.go_to_end()
            case "append":
                last += 1
                made.splice(len(made.items), len(made.items), items(last, 1)[1:])
                made.settle()
            case _:
                first -= 10
                made.splice(0, 1, items(first, 10))
                made.settle()
        if not following and kind in ("append", "prepend") and "───" not in top:
            assert seen(made)[0] == top
        assert 0 <= made.top <= made.last_top
        assert len(seen(made)) == min(made.rows, made.total)
        assert made.follow == (made.top == made.last_top)
