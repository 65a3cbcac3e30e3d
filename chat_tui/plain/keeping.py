"""What this computer keeps of a server, as commands of the line mode use it: marks, and drafts of the full screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from chat_core.base.errors import ChatError, UsageFault
from chat_core.client.state.model import ClientState
from chat_tui import drafts
from chat_tui.drafts import Draft
from chat_tui.marking import Marking
from chat_tui.place_marks import Mark
from chat_tui.plain.hearing import one_line


class PlainMarks:
    """See `commands.desks.MarkDesk`.

    Args:
        memory: folder of what is remembered of this server; None: nothing is.
        state: returns what is known of the server.
    """

    reading = 0
    """See MarkDesk: it is the last one that was said."""

    def __init__(self, memory: Path | None, state: Callable[[], ClientState]) -> None:
        self.kept = Marking(memory, state)
        """See MarkDesk."""
        self.wanted: tuple[int, Mark] | None = None
        """The conversation and the mark there that is to be gone to."""

    def show(self) -> None:
        """See MarkDesk. Raises: UsageFault: there is nothing to choose from."""
        raise UsageFault("Write /marks NAME.")

    async def put(self, name: str, mark: Mark) -> Mark | None:
        """See MarkDesk. Raises: ChatError."""
        return await self.kept.put(name, mark)

    async def drop(self, name: str) -> None:
        """See MarkDesk. Raises: ChatError."""
        await self.kept.drop(name)

    def go(self, mark: Mark) -> None:
        """See MarkDesk. Raises: UsageFault."""
        self.wanted = self.kept.place_of(mark), mark


class PlainDrafts:
    """See `commands.desks.DraftDesk`: what the full-screen client has left; a line that is typed here is none.

    Args:
        memory: folder of what is remembered of this server; None: nothing is.
        state: returns what is known of the server.
        say: says a sentence.
        go: goes to a conversation by its number, and to a thread there, 0: to none.
    """

    def __init__(
        self,
        memory: Path | None,
        state: Callable[[], ClientState],
        say: Callable[[str], None],
        go: Callable[[int, int], None],
    ) -> None:
        self._memory = memory
        self._state = state
        self._say = say
        self._go = go
        self._known: Mapping[str, Draft] = {}

    async def all(self) -> Mapping[str, Draft]:
        """See DraftDesk."""
        me = self._state().me
        if self._memory is None or me is None:
            return {}
        self._known = await asyncio.to_thread(drafts.load, self._memory, me.id)
        return self._known

    def show(self) -> None:
        """See DraftDesk. Raises: UsageFault: there is nothing to choose from."""
        raise UsageFault("Write /draft #channel.")

    def go(self, name: str) -> None:
        """See DraftDesk: says what is written there."""
        target, thread = drafts.place(name)
        known = self._state().by_target(target)
        if known is None:
            self._say(f"You are not in {one_line(target)} any more; /draft drop forgets it.")
        else:
            self._go(known.id, thread)
        self._say(f"Written, and not sent: {one_line(self._known[name].text)}")

    async def drop(self, name: str) -> None:
        """See DraftDesk. Raises: ChatError."""
        me = self._state().me
        if self._memory is None or me is None:
            return
        try:
            await asyncio.to_thread(drafts.save, self._memory, me.id, {name: Draft()})
        except OSError as error:
            raise ChatError(f"{self._memory} cannot be written ({error.strerror}).") from error
