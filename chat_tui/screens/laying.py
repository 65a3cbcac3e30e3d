"""Keeps how the panes stand in their file, soon after each change. See `layouts`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chat_core.base.tasks import spawn
from chat_tui import layouts
from chat_tui.layouts import Layout

SAVED_WITHIN_S: Final = 0.5
"""Time after the first change until it is saved, in seconds."""


class Laying:
    """It.

    Args:
        folder: of the server; None: nothing is kept beyond the program.
        complain: told once in a sentence that it cannot be kept.
    """

    def __init__(self, folder: Path | None, complain: Callable[[str], None]) -> None:
        self._folder = folder
        self._complain = complain
        self._account = 0
        self._kept: Layout | None = None
        self._dirty = False
        self._saving: asyncio.Task[None] | None = None

    def open(self, account: int) -> Layout | None:
        """Return how an account left this server; what is kept from now on is that account's."""
        self._account = account
        self._kept = layouts.load(self._folder, account) if self._folder is not None else None
        return self._kept

    def keep(self, layout: Layout | None) -> None:
        """Keep how the panes stand; None: there is only one."""
        if layout == self._kept or not self._account:
            return
        self._kept, self._dirty = layout, True
        if self._saving is None and self._folder is not None:
            self._saving = spawn("save panes", self._save_soon())

    async def close(self) -> None:
        """Save what is not saved yet."""
        saving = self._saving
        if saving is not None:
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)
        await self._save()

    async def _save_soon(self) -> None:
        await asyncio.sleep(SAVED_WITHIN_S)
        self._saving = None
        await self._save()

    async def _save(self) -> None:
        dirty, self._dirty = self._dirty, False
        if not dirty or self._folder is None:
            return
        try:
            await asyncio.shield(asyncio.to_thread(layouts.save, self._folder, self._account, self._kept))
        except OSError as error:
            self._complain(f"Panes cannot be kept in {self._folder} ({error.strerror}).")
            self._folder = None
