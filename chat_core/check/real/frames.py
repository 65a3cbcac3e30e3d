"""Follows the frames in a stream that passes by, so that it can be cut in the middle of one. Pure; keeps no payload."""

from __future__ import annotations

from chat_core.protocol.limits import FRAME_HEADER_BYTES


class FrameCursor:
    """Knows where in a frame a stream is."""

    __slots__ = ("_head", "_left")

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    @property
    def inside(self) -> bool:
        """Whether a frame has begun and is not complete."""
        return self._left > 0 or bool(self._head)

    def feed(self, data: bytes) -> list[int]:
        """Go on by some bytes; return the offsets in them at which a frame ended."""
        ends: list[int] = []
        at, size = 0, len(data)
        while at < size:
            if self._left:
                step = min(self._left, size - at)
                self._left -= step
                at += step
            else:
                step = min(FRAME_HEADER_BYTES - len(self._head), size - at)
                self._head += data[at : at + step]
                at += step
                if len(self._head) < FRAME_HEADER_BYTES:
                    break
                self._left = int.from_bytes(self._head, "big")
                self._head = b""
            if not self._left:
                ends.append(at)
        return ends
