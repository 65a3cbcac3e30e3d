"""The files of a running server: uploads under way, who may begin one, what goes when nothing refers to it any more.

Disk work runs in two threads of its own, one for what comes in and one for what goes out, so that no message waits for
it. Knows the store by two questions that it is given, and no session.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.ids import AccountId
from chat_core.base.tasks import spawn
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import UPLOAD_WINDOW_BYTES, UPLOADS_PER_ACCOUNT
from chat_core.protocol.values import FileInfo
from chat_core.server.blobs.folder import FOLDER, BlobFolder
from chat_core.server.blobs.partial import About, Left, left_in
from chat_core.server.blobs.upload import Upload
from chat_core.server.observe import get_log
from chat_core.server.quotas import FilesSection

log = get_log(__name__)

SPARE_BYTES: Final = 64 * 1024 * 1024
"""Room on the disk that files leave to messages, in bytes."""


QUIET_S: Final = 60.0
"""How long after its last piece an upload holds a descriptor, in seconds."""
ABANDONED_S: Final = 10.0
"""How long after its last piece an upload without a connection keeps its place, in seconds, if that is needed: a client
that was cut off is back by then."""


class NotTaken(Exception):
    """A file, or a piece of one, is refused; nothing of it is kept that was not there.

    Args:
        code: why.
        text: one sentence for people.
        retry_after: seconds after which it is worth repeating, or None.
    """

    def __init__(self, code: Refusal, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.retry_after = retry_after


IsKept = Callable[[bytes], Awaitable[bool]]


class Files:
    """See the module's head.

    Args:
        data: the data folder.
        settings: what is taken.
        clock: tells when an upload was given up.
        epoch: life of the store: uploads that were begun in another one are not gone on with.
        free: tells the room left in a folder, in bytes.
    """

    def __init__(
        self,
        data: Path,
        settings: FilesSection,
        clock: Clock,
        epoch: str = "",
        free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        self.settings = settings
        self._data = data
        self._folder = BlobFolder(data / FOLDER)
        self._clock = clock
        self._epoch = epoch
        self._free = free
        self._uploads: dict[int, Upload] = {}
        self._last = 0
        self._inwards = ThreadPoolExecutor(1, "files in")
        self._outwards = ThreadPoolExecutor(1, "files out")
        self._pins: Counter[bytes] = Counter()
        """Contents that a message is about to refer to."""
        self._pinned = 0
        """How often anything was pinned."""

    # --- life -------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Count what is there, and find the uploads that an earlier run did not see the end of. Raises: OSError."""
        for left in await asyncio.get_running_loop().run_in_executor(self._inwards, self._look):
            idle_s = max(0.0, self._clock.wall_ms() / 1000 - left.changed_s)
            self._add(left.about, self._clock.monotonic() - idle_s, left)
        self.expire()

    def use(self, settings: FilesSection) -> None:
        """Go by other settings from now on."""
        self.settings = settings

    def close(self) -> None:
        """Finish the disk work under way; whoever sends can go on with the next run of the server."""
        for upload in self._uploads.values():
            upload.leave()
        self._uploads.clear()
        self._inwards.shutdown()
        self._outwards.shutdown()

    def expire(self) -> list[bytes]:
        """Throw away uploads that nobody went on with; return the contents that are in their place for none of them."""
        oldest = self._clock.monotonic() - self.settings.expire_s
        old = [each for each in self._uploads.values() if each.touched < oldest and not each.lock.locked()]
        for upload in old:
            self.drop(upload)
        quiet = self._clock.monotonic() - QUIET_S
        for upload in self._uploads.values():
            if upload.touched < quiet and not upload.lock.locked():
                upload.rest()  # connections need descriptors, too
        return [upload.file.sha256 for upload in old if upload.whole]

    # --- uploads ----------------------------------------------------------------------------------------------

    def begun(
        self,
        account: AccountId,
        cid: bytes,
        conversation: int,
        file: FileInfo,
        has_sender: Callable[[], bool] = lambda: False,
    ) -> Upload | None:
        """Return the upload of an account's cid, if it is under way; `has_sender` as of `begin`.

        Raises:
            NotTaken: that is another file, or goes somewhere else.
        """
        for upload in self._uploads.values():
            if (upload.account, upload.cid) == (account, cid):
                if (upload.conversation, upload.file) != (conversation, file):
                    raise NotTaken(Refusal.CID_REUSED, REFUSALS[Refusal.CID_REUSED].text)
                upload.touched, upload.has_sender = self._clock.monotonic(), has_sender
                return upload
        return None

    def begin(
        self,
        account: AccountId,
        cid: bytes,
        conversation: int,
        file: FileInfo,
        count: int,
        size_bytes: int,
        has_sender: Callable[[], bool] = lambda: False,
    ) -> Upload:
        """Make a place for a file that may come: if need be, that of the account's oldest one that was abandoned.

        Args:
            account: who sends it.
            cid: of the message to come.
            conversation: its number.
            file: what is announced.
            count: files that the account has here already.
            size_bytes: of these together.
            has_sender: tells whether the connection is still there over which it comes.

        Raises:
            NotTaken: it is too large, of a type that is not taken, or there is no room; the text says which.
        """
        self._check_file(file)
        mine = [upload for upload in self._uploads.values() if upload.account == account]
        given_up = self._abandoned(mine) if len(mine) >= UPLOADS_PER_ACCOUNT else None
        self._check_room([upload for upload in mine if upload is not given_up], file, count, size_bytes)
        if given_up is not None:
            self.drop(given_up)
        about = About(account, cid, conversation, file, self._epoch)
        return self._add(about, self._clock.monotonic(), has_sender=has_sender)

    def find(self, account: AccountId, number: int) -> Upload:
        """Return an upload of an account. Raises: NotTaken `no_upload`."""
        upload = self._uploads.get(number)
        if upload is None or upload.account != account:
            raise NotTaken(Refusal.NO_UPLOAD, REFUSALS[Refusal.NO_UPLOAD].text)
        upload.touched = self._clock.monotonic()
        return upload

    async def take(self, upload: Upload, offset: int, data: bytes) -> int:
        """Append a piece; return the bytes that are written. Raises: NotTaken."""
        if offset != upload.received:
            raise NotTaken(Refusal.BAD_REQUEST, f"offset: the next byte of this upload is {upload.received}.")
        if offset + len(data) > upload.file.size:
            raise NotTaken(Refusal.BAD_FILE, f"More came than the {upload.file.size} bytes that were announced.")
        if offset + len(data) - upload.written > UPLOAD_WINDOW_BYTES:
            raise NotTaken(Refusal.BUSY, "More is on its way than the upload's window allows.", 0.1)
        try:
            return await upload.take(data)
        except OSError as fault:
            self.drop(upload)
            raise _disk_fault(fault) from fault

    async def finish(self, upload: Upload) -> None:
        """Put a whole file into its place, durably. Raises: NotTaken."""
        if not upload.whole and upload.closed:  # given up while somebody waited to finish it: nothing of it is there
            raise NotTaken(Refusal.NO_UPLOAD, REFUSALS[Refusal.NO_UPLOAD].text)
        if upload.whole and self._folder.size_of(upload.file.sha256) is None:  # the last message with it was deleted
            self.drop(upload)
            raise NotTaken(Refusal.NO_UPLOAD, REFUSALS[Refusal.NO_UPLOAD].text)
        missing = upload.file.size - upload.received
        if missing:
            raise NotTaken(Refusal.BAD_FILE, f"{missing} bytes of the file are missing.")
        try:
            same = await upload.finish()
        except OSError as fault:
            self.drop(upload)
            raise _disk_fault(fault) from fault
        if not same:
            self.drop(upload)
            if upload.found:  # the power failed, and the disk lost a part of it: it comes again from its beginning
                raise NotTaken(Refusal.NO_UPLOAD, REFUSALS[Refusal.NO_UPLOAD].text)
            raise NotTaken(Refusal.BAD_FILE, "The file came with another SHA-256 than was announced: send it again.")

    def drop(self, upload: Upload) -> None:
        """End an upload; what came of it goes, unless it is in its place."""
        self._uploads.pop(upload.number, None)
        upload.close()

    # --- contents ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def pinned(self, sha256: bytes) -> AsyncIterator[None]:
        """Keep a content, inside, whether a message refers to it or not."""
        self._pins[sha256] += 1
        self._pinned += 1
        try:
            yield
        finally:
            self._pins[sha256] -= 1
            if not self._pins[sha256]:
                del self._pins[sha256]  # else each file that ever came would be remembered

    def dropped(self, contents: Iterable[bytes], is_kept: IsKept) -> None:
        """Remove contents that no message refers to any more, soon."""
        spawn("drop files", self._drop_each(tuple(contents), is_kept))

    async def remove_unused(self, sha256: bytes, is_kept: IsKept) -> None:
        """Remove a content unless a message refers to it, or is about to."""
        while not self._pins[sha256]:
            pinned = self._pinned
            if await is_kept(sha256):
                return
            if pinned == self._pinned:  # else a message may have come meanwhile: look again
                self._folder.remove(sha256)
                return

    async def sweep(self, kept: Callable[[], Awaitable[frozenset[bytes]]], is_kept: IsKept) -> int:
        """Remove what no message refers to, as a crash leaves it; return how many contents were looked at again."""
        there = await asyncio.get_running_loop().run_in_executor(self._outwards, lambda: list(self._folder.all()))
        unused = frozenset(there) - await kept() if there else frozenset()
        for sha256 in unused:
            await self.remove_unused(sha256, is_kept)
        return len(unused)

    async def read(self, file: FileInfo, offset: int, limit: int) -> bytes:
        """Return a piece of a file. Raises: NotTaken."""
        wanted = max(0, min(limit, file.size - offset))
        if not wanted:
            return b""
        try:
            loop = asyncio.get_running_loop()
            data = await loop.run_in_executor(self._outwards, self._folder.read, file.sha256, offset, wanted)
        except OSError as fault:
            log.error("a file cannot be read", sha256=file.sha256.hex(), reason=os.strerror(fault.errno or 0))
            if isinstance(fault, FileNotFoundError):  # it will not be there the next time either
                raise NotTaken(Refusal.BAD_FILE, "The server has lost the bytes of this file.") from fault
            raise NotTaken(Refusal.STORE_FAILED, "The server's disk failed; this file cannot be read now.") from fault
        if len(data) != wanted:
            raise NotTaken(Refusal.BAD_FILE, "The server has lost bytes of this file.")
        return data

    # --- how --------------------------------------------------------------------------------------------------

    async def _drop_each(self, contents: Iterable[bytes], is_kept: IsKept) -> None:
        # One after the other: a channel that goes may have thousands, and others' questions wait behind theirs.
        for sha256 in contents:
            await self.remove_unused(sha256, is_kept)

    def _look(self) -> list[Left]:
        self._folder.open()
        return list(left_in(self._folder.partial, self._epoch))

    def _add(
        self, about: About, touched: float, left: Left | None = None, has_sender: Callable[[], bool] = lambda: False
    ) -> Upload:
        self._last += 1
        upload = Upload(self._last, about, self._folder, self._inwards, touched, left, has_sender)
        self._uploads[upload.number] = upload
        return upload

    def _check_file(self, file: FileInfo) -> None:
        if not self.settings.max_bytes:
            raise NotTaken(Refusal.NOT_ALLOWED, "This server takes no files.")
        if file.size > self.settings.max_bytes:
            raise NotTaken(
                Refusal.TOO_LONG, f"A file has at most {self.settings.max_bytes} bytes here, this one has {file.size}."
            )
        types = self.settings.types.split()
        if types and not any(fnmatchcase(file.type, kind) for kind in types):
            raise NotTaken(Refusal.NOT_ALLOWED, f"This server takes no {file.type}, only {', '.join(types)}.")

    def _abandoned(self, uploads: Iterable[Upload]) -> Upload | None:
        """Return the oldest of some uploads whose connection is gone and was not followed by another one; or None."""
        before = self._clock.monotonic() - ABANDONED_S
        gone = [
            each
            for each in uploads
            if each.touched <= before and not (each.has_sender() or each.whole or each.lock.locked())
        ]
        return min(gone, key=lambda each: each.touched, default=None)

    def _check_room(self, mine: Sequence[Upload], file: FileInfo, count: int, size_bytes: int) -> None:
        settings = self.settings
        if len(mine) >= UPLOADS_PER_ACCOUNT:
            raise NotTaken(Refusal.TOO_MANY, f"You are sending {len(mine)} files already: wait for one of them.")
        if count + len(mine) >= settings.account_files:
            raise NotTaken(
                Refusal.TOO_MANY, f"You have {count} files here, which is all you may: delete a message with one."
            )
        size = size_bytes + sum(upload.file.size for upload in mine) + file.size
        if size > settings.account_bytes:
            raise NotTaken(
                Refusal.TOO_MANY,
                f"Your files here may have {settings.account_bytes} bytes together, with this one they would have "
                f"{size}: delete a message with one.",
            )
        waiting = sum(upload.file.size - upload.written for upload in self._uploads.values())
        total = self._folder.total_bytes + sum(upload.file.size for upload in self._uploads.values()) + file.size
        if total > settings.total_bytes:
            raise NotTaken(
                Refusal.STORE_FULL, "The server has all the files that it may have; ask those who run it.", 60.0
            )
        if self._free(self._data) < waiting + file.size + SPARE_BYTES:
            raise NotTaken(Refusal.STORE_FULL, "The server's disk has no room for this file.", 60.0)


def no_files() -> Files:
    """Return what a server has that takes no files."""
    return Files(Path(), FilesSection(max_bytes=0), SystemClock())


def _disk_fault(fault: OSError) -> NotTaken:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NotTaken(Refusal.STORE_FULL, "The server's disk is full; nothing of the file was kept.", 60.0)
    log.error("a file cannot be written", reason=os.strerror(fault.errno or 0))
    return NotTaken(Refusal.STORE_FAILED, "The server's disk failed; nothing of the file was kept.")
