"""What waits to be written to one reader: a queue bounded in bytes, with a stated policy when it fills. Pure.

- replies are always taken: their number is bounded by the calls in flight;
- durable events are refused when the queue is full: the reader is then detached, told `lagging`, and catches up later;
- signals are dropped from half the bound on.

Nobody ever waits for a reader: the log is the source, the queue is only a short cut.
"""

from __future__ import annotations

from chat_core.protocol.limits import OUTBOX_BYTES


class Outbox:
    """The queue of one reader.

    Args:
        limit: bytes above which durable events are refused.
    """

    __slots__ = ("_chunks", "limit", "size")

    def __init__(self, limit: int = OUTBOX_BYTES) -> None:
        self.limit = limit
        self.size = 0
        self._chunks: list[bytes] = []

    def reply(self, data: bytes) -> None:
        """Queue an answer or a failure."""
        self._chunks.append(data)
        self.size += len(data)

    def event(self, data: bytes) -> bool:
        """Queue durable events; return False, and queue nothing, if they do not fit.

        An empty queue takes any one chunk, so that a burst larger than the bound can be delivered at all.
        """
        size = self.size + len(data)
        if size > self.limit and self.size:
            return False
        self._chunks.append(data)
        self.size = size
        return True

    def signal(self, data: bytes) -> bool:
        """Queue an ephemeral event; return False if it was dropped."""
        size = self.size + len(data)
        if size > self.limit // 2:
            return False
        self._chunks.append(data)
        self.size = size
        return True

    def take(self) -> bytes:
        """Return everything in order, as one write, and forget it."""
        chunks = self._chunks
        if not chunks:
            return b""
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self.size = 0
        return data
