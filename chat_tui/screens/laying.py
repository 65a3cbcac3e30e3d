"""Keeps how the panes stand in their file, soon after each change. See `layouts`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chat_tui import layouts
from chat_tui.layouts import Standing
from chat_tui.screens.saving import Saving


class Laying:
    """It.

    Args:
        folder: of the server; None: nothing is kept beyond the program.
        complain: told in a sentence that it cannot be kept; see `Saving`.
    """

    def __init__(self, folder: Path | None, complain: Callable[[str], None]) -> None:
        self._saving = Saving("Panes", folder, self._take, self._put_back, complain)
        self._account = 0
        self._kept: Standing | None = None
        self._dirty = False

    def open(self, account: int) -> Standing | None:
        """Return how an account left this server; what is kept from now on is that account's."""
        folder = self._saving.folder
        self._account = account
        self._kept = layouts.load(folder, account) if folder is not None else None
        return self._kept

    def keep(self, layout: Standing | None) -> None:
        """Keep how the panes stand; None: there is only one."""
        if layout == self._kept or not self._account:
            return
        self._kept, self._dirty = layout, True
        self._saving.soon()

    async def close(self) -> None:
        """Save what is not saved yet."""
        await self._saving.close()

    def _take(self) -> Callable[[Path], None] | None:
        dirty, self._dirty = self._dirty, False
        account, kept = self._account, self._kept
        return (lambda folder: layouts.save(folder, account, kept)) if dirty else None

    def _put_back(self) -> None:
        self._dirty = True
