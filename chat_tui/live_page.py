"""The live page: a file that always holds everything that was received, for a browser beside the terminal.

Owns the file. The journal is filled on the application's loop; what takes time (joining, writing) is done by a thread,
one page at a time, and not more often than a reader would notice.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.tasks import spawn
from chat_core.base.text import line_for_terminal
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState
from chat_tui.exports.journal import Journal
from chat_tui.views.clean import drawable_line

if TYPE_CHECKING:
    from chat_tui.exports.html import Pages

EVERY_S: Final = 0.5
"""Shortest distance of two writes, in seconds."""
_NOWHERE: Final = "Chat"
"""What the page is called before anything has come from anywhere."""
_HEAD_BYTES: Final = 256
"""Bytes of a file in which the mark is looked for."""


class PageWanted(Struct, frozen=True):
    """A page that somebody asked for."""

    file: str
    """Its path, as typed."""
    over: bool = False
    """Whether a file that is not ours may be written over."""


class NotOurs(UsageFault):
    """There is a file that this program did not make: somebody must be asked before it is gone."""


class LivePage:
    """See the module's head. All methods belong to the application's loop.

    Args:
        on_fault: told why it was given up.
        clock: the time.
    """

    def __init__(self, on_fault: Callable[[str], None], clock: Clock | None = None) -> None:
        self.path: Path | None = None
        """The file; None: there is none."""
        self._on_fault = on_fault
        self._clock = clock or SystemClock()
        self._journal = Journal()
        self._pages: Pages | None = None
        self._server = ""
        self._made: _Stamp | None = None
        self._dirty = False
        self._writing: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._hurry = asyncio.Event()

    async def begin(self, file: str, state: ClientState, *, over: bool = False) -> Path:
        """Write into a file from now on; what is known already comes first.

        Args:
            file: its path, as typed.
            state: what is known.
            over: whether a file that is not ours may be written over.

        Returns:
            The whole path.

        Raises:
            NotOurs: there is one, and it may not.
            UsageFault: it can be no file.
            WorldFault: it cannot be written.
        """
        path = await asyncio.to_thread(resolved, file)
        await asyncio.to_thread(look, path, over=over)
        await self.end()
        self.path, self._journal = path, Journal()
        self._journal.begin(state)
        try:
            await self._write(path, live=True)
        except WorldFault:
            self.path = None
            raise
        return path

    def take(self, batch: Batch, server: str) -> None:
        """Take what came.

        Args:
            batch: it.
            server: what that is called from which it came: that is what the page shows.
        """
        moved, self._server = server != self._server, server
        if self.path is not None and (self._journal.take(batch, self._clock.wall_ms()) or moved):
            self._changed()

    def tell(self, text: str, more: str = "", *, fault: bool = False) -> None:
        """Take what the user is told."""
        if self.path is not None:
            self._journal.tell(text, self._clock.wall_ms(), more=more, fault=fault)
            self._changed()

    def moved(self, where: str) -> None:
        """Take that another server is gone to."""
        self.tell(where)
        self._journal.forget_connection()

    def turn_to(self, state: ClientState, where: str) -> None:
        """Show another server, that was there already, from what is known of it on.

        Args:
            state: what is known.
            where: which one it is, in a sentence.
        """
        self._journal = Journal()
        self._journal.begin(state)
        self.tell(where)

    async def end(self) -> None:
        """Write the last page, which says that it is the last, and let go of the file."""
        path, self.path = self.path, None
        self._hurry.set()
        if self._writing is not None:
            await self._writing
        if path is not None:
            try:
                await self._write(path, live=False)
            except WorldFault as fault:
                self._on_fault(str(fault))
        self._made = None
        self._hurry.clear()

    def _changed(self) -> None:
        self._dirty = True
        if self._writing is None or self._writing.done():
            self._writing = spawn("live page", self._keep_writing())

    async def _keep_writing(self) -> None:
        while self._dirty and self.path is not None:
            self._dirty = False
            try:
                await self._write(self.path, live=True)
            except WorldFault as fault:
                self.path = None
                self._on_fault(f"{fault} The live page ends here.")
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._hurry.wait()

    async def _write(self, path: Path, *, live: bool) -> None:
        """Write the page as it is now. Raises: WorldFault."""
        from chat_tui.exports.html import Pages

        async with self._one_at_a_time:
            entries, left_out = tuple(self._journal), self._journal.left_out
            self._pages = self._pages or Pages()
            title = drawable_line(self._server) or _NOWHERE
            page = partial(self._pages.page, entries, title=title, left_out=left_out, live=live)
            self._made = await asyncio.to_thread(_write_page, path, page, self._made)


# --- in a thread


class _Stamp(Struct, frozen=True):
    """What tells a file that we wrote from one that somebody else did since."""

    inode: int
    size: int
    modified_ns: int


def _write_page(path: Path, page: Callable[[], str], made: _Stamp | None) -> _Stamp:
    """Write a page, unless the file is not the one that was `made` last. Raises: WorldFault."""
    text = page()
    try:
        if made is not None:
            with contextlib.suppress(FileNotFoundError):
                if _stamp(path.lstat()) != made:
                    raise WorldFault(f"{_shown(path)} was changed by somebody else.")
        return _replace(path, text.encode("utf-8", "replace"))
    except OSError as error:
        raise WorldFault(f"{_shown(path)} cannot be written ({error.strerror}).") from error


def look(path: Path, *, over: bool = False) -> None:
    """See whether a page may be written to a path.

    Raises:
        NotOurs: there is a file of somebody else, and it may not be written `over`.
        UsageFault: there is something that is no file.
        WorldFault: it cannot be looked at, or its folder is missing.
    """
    from chat_tui.exports.html import MARK

    try:
        # Without O_NONBLOCK a pipe would be waited for.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise WorldFault(f"There is no folder {_shown(path.parent)}; make it first.") from None
        return
    except OSError as error:
        raise WorldFault(f"{_shown(path)} cannot be read ({error.strerror}).") from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise UsageFault(f"{_shown(path)} is no file; name one for the page.")
        if not over and MARK.encode() not in os.read(fd, _HEAD_BYTES):
            raise NotOurs(f"{_shown(path)} is there already, and was not made by this program.")
    finally:
        os.close(fd)


def resolved(file: str) -> Path:
    """Return the path of a file; through links, so that a page is where a link leads. Raises: UsageFault."""
    try:
        return Path(file).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageFault(f"'{line_for_terminal(file)[:60]}' can be no file.") from error


def _replace(path: Path, content: bytes) -> _Stamp:
    """Write a file at once and wholly, for its owner only. Raises: OSError."""
    import tempfile  # few have a page

    number, temporary = tempfile.mkstemp(prefix=f".{path.name[:60]}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            made = _stamp(os.fstat(file.fileno()))
        Path(temporary).replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    return made


def _stamp(found: os.stat_result) -> _Stamp:
    return _Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def _shown(path: Path) -> str:
    return line_for_terminal(str(path))
