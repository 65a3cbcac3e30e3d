"""`chat-tui unread` as scripts use it: a real process, a real server."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.support import starting
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire


def test_unread_tells_where_something_is_unread_and_what_mentions_one(home: Path) -> None:
    with ServerProcess(home / "data") as server, Wire(server.port) as ann, Wire(server.port) as bob:
        ann.enter("ann")
        bob.enter("bob")
        ann.call("join", channel="ops")
        bob.call("join", channel="ops")
        bob.call("set_quiet", conversation="#ops", quiet=True)
        for body in ("one", "@bob two"):
            ann.say("#ops", body)
        ann.call("open_direct", account="bob")
        ann.say("@bob", "psst")

        def unread(*more: str) -> list[str]:
            command = [sys.executable, "-m", "chat_tui", "unread", *more, "--server", server.address, "--name", "bob"]
            done = starting.run(command, timeout=WAIT_S)
            assert done.returncode == 0, done.stderr
            return done.stdout.decode().splitlines()

        assert unread() == ["#ops: 2 unread, 1 of them mentions you (quiet)", "@ann: 1 unread"]
        assert [json.loads(line) for line in unread("--json")] == [
            {"conversation": "#ops", "unread": 2, "mentions": 1, "quiet": True, "read": 0, "head": 2},
            {"conversation": "@ann", "unread": 1, "mentions": 0, "quiet": False, "read": 0, "head": 1},
        ]

        root = bob.say("#ops", "what is it?")["seq"]
        for body in ("this", "@bob that"):
            ann.call("post", conversation="#ops", cid=os.urandom(16), body=body, thread=root)
        bob.call("mark_read", conversation="#ops", seq=root)
        assert unread() == ["@ann: 1 unread", f"#ops:{root}, a thread: 2 unread, 1 of them mentions you"]
        assert json.loads(unread("--json")[-1]) == {
            "conversation": "#ops",
            "thread": root,
            "unread": 2,
            "mentions": 1,
            "read": root,
        }
