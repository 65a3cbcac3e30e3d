"""One conversation's order: hands events over once each, in seq order, and knows when some are missing. Pure.

Pushes, catch-ups and pieces of the log all come in through `take`. Whatever is not the next one waits, up to a bound;
beyond that it is dropped, for the log has it. `hole` says from where on the log must be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from chat_core.protocol.events import ConversationEvent

EARLY: Final = 512
"""Events kept that came before their turn."""


class Sequence:
    """Where one conversation's delivery stands.

    Args:
        last: seq of the last event that was handed over.
        head: seq of the newest event known to exist.
    """

    __slots__ = ("_early", "head", "last")

    def __init__(self, last: int, head: int) -> None:
        self.last = last
        self.head = max(head, last)
        self._early: dict[int, ConversationEvent] = {}

    @property
    def hole(self) -> int | None:
        """The seq behind which events are missing; None: nothing is."""
        return self.last if self.last < self.head else None

    def take(self, events: Iterable[ConversationEvent]) -> tuple[ConversationEvent, ...]:
        """Take events from wherever they come; return those whose turn it is, oldest first."""
        ready: list[ConversationEvent] = []
        for event in events:
            if event.seq <= self.last:
                continue
            if event.seq > self.last + 1:
                self.note(event.seq)
                if len(self._early) < EARLY:
                    self._early[event.seq] = event
                continue
            self._hand_over(event, ready)
            while self._early and (waiting := self._early.pop(self.last + 1, None)) is not None:
                self._hand_over(waiting, ready)
        return tuple(ready)

    def note(self, seq: int) -> None:
        """Learn that an event exists, without having it."""
        self.head = max(self.head, seq)

    def _hand_over(self, event: ConversationEvent, ready: list[ConversationEvent]) -> None:
        self.last = event.seq
        self.head = max(self.head, event.seq)
        ready.append(event)
