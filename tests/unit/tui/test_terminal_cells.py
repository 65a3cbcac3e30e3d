"""What is written when something changes: no more than that."""

from __future__ import annotations

import re

from chat_tui.terminal_cells import Cells
from tests.support.screens import shown_in

GREY = "38;2;9;9;9;48;2;1;1;1"


def after(*frames: str) -> Cells:
    """Return the cells of a terminal to which frames were written."""
    cells = Cells()
    for frame in frames:
        cells.changed(frame)
    return cells


def test_a_frame_is_written_whole_when_nothing_is_known() -> None:
    assert Cells().changed("\x1b[1;1Hone\n\x1b[2;1H\x1b[1mtwo\x1b[0m") == "\x1b[1;1Hone\x1b[2;1H\x1b[1mtwo\x1b[0m"


def test_only_the_letter_is_written_when_one_letter_changes() -> None:
    cells = after(f"\x1b[3;5H\x1b[{GREY}mhello\x1b[0m")

    assert cells.changed(f"\x1b[3;5H\x1b[{GREY}mhelpo\x1b[0m") == f"\x1b[3;8H\x1b[{GREY}mp\x1b[0m"


def test_nothing_is_written_when_nothing_changes() -> None:
    frame = f"\x1b[3;5H\x1b[{GREY}mhello 会\x1b[0m there\x1b[1;1H"

    assert after(frame).changed(frame) == ""


def test_only_a_colour_is_written_when_only_that_differs_from_the_text_before() -> None:
    said = Cells().changed("\x1b[1;1H\x1b[31;44ma\x1b[0m\x1b[32;44mb\x1b[0m\x1b[1;32;44mc\x1b[0m\x1b[33;44md\x1b[0m")

    assert said == "\x1b[1;1H\x1b[31;44ma\x1b[32mb\x1b[1mc\x1b[22;33md\x1b[0m"


def test_a_line_is_written_to_its_end_when_a_letter_in_it_may_be_of_another_width() -> None:
    cells = after("\x1b[1;1Hab\x1b[1;5Hrest")

    said = cells.changed("\x1b[1;1H会\x1b[1;5Hrest")

    assert said == "\x1b[1;1H会\x1b[1;5Hrest"


def test_a_frame_is_written_whole_when_somebody_forgot_or_the_screen_was_left() -> None:
    frame = "\x1b[1;1Hone\x1b[2;2H"
    cells = after(frame)
    cells.forget()
    assert cells.changed(frame) == frame

    assert cells.changed("\x1b[?1049l") == "\x1b[?1049l"
    assert cells.changed(frame) == frame


def test_what_draws_nothing_passes_when_it_stands_between_frames() -> None:
    frame = "\x1b[1;1Hone\x1b[2;2H"
    cells = after(frame)

    for plain in ("\x1b[?2026h", "\x07", "\x1b]52;c;YQ==\x07", "\x1b[>25u", "\x1b[?2048$p", "\x1b]9;text\x1b\\"):
        assert cells.changed(plain) == plain
    assert cells.changed(frame) == ""


def test_what_is_no_frame_passes_as_it_is_when_it_comes() -> None:
    for odd in ("text without a place", "\x1b[1;1H\x1b[1mstyle without an end", "\x1b[1;1Ha\nb", "\x1b[1;1H\x1b[5nx"):
        assert Cells().changed(odd) == odd


def letters_of(said: str) -> str:
    """Return what is written without what steers the terminal."""
    return re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", said)


LIST = ("general", "dev", "ops", "random", "design", "lunch", "release", "support")
"""What stands beside the messages: it stays where it is."""


def screen_of(said: int, *, beside: int = 8, bar: str = "44") -> str:
    """Return a frame of a list, of the newest of some messages and of a scroll bar, in colours."""
    rows = []
    for y in range(8):
        number = said - 7 + y
        message = f"{number:4} {'somebody said this here '[number % 7 :] * 3}"[:60].ljust(60)
        name = f"#{LIST[y]}"[:beside].ljust(beside)
        row = f"\x1b[{y + 1};1H\x1b[97;40m{name}\x1b[0m\x1b[{y + 1};{beside + 1}H\x1b[33;100m{message}\x1b[0m"
        rows.append(f"{row}\x1b[{y + 1};{beside + 61}H\x1b[{bar}m \x1b[0m")
    return "\n".join(rows) + "\x1b[1;1H"


def test_terminal_moves_the_lines_when_a_message_comes_below_others() -> None:
    cells = after(screen_of(100))

    said = cells.changed(screen_of(101))

    assert said.startswith("\x1b[1;8r\x1b[1;1H\x1b[1M\x1b[r")
    assert "101 ebody said" in letters_of(said) and "100 " not in said  # all of the new line, nothing of the others
    assert all(name[1:3] in said for name in LIST)  # what moved with them is put back
    assert cells.changed(screen_of(101)) == ""


def test_terminal_moves_the_lines_down_when_somebody_reads_upwards() -> None:
    said = after(screen_of(100)).changed(screen_of(98))

    assert said.startswith("\x1b[1;8r\x1b[1;1H\x1b[2L\x1b[r")
    assert "91 " in letters_of(said) and "92 " in letters_of(said) and "93 " not in said


def test_lines_are_drawn_where_they_are_when_that_is_less_than_to_move_them() -> None:
    cells = after("\n".join(f"\x1b[{y};1H{y} is a line\x1b[{y};20H{'beside' * 20}{y}" for y in range(1, 9)))

    said = cells.changed("\n".join(f"\x1b[{y};1H{y + 1} is a line" for y in range(1, 9)))

    assert "M" not in said and "r" not in said


def test_lines_are_drawn_where_they_are_when_not_all_of_them_is_known() -> None:
    cells = after(screen_of(100), "\x1b[9;1H" + "status".ljust(80) + "\x1b[1;1H")  # wider than what is known above

    assert "\x1b[1M" not in cells.changed(screen_of(101))


def test_what_stands_behind_a_wide_letter_is_drawn_again_when_its_line_is_moved() -> None:
    def frame(*lines: str) -> str:
        return "\n".join(f"\x1b[{y};1H{line.ljust(60)}\x1b[{y};61H|" for y, line in enumerate(lines, 1)) + "\x1b[1;1H"

    def middle(*lines: str) -> str:
        return "\n".join(f"\x1b[{y};1H{line}" for y, line in enumerate(lines, 1)) + "\x1b[1;1H"

    lines = [f"{number} {letters * 20}" for number, letters in enumerate(("abc", "de", "fgh", "ij", "kl", "mno"))]
    cells = after(frame(*(line[:60] for line in lines)))
    wide = ("会" + lines[3]).ljust(59)[:59]
    cells.changed(middle(*(line.ljust(60)[:60] for line in lines[:3]), wide))

    said = cells.changed(middle(*(line.ljust(60)[:60] for line in lines[1:3]), wide, "new".ljust(60)))

    assert "\x1b[1M" in said and "会" not in said  # it was moved as it stands, with what a terminal made of it
    assert "\x1b[3;61H|" in said


def test_one_colour_after_another_is_drawn_when_that_is_less_than_line_after_line() -> None:
    def frame(first: str, second: str) -> str:
        rows = (
            f"\x1b[{y};1H\x1b[38;2;10;10;10m{first}{y}\x1b[0m\x1b[{y};9H\x1b[38;2;99;99;99m{second}{y}\x1b[0m"
            for y in range(1, 7)
        )
        return "\n".join(rows)

    said = after(frame("a", "b")).changed(frame("c", "d"))

    assert said.count("38;2;10;10;10") == said.count("38;2;99;99;99") == 1


def test_a_line_is_as_it_was_when_something_was_drawn_over_it() -> None:
    said = "".join(f"\x1b[{y};1H\x1b[{GREY}mline {y}\x1b[0m{' ' * 30}\n" for y in (1, 2, 3)) + "\x1b[1;4H"
    cells = Cells()
    before = cells.changed(said)
    over = cells.over(lambda y: f"\x1b[{y};1H\U0001f642\x1b[6n")

    assert over.startswith("\x1b[2;1H\U0001f642\x1b[6n")
    assert shown_in(40, 4, [before, over]) == shown_in(40, 4, [before])
    assert cells.changed(said) == ""


def test_nothing_is_drawn_over_a_line_of_which_not_all_is_known() -> None:
    assert after("\x1b[1;1Hone", "\x1b[2;1Hshort", f"\x1b[3;1H会{' ' * 40}").over(lambda y: f"{y}") == ""
