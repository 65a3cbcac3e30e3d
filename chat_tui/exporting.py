"""Exporting a conversation: all of its history, page by page, into a file that is there when it is complete.

Owns the file. Until the end everything goes into a temporary one beside it, so that nobody takes a part for the whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from chat_core.base.errors import ChatError, UsageFault, WorldFault
from chat_core.base.text import line_for_terminal
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests.messages import History, Page
from chat_core.protocol.values import Message
from chat_tui.exports.embedding import MOST_TOGETHER, is_picture
from chat_tui.exports.transcript import Transcript

Ask = Callable[[History], Awaitable[Page]]
"""Reads a page; tries again by itself where that may help."""
Pictures = Callable[[Message], Awaitable[bytes]]
"""Reads the file of a message."""
Progress = Callable[[int, float], None]
"""Told how many messages were written, and which part of all that is, 0 to 1."""


class FileThere(UsageFault):
    """There is a file of that name already: somebody must want it to be gone."""


class Target:
    """The file, as a context; what was written is under its name after `finish` only.

    Args:
        path: where; its folder must exist.
        over: whether a file that is there gives way.

    Raises:
        FileThere: there is one, and it may not.
        WorldFault: nothing can be written there.
    """

    def __init__(self, path: Path, *, over: bool = False) -> None:
        self.path = path
        self._over = over
        self._refuse()
        try:
            number, temporary = tempfile.mkstemp(prefix=f".{path.name[:60]}.", dir=path.parent)
        except OSError as error:
            raise self._fault(error) from error
        self._temporary = Path(temporary)
        self._file: IO[bytes] = os.fdopen(number, "wb")

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave no part behind."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._temporary.unlink(missing_ok=True)

    def write(self, text: str) -> None:
        """Write some more; takes a disk's time. Raises: WorldFault."""
        try:
            self._file.write(text.encode("utf-8", "replace"))
        except OSError as error:
            raise self._fault(error) from error

    def finish(self) -> None:
        """Give it its name. Raises: FileThere, WorldFault."""
        self._refuse()
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._temporary.replace(self.path)
        except OSError as error:
            raise self._fault(error) from error

    def _refuse(self) -> None:
        if self.path.is_dir():
            raise UsageFault(f"{_shown(self.path)} is a folder; name a file.")
        if not self._over and self.path.exists():
            raise FileThere(f"{_shown(self.path)} is there already.")

    def _fault(self, error: OSError) -> WorldFault:
        return WorldFault(f"{_shown(self.path)} cannot be written ({error.strerror}).")


async def export(
    ask: Ask,
    conversation: int,
    transcript: Transcript,
    write: Callable[[str], None],
    progress: Progress,
    pictures: Pictures | None = None,
) -> None:
    """Write all messages that there are now, oldest first.

    Args:
        ask: reads pages.
        conversation: its number.
        transcript: makes them a document.
        write: takes a piece of it; may take a disk's time.
        progress: told after each page.
        pictures: reads what came with a message, for a form that shows it; None: none are shown. One that cannot be
            read is left out: its message says that there was one.

    Raises:
        ChatError: it could not be read or written to its end.
    """
    await asyncio.to_thread(write, transcript.begin())
    at, until, room = 0, 0, MOST_TOGETHER
    read = pictures if transcript.shows_pictures else None
    while True:
        page = await ask(History(conversation=conversation, anchor="after", seq=at, limit=PAGE_ITEMS))
        until = until or page.head  # who comes later is not waited for
        messages = [message for message in page.messages if message.seq <= until]
        for run in _runs(messages, pictured=read is not None):
            if read is not None and is_picture(run[0]):
                room -= await _illustrate(transcript, run[0], room, read)
            await asyncio.to_thread(_add, transcript, run, write)
        at = messages[-1].seq if messages else until
        done = page.at_end or not page.messages or at >= until or len(messages) < len(page.messages)
        progress(transcript.count, 1.0 if done else at / max(until, 1))
        if done:
            break
    await asyncio.to_thread(write, transcript.end())


def _runs(messages: list[Message], *, pictured: bool) -> Iterator[list[Message]]:
    """Yield the messages in runs, of which each begins with the only one that has a picture: one is held at a time."""
    begins = [0, *(at for at, message in enumerate(messages) if at and pictured and is_picture(message))]
    for start, stop in zip(begins, [*begins[1:], len(messages)], strict=True):
        if messages[start:stop]:
            yield messages[start:stop]


async def _illustrate(transcript: Transcript, message: Message, room: int, read: Pictures) -> int:
    """Read the picture of a message if there is room for it; return its bytes."""
    if message.file is None or message.file.size > room:
        return 0
    try:
        data = await read(message)
    except ChatError:
        return 0
    transcript.illustrate(message.seq, data)
    return len(data)


def _add(transcript: Transcript, messages: list[Message], write: Callable[[str], None]) -> None:
    write(transcript.add(messages))


def _shown(path: Path) -> str:
    return line_for_terminal(str(path))
