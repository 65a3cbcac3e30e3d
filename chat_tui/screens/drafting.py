"""The drafts of one server while it is open: by conversation in memory, by TARGET in a file soon after each change.

What is on disk is at most a second behind what was typed. One save runs at a time; a second one has all that came
meanwhile. Where nothing can be written, that is said once, and the drafts live as long as the program.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from chat_core.base.tasks import spawn
from chat_core.client.state.model import ClientState
from chat_tui import drafts
from chat_tui.drafts import Draft

SAVED_WITHIN_S: Final = 0.5
"""Time after the first change until what changed is saved, in seconds."""


class Drafting:
    """They.

    Args:
        folder: of the server; None: nothing is kept beyond the program.
        complain: told once in a sentence that they cannot be kept.
    """

    def __init__(self, folder: Path | None, complain: Callable[[str], None]) -> None:
        self._folder = folder
        self._complain = complain
        self._account = 0
        self._kept: dict[int, Draft] = {}
        self._from_disk: dict[str, Draft] = {}
        self._dirty: dict[str, Draft] = {}
        self._saving: asyncio.Task[None] | None = None

    def open(self, account: int) -> None:
        """Read what an account left on this server; again: nothing more, unless it is another account."""
        if account != self._account:
            self._account = account
            self._kept.clear()
            self._from_disk = drafts.load(self._folder, account) if self._folder is not None else {}

    def get(self, number: int, target: str) -> Draft:
        """Return what is written in a conversation."""
        if target in self._from_disk:
            self._kept.setdefault(number, self._from_disk.pop(target))
        return self._kept.get(number, Draft())

    def keep(self, number: int, target: str, draft: Draft) -> None:
        """Keep what is written in a conversation, in memory now and on disk soon."""
        if draft == self.get(number, target) or not (draft.counts or number in self._kept):
            return
        if draft.counts:
            self._kept[number] = draft
        else:
            self._kept.pop(number, None)
        self._dirty[target] = draft
        if self._saving is None and self._folder is not None and self._account:
            self._saving = spawn("save drafts", self._save_soon())

    def numbers(self, state: ClientState) -> frozenset[int]:
        """Return the conversations with a draft."""
        left = {each.id for each in state.conversations.values() if each.target in self._from_disk}
        return frozenset(left | self._kept.keys())

    def forget(self, numbers: Iterable[int]) -> None:
        """Drop the drafts of conversations from memory: their numbers may mean others now."""
        for number in numbers:
            self._kept.pop(number, None)

    async def close(self) -> None:
        """Save what is not saved yet."""
        saving = self._saving
        if saving is not None:
            saving.cancel()
            await asyncio.gather(saving, return_exceptions=True)
        await self._save()

    async def _save_soon(self) -> None:
        await asyncio.sleep(SAVED_WITHIN_S)
        try:
            await self._save()
        finally:
            self._saving = None
        if self._dirty and self._folder is not None:
            self._saving = spawn("save drafts", self._save_soon())

    async def _save(self) -> None:
        changed, self._dirty = self._dirty, {}
        if not changed or self._folder is None or not self._account:
            return
        try:
            await asyncio.shield(asyncio.to_thread(drafts.save, self._folder, self._account, changed))
        except OSError as error:
            self._complain(f"Drafts cannot be kept in {self._folder} ({error.strerror}).")
            self._folder = None
