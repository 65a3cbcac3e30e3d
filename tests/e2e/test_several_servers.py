"""Two servers in one client, in a real terminal: gone to by keys, both there again at the next start."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.full_screen import speak
from tests.support.processes import ServerProcess
from tests.support.terminal import Terminal


def window(home: Path, *arguments: str) -> Terminal:
    """Open the client with a home of its own."""
    own = home / "ann"
    own.mkdir(exist_ok=True)
    kinds = ("CONFIG", "DATA", "CACHE", "STATE")
    env = {"HOME": str(own), **{f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in kinds}}
    return Terminal([sys.executable, "-m", "chat_tui", *arguments], width=120, height=30, folder=own, env=env)


def test_two_servers_are_used_from_one_window_and_are_both_there_at_the_next_start(home: Path) -> None:
    with ServerProcess(home / "one") as one, ServerProcess(home / "two") as two:
        first, second = f"127.0.0.1:{one.port}", f"127.0.0.1:{two.port}"
        with window(home, "connect", first, second, "--name", "ann") as ann:
            ann.wait_for("#general", "CHANNELS", first, second)
            speak(two, "@ann", ["psst"])
            ann.wait_for("bob   ")
            ann.press("M-a")
            ann.wait_for("@bob", "psst")
            ann.say("said to the second")
            ann.wait_for("ann  said to the second")
            ann.press("M-S-Left")
            ann.wait_for("very beginning of #general")
            ann.say("said to the first")
            ann.wait_for("ann  said to the first")
            ann.press("C-q")
            assert ann.wait_exit() == 0

        with window(home) as again:
            again.wait_for("ann  said to the first", first, second)
            again.press("M-S-Right")
            again.wait_for("DIRECT", "bob", "#general")
