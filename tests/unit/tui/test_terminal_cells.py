"""What is written when something changes: no more than that."""

from __future__ import annotations

from chat_tui.terminal_cells import Cells

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
