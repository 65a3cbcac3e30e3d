"""Writes each reader's queue once per turn of the event loop: a burst is one write per reader.

One `send()` of a small message costs the kernel 15 times what Python adds (docs/performance.md), so this decides the
speed of a fan-out. That is also why writing to many waits a moment, once, while other calls are under way: what they
commit leaves in the same writes. It also looks after readers that take nothing at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from chat_core.base.clock import Clock
from chat_core.protocol.codec import pack, to_map
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.envelopes import Push
from chat_core.protocol.events import Lagging
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import NO_PROGRESS_S

if TYPE_CHECKING:
    from chat_core.server.sessions.session import Session

MANY = 200
"""Readers from which on writing to all of them takes longer than a commit."""
HOLD_S = 0.002
"""Longest wait for the next commit before writing to many, in seconds."""
SWEEP_EVERY_S = 5.0
"""Time between two looks at readers that do not keep up, in seconds."""


class Flusher:
    """See the module's head.

    Args:
        clock: for readers that do not keep up.
        more_coming: whether calls are under way, which may soon add to what is queued.
    """

    def __init__(self, clock: Clock, more_coming: Callable[[], bool]) -> None:
        self._clock = clock
        self._more_coming = more_coming
        self._loop = asyncio.get_running_loop()
        self._dirty: list[Session] = []
        self._scheduled = False
        self._may_hold = True
        self._held: asyncio.TimerHandle | None = None
        self.lagging = 0
        """How often a reader was told that a conversation is too fast for it."""
        self._stuck: dict[Session, None] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def answer(self, session: Session) -> None:
        """Write what this session has queued now, unless that is about to be done.

        For the answer to a read, which no push of a commit goes with: each turn that it would wait costs the loop
        Python's lock, and while the store's threads are busy it gets that back half a millisecond later.
        """
        if not session.dirty:
            self._write(session)

    def mark(self, session: Session) -> None:
        """Write what this session has queued, at the end of the turn."""
        if not session.dirty:
            session.dirty = True
            self._dirty.append(session)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._behind)
        elif self._held is not None:  # what was waited for is here
            self._held.cancel()
            self._held = None
            self._loop.call_soon(self._behind)

    def _behind(self) -> None:
        # The callers of a committed write are resumed in this very turn, after the pushes were queued: flushing one
        # turn later lets their answers leave in the same write.
        self._loop.call_soon(self._due)

    def _due(self) -> None:
        """Flush, or wait a moment for more; the callers of this commit are no longer under way here."""
        if self._may_hold and len(self._dirty) >= MANY and self._more_coming():
            self._may_hold = False
            self._held = self._loop.call_later(HOLD_S, self._flush)
        else:
            self._flush()

    def _flush(self) -> None:
        self._scheduled = False
        self._may_hold = True
        self._held = None
        dirty, self._dirty = self._dirty, []
        for session in dirty:
            session.dirty = False
            self._write(session)

    def _write(self, session: Session) -> None:
        driver = session.driver
        if driver is None:
            return
        if driver.congested:
            self._watch(session)
            return
        if session.lagging:
            self._tell_lagging(session)
        data = session.take()
        if data and not driver.write(data):
            self._watch(session)

    def _tell_lagging(self, session: Session) -> None:
        self.lagging += len(session.lagging)
        for conversation, head in session.lagging.items():
            event = Lagging(conversation=conversation, head=head)
            session.outbox.reply(frame(pack(Push(event=to_map(event)))))
        session.lagging.clear()

    def _watch(self, session: Session) -> None:
        if session.stuck_since is None and session.driver is not None:
            session.stuck_since = self._clock.monotonic()
            session.stuck_at = session.driver.delivered
        self._stuck[session] = None
        if self._sweep is None:
            self._sweep = self._loop.call_later(SWEEP_EVERY_S, self._look)

    def _look(self) -> None:
        """Close the readers that took nothing for too long."""
        self._sweep = None
        now = self._clock.monotonic()
        for session in list(self._stuck):
            if session.driver is None or not session.driver.congested:
                session.stuck_since = None
                self._stuck.pop(session, None)
                continue
            delivered = session.driver.delivered
            if delivered > session.stuck_at or session.stuck_since is None:
                session.stuck_since = now
            elif now - session.stuck_since >= NO_PROGRESS_S:
                self._stuck.pop(session, None)
                session.close(Goodbye.SLOW_READER)
                continue
            session.stuck_at = delivered
        if self._stuck:
            self._sweep = self._loop.call_later(SWEEP_EVERY_S, self._look)
