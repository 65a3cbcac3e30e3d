"""The scriptable commands of the client as scripts use them: run to their end, or begun and waited for later."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess


def command(server: ServerProcess | str, *arguments: str, name: str = "ann") -> list[str]:
    """Return a command line.

    Args:
        server: where to go, or its address.
        arguments: of the command.
        name: who to be.
    """
    address = server if isinstance(server, str) else server.address
    return [sys.executable, "-m", "chat_tui", *arguments, "--server", address, "--name", name]


def chat(
    server: ServerProcess | str, *arguments: str, name: str = "ann", stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end."""
    return starting.run(command(server, *arguments, name=name), input=stdin, timeout=WAIT_S)


def begin(server: ServerProcess | str, *arguments: str, name: str = "bob") -> subprocess.Popen[bytes]:
    """Start a command that goes on."""
    pipe = subprocess.PIPE
    return starting.popen(command(server, *arguments, name=name), stdin=pipe, stdout=pipe, stderr=pipe)


def finish(process: subprocess.Popen[bytes]) -> tuple[list[str], str]:
    """Wait for the end; return the lines of stdout, and stderr."""
    out, err = process.communicate(timeout=WAIT_S)
    return (out or b"").decode().splitlines(), err.decode()


def bodies(lines: Sequence[str]) -> list[str]:
    """Return the texts of messages that were printed as JSON."""
    return [json.loads(line)["text"] for line in lines]
