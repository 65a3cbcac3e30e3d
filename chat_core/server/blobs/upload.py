"""One file on its way in: what has come of it, written and hashed in order by one thread. Knows no account's rights."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from chat_core.base.ids import AccountId
from chat_core.protocol.values import FileInfo
from chat_core.server.blobs.folder import BlobFolder

T = TypeVar("T")

SYNC_EVERY_BYTES: Final = 2 * 1024 * 1024
"""How much is written before the disk is waited for: a commit of messages would wait behind a whole large file."""


class Upload:
    """See the module's head.

    Args:
        number: names it on the wire.
        account: whose it is.
        cid: of the message to come.
        conversation: where that goes.
        file: what was announced.
        folder: where it is put.
        thread: does the writing; one thread, so that pieces stay in order.
        now: monotonic seconds.
    """

    def __init__(
        self,
        number: int,
        account: AccountId,
        cid: bytes,
        conversation: int,
        file: FileInfo,
        folder: BlobFolder,
        thread: Executor,
        now: float,
    ) -> None:
        self.number = number
        self.account = account
        self.cid = cid
        self.conversation = conversation
        self.file = file
        self.touched = now
        """When anything was asked of it last, in monotonic seconds."""
        self.received = 0
        """Bytes that have come."""
        self.written = 0
        """Bytes that are in the file."""
        self.whole = False
        """Whether it is in its place, under its hash."""
        self.lock = asyncio.Lock()
        """Held while it is finished."""
        self.closed = False
        self._folder = folder
        self._thread = thread
        self._hash = hashlib.sha256()
        self._unsynced = 0
        self._descriptor: int | None = None
        self._path: Path | None = None

    async def take(self, data: bytes) -> int:
        """Append a piece; return the bytes that are written. Pieces keep the order of these calls. Raises: OSError."""
        self.received += len(data)
        await self._run(self._append, data)
        self.written += len(data)
        return self.written

    async def finish(self) -> bool:
        """Put the whole file under its hash, durably; False: it has another one. Raises: OSError."""
        if not self.whole:
            self.whole = await self._run(self._publish)
        return self.whole

    def close(self) -> None:
        """Throw away what came, unless it is in its place."""
        if not self.closed:
            self.closed = True
            with suppress(RuntimeError):  # the server ends: the next start throws it away
                self._thread.submit(self._discard)

    async def _run(self, work: Callable[..., T], *args: bytes) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def _append(self, data: bytes) -> None:
        if self._descriptor is None:
            self._descriptor, self._path = self._folder.begin(self.number)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        self._hash.update(data)
        self._unsynced += len(data)
        if self._unsynced >= SYNC_EVERY_BYTES:
            os.fdatasync(self._descriptor)
            self._unsynced = 0

    def _publish(self) -> bool:
        if self._hash.digest() != self.file.sha256:
            return False
        if self._descriptor is None:
            self._descriptor, self._path = self._folder.begin(self.number)  # an empty file
        assert self._path is not None, "begun with its descriptor"
        self._folder.publish(self._descriptor, self._path, self.file.sha256)
        self._path = None
        return True

    def _discard(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None
