"""A program that is forked for a test is what the true command is: to whom it talks, and to the system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="nothing is forked on this system")

SAME = ("Umask", "Threads", "SigBlk", "SigIgn", "SigCgt")
"""What /proc/PID/status must have in common with that of the true command."""


def facts(server: ServerProcess) -> dict[str, object]:
    """Return what the system knows of a server at rest."""
    pid = server.process.pid
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = {name: value.split() for name, _, value in (line.partition(":") for line in lines) if name in SAME}
    kinds = {str(each.readlink()).partition(":")[0] for each in Path(f"/proc/{pid}/fd").iterdir()}
    return {**told, "open": kinds, "folder": str(Path(f"/proc/{pid}/cwd").readlink()), "session": os.getsid(pid)}


@pytest.mark.parametrize(
    "arguments",
    [
        ("chat_core", "--version"),
        ("chat_core", "serve", "--nonsense"),
        ("chat_core", "doctor", "--data", "no/such/folder"),
        ("chat_tui", "send", "nowhere", "hello"),
    ],
    ids=" ".join,
)
def test_forked_command_says_and_returns_what_the_true_one_does(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", *arguments]

    forked = starting.run(command, timeout=WAIT_S)
    true = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=False)

    assert (forked.returncode, forked.stdout, forked.stderr) == (true.returncode, true.stdout, true.stderr)


def test_forked_server_has_of_the_system_what_a_true_one_has(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ServerProcess(home / "server") as server:
        forked = facts(server)
        assert type(server.process) is not subprocess.Popen
    for path in (home / "server", home / "server.log"):
        path.rename(home / f"old-{path.name}")
    monkeypatch.setenv(starting.TRUE, "1")
    with ServerProcess(home / "server") as server:
        assert type(server.process) is subprocess.Popen
        assert facts(server) == forked


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 0)])
def test_forked_server_ends_by_a_signal_with_the_code_of_a_true_one(
    home: Path, number: signal.Signals, code: int
) -> None:
    with ServerProcess(home / "data") as server:
        assert server.process.poll() is None
        os.kill(server.process.pid, number)

        assert server.wait() == code


def test_true_command_is_started_where_its_environment_is_read_by_python() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    with starting.popen([sys.executable, "-m", "chat_core", "--version"], stdout=subprocess.PIPE, env=env) as started:
        assert type(started) is subprocess.Popen
