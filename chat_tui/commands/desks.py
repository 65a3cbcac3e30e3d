"""What commands may do to what this computer keeps of a server: filters, marks, drafts. See `context.Desk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from chat_tui.drafts import Draft
from chat_tui.filter_rules import Filter
from chat_tui.marking import Marking
from chat_tui.place_marks import Mark


class DraftDesk(Protocol):
    """What is written and not sent, by the names of places: `#dev`, `#dev:17` for a thread."""

    async def all(self) -> Mapping[str, Draft]:
        """Return them."""
        ...

    def show(self) -> None:
        """List them, where one can be chosen."""
        ...

    def go(self, name: str) -> None:
        """Go where one is, to go on writing; where one can go no more, show it."""
        ...

    async def drop(self, name: str) -> None:
        """Forget one. Raises: ChatError: it cannot be forgotten for good."""
        ...


class MarkDesk(Protocol):
    """Places with a name."""

    @property
    def kept(self) -> Marking:
        """All of them."""
        ...

    @property
    def reading(self) -> int:
        """Number of the message that one reads; 0: it is not known."""
        ...

    def show(self) -> None:
        """List them, where one can be chosen."""
        ...

    def go(self, mark: Mark) -> None:
        """Go to one. Raises: UsageFault: one cannot."""
        ...

    async def put(self, name: str, mark: Mark) -> Mark | None:
        """Put one; return where that of the same name was before, None: nowhere. Raises: ChatError."""
        ...

    async def drop(self, name: str) -> None:
        """Take one away. Raises: ChatError."""
        ...


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
