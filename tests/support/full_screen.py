"""The full-screen client in a terminal, and somebody else who speaks through the scriptable one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.processes import ServerProcess
from tests.support.scripts import chat
from tests.support.terminal import Terminal


def open_client(
    server: ServerProcess, name: str, home: Path, *arguments: str, width: int = 80, height: int = 24
) -> Terminal:
    """Open a full-screen client with a home of its own.

    Args:
        server: to connect to.
        name: who to be.
        home: an empty folder with a short path, in which it gets its own.
        arguments: more of the command line.
        width: columns.
        height: rows.
    """
    own = home / name
    own.mkdir(exist_ok=True)
    kinds = ("CONFIG", "DATA", "CACHE", "STATE")
    env = {"HOME": str(own), **{f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in kinds}}
    address = f"127.0.0.1:{server.port}"
    command = [sys.executable, "-m", "chat_tui", "connect", address, "--name", name, *arguments]
    return Terminal(command, width=width, height=height, folder=own, env=env)


def speak(server: ServerProcess, target: str, lines: Sequence[str], name: str = "bob") -> None:
    """Let somebody say something, and wait until it is on the server's disk."""
    sent = chat(server, "send", target, "-", name=name, stdin="\n".join(lines).encode())
    assert sent.returncode == 0, sent.stderr
