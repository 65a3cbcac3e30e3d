"""The other servers that are open, as the screen of one may know of them, and go to them. By itself: there are none.

What they are, and which of them is on the screen, is the business of whoever makes something else of this.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from chat_tui.screens.walk import Walk
from chat_tui.views.servers import Elsewhere, meant
from chat_tui.widgets.composer import Composer


class Unsent(Struct, frozen=True):
    """What is not sent yet."""

    messages: int = 0
    """How many."""
    keeps: bool = True
    """Whether all of them survive the end of the program."""
    arrives: bool = True
    """Whether all of them, and the edits, are about to be sent."""
    edits: int = 0
    """How many messages are to have another text that is not saved yet; what is not saved at the end is lost."""

    def __add__(self, other: object) -> Unsent:
        """Return both together."""
        assert isinstance(other, Unsent), "there is nothing else to add"
        keeps, arrives = self.keeps and other.keeps, self.arrives and other.arrives
        return Unsent(self.messages + other.messages, keeps, arrives, self.edits + other.edits)

    @property
    def total(self) -> int:
        """How much there is in all."""
        return self.messages + self.edits


class Neighbours:
    """See the module's head."""

    number = 0
    """Of this server, for as long as the program runs."""

    def __init__(self) -> None:
        self.walk = Walk()
        """The walk through what needs one, on all servers."""

    @property
    def shown(self) -> bool:
        """Whether this server is the one on the screen."""
        return True

    @property
    def patient(self) -> bool:
        """Whether this server is waited for while nobody can reach it, and not left after a moment."""
        return True

    @property
    def all(self) -> Sequence[Elsewhere]:
        """All servers that are open, in the order of the row."""
        return ()

    @property
    def others(self) -> Sequence[Elsewhere]:
        """All but this one."""
        return tuple(each for each in self.all if each.number != self.number)

    @property
    def unsent(self) -> Unsent:
        """What is not sent yet on the others."""
        return Unsent()

    def changed(self) -> None:
        """Note that what the others show of this one may be another thing now."""

    def noted(self) -> None:
        """Note that what is on the screen of this one may be another thing now."""

    def go(self, server: int, conversation: int | None = None) -> None:
        """Show a server, and a conversation there if one is given. It is shown when this returns."""

    def hand_on(self, line: Composer.Entered, server: int) -> bool:
        """Give a line to another server, by its number; return whether it was taken."""
        return False

    def step(self, by: int) -> None:
        """Show the server `by` places further in the row, around its ends."""

    def close(self, server: int) -> None:
        """Leave a server; what is written there waits in its drafts, what is not sent in its outbox."""

    def find(self, name: str) -> Elsewhere:
        """Return the server that is meant by its place in the row, or by the beginning of what it is called.

        Raises:
            UsageFault: there is none, or more than one.
        """
        return meant(self.all, name)
