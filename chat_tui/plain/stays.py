"""The servers that are open in line mode. One is where one writes; of the others one hears what is new there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chat_core.client import Client
from chat_core.transport.urls import DEFAULT_PORT, Address
from chat_tui.paths import HERE
from chat_tui.plain.entering import Given
from chat_tui.plain.session import Session
from chat_tui.views.clean import drawable_line
from chat_tui.views.servers import Elsewhere


class Stay(NamedTuple):
    """One of them."""

    number: int
    """Of it, for as long as the program runs."""
    typed: str
    """Its address, as it was typed."""
    known: str
    """Its address, as it is remembered."""
    given: Given
    """Where it is, and as whom."""
    client: Client
    """Signed in."""
    session: Session
    """What is said and entered there."""

    @property
    def title(self) -> str:
        """What it is called, safe to say."""
        return title_of(self.known, self.given.link.address)


class Stays:
    """All of them, in the order in which they were opened."""

    def __init__(self) -> None:
        self._all: list[Stay] = []
        self._recent: list[Stay] = []
        self._numbers = 0

    def __iter__(self) -> Iterator[Stay]:
        """Iterate over them."""
        return iter(tuple(self._all))

    def next_number(self) -> int:
        """Return the number of the next one."""
        self._numbers += 1
        return self._numbers

    def add(self, stay: Stay) -> None:
        """Put one at the end, and be there."""
        self._all.append(stay)
        self._recent.append(stay)

    def be_at(self, stay: Stay) -> None:
        """Note where one is."""
        self._recent.remove(stay)
        self._recent.append(stay)

    def remove(self, stay: Stay) -> None:
        """Take one out."""
        self._all.remove(stay)
        self._recent.remove(stay)

    @property
    def latest(self) -> Stay | None:
        """The one where one is, or was last; None: there is none."""
        return self._recent[-1] if self._recent else None

    def at(self, address: Address) -> Stay | None:
        """Return the one at an address; None: it is not open."""
        return next((each for each in reversed(self._recent) if each.given.link.address == address), None)

    def numbered(self, number: int) -> Stay | None:
        """Return one by its number; None: it is not open any more."""
        return next((each for each in self._all if each.number == number), None)

    def views(self) -> tuple[Elsewhere, ...]:
        """Return all of them as values."""
        return tuple(
            Elsewhere(each.number, each.title, each.client.state, present=each is self.latest) for each in self._all
        )


def title_of(known: str, address: Address) -> str:
    """Return what a server is called, safe to say.

    Args:
        known: its address, as it is remembered.
        address: it.
    """
    if known == HERE:
        return "this computer"
    return drawable_line(str(address).rpartition("://")[2].removesuffix(f":{DEFAULT_PORT}"))
