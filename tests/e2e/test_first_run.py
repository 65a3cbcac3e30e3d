"""The first run of a server that strangers can reach: one line to paste, and what it is good for."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

from tests.support.processes import WAIT_S, ServerProcess, read_line

DISTANT = {"CHAT_CORE_ACCOUNTS_TRUST_LOOPBACK": "false", "CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64"}
"""Everybody is on another machine, as behind a tunnel."""


def login(link: str, name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "chat_tui", "login", link, "--name", name, "--password-stdin"],
        input="correct horse", capture_output=True, text=True, timeout=WAIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_serve_prints_an_invite_at_its_first_run_whose_first_user_owns_the_server(home: Path) -> None:
    with ServerProcess(home / "data", "--tls", "on", env=DISTANT) as server:
        assert server.process.stdout is not None
        said = read_line(server.process.stdout)
        command = shlex.split(read_line(server.process.stdout))

        assert "owns this server" in said
        assert command[:2] == ["chat-tui", "connect"]
        assert "/general?pin=" in command[2] and "&invite=" in command[2]
        assert login(command[2], "ann") == "signed in as ann, the owner of this server"
        assert login(command[2], "bob") == "signed in as bob"

    with ServerProcess(home / "data", "--tls", "on", env=DISTANT) as server:
        server.process.terminate()
        assert server.process.stdout is not None
        assert server.process.stdout.read() == b"", "only the first run prints it"


def test_serve_prints_no_invite_where_only_its_own_machine_can_come(home: Path) -> None:
    with ServerProcess(home / "data", "--tls", "on") as server:
        server.process.terminate()
        assert server.process.stdout is not None
        assert server.process.stdout.read() == b""
