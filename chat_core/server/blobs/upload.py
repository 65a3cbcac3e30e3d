"""One file on its way in: what has come of it, written and hashed in order by one thread. Knows no account's rights.

It may have been begun by an earlier run of the server: what that wrote is hashed when the next piece comes.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Final, TypeVar

from chat_core.base.ids import AccountId
from chat_core.server.blobs.folder import BlobFolder
from chat_core.server.blobs.partial import About, Left, forget_about, write_about

T = TypeVar("T")

SYNC_EVERY_BYTES: Final = 2 * 1024 * 1024
"""How much is written before the disk is waited for: a commit of messages would wait behind a whole large file."""
_HASHED_BYTES: Final = 1024 * 1024
"""What is read at a time of what an earlier run wrote."""


class Upload:
    """See the module's head.

    Args:
        number: names it on the wire.
        about: what was announced, and by whom.
        folder: where it is put.
        thread: does the writing; one thread, so that pieces stay in order.
        now: monotonic seconds.
        left: what an earlier run wrote of it; None: nothing.
        has_sender: tells whether the connection is still there over which it comes.
    """

    def __init__(
        self,
        number: int,
        about: About,
        folder: BlobFolder,
        thread: Executor,
        now: float,
        left: Left | None = None,
        has_sender: Callable[[], bool] = lambda: False,
    ) -> None:
        self.number = number
        self.account = AccountId(about.account)
        self.cid = about.cid
        self.conversation = about.conversation
        self.file = about.file
        self.touched = now
        """When anything was asked of it last, in monotonic seconds."""
        self.has_sender = has_sender
        """Tells whether the connection is still there over which it was begun, or gone on with."""
        self.found = left is not None
        """Whether an earlier run began it: what that wrote may not be what came, if the machine lost its power."""
        self.received = 0 if left is None else left.size
        """Bytes that have come."""
        self.written = self.received
        """Bytes that are in the file."""
        self.whole = False
        """Whether it is in its place, under its hash."""
        self.lock = asyncio.Lock()
        """Held while it is finished."""
        self.closed = False
        self._about = about
        self._folder = folder
        self._thread = thread
        self._hash = hashlib.sha256()
        self._unsynced = 0
        self._descriptor: int | None = None
        self._path = None if left is None else left.path

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
            with suppress(RuntimeError):  # the server ends: the next one throws it away in time
                self._thread.submit(self._discard)

    def rest(self) -> None:
        """Hold no descriptor until the next piece comes; what is there by then is hashed again."""
        if not self.closed:
            self._thread.submit(self._let_go)

    def leave(self) -> None:
        """Let go of it, for the next run of the server to go on with."""
        if not self.closed:
            self.closed = True
            self._thread.submit(self._let_go)

    async def _run(self, work: Callable[..., T], *args: bytes) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    def _append(self, data: bytes) -> None:
        descriptor = self._open()
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        self._hash.update(data)
        self._unsynced += len(data)
        if self._unsynced >= SYNC_EVERY_BYTES:
            os.fdatasync(descriptor)
            self._unsynced = 0

    def _open(self) -> int:
        """Return the descriptor of the partial file, at its end. Raises: OSError."""
        if self._descriptor is not None:
            return self._descriptor
        if self._path is None:
            self._descriptor, self._path = self._folder.begin(self._about.name)
            write_about(self._path, self._about)
        else:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            self._hash = hashlib.sha256()
            while data := os.read(self._descriptor, _HASHED_BYTES):
                self._hash.update(data)
        return self._descriptor

    def _publish(self) -> bool:
        descriptor, path = self._open(), self._path
        assert path is not None, "it has one while it is open"
        if self._hash.digest() != self.file.sha256:
            return False
        self._folder.publish(descriptor, path, self.file.sha256)
        self._path = None
        forget_about(path)
        return True

    def _discard(self) -> None:
        self._let_go()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            forget_about(self._path)
            self._path = None

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
