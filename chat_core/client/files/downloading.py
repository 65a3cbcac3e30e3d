"""Fetches the file of one message, over as many connections as it takes. Knows keeper and link, no state."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from chat_core.base.clock import Clock
from chat_core.base.errors import WorldFault
from chat_core.base.filenames import file_name
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.files.flow import LEAST_BYTES, Flow
from chat_core.client.files.progress import Progress, Transfer
from chat_core.client.files.target import NotTheFile
from chat_core.client.keeper import Keeper
from chat_core.client.link import Link
from chat_core.protocol.limits import FETCH_BYTES, FETCHES_PER_CONNECTION
from chat_core.protocol.requests.files import Fetch, FilePiece
from chat_core.protocol.values import FileInfo

PIECE_WITHIN_S: Final = 60.0
"""Time a piece has to come, in seconds."""
_WINDOW_BYTES: Final = FETCHES_PER_CONNECTION * FETCH_BYTES
_PAUSE_S: Final = 1.0


T = TypeVar("T", covariant=True)


class Sink(Protocol[T]):
    """What takes a file, piece by piece; all of it may block. See `Target`."""

    done: int
    """Bytes that it has at its beginning, from an earlier run."""

    def write(self, data: bytes) -> None:
        """Take a piece. Raises: WorldFault."""

    def finish(self, sha256: bytes) -> T:
        """Take it that it is whole. Raises: UsageFault, WorldFault, NotTheFile: it is another file."""

    def close(self) -> None:
        """Let go of it; what is not whole goes."""


class Downloading(Generic[T]):
    """One download; see the module's head.

    Args:
        keeper: whose connections.
        clock: measures round trips.
        conversation: where the message is: a number or a TARGET.
        seq: its number there.
        progress: told how far it is.
        begin: returns what takes the file, when it is known what it is.
    """

    def __init__(
        self,
        keeper: Keeper,
        clock: Clock,
        conversation: int | str,
        seq: int,
        progress: Progress,
        begin: Callable[[FileInfo], Sink[T]],
    ) -> None:
        self._keeper = keeper
        self._clock = clock
        self._conversation = conversation
        self._seq = seq
        self._progress = progress
        self._file: FileInfo | None = None
        self._begin = begin
        self._target: Sink[T] | None = None
        self._done = 0

    async def run(self) -> T:
        """Fetch the file and return what became of it.

        Raises:
            CallFailed: there is no file, or it may not be read.
            UsageFault, WorldFault: as what takes it; nothing is left of it.
            Disconnected: the server will not be reached any more.
        """
        try:
            try:
                return await self._fetch()
            except NotTheFile:
                if self._target is None or not self._target.done:
                    raise
            # What an earlier run left was spoilt, as a power failure does it: nothing of it is used.
            self._target.close()
            self._target, self._file, self._done = None, None, 0
            return await self._fetch()
        finally:
            if self._target is not None:
                self._target.close()

    async def _fetch(self) -> T:
        """Fetch what is missing, and take it that the file is whole. Raises: see `run`; NotTheFile."""
        while True:
            await self._keeper.online(None)
            try:
                await self._attempt(self._keeper.link)
                break
            except Disconnected:
                continue
            except CallFailed as failed:
                if failed.final:
                    raise
                await asyncio.sleep(failed.retry_after or _PAUSE_S)
        assert self._target is not None, "an attempt that succeeds has made it"
        assert self._file is not None, "and has been told what it is"
        return await asyncio.to_thread(self._target.finish, self._file.sha256)

    async def _attempt(self, link: Link) -> None:
        """Go on over one connection. Raises: Disconnected, CallFailed."""
        flow = Flow(_WINDOW_BYTES, FETCH_BYTES)
        first = await link.call(self._ask(self._done, LEAST_BYTES), timeout_s=PIECE_WITHIN_S)
        await self._take(first)
        waiting: deque[tuple[asyncio.Future[FilePiece | CallFailed | Disconnected], int, float]] = deque()
        asked = self._done
        while self._done < first.file.size:
            while asked < first.file.size and len(waiting) < FETCHES_PER_CONNECTION and flow.fits(asked - self._done):
                count = min(flow.piece, first.file.size - asked)
                waiting.append((link.begin(self._ask(asked, count)), count, self._clock.monotonic()))
                asked += count
            answer, count, asked_at = waiting.popleft()
            piece = await link.reply(answer, timeout_s=PIECE_WITHIN_S)
            flow.answered(count, self._clock.monotonic() - asked_at)
            await self._take(piece)

    def _ask(self, offset: int, limit: int) -> Fetch:
        return Fetch(conversation=self._conversation, seq=self._seq, offset=offset, limit=limit)

    async def _take(self, piece: FilePiece) -> None:
        """Write a piece down. Raises: WorldFault: it is not the one that was asked for."""
        if self._file is None:
            self._file = piece.file
            self._target = await asyncio.to_thread(self._begin, piece.file)
            if self._target.done:
                self._moved(self._target.done)
                return
        assert self._target is not None, "made with the file's first piece"
        more = self._done + len(piece.data) < piece.file.size
        if piece.file != self._file or piece.offset != self._done or (more and not piece.data):
            raise WorldFault("The server sent something else than the file that was asked for.")
        await asyncio.to_thread(self._target.write, piece.data)
        self._moved(len(piece.data))

    def _moved(self, count: int) -> None:
        """Note that so many bytes more are there."""
        assert self._file is not None, "known from its first piece on"
        self._done += count
        self._progress(Transfer(file_name(self._file.name), self._done, self._file.size))
