"""What a client keeps between its runs, in files: one journal for each running client, locked while it lives.

The journal of a client that is gone is adopted by the next one of the same account, under its lock, so that nothing
that was written and not sent is lost, and no two send it. Files are for their owner only.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base.disk import sync_folder
from chat_core.base.errors import WorldFault
from chat_core.base.names import name_key
from chat_core.base.unreadable import UNREADABLE
from chat_core.client.state.journal import AnyRecord, Journal, Whose, from_bytes, is_cut_off, to_bytes
from chat_core.client.state.model import Remembered
from chat_core.client.storage import Found

LATER_S: Final = 0.05
"""How long a record that is in no hurry waits for company, in seconds."""
REWRITE_BYTES: Final = 256 * 1024
"""Length from which on a journal that is mostly history is written anew, in bytes."""
_MAKE_TRIES: Final = 20
_OUTBOX: Final = "outbox-"
_KNOWN: Final = "known-"
_DAMAGED: Final = "damaged-"
_UNFINISHED: Final = ".unfinished"

_log = logging.getLogger(__name__)


class FileStorage:
    """See the module's head, and `Storage`.

    Args:
        folder: for one server; made if it is missing.
        on_fault: told, in a sentence, that the disk does not take what is written; once until it does again.
        on_mended: told that it does again.
    """

    def __init__(
        self,
        folder: Path,
        on_fault: Callable[[str], None] | None = None,
        on_mended: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder = folder
        self._on_fault = on_fault
        self._on_mended = on_mended
        self._journal = Journal()
        self._fd = -1
        self._path = folder
        self._size = 0
        self._pending = bytearray()
        self._waiting: list[Callable[[], None]] = []
        self._busy = False
        self._broken = False
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="outbox")
        self._known = b""

    async def open(self, name: str) -> Found:
        """Adopt what earlier runs left for an account of that name. Raises: WorldFault."""
        return await asyncio.to_thread(self._open, name)

    def _open(self, name: str) -> Found:
        try:
            for folder in (self._folder.parent, self._folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._adopt(name)
        except OSError as error:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1
            reason = error.strerror or "unknown error"
            more = " What is in it already is not shown; it stays for another start." if self._holds_some() else ""
            raise WorldFault(
                f"The outbox {self._folder} cannot be written ({reason}): "
                f"what is not sent when you leave is lost.{more}"
            ) from error
        return Found(self._journal.kept, self._journal.whose, self._read_known(name))

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Append to the journal; see `Storage`."""
        for record in records:
            self._journal.add(record)
        if self._fd < 0:
            if on_disk is not None:
                asyncio.get_running_loop().call_soon(on_disk)
            return
        self._pending += to_bytes(records)
        if on_disk is not None:
            self._waiting.append(on_disk)
            self._start()
        elif self._timer is None and not self._busy:
            self._timer = asyncio.get_running_loop().call_later(LATER_S, self._start)

    def remember(self, remembered: Remembered) -> None:
        """Keep a list of conversations; see `Storage`."""
        try:
            data = msgspec.msgpack.encode(remembered)
        except OverflowError:  # a number that no honest server tells, and one more
            return
        if self._fd >= 0 and data != self._known:
            self._known = data
            self._thread.submit(self._replace_known, self._known_file(remembered.me.name), data)

    async def close(self) -> None:
        """Write what is left, and let others have it."""
        if self._timer is not None:
            self._timer.cancel()
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)
        if self._fd >= 0:
            self._end()

    # --- opening ----------------------------------------------------------------------------------------------

    def _adopt(self, name: str) -> None:
        """Find journals of clients that are gone: the first becomes ours, the others are folded into it."""
        others: list[tuple[Path, int]] = []
        try:
            for path in sorted(self._folder.glob(f"{_OUTBOX}*")):
                self._try(path, name, others)
            if self._fd < 0:
                self._fd, self._path = self._make()
            if self._journal.whose is None:
                self._journal.add(Whose(name=name))
            self._rewrite(to_bytes(self._journal.records()))
            for path, _ in others:
                path.unlink(missing_ok=True)
        finally:
            for _, fd in others:
                os.close(fd)

    def _holds_some(self) -> bool:
        """Return whether there is anything in the folder's journals, whoever has them."""
        with contextlib.suppress(OSError):
            return any(path.stat().st_size for path in self._folder.glob(f"{_OUTBOX}*[0-9a-f]"))
        return False

    def _try(self, path: Path, name: str, others: list[tuple[Path, int]]) -> None:
        if path.name.endswith(_UNFINISHED):
            # It belongs to whoever has the lock of the file it is to replace; without that file it is nobody's.
            if not path.with_name(path.name.removesuffix(_UNFINISHED)).exists():
                path.unlink(missing_ok=True)
            return
        with _locked(path) as fd:
            if fd is None:
                return
            data = _content(fd)
            try:
                journal, whole = from_bytes(data)
            except ValueError as error:
                _log.warning("%s is of a newer version and stays as it is: %r", path, error)
                return
            if journal.whose is not None and name_key(journal.whose.name) != name_key(name):
                return
            if not is_cut_off(data, whole):
                self._keep_damaged(path, data)
            if self._fd < 0:
                self._journal, self._size, self._path = journal, whole, path
                self._fd = os.dup(fd)  # the lock belongs to the open file, not to the number
            elif self._journal.adopt(journal):
                others.append((path, os.dup(fd)))
            else:
                _log.warning("%s was written for another store of the server's; it waits for the next start", path)

    def _keep_damaged(self, path: Path, data: bytes) -> None:
        """Keep a file that is damaged before its end: there may be messages behind the damage, for people to find."""
        copy = path.with_name(f"{_DAMAGED}{path.name}")
        _log.error("%s is damaged; what can be read of it is used, and %s has the whole of it", path, copy)
        copy.unlink(missing_ok=True)
        fd = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            _write_all(fd, data)
        finally:
            os.close(fd)

    def _make(self) -> tuple[int, Path]:
        for tries_left in reversed(range(_MAKE_TRIES)):
            path = self._folder / f"{_OUTBOX}{secrets.token_hex(8)}"
            try:
                return _new(path), path
            except BlockingIOError:  # another client that starts just now took the new file for one left behind
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    # --- writing ----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """Have the thread write what is pending; what comes meanwhile goes with the next write."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._busy or not (self._pending or self._waiting):
            return
        self._busy = True
        data, self._pending = bytes(self._pending), bytearray()
        waiting, self._waiting = self._waiting, []
        work: Callable[[], None]
        if self._broken or self._mostly_history(len(data)):
            whole = to_bytes(self._journal.records())
            work = lambda: self._rewrite(whole)  # noqa: E731
        else:
            work = lambda: self._append(data, sync=bool(waiting))  # noqa: E731
        job = asyncio.get_running_loop().run_in_executor(self._thread, work)
        job.add_done_callback(lambda done: self._written(done, waiting))

    def _written(self, done: asyncio.Future[None], waiting: list[Callable[[], None]]) -> None:
        self._busy = False
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            if self._broken and not self._closed:
                self._on_mended()
            self._broken = False
        elif not self._broken:
            self._broken = True  # half a record may stand there: what is written behind it would not be read
            reason = getattr(error, "strerror", None) or str(error)
            _log.error("the outbox cannot be written: %r", error)
            if self._on_fault is not None and not self._closed:
                self._on_fault(f"The outbox cannot be written ({reason}): what is not sent when you leave is lost.")
        if self._closed:
            return  # `close` writes the rest
        for on_disk in waiting:
            on_disk()
        self._start()

    def _mostly_history(self, more: int) -> bool:
        """Return whether the file should be written anew: when it is long, and little of it still matters."""
        if self._size + more < REWRITE_BYTES:
            return False
        alive = sum(len(kept.unsent.body) for kept in self._journal.kept)
        return alive < (self._size + more) // 8

    # --- in the thread ----------------------------------------------------------------------------------------

    def _append(self, data: bytes, *, sync: bool) -> None:
        _write_all(self._fd, data)
        self._size += len(data)
        if sync:
            os.fdatasync(self._fd)

    def _rewrite(self, whole: bytes) -> None:
        """Put a new file in the place of the old one, locked before anybody can see it."""
        unfinished = self._path.with_name(f"{self._path.name}{_UNFINISHED}")
        unfinished.unlink(missing_ok=True)
        fd = _new(unfinished)
        try:
            _write_all(fd, whole)
            os.fsync(fd)
            unfinished.replace(self._path)
            sync_folder(self._folder)
        except OSError:
            os.close(fd)
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise
        os.close(self._fd)
        self._fd, self._size = fd, len(whole)

    def _replace_known(self, path: Path, data: bytes) -> None:
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                _write_all(fd, data)
            finally:
                os.close(fd)
            unfinished.replace(path)
        except OSError as error:
            _log.warning("the list of conversations cannot be kept: %r", error)
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _end(self) -> None:
        try:
            if not self._journal:
                self._path.unlink(missing_ok=True)
            elif self._broken:
                self._rewrite(to_bytes(self._journal.records()))
            elif self._pending:
                self._append(bytes(self._pending), sync=True)
        except OSError as error:
            _log.error("the outbox cannot be written: %r", error)
        os.close(self._fd)
        self._fd = -1

    # --- the list of conversations ----------------------------------------------------------------------------

    def _read_known(self, name: str) -> Remembered | None:
        try:
            data = self._known_file(name).read_bytes()
            known = msgspec.msgpack.decode(data, type=Remembered)
        except (OSError, *UNREADABLE):
            return None
        return known if name_key(known.me.name) == name_key(name) else None

    def _known_file(self, name: str) -> Path:
        return self._folder / f"{_KNOWN}{hashlib.blake2b(name_key(name).encode(), digest_size=8).hexdigest()}"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    """Open a file and lock it; None: somebody has it, or it is gone."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        yield None
        return
    try:
        yield fd if _lock(fd, path) else None
    finally:
        os.close(fd)


def _lock(fd: int, path: Path) -> bool:
    """Lock an open file; False: somebody has it, or has put another file in its place."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine, there = os.fstat(fd), path.stat()
    except OSError:
        return False
    return (mine.st_ino, mine.st_dev) == (there.st_ino, there.st_dev)


def _new(path: Path) -> int:
    """Make a file and lock it. Raises: OSError; BlockingIOError: somebody was quicker to lock it."""
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    if not _lock(fd, path):
        os.close(fd)
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path))
    return fd


def _content(fd: int) -> bytes:
    with os.fdopen(os.dup(fd), "rb") as file:
        file.seek(0)
        return file.read()


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
