"""What is kept in a file soon after it changed: one save at a time, a second one has all that came meanwhile.

Where nothing can be written, that is said once, and what there is goes with the next save: a disk is not full for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chat_core.base.tasks import spawn

SAVED_WITHIN_S: Final = 0.5
"""Time after the first change until it is saved, in seconds."""


class Saving:
    """See the module's head.

    Args:
        what: is kept: `Drafts`.
        folder: of the server; None: nothing is kept beyond the program.
        take: returns what writes all that is not saved yet into a folder, and blocks; None: there is nothing.
        put_back: told that what was taken last could not be written.
        complain: told in a sentence that it cannot be kept; once until it can be again.
    """

    def __init__(
        self,
        what: str,
        folder: Path | None,
        take: Callable[[], Callable[[Path], None] | None],
        put_back: Callable[[], None],
        complain: Callable[[str], None],
    ) -> None:
        self._what = what
        self._take = take
        self._put_back = put_back
        self._complain = complain
        self.folder = folder
        """Where it is kept; None: nowhere."""
        self._due = False
        self._told = False
        self._saving: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def soon(self) -> None:
        """Save what changed, in a moment."""
        self._due = True
        if self._saving is None and self.folder is not None:
            self._saving = spawn(f"save {self._what.lower()}", self._save_soon())

    async def close(self) -> None:
        """Save what is not saved yet, behind a save that is under way."""
        self._closing.set()
        while (saving := self._saving) is not None and not saving.done():
            await asyncio.gather(saving, return_exceptions=True)
        await self._save()

    async def _save_soon(self) -> None:
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SAVED_WITHIN_S):
                    await self._closing.wait()
            await self._save()
        finally:
            self._saving = None
        if self._due:
            self.soon()

    async def _save(self) -> None:
        self._due = False
        write = self._take()
        if write is None or self.folder is None:
            return
        try:
            await asyncio.shield(asyncio.to_thread(write, self.folder))
        except OSError as error:
            self._put_back()
            if not self._told:
                self._complain(f"{self._what} cannot be kept in {self.folder} ({error.strerror}).")
            self._told = True
        else:
            self._told = False
