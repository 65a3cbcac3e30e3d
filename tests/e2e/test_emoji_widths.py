"""A terminal says how wide it draws emoji, and gets those in a simple form that it draws otherwise than these count."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.cells import cell_len

from chat_tui.views.emoji_kinds import SAMPLES, Kind
from tests.support.pty import Pty
from tests.support.terminal import Terminal

ROW = re.compile("\x1b\\[(\\d+);1H\x1b\\[6n")


def opened(folder: Path, *, wait_s: float = 60, frames: str = "changes") -> Pty:
    """Open the application in a terminal that answers nothing by itself."""
    (folder / "chat-tui.toml").write_text(f'[look]\nframes = "{frames}"\n')
    command = [sys.executable, "-m", "tests.support.measured", str(folder), str(wait_s)]
    return Pty(command, width=40, height=8)


def asked(pty: Pty) -> int:
    """Wait until the terminal is asked; return the row in which it is to look."""
    for sample in SAMPLES.values():
        pty.wait_for(sample)
    found = ROW.search(pty.written())
    assert found is not None
    return int(found[1])


def answer(pty: Pty, row: int, widths: Mapping[Kind, int]) -> None:
    """Tell where the cursor is, as often as it was asked for; of some kinds with other widths than usual."""
    told = [0, *(widths.get(kind, cell_len(sample)) for kind, sample in SAMPLES.items())]
    pty.type("".join(f"\x1b[{row};{each + 1}R" for each in told))


@pytest.mark.parametrize("frames", ["changes", "whole"])
def test_emoji_are_drawn_simpler_when_the_terminal_says_that_it_draws_them_wider(tmp_path: Path, frames: str) -> None:
    with opened(tmp_path, frames=frames) as pty:
        row = asked(pty)
        assert "DE" not in pty.written()
        answer(pty, row, {"flag": 4, "picture": 1})

        pty.wait_for("a\u2764 b", "DE \U0001f44d\U0001f3fd end")
        pty.type("x")
        pty.wait_for("typed 'x'")


def test_nothing_changes_when_the_terminal_draws_emoji_as_wide_as_they_count(tmp_path: Path) -> None:
    with opened(tmp_path) as pty:
        answer(pty, asked(pty), {})
        pty.type("x")
        pty.wait_for("typed 'x'")

        assert "DE" not in pty.written()


def test_late_answers_change_nothing_and_are_nobodys_text(tmp_path: Path) -> None:
    with opened(tmp_path, wait_s=0) as pty:
        row = asked(pty)
        pty.type("x")
        pty.wait_for("typed 'x'")
        answer(pty, row, {"flag": 4})
        pty.type("y")
        pty.wait_for("typed 'xy'")

        assert "DE" not in pty.written()


def test_a_real_terminal_shows_the_whole_line_and_nothing_of_the_question(tmp_path: Path) -> None:
    """Unasked, tmux 3.3 loses the end of the line: it gives a heart one cell, and a thumb with a tone four."""
    screens: dict[str, list[str]] = {}
    for choice, end in (("never", "\U0001f3fd"), ("ask", " end")):
        (tmp_path / "chat-tui.toml").write_text(f'[look]\nsimple_emoji = "{choice}"\n')
        command = [sys.executable, "-m", "tests.support.measured", str(tmp_path), "60"]
        with Terminal(command, width=40, height=8, folder=tmp_path) as terminal:
            screens[choice] = terminal.wait_for(end, "ready").splitlines()

    assert screens["ask"][0].rstrip().endswith(" end")
    assert screens["ask"][1:] == screens["never"][1:]
