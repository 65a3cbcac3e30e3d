"""`chat-tui send`: lines in, addresses out, each line once, in order, acknowledged when it is on the server's disk.

It keeps no file: with a key, the cid of each line is derived from the key and the line's number, so a script that is
run again sends nothing twice.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from chat_core.base.exit_codes import ExitCode
from chat_core.base.ids import keyed_cid
from chat_core.base.tasks import spawn, stop
from chat_core.client import Address, CallFailed, Client, Disconnected
from chat_tui.plain.running import complain, emit, spelled

AHEAD = 1024
"""Lines read from standard input before their acknowledgement is waited for."""
_READ_BYTES = 64 * 1024


@dataclass(slots=True)
class Progress:
    """What was read and what was acknowledged."""

    sent: deque[tuple[int, bytes]] = field(default_factory=deque)
    """Lines that wait for their acknowledgement, in order: line number and cid."""
    read: int = 0
    """Lines posted so far."""
    refused: int = 0
    """Lines refused for good."""
    finished: bool = False
    """Whether the input is at its end."""
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something was posted or the input ended."""
    room: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something was acknowledged."""


async def send(
    address: Address, name: str, target: str, text: str | None, *, timeout_s: float, key: str | None
) -> ExitCode:
    """Send one text, or standard input line by line.

    Args:
        address: of the server.
        name: to sign in with.
        target: `#channel` (made and joined if need be) or `@user`.
        text: the message; None: read standard input, a line a message; blank lines are skipped.
        timeout_s: seconds without any progress after which it gives up with exit code 75.
        key: makes the cids repeatable; None: random ones.
    """
    target = spelled(target)
    progress = Progress()
    lines = _one(text) if text is not None else _stdin_lines()
    async with Client(address, name, follow=False, program="chat-tui send") as client:
        try:
            await client.online(timeout_s)
            async with asyncio.timeout(timeout_s):
                conversation = await _open(client, target)
        except (Disconnected, TimeoutError) as lost:
            return _gave_up(str(lost) or "The server does not answer.", 1 if text is not None else 0, text is None)
        poster = spawn("read lines", _post_all(client, conversation, target, lines, key, progress))
        try:
            return await _print_acknowledged(client, target, progress, timeout_s)
        finally:
            await stop(poster)


async def _open(client: Client, target: str) -> int:
    while True:
        try:
            if target.startswith("#"):
                return await client.join(target[1:])
            return await client.open_direct(target[1:])
        except Disconnected:
            await client.online()


async def _post_all(
    client: Client, conversation: int, target: str, lines: AsyncIterator[str], key: str | None, progress: Progress
) -> None:
    number = 0
    async for line in lines:
        number += 1
        if not line.strip():
            continue
        while len(progress.sent) >= AHEAD:
            progress.room.clear()
            await progress.room.wait()
        cid = None if key is None else keyed_cid(key, target, number)
        progress.sent.append((number, client.post(conversation, line, cid=cid)))
        progress.read += 1
        progress.moved.set()
    progress.finished = True
    progress.moved.set()


async def _print_acknowledged(client: Client, target: str, progress: Progress, timeout_s: float) -> ExitCode:
    while True:
        if not progress.sent:
            if progress.finished:
                return ExitCode.REFUSED if progress.refused else ExitCode.OK
            progress.moved.clear()
            if not progress.sent and not progress.finished:
                await progress.moved.wait()
            continue
        number, cid = progress.sent[0]
        try:
            async with asyncio.timeout(timeout_s):
                posted = await client.sent(cid)
        except TimeoutError:
            return _gave_up(client.state.link.detail, len(progress.sent), not progress.finished)
        except CallFailed as failed:
            progress.refused += 1
            client.discard(cid)
            complain(f"line {number}: {failed}" if progress.read > 1 or not progress.finished else str(failed))
        else:
            emit(f"{target}:{posted.seq}")
        progress.sent.popleft()
        progress.room.set()


def _gave_up(why: str, left: int, more: bool) -> ExitCode:
    noun = "line was" if left == 1 else "lines were"
    rest = " of those read" if more else ""
    complain(f"{left} {noun} not acknowledged{rest}; gave up waiting. {why}".strip())
    return ExitCode.NOT_ACKNOWLEDGED


async def _one(text: str) -> AsyncIterator[str]:
    yield text


async def _stdin_lines() -> AsyncIterator[str]:
    """Yield the lines of standard input without their ends; bytes that are no UTF-8 become U+FFFD."""
    rest = b""
    async for chunk in _stdin_chunks():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield _decode(line)
    if rest:
        yield _decode(rest)


async def _stdin_chunks() -> AsyncIterator[bytes]:
    """Yield what standard input gives, until its end.

    A daemon thread reads: the loop's own executor would wait for a blocked read at the end, a regular file cannot be
    polled, and a non-blocking terminal would be non-blocking for our output too.
    """
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes] = asyncio.Queue(4)

    def read() -> None:
        chunk = b"begin"
        with contextlib.suppress(OSError, RuntimeError, concurrent.futures.CancelledError):
            while chunk:
                chunk = os.read(sys.stdin.fileno(), _READ_BYTES)
                asyncio.run_coroutine_threadsafe(chunks.put(chunk), loop).result()

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while chunk := await chunks.get():
        yield chunk


def _decode(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
