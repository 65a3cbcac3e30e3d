"""Pushes that do not come, or come otherwise: P3 and P4."""

from __future__ import annotations

from chat_core.check.broken.temper import Temper
from chat_core.protocol.codec import pack, unpack
from chat_core.protocol.envelopes import Push
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import FRAME_HEADER_BYTES
from chat_core.server.app import Parts
from chat_core.server.sessions.feed import Feed, Frames, Veiled
from chat_core.server.sessions.session import Session


class _Tempered(Feed):
    """A feed with a temper."""

    __slots__ = ("temper",)

    def __init__(self, conversation: int, known: int, eid: bytes, temper: Temper) -> None:
        super().__init__(conversation, known, eid)
        self.temper = temper


class _Losing(_Tempered):
    __slots__ = ()

    def publish(self, frames: Frames, eid: bytes, veiled: Veiled | None = None) -> None:
        everybody = self.attached
        self.attached = {session: None for session in everybody if not self.temper.one_in(1000)}
        without = [session for session in everybody if session not in self.attached]
        super().publish(frames, eid, veiled)
        self.attached.update(dict.fromkeys(without))


class _Swapping(_Tempered):
    __slots__ = ()

    def publish(self, frames: Frames, eid: bytes, veiled: Veiled | None = None) -> None:
        victims = [session for session in self.attached if session.following]
        if len(frames) < 2 or len(victims) < 2:
            super().publish(frames, eid, veiled)
            return
        victim = victims[-1]
        del self.attached[victim]
        super().publish(frames, eid, veiled)
        self.attached[victim] = None
        victim.push(b"".join(_swapped(frames)))


def _swapped(frames: Frames) -> list[bytes]:
    """Return the frames with the first two in each other's place, renumbered."""
    (one, first), (two, second), *others = frames
    return [_as(second, one), _as(first, two), *(data for _, data in others)]


def _as(data: bytes, seq: int) -> bytes:
    push = unpack(data[FRAME_HEADER_BYTES:])
    assert isinstance(push, Push), "a feed hands out pushes"
    return frame(pack(Push(event={**push.event, "seq": seq})))


class _NotTelling(_Tempered):
    __slots__ = ()

    def _overflow(self, session: Session) -> None:
        self.detach(session)


def lose_pushes(temper: Temper) -> Parts:
    """Leave out one push in a thousand, without a word."""
    return Parts(make_feed=lambda conversation, known, eid: _Losing(conversation, known, eid, temper))


def swap_for_one(temper: Temper) -> Parts:
    """Show one reader another order than everybody else."""
    return Parts(make_feed=lambda conversation, known, eid: _Swapping(conversation, known, eid, temper))


def not_tell_lagging(temper: Temper) -> Parts:
    """Detach a reader that does not keep up, and not say so."""
    return Parts(make_feed=lambda conversation, known, eid: _NotTelling(conversation, known, eid, temper))
