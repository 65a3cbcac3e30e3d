"""Lines that are not said, by the same rules that hide them on the screen of the full-screen client."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from chat_core.base.errors import ChatError
from chat_core.client.state.model import ClientState, ConversationState, Notice
from chat_core.protocol.values import Message
from chat_tui import filter_rules
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import place_of
from chat_tui.views.filtering import Hiding, hiding


class PlainFilters:
    """See `commands.desks.FilterDesk`.

    Args:
        memory: folder of what is remembered of this server; None: nothing is.
    """

    def __init__(self, memory: Path | None) -> None:
        self._memory = memory
        self.rules: Sequence[Filter] = filter_rules.load(memory) if memory is not None else ()
        """See FilterDesk."""
        self.on = True
        """See FilterDesk."""

    @property
    def hidden(self) -> int:
        """See FilterDesk: what was not said is not counted."""
        return 0

    async def change(self, rules: Sequence[Filter]) -> None:
        """See FilterDesk. Raises: ChatError."""
        before, self.rules, self.on = self.rules, tuple(rules), True
        if self._memory is not None:
            try:
                self.rules = await asyncio.to_thread(filter_rules.save, self._memory, before, self.rules)
            except OSError as error:
                raise ChatError(
                    f"It is so for now only: {self._memory} cannot be written ({error.strerror})."
                ) from error

    def switch(self, *, on: bool) -> None:
        """See FilterDesk."""
        self.on = on

    def of(self, conversation: ConversationState, state: ClientState, words: str) -> Hiding | None:
        """Return what is not said of a conversation; None: all is.

        Args:
            conversation: it.
            state: of the server: who listens there.
            words: those that are for them, as a setting has them.
        """
        if not self.on or not self.rules:
            return None
        return hiding(self.rules, place_of(conversation, state.epoch), state.me, words)


def not_hidden(messages: Sequence[Message], hidden: Hiding | None) -> list[Message]:
    """Return the messages that are said."""
    return list(messages) if hidden is None else [each for each in messages if not hidden.hides(each)]


def is_told(notice: Notice, hidden: Hiding | None) -> bool:
    """Return whether a notice is said."""
    return hidden is None or not hidden.hides_notice(notice)
