"""Frames: a 4-byte big-endian length in front of each payload (docs/protocol.md, "Frames").

Pure. The length is checked before anything of the payload is kept, so a peer can make us hold at most one frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chat_core.base.errors import ProtocolFault
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.limits import FRAME_HEADER_BYTES

_PUSH_HEAD: Final = b"\x82\xa1t\xa4push\xa5event"
"""MessagePack of a push envelope up to its event: a map of two, `t: push`, `event:`."""


def frame(payload: bytes) -> bytes:
    """Return the payload with its length in front."""
    return len(payload).to_bytes(FRAME_HEADER_BYTES, "big") + payload


def push_frame(packed_event: bytes) -> bytes:
    """Return the finished frame of a push around an event that is packed already.

    An event is packed once, and the same bytes go to every reader.
    """
    size = len(_PUSH_HEAD) + len(packed_event)
    return size.to_bytes(FRAME_HEADER_BYTES, "big") + _PUSH_HEAD + packed_event


class FrameReader:
    """Cuts a stream of bytes into payloads.

    Args:
        limit: longest payload taken, in bytes; may be raised at any time, also between two frames of one chunk.
    """

    __slots__ = ("_kept", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept = b""

    @property
    def buffered(self) -> int:
        """Bytes of an unfinished frame that are kept, at most `limit` plus the 4 of its length."""
        return len(self._kept)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the payloads that `data` completes, in order. Run it to its end: what is behind is dropped.

        Raises:
            ProtocolFault: `frame_too_long` if a length is above the limit.
        """
        if self._kept:
            data = self._kept + data
            self._kept = b""
        start, end = 0, len(data)
        while end - start >= FRAME_HEADER_BYTES:
            size = int.from_bytes(data[start : start + FRAME_HEADER_BYTES], "big")
            if size > self.limit:
                raise ProtocolFault(
                    Goodbye.FRAME_TOO_LONG, f"A frame of {size} bytes; at most {self.limit} are taken here."
                )
            stop = start + FRAME_HEADER_BYTES + size
            if stop > end:
                break
            yield data[start + FRAME_HEADER_BYTES : stop]
            start = stop
        self._kept = data[start:]
