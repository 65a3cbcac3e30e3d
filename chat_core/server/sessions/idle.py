"""Disconnects clients that ask for nothing for too long. Answering pings, and being pushed to, is not asking."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from chat_core.base.clock import Clock
from chat_core.protocol.codes import Goodbye

if TYPE_CHECKING:
    from chat_core.server.sessions.session import Session

LOOK_EVERY_S: Final = 5.0
"""Longest time between two looks, in seconds."""


class Idle:
    """See the module's head.

    Args:
        sessions: all of them, as they are at each look.
        clock: as the sessions have it.
    """

    def __init__(self, sessions: Collection[Session], clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._within_s = 0.0

    def use(self, within_s: float) -> None:
        """Disconnect who asks for nothing for so many seconds; 0: nobody."""
        self.stop()
        self._within_s = within_s
        if within_s:
            self._look()

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        since = self._clock.monotonic() - self._within_s
        for session in [each for each in self._sessions if each.asked_at <= since and not each.calls]:
            session.close(Goodbye.IDLE)
        self._timer = self._loop.call_later(min(LOOK_EVERY_S, self._within_s / 4), self._look)
