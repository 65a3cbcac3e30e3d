"""`chat-core` and `chat-tui` commands for tests, as real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.support import starting
from tests.support.processes import WAIT_S


class Done(NamedTuple):
    """What became of a command."""

    code: int
    out: str
    err: str


def run_core(*arguments: str | Path, preexec: Callable[[], object] | None = None) -> Done:
    """Run a command to its end.

    Args:
        arguments: of the command line.
        preexec: called in the child before it becomes the command.
    """
    command = [sys.executable, "-m", "chat_core", *map(str, arguments)]
    if preexec is None:
        ended = starting.run(command, timeout=WAIT_S)
    else:
        ended = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=False, preexec_fn=preexec)
    return Done(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def run_tui(*arguments: str | Path, stdin: str = "") -> Done:
    """Run a command of the client to its end, with that on its standard input."""
    command = [sys.executable, "-m", "chat_tui", *map(str, arguments)]
    ended = starting.run(command, input=stdin.encode(), timeout=WAIT_S)
    return Done(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def assert_one_sentence(said: str) -> None:
    """Look whether a complaint is one line for people."""
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said
    assert said.strip().endswith("."), said
