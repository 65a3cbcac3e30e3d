"""A second start shows the screen as it was left, and becomes the program: real ones, in a real terminal."""

from __future__ import annotations

import os
import signal
import stat
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.full_screen import speak
from tests.support.processes import ServerProcess
from tests.support.pty import Pty, strays
from tests.support.screens import shown_in
from tests.support.scripts import chat

OPENING = "opening…"
WIDTH, HEIGHT = 100, 24


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def start(server: ServerProcess, home: Path, *more: str, width: int = WIDTH) -> Pty:
    command = [sys.executable, "-m", "chat_tui", "connect", f"127.0.0.1:{server.port}", "--name", "ann", *more]
    return Pty(command, width=width, height=HEIGHT, env={"CHAT_CONFIG": str(home / "ann")})


def screen(terminal: Pty) -> str:
    """Return what the terminal shows."""
    return screen_of(terminal.written())


def screen_of(written: str) -> str:
    """Return what it shows after something was written."""
    cells, _ = shown_in(WIDTH, HEIGHT, [written])
    return "\n".join("".join(str(cell[0]) for cell in row).rstrip() for row in cells)


def leave_with(server: ServerProcess, home: Path, *lines: str) -> str:
    """Start for the first time, see lines and leave; return what the screen was then.

    Enough is said for the beginning of the channel to be out of sight: it speaks of keys, as the first frame does.
    """
    speak(server, "#general", [f"line {number}" for number in range(HEIGHT)])
    with start(server, home) as ann:
        ann.wait_for("F1 help", f"line {HEIGHT - 1}")
        assert OPENING not in ann.written()
        speak(server, "#general", lines)
        ann.until(lambda _: lines[-1] in screen(ann) and "●" in screen(ann).splitlines()[-2], "it is not there")
        left = screen(ann)
        ann.type("\x11")
        assert ann.wait_exit() == 0
    (file,) = (home / "ann" / "glances").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return left


def test_second_start_shows_how_it_was_left_and_goes_on_from_there(server: ServerProcess, home: Path) -> None:
    left = leave_with(server, home, "one 会議", "two 👍")
    with start(server, home) as ann:
        before = ann.attributes
        ann.wait_for(OPENING)
        ann.type("typed ahead")
        shown, _, _ = ann.written().partition("F1 help")
        assert OPENING in shown
        assert screen_of(shown).splitlines()[:-2] == left.splitlines()[:-2]

        ann.wait_for("F1 help")
        ann.until(lambda _: "typed ahead" in screen(ann).splitlines()[-1], "what was typed is lost")
        ann.until(lambda _: "●" in screen(ann).splitlines()[-2], "it is not connected")
        ann.type("\r")
        ann.until(lambda _: "typed ahead" in "".join(screen(ann).splitlines()[:-2]), "it is not said")
        written = ann.written()
        assert (written.count("two 👍"), written.count("\x1b[?1049h")) == (1, 1), "only what differs is written"
        assert strays(written) == []

        ann.process.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(ann.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert ann.attributes[3] & termios.ICANON and ann.attributes[3] & termios.ECHO
        since = ann.size
        ann.process.send_signal(signal.SIGCONT)
        ann.wait_for("two 👍", "F1 help", since=since)
        ann.type("\x11")
        assert ann.wait_exit() == 0
        assert ann.attributes[3] & termios.ICANON and ann.attributes[3] & termios.ECHO
        assert len(before) == len(ann.attributes)
    said = chat(server, "history", "#general", name="bob").stdout.decode()
    assert said.count("typed ahead") == 1


def test_start_shows_nothing_of_before_when_anything_is_different(server: ServerProcess, home: Path) -> None:
    leave_with(server, home, "said before")
    with start(server, home, width=WIDTH + 1) as ann:
        ann.type("ż")
        ann.until(lambda said: "ż" in said.partition("F1 help")[2], "what was typed is lost")
        assert "said before" not in ann.written().partition("F1 help")[0]
        ann.type("\x11")
        assert ann.wait_exit() == 0
        (home / "ann" / "chat-tui.toml").write_text('[look]\nopening = "blank"\n')
    with start(server, home) as ann:
        ann.wait_for("F1 help")
        assert "said before" not in ann.written().partition("F1 help")[0]
        ann.until(lambda _: not list((home / "ann" / "glances").iterdir()), "what was kept is kept")


@pytest.mark.parametrize("how", ["term", "ctrl+c"])
def test_terminal_is_as_before_when_a_start_that_shows_something_is_ended(
    server: ServerProcess, home: Path, how: str
) -> None:
    leave_with(server, home, "said before")
    with start(server, home) as ann:
        ann.wait_for(OPENING)
        if how == "term":
            ann.process.terminate()
        else:
            ann.process.send_signal(signal.SIGINT)  # as its terminal would, if it controlled it
        ann.wait_exit()

        assert ann.attributes[3] & termios.ICANON and ann.attributes[3] & termios.ECHO
        written = ann.written()
        assert written.rindex("\x1b[?1049l") > written.rindex("said before")
        assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")
        assert "Traceback" not in written
