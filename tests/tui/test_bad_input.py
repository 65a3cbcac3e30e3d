"""What the server or the client does not take is refused in a sentence where one looks, and nothing is left of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.protocol.requests.messages import Delete
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique

LIMITS = {
    "CHAT_CORE_MESSAGES_EDIT_WITHIN_S": "1",
    "CHAT_CORE_FILES_ACCOUNT_FILES": "1",
    "CHAT_CORE_FILES_MAX_BYTES": "1000",
}


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server that allows little; yield its address."""
    with ServerProcess(tmp_path_factory.mktemp("narrow") / "data", env=LIMITS) as process:
        yield process.address


async def refused(me: Sitting, line: str, why: str) -> None:
    """Enter a line, and wait until it is said why it is not taken."""
    await me.enter(line)
    await me.until(lambda: why in me.answer, f"'{why}' is the answer to {line}")
    await me.press("escape")


async def test_edits_reactions_answers_and_searches_are_refused_where_one_looks(narrow: str, home: Path) -> None:
    async with sitting(narrow, home) as me, other(narrow) as friend:
        channel = unique("#bad")
        number = await friend.join(channel[1:])  # who makes it keeps order there, and need not mind the time
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(friend, channel, "of somebody else")
        await me.until(lambda: bodies(me.here) == ["of somebody else"], "it is there")
        theirs = me.here.timeline.last_seq

        await me.press("ctrl+s", "e")
        await me.until(lambda: "message, not yours" in me.answer, "an edit of somebody else's message is refused")
        await me.press("escape", "escape")
        await refused(me, f"/react :tada: #{theirs + 900}", "There is no message of that number")
        await refused(me, f"/reply #elsewhere:{theirs} hello", "is in another conversation")
        await refused(me, '/search "unbalanced', "is not closed")
        await friend.call(Delete(conversation=number, seq=theirs))
        await me.sees("message deleted")
        await refused(me, f"/react :tada: #{theirs}", "was deleted")

        await me.enter("too old soon")
        await me.until(lambda: "too old soon" in bodies(me.here) and not me.here.unsent, "it is sent")
        sent = me.here.timeline.find(me.here.timeline.last_seq)
        assert sent is not None
        await me.until(lambda: SystemClock().wall_ms() > sent.ts + 1100, "its time is over")
        await me.press("up")
        await me.until(lambda: me.written == "too old soon", "it is to be edited")
        await me.write("!")
        await me.press("enter")
        await me.until(lambda: "can be edited for 1 second" in me.answer, "the edit comes too late")
        assert me.written == "too old soon!", "nothing of what was written is lost"
        assert bodies(me.here) == ["", "too old soon"]


async def test_files_are_refused_where_one_looks(narrow: str, home: Path) -> None:
    large, small, more = home / "large.bin", home / "small.bin", home / "more.bin"
    large.write_bytes(os.urandom(2000))
    small.write_bytes(b"1")
    more.write_bytes(b"2")
    async with sitting(narrow, home) as me:
        channel = unique("#bad")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await refused(me, f"/upload {large}", "takes files up to 1.0 kB")
        await refused(me, f"/upload {home}", "is a folder")
        await refused(me, "/download 999", "There is no file at a message")
        await me.enter(f"/upload {small}")
        await me.until(lambda: me.answer == "Sent: small.bin")
        await refused(me, f"/upload {more}", "You have 1 files here")
        await me.until(lambda: bodies(me.here) == ["small.bin"])
