"""SIGHUP on a running server: who gets in, and whether others see one writing, is what the file says from then on."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.support.people import People, settle
from tests.support.processes import ServerProcess
from tests.support.watched import said_in

BEFORE = """
[server]
typing = false
[accounts]
registration = "open"
trust_loopback = false
name_only = "everywhere"
"""
AFTER = BEFORE.replace("typing = false", "typing = true").replace('"open"', '"closed"').replace("everywhere", "nowhere")


def test_accounts_and_typing_are_as_the_file_says_after_a_reload(home: Path) -> None:
    file = home / "site.toml"
    file.write_text(BEFORE)
    with ServerProcess(home / "data", "--config", str(file)) as server, People(server.port) as people:
        ann, bob = people.enter("ann"), people.enter("bob")
        opened = _registration(people, "cleo")
        ann.call("set_typing", conversation="#general")
        silent = [event["kind"] for event in settle(bob)]

        file.write_text(AFTER)
        server.process.send_signal(signal.SIGHUP)
        said_in(server.log, "reloaded")

        closed = _registration(people, "dora")
        ann.call("set_typing", conversation="#general")
        heard = [event["kind"] for event in settle(bob)]

    assert opened == ("name", "answer", "")
    assert closed == ("closed", "failure", "sign_in_refused")
    assert "typing" not in silent
    assert "typing" in heard


def _registration(people: People, name: str) -> tuple[str, str, str]:
    """Return what a newcomer is told of registration, and how it goes."""
    wire = people.stranger()
    told = wire.call("hello", protocol=1).get("registration", "name")
    answer = wire.ask("register", name=name, password="correct horse")
    return told, answer["t"], answer.get("code", "")
