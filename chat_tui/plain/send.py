"""`chat-tui send`: lines in, addresses out, each line once, in order, acknowledged when it is on the server's disk.

It keeps no file: with a key, the cid of each line is derived from the key and the line's number, so a script that is
run again sends nothing twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial

from chat_core.base.exit_codes import ExitCode
from chat_core.base.ids import keyed_cid
from chat_core.base.tasks import spawn, stop
from chat_core.client import CallFailed, Client, Disconnected, Untrusted
from chat_core.protocol.codes import Refusal
from chat_tui.plain.running import Server, complain, emit, find, persist, spelled
from chat_tui.plain.stdin import stdin_lines

AHEAD = 1024
"""Lines read from standard input before their acknowledgement is waited for."""


class Pipe:
    """Lines on their way: read, then posted, then acknowledged. Bounded: reading waits for acknowledgements."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, str]] = deque()
        """Read, not posted yet: line number and text."""
        self.posted: deque[tuple[int, bytes]] = deque()
        """Posted, not acknowledged yet: line number and cid."""
        self.finished = False
        """Whether the input is at its end."""
        self.lines = 0
        """Lines read, blank ones too."""
        self.fault: OSError | None = None
        """Why reading ended before the end."""
        self._moved = asyncio.Condition()

    @property
    def left(self) -> int:
        """Number of lines that were read and are not acknowledged."""
        return len(self.waiting) + len(self.posted)

    async def fill(self, lines: AsyncIterator[str]) -> None:
        """Read all lines; blank ones count, and are not sent."""
        try:
            async for line in lines:
                self.lines += 1
                if line.strip():
                    await self.until(lambda: self.left < AHEAD)
                    self.waiting.append((self.lines, line))
                    await self.moved()
        except OSError as fault:
            self.fault = fault
        self.finished = True
        await self.moved()

    async def moved(self) -> None:
        """Wake whoever waits in `until`."""
        async with self._moved:
            self._moved.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something moved such that the condition holds."""
        async with self._moved:
            await self._moved.wait_for(condition)


async def send(
    server: Server,
    target: str,
    text: str | None,
    *,
    timeout_s: float,
    key: str | None,
    thread: int | None = None,
    create: bool = True,
) -> ExitCode:
    """Send one text, or standard input line by line.

    Args:
        server: where, and as whom.
        target: `#channel` (joined if need be) or `@user`.
        text: the message; None: read standard input, a line a message; blank lines are skipped.
        timeout_s: seconds without any progress after which it gives up with exit code 75.
        key: makes the cids repeatable; None: random ones.
        thread: seq of the message in whose thread it is said; None: in none.
        create: whether a channel that is not there is made, which standard error tells; else it is refused.
    """
    target = spelled(target)
    pipe = Pipe()
    async with server.client("chat-tui send") as client:
        reader = spawn("read lines", pipe.fill(_one(text) if text is not None else stdin_lines()))
        poster = None
        try:
            try:
                async with asyncio.timeout(timeout_s):
                    conversation = await _open(client, target, create=create)
            except Untrusted:
                raise
            except (Disconnected, TimeoutError) as lost:
                return _gave_up(pipe, client.state.link.detail or str(lost))
            poster = spawn("post lines", _post_all(client, conversation, target, key, pipe, thread))
            return await _print_acknowledged(client, target, pipe, timeout_s)
        finally:
            await stop(reader, poster)


async def _open(client: Client, target: str, *, create: bool) -> int:
    """Return the conversation; a script that misspells a channel's name shall not do so without a word."""
    name = target[1:]
    if target.startswith("&"):
        return await persist(client, partial(find, client, target), None)
    if not target.startswith("#"):
        return await persist(client, partial(client.open_direct, name), None)
    try:
        return await persist(client, partial(client.join, name, create=False), None)
    except CallFailed as failed:
        if failed.code != Refusal.NO_CONVERSATION or not create:
            raise
    made = await persist(client, partial(client.join, name), None)
    complain(f"There was no channel {target}: it was made. With --no-create, that is refused.")
    return made


async def _post_all(
    client: Client, conversation: int, target: str, key: str | None, pipe: Pipe, thread: int | None
) -> None:
    while True:
        await pipe.until(lambda: bool(pipe.waiting))
        while pipe.waiting:
            number, line = pipe.waiting.popleft()
            cid = None if key is None else keyed_cid(key, target, number)
            pipe.posted.append((number, client.post(conversation, line, cid=cid, thread=thread)))
        await pipe.moved()


async def _print_acknowledged(client: Client, target: str, pipe: Pipe, timeout_s: float) -> ExitCode:
    refused = 0
    while True:
        await pipe.until(lambda: bool(pipe.posted) or (pipe.finished and not pipe.waiting))
        if not pipe.posted:
            if pipe.fault is not None:
                complain(f"Standard input cannot be read ({pipe.fault.strerror}).")
                return ExitCode.IO
            return ExitCode.REFUSED if refused else ExitCode.OK
        number, cid = pipe.posted[0]
        try:
            async with asyncio.timeout(timeout_s):
                posted = await client.sent(cid)
        except TimeoutError:
            return _gave_up(pipe, client.state.link.detail)
        except CallFailed as failed:
            refused += 1
            client.discard(cid)
            complain(f"line {number}: {failed}" if pipe.lines > 1 else str(failed))
        else:
            emit(f"{target}:{posted.seq}")
        pipe.posted.popleft()
        await pipe.moved()


def _gave_up(pipe: Pipe, why: str) -> ExitCode:
    noun = "line was" if pipe.left == 1 else "lines were"
    complain(f"{pipe.left} {noun} not acknowledged; gave up waiting. {why}".strip())
    return ExitCode.NOT_ACKNOWLEDGED


async def _one(text: str) -> AsyncIterator[str]:
    yield text
