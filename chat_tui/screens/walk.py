"""The walk through what needs one, on all servers that are open, and back to its beginning. Pure.

One walk visits each conversation once. Whoever goes somewhere by hand ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec import Struct

from chat_tui.views.conversations import urgencies
from chat_tui.views.servers import Elsewhere


class Spot(Struct, frozen=True):
    """A conversation of one of the servers."""

    server: int
    """Number of the server, for as long as the program runs."""
    conversation: int
    """Number of the conversation there."""


ASKING: Final = 1
"""How urgent a server is that waits for an answer: as what somebody says to one directly."""
AT_THE_DOOR: Final = 0
"""Stands for the question of a server, which is no conversation."""


def waiting(servers: Iterable[Elsewhere], first: int = 0) -> Iterator[tuple[int, Spot]]:
    """Yield what needs one, and how urgently, in the order of the lists.

    Args:
        servers: all that are open.
        first: number of the one that comes before the others, where they are as urgent; 0: none does.
    """
    for each in sorted(servers, key=lambda each: each.number != first):
        if each.question:
            yield ASKING, Spot(each.number, AT_THE_DOOR)
        for number, urgency in urgencies(each.state, each.begun):
            yield urgency, Spot(each.number, number)


def exists(servers: Iterable[Elsewhere], spot: Spot) -> bool:
    """Return whether one can go somewhere."""
    there = next((each for each in servers if each.number == spot.server), None)
    at_the_door = spot.conversation == AT_THE_DOOR
    return there is not None and (
        bool(there.question) if at_the_door else spot.conversation in there.state.conversations
    )


class Walk:
    """See the module's head."""

    def __init__(self) -> None:
        self._spots: list[Spot] = []

    def end(self) -> None:
        """Begin anew with the next step."""
        self._spots.clear()

    def begin(self, here: Spot | None) -> None:
        """Note that where one is needs no visit any more, and is where the walk ends if it begins here."""
        if here is not None and here not in self._spots:
            self._spots.append(here)

    def knows(self, spot: Spot) -> bool:
        """Return whether the walk was there already."""
        return spot in self._spots

    def step(
        self, here: Spot | None, waiting: Iterable[tuple[int, Spot]], exists: Callable[[Spot], bool]
    ) -> Spot | None:
        """Return where to go next; None: nothing waits, and there is no way back.

        Args:
            here: where one is; None: nowhere.
            waiting: what needs one, how urgently (0 is most), in the order of the lists.
            exists: whether a spot is still there.
        """
        self.begin(here)
        new = [each for each in waiting if each[1] not in self._spots]
        if new:
            return min(new, key=lambda each: each[0])[1]
        origin = self._spots[0] if self._spots else None
        self._spots.clear()
        return origin if origin is not None and origin != here and exists(origin) else None
