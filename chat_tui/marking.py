"""Somebody's marks on a server while it is open, for both clients. Knows no screen; see `place_marks`."""

from __future__ import annotations

import asyncio
import string
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec.structs import replace

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.names import name_key
from chat_core.client.state.model import ClientState, ConversationState
from chat_tui import place_marks
from chat_tui.place_marks import MOST, Mark, Marks


class Marking:
    """They.

    Args:
        memory: folder of the server, where they are kept; None: they end with the program.
        state: returns what is known of the server.
    """

    def __init__(self, memory: Path | None, state: Callable[[], ClientState]) -> None:
        self._memory = memory
        self._state = state
        self._account = 0
        self._marks: Marks = {}
        self._adopted: Marks = {}
        self._saving = asyncio.Lock()

    @property
    def all(self) -> Marks:
        """They, by name; empty while nobody is signed in."""
        me = self._state().me
        account = 0 if me is None else me.id
        if account != self._account:
            self._account = account
            there = self._memory is not None and account
            self._marks = place_marks.load(self._memory, account) if self._memory is not None and there else {}
            self._adopted = {}
        return self._marks

    def follow(self, state: ClientState) -> None:
        """Let marks of older versions go by number, once that is known; they are written with the next change."""
        for name, mark in self.all.items():
            if mark.conversation or not mark.epoch or mark.epoch != state.epoch:
                continue
            known = state.by_target(mark.target)
            if known is not None and not known.remembered:
                self._adopted = {**self._adopted, name: replace(mark, conversation=known.id)}
        if self._adopted:
            self._marks = {**self._marks, **self._adopted}

    def find(self, name: str) -> tuple[str, Mark]:
        """Return a mark with its name as it was written. Raises: UsageFault: there is none."""
        key = name_key(name)
        found = next(((known, mark) for known, mark in self.all.items() if name_key(known) == key), None)
        if found is None:
            raise UsageFault(f"There is no mark {name}: /marks lists them, /mark {name} puts one here.")
        return found

    def at(self, conversation: ConversationState) -> Mapping[int, str]:
        """Return which marks are in a conversation: their names by the seq of the message."""
        found: dict[int, str] = {}
        for name, mark in self.all.items():
            there = mark.conversation == conversation.id if mark.conversation else mark.target == conversation.target
            if there and (mark.epoch == self._state().epoch or not mark.epoch):
                found[mark.seq] = f"{found[mark.seq]}, {name}" if mark.seq in found else name
        return found

    def free(self) -> str:
        """Return a name that is not taken: a letter, as long as there are some."""
        taken = {name_key(name) for name in self.all}
        names: list[str] = [*string.ascii_lowercase, *(f"m{number}" for number in range(1, MOST + 2))]
        return next(name for name in names if name not in taken)

    async def put(self, name: str, mark: Mark) -> Mark | None:
        """Put a mark; return where the one of that name was before, None: there was none. Raises: ChatError."""
        key = name_key(name)
        before = next((each for known, each in self.all.items() if name_key(known) == key), None)
        if before is None and len(self.all) >= MOST:
            raise UsageFault(f"You have {MOST} marks, which is the most: /unmark takes one away.")
        await self._change(name, mark)
        return before

    async def drop(self, name: str) -> None:
        """Take a mark away. Raises: ChatError."""
        known, _ = self.find(name)
        await self._change(known, None)

    def place_of(self, mark: Mark) -> int:
        """Return the conversation of a mark. Raises: UsageFault: one cannot go there."""
        state = self._state()
        known = state.conversations.get(mark.conversation) if self._is_here(mark) else state.by_target(mark.target)
        if known is None:
            raise UsageFault(f"You are not in {mark.target} any more: /join it, then go to the mark.")
        if mark.epoch and state.epoch and mark.epoch != state.epoch:
            raise UsageFault("The server's history was replaced since: that message has another number now.")
        return known.id

    def _is_here(self, mark: Mark) -> bool:
        return bool(mark.conversation) and mark.epoch == self._state().epoch

    async def _change(self, name: str, mark: Mark | None) -> None:
        changed = {**self._adopted, name: mark}
        self._marks, self._adopted = place_marks.with_changed(self.all, changed), {}
        account = self._account
        if self._memory is not None and account:
            try:
                async with self._saving:
                    kept = await asyncio.to_thread(place_marks.save, self._memory, account, changed)
                    if account == self._account:
                        self._marks = kept  # another client's are among them
            except OSError as error:
                raise ChatError(
                    f"{self._memory} cannot be written ({error.strerror}): it is so for now only."
                ) from error
