"""A group as scripts address it: real processes, a real server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire


def test_group_is_addressed_by_its_number_by_commands_for_scripts(home: Path) -> None:
    with (
        ServerProcess(home / "data") as server,
        Wire(server.port) as ann,
        Wire(server.port) as bob,
        Wire(server.port) as cid,
        Wire(server.port) as eve,
    ):
        for wire, name in ((ann, "ann"), (bob, "bob"), (cid, "cid"), (eve, "eve")):
            wire.enter(name)
        group = ann.call("open_group", accounts=["bob", "cid"])["conversation"]["id"]
        ann.say(group, "from ann")

        def run(*words: str, name: str = "bob", code: int = 0) -> str:
            command = [sys.executable, "-m", "chat_tui", *words, "--server", server.address, "--name", name]
            done = starting.run(command, timeout=WAIT_S)
            assert done.returncode == code, done.stderr
            return (done.stdout if not code else done.stderr).decode()

        assert run("send", f"&{group}", "from a script").strip().startswith(f"&{group}:3")
        while ann.call("search", query="script").get("behind", 0):
            pass  # the index follows the messages
        found = json.loads(run("search", "script", "--in", f"&{group}", "--json"))
        assert (found["conversation"], found["text"]) == (f"&{group}", "from a script")
        lines = run("tail", f"&{group}", "--since", "0", "--events", "--json", "--count", "2").splitlines()
        assert [json.loads(line)["kind"] for line in lines] == ["people", "message"]
        assert json.loads(lines[0])["text"] == "ann began the group with bob and cid"
        assert f"There is no conversation '&{group}'." in run("send", f"&{group}", "let me in", name="eve", code=66)
