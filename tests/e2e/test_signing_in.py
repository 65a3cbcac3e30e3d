"""Getting in with the full-screen client in a terminal: from the operator's link to the second run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from typer.testing import CliRunner

from chat_core.cli import app as core
from tests.support.processes import ServerProcess
from tests.support.terminal import Terminal

PASSWORD = "correct horse"
STRICT = {
    "CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64",
    "CHAT_CORE_ACCOUNTS_TRUST_LOOPBACK": "false",
    "CHAT_CORE_ACCOUNTS_NAME_ONLY": "nowhere",
}


def test_invite_link_registers_in_a_terminal_and_outlives_a_restart(home: Path) -> None:
    with ServerProcess(home / "data", env=STRICT) as server:
        done = CliRunner().invoke(core, ["invite", "--data", str(server.data)], env={**os.environ, **STRICT})
        link = f"{server.address}?invite={done.stdout.strip().splitlines()[-1]}"
        command = [sys.executable, "-m", "chat_tui", "connect", link, "--name", "ann"]
        env = {"CHAT_CONFIG": str(home / "config"), "XDG_STATE_HOME": str(home / "state"), "HOME": str(home)}
        with Terminal(command, width=80, height=24, folder=home, env=env) as terminal:
            terminal.wait_for("▌ as a new account")
            terminal.say(PASSWORD)
            terminal.wait_for("once more")
            assert PASSWORD not in terminal.screen()
            terminal.say(PASSWORD)
            terminal.wait_for("#general")
            terminal.say("I am in")
            terminal.wait_for("I am in")
            terminal.say("/quit")
            assert terminal.wait_exit() == 0
        assert server.stop() == 0

        server.start()
        again = [*command[:4], server.address]
        with Terminal(again, width=80, height=24, folder=home, env=env) as terminal:
            terminal.wait_for("I am in")
            assert "ann" in terminal.screen()
    kept = [file for file in home.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]
    assert not kept
