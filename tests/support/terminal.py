"""A real terminal for tests: a private tmux server with a fixed size, typed into and read like a person would."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich.cells import cell_len

from tests.support.requirements import need_program

WAIT_S = 45.0
"""Longest wait for something to appear, in seconds; only a failing test ever waits that long."""


class Terminal:
    """One tmux session with one window.

    Args:
        command: what runs in it.
        width: columns.
        height: rows.
        folder: an empty folder with a short path, for the socket and its configuration.
        env: added to the environment.
    """

    def __init__(
        self, command: Sequence[str], *, width: int, height: int, folder: Path, env: Mapping[str, str] | None = None
    ) -> None:
        need_program("tmux")
        self._socket = folder / f"tmux-{os.urandom(3).hex()}"
        config = folder / "tmux.conf"
        config.write_text(
            'set -g status off\nset -g default-terminal "tmux-256color"\nset -g remain-on-exit on\n'
            "set -g history-limit 10000\nset -g escape-time 0\nset -g focus-events on\nset -g set-clipboard on\n"
        )
        variables = {"TEXTUAL_ANIMATIONS": "none", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **(env or {})}
        # pytest loads readline, which sets LINES and COLUMNS behind Python's back; they would overrule the real size.
        line = shlex.join(
            ["env", "-u", "LINES", "-u", "COLUMNS", *(f"{key}={value}" for key, value in variables.items()), *command]
        )
        self._tmux("-f", str(config), "new-session", "-d", "-x", str(width), "-y", str(height), line)

    def __enter__(self) -> Terminal:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything that runs in it."""
        self._tmux("kill-server", check=False)

    def type(self, text: str) -> None:
        """Type text, character by character as tmux sends it; no key names are interpreted."""
        self._tmux("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names: `Enter`, `C-n`, `M-a`, `PPage`, `F1`."""
        self._tmux("send-keys", *keys)

    def say(self, text: str) -> None:
        """Type a line and press Enter."""
        self.type(text)
        self.press("Enter")

    def click(self, text: str, *, beside: int = 0) -> None:
        """Click on the first place on the screen where a text is, by the sequences of a terminal with a mouse.

        Args:
            text: what is clicked, at its first character; waited for.
            beside: columns right of that.
        """
        screen = self.wait_for(text)
        row = next(number for number, line in enumerate(screen.splitlines()) if text in line)
        line = screen.splitlines()[row]
        column = cell_len(line[: line.index(text)]) + beside
        self.point("M", row, column)
        self.point("m", row, column)

    def point(self, what: str, row: int, column: int, button: int = 0) -> None:
        """Tell of the mouse as a terminal does: `M` a press, `m` a release; buttons 64 and 65 are the wheel."""
        self.type(f"\x1b[<{button};{column + 1};{row + 1}{what}")

    def paste(self, text: str) -> None:
        """Paste text as a terminal does, bracketed."""
        subprocess.run(["tmux", "-S", str(self._socket), "load-buffer", "-"], input=text.encode(), check=True)
        self._tmux("paste-buffer", "-p")

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self, *, escapes: bool = False) -> str:
        """Return what is on the screen, a line a row; with `escapes`, colours and styles too."""
        return self._tmux("capture-pane", "-p", *(("-e",) if escapes else ()))

    def told(self, what: str) -> str:
        """Return what tmux knows of the window, by one of its format variables: `pane_title`, `alternate_on`."""
        return self._tmux("display-message", "-p", f"#{{{what}}}").removesuffix("\n")

    def clipboard(self) -> str:
        """Return what programs have put into tmux's clipboard."""
        return self._tmux("list-buffers")

    @property
    def exit_code(self) -> int | None:
        """Exit code of the command; None while it runs."""
        dead, _, code = self._tmux("display-message", "-p", "#{pane_dead} #{pane_dead_status}").strip().partition(" ")
        if dead == "1" and not code:
            # tmux saw the end of the terminal first; where it missed the end of the process, it is asked to look again.
            os.kill(int(self.told("pid")), signal.SIGCHLD)
        return int(code) if dead == "1" and code else None

    def wait_for(self, *texts: str, gone: bool = False) -> str:
        """Wait until all the texts are on the screen (or none of them, with `gone`); return the screen.

        Raises:
            AssertionError: with the screen as it is, after `WAIT_S`.
        """
        if gone:
            return self.until(lambda screen: not any(text in screen for text in texts), f"{texts} did not go away")
        return self.until(lambda screen: all(text in screen for text in texts), f"{texts} did not appear")

    def until(self, condition: Callable[[str], bool], complaint: str) -> str:
        """Wait until the screen fulfils a condition; return it."""
        deadline = time.monotonic() + WAIT_S
        while True:
            screen = self.screen()
            if condition(screen):
                return screen
            if time.monotonic() > deadline:
                raise AssertionError(f"{complaint}; the screen is\n{screen}")
            time.sleep(0.03)

    def settled(self, quiet_s: float = 0.15) -> str:
        """Wait until the screen has not changed for a while; return it."""
        deadline = time.monotonic() + WAIT_S
        screen, since = self.screen(), time.monotonic()
        while time.monotonic() - since < quiet_s and time.monotonic() < deadline:
            time.sleep(0.03)
            now = self.screen()
            if now != screen:
                screen, since = now, time.monotonic()
        return screen

    def wait_exit(self) -> int:
        """Wait until the command has ended; return its exit code."""
        self.until(lambda _: self.exit_code is not None, "the command did not end")
        code = self.exit_code
        assert code is not None
        return code

    def _tmux(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), *arguments], capture_output=True, text=True, check=False
        )
        if check and done.returncode != 0:
            raise AssertionError(f"tmux {arguments[0]}: {done.stderr}")
        return done.stdout
