"""Keys that were meant for a screen which is gone: what is typed right after that is dropped. Draws nothing."""

from __future__ import annotations

from typing import Final

from textual import events

from chat_core.base.clock import Clock

HUSHED_S: Final = 1.0
"""How long nothing that is typed counts, in seconds: nobody sees sooner that they are elsewhere."""
PAUSE_S: Final = 0.3
"""Who types on without such a pause, in seconds, has not seen it yet."""


class Hush:
    """It.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_s = float("-inf")

    def begin(self, *, unasked: bool) -> None:
        """Note that somebody is elsewhere now, and whether that is not what they did."""
        self._until_s = self._clock.monotonic() + HUSHED_S if unasked else float("-inf")

    def drops(self, event: events.Event) -> bool:
        """Return whether that is typed text, or Enter, which is to go nowhere. Other keys do what they always do."""
        typed = event.is_printable or event.key == "enter" if isinstance(event, events.Key) else True
        now = self._clock.monotonic()
        if not typed or now >= self._until_s:
            return False
        self._until_s = max(self._until_s, now + PAUSE_S)
        return True
