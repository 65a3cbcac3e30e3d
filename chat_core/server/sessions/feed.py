"""One conversation's live side: where its log stands, and which connections get what is new.

A connection that attaches is first `waiting`: new events are kept for it until the answer to its resume or attach is
queued, which says up to which seq it reaches (its floor). So the wire shows the answer first, then every later event
once, although the answer was read from the store while other commits were on their way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from chat_core.server.sessions.session import Session

Frames = Sequence[tuple[int, bytes]]


class Veiled(NamedTuple):
    """The last of some frames as a few accounts get it."""

    accounts: Collection[int]
    data: bytes

    def of(self, frames: Frames) -> Frames:
        """Return the frames as these accounts get them."""
        return [*frames[:-1], (frames[-1][0], self.data)]


class Waiting:
    """What is kept for a connection until its answer is out."""

    __slots__ = ("floor", "frames", "numbers")

    def __init__(self) -> None:
        self.frames: list[tuple[int, bytes]] = []
        self.floor: int | None = None
        self.numbers = b""
        """The newest signal of how many members there are; empty: none was told meanwhile."""


class Feed:
    """See the module's head.

    Args:
        conversation: its number.
        known: seq of the newest event handed out.
        eid: that event's id.
    """

    __slots__ = ("attached", "conversation", "eid", "known", "present", "waiting")

    def __init__(self, conversation: int, known: int = 0, eid: bytes = b"") -> None:
        self.conversation = conversation
        self.known = known
        self.eid = eid
        self.attached: dict[Session, None] = {}
        """A set in the order of coming: who is served first must not depend on an address in memory."""
        self.waiting: dict[Session, Waiting] = {}
        self.present: dict[int, int] = {}
        """Accounts that follow it, by their number of connections."""

    @property
    def heard(self) -> bool:
        """Whether anybody is told what happens in it, now or in a moment."""
        return bool(self.attached or self.waiting)

    def attach(self, session: Session) -> None:
        """Begin to keep new events for a connection; `release` lets them go."""
        self.attached.pop(session, None)
        self.waiting[session] = Waiting()
        session.attached.add(self.conversation)

    def detach(self, session: Session) -> None:
        """Forget a connection."""
        self.attached.pop(session, None)
        self.waiting.pop(session, None)
        session.attached.discard(self.conversation)

    def release(self, session: Session, floor: int) -> None:
        """Let a waiting connection have every event behind `floor`, which its answer reached."""
        waiting = self.waiting.get(session)
        if waiting is not None:
            waiting.floor = floor
            if self.known >= floor:
                self._let_go(session, waiting)

    def publish(self, frames: Frames, eid: bytes, veiled: Veiled | None = None) -> None:
        """Hand new events, in seq order, to everybody attached; to some accounts the last one otherwise."""
        self.known = frames[-1][0]
        self.eid = eid
        if self.attached:
            data = _joined(frames)
            if veiled is None:
                full = [session for session in self.attached if not session.push(data)]
            else:
                kept, less = veiled.accounts, _joined(veiled.of(frames))
                full = [each for each in self.attached if not each.push(less if each.account in kept else data)]
            for session in full:
                self._overflow(session)
        for session, waiting in list(self.waiting.items()):
            hidden = veiled is not None and session.account in veiled.accounts
            waiting.frames.extend(veiled.of(frames) if veiled is not None and hidden else frames)
            if waiting.floor is not None and self.known >= waiting.floor:
                self._let_go(session, waiting)

    def signal(self, frame: bytes, *, besides: int | None = None) -> None:
        """Hand an ephemeral event to everybody attached but the connections of one account."""
        for session in self.attached:
            if session.account != besides:
                session.signal(frame)

    def tell_numbers(self, frame: bytes) -> None:
        """Hand on how many members there are; who waits gets it behind an answer that may have been read before."""
        self.signal(frame)
        for waiting in self.waiting.values():
            waiting.numbers = frame

    def _let_go(self, session: Session, waiting: Waiting) -> None:
        del self.waiting[session]
        floor = waiting.floor or 0
        data = b"".join([frame for seq, frame in waiting.frames if seq > floor])
        self.attached[session] = None
        if data and not session.push(data):
            self._overflow(session)
        elif waiting.numbers:
            session.signal(waiting.numbers)

    def _overflow(self, session: Session) -> None:
        """Detach a reader that does not keep up; it is told once there is room."""
        self.detach(session)
        session.overflowed.add(self.conversation)
        session.lagging[self.conversation] = self.known


def _joined(frames: Frames) -> bytes:
    return frames[0][1] if len(frames) == 1 else b"".join([frame for _, frame in frames])
