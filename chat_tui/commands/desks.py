"""What commands may do to what this computer keeps of a server: filters, marks, drafts. See `context.Desk`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chat_tui.filter_rules import Filter


class FilterDesk(Protocol):
    """Lines that are hidden by rules."""

    @property
    def rules(self) -> Sequence[Filter]:
        """All of them, for the whole server."""
        ...

    @property
    def on(self) -> bool:
        """Whether they are in use."""
        ...

    @property
    def hidden(self) -> int:
        """Lines that they hide, or would hide, in the open conversation, of those that are known."""
        ...

    async def change(self, rules: Sequence[Filter]) -> None:
        """Let there be other ones, in use from now on. Raises: ChatError: they cannot be kept."""
        ...

    def switch(self, *, on: bool) -> None:
        """Use them, or do not for now."""
        ...
