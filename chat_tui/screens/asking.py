"""Asking before something is lost: whoever asks for the same again, a moment later, means it. Knows no screen."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from chat_core.base.clock import Clock

ASKED_FOR_S: Final = 8.0
"""How long asking for the same again counts as an answer, in seconds."""


class Asking:
    """What was asked last, and when.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._topic: Hashable = None
        self._asked_s = float("-inf")

    def ask(self, topic: Hashable) -> None:
        """Note that a question was asked."""
        self._topic, self._asked_s = topic, self._clock.monotonic()

    def meant(self, topic: Hashable) -> bool:
        """Return whether the question was asked a moment ago, so that this is the answer to it."""
        return topic == self._topic and self._clock.monotonic() - self._asked_s <= ASKED_FOR_S
