"""Sends one file, over as many connections as it takes, and posts it once. Knows keeper and link, no state."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.files.flow import Flow
from chat_core.client.files.progress import Progress, Transfer
from chat_core.client.files.source import READ_BYTES, Source
from chat_core.client.files.underway import Claim, Underway
from chat_core.client.keeper import Keeper
from chat_core.client.link import Link
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import UPLOAD_CHUNK_BYTES
from chat_core.protocol.requests.files import (
    UploadBegin,
    UploadBegun,
    UploadCancel,
    UploadChunk,
    UploadFinish,
    UploadMoved,
)
from chat_core.protocol.requests.messages import Posted

PIECE_WITHIN_S: Final = 60.0
"""Time a piece has for its answer, in seconds; a slow connection needs it."""
FINISH_WITHIN_S: Final = 60.0
"""Time that making a file durable may take, in seconds."""
BEGINNINGS: Final = 5
"""How often an upload is begun again because the server has forgotten it, before that is told."""
_PAUSE_S: Final = 1.0


class Uploading:
    """One upload; see the module's head.

    Args:
        keeper: whose connections.
        clock: measures round trips.
        conversation: where the message goes: a number or a TARGET.
        cid: of the message.
        body: its text; empty: the name of the file.
        progress: told how far it is.
        whose: tells apart what different accounts send.
        underway: where is kept what a run sends that does not see its end; None: nowhere.
    """

    def __init__(
        self,
        keeper: Keeper,
        clock: Clock,
        conversation: int | str,
        cid: bytes,
        body: str,
        progress: Progress,
        whose: str = "",
        underway: Underway | None = None,
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._conversation = conversation
        self._cid = cid
        self._body = body
        self._progress = progress
        self._whose = whose
        self._underway = underway

    async def run(self, path: Path, most: int, named: Callable[[bytes], object]) -> Posted:
        """Send a file and return its message.

        Args:
            path: where it is.
            most: bytes that the server takes.
            named: told the cid of the message, before anything is sent.

        Raises:
            CallFailed: the server refused; nothing is left of it there.
            UsageFault, WorldFault: as `Source`.
            Disconnected: the server will not be reached any more.
        """
        source = await asyncio.to_thread(Source.open, path, most)
        claim = Claim(self._cid)
        try:
            claim = await asyncio.to_thread(self._claim, source)
            self._cid = claim.cid
            named(self._cid)
            posted = await self._persist(source)
            claim.forget()
            return posted
        except (CallFailed, UsageFault, WorldFault):
            claim.forget()
            raise
        finally:
            claim.close()
            source.close()

    def _claim(self, source: Source) -> Claim:
        """Return under which cid it goes."""
        if self._underway is None:
            return Claim(self._cid)
        info = source.info
        what = (self._whose, self._conversation, info.sha256.hex(), info.size, info.name, info.type, self._body)
        return self._underway.take(what, self._cid)

    async def _persist(self, source: Source) -> Posted:
        forgotten = 0
        while True:
            await self._keeper.online(None)
            try:
                return await self._attempt(self._keeper.link, source)
            except Disconnected:
                continue
            except CallFailed as failed:
                if failed.code == Refusal.NO_UPLOAD and forgotten < BEGINNINGS:
                    forgotten += 1
                elif failed.final or failed.code == Refusal.STORE_FULL:
                    raise
                else:
                    await asyncio.sleep(failed.retry_after or _PAUSE_S)

    async def _attempt(self, link: Link, source: Source) -> Posted:
        """Go on over one connection. Raises: Disconnected, CallFailed."""
        info = source.info
        begun: UploadBegun = await link.call(
            UploadBegin(
                conversation=self._conversation,
                cid=self._cid,
                name=info.name,
                size=info.size,
                sha256=info.sha256,
                type=info.type,
            )
        )
        if not begun.upload:
            return Posted(conversation=begun.conversation, seq=begun.seq, ts=begun.ts, duplicate=True)
        try:
            await self._send(link, begun, source)
            await asyncio.to_thread(source.check)
            return await link.call(UploadFinish(upload=begun.upload, body=self._body), timeout_s=FINISH_WITHIN_S)
        except (Disconnected, CallFailed):
            raise
        except BaseException:  # the file is not what it was, or nobody wants it sent any more
            with suppress(Disconnected, CallFailed):
                link.begin(UploadCancel(upload=begun.upload))
            raise

    async def _send(self, link: Link, begun: UploadBegun, source: Source) -> None:
        """Send what is missing, as much at once as the way takes."""
        flow = Flow(begun.window, UPLOAD_CHUNK_BYTES)
        size, sent, done = source.info.size, begun.offset, begun.offset
        waiting: deque[tuple[asyncio.Future[UploadMoved | CallFailed | Disconnected], int, float]] = deque()
        block, block_at = b"", 0
        self._tell(source, done)
        while done < size:
            while sent < size and flow.fits(sent - done):
                if not block_at <= sent < block_at + len(block):
                    block, block_at = await asyncio.to_thread(source.read, sent, READ_BYTES), sent
                data = block[sent - block_at :][: min(flow.piece, size - sent)]
                if wait_s := link.wait_s(UploadChunk, len(data)):
                    if waiting:
                        break
                    await link.pause(wait_s)
                request = UploadChunk(upload=begun.upload, offset=sent, data=data)
                waiting.append((link.begin(request), len(data), self._clock.monotonic()))
                sent += len(data)
            answer, count, asked_at = waiting.popleft()
            await link.reply(answer, timeout_s=PIECE_WITHIN_S)
            flow.answered(count, self._clock.monotonic() - asked_at)
            done += count
            self._tell(source, done)

    def _tell(self, source: Source, done: int) -> None:
        self._progress(Transfer(source.info.name, done, source.info.size))
