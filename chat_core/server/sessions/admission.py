"""Lets in a few catch-ups at a time; some wait in line, the others are told when to come back.

After a restart everybody comes back at once. Were they all let in, each would hold the events that come meanwhile, all
of them would be slow, and whoever only scrolls or posts would wait behind them. Who is sent away gets a time of its
own, one behind the other at the pace at which catch-ups are done here: so they come back one by one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from chat_core.base.clock import Clock
from chat_core.protocol.limits import CATCH_UPS_PER_CONNECTION

if TYPE_CHECKING:
    from chat_core.server.sessions.session import Session

AT_ONCE: Final = 8
"""Catch-ups that are read at the same time: enough to keep the store's readers busy."""
IN_LINE: Final = 256
"""Catch-ups that wait for one of these to end."""
FIRST_PACE_S: Final = 0.001
"""Time from the end of one to the end of the next while somebody waits, until that is known, in seconds."""
NEWS_SHARE: Final = 0.05
"""Weight of the newest one in the mean of these times."""
HASTE: Final = 0.3
"""Those who are sent away are called back sooner than that: the pace is slowest at the beginning, when
everybody connects, and the line is there so that it need not become empty."""
SHORTEST_S: Final = 0.05
LONGEST_S: Final = 5.0
"""Bounds of what somebody is told to wait, in seconds."""


class Crowded(Exception):
    """There is no place in the line.

    Args:
        retry_after: when there will be one, in seconds.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__()
        self.retry_after = retry_after


class Admission:
    """See the module's head.

    Args:
        clock: to learn the pace.
        at_once: how many are let in.
        in_line: how many may wait.
        each: how many of both one connection may have.
    """

    def __init__(
        self, clock: Clock, *, at_once: int = AT_ONCE, in_line: int = IN_LINE, each: int = CATCH_UPS_PER_CONNECTION
    ) -> None:
        self._clock = clock
        self._free = at_once
        self._in_line = in_line
        self._each = each
        self._line: deque[asyncio.Future[None]] = deque()
        self._pace_s = FIRST_PACE_S
        self._ended_at: float | None = None
        """When the last one ended; None: nobody has waited since."""
        self._next_place = 0.0
        """Monotonic time of the last place that was promised to somebody who was sent away."""

    @property
    def waiting(self) -> int:
        """How many are in the line."""
        return len(self._line)

    @asynccontextmanager
    async def enter(self, session: Session) -> AsyncIterator[None]:
        """Wait for one's turn; the catch-up is done inside.

        Raises:
            Crowded: too many wait already, or too many of this connection's.
        """
        if session.catch_ups >= self._each or (not self._free and len(self._line) >= self._in_line):
            raise Crowded(self._promise())
        session.catch_ups += 1
        try:
            await self._turn()
            try:
                yield
            finally:
                self._leave()
        finally:
            session.catch_ups -= 1

    async def _turn(self) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # it was its turn just now
            raise

    def _leave(self) -> None:
        """Hand the place on, or keep it free."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                self._learn_pace()
                turn.set_result(None)
                return
        self._free += 1
        self._ended_at = None

    def _learn_pace(self) -> None:
        now = self._clock.monotonic()
        if self._ended_at is not None:
            self._pace_s += NEWS_SHARE * (now - self._ended_at - self._pace_s)
        self._ended_at = now

    def _promise(self) -> float:
        """Return the seconds after which there will be a place for one more."""
        now, step_s = self._clock.monotonic(), HASTE * self._pace_s
        behind_the_line = now + max(SHORTEST_S, len(self._line) * step_s)
        self._next_place = min(max(behind_the_line, self._next_place + step_s), now + LONGEST_S)
        return self._next_place - now
