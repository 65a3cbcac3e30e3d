"""How a violation's sentence names things. Knows no rule."""

from __future__ import annotations

from chat_core.check.history import Acked, Amended, Delivered, Stored


def where(record: Acked | Amended | Delivered | Stored) -> str:
    """Return the address of an event, for people."""
    return f"{record.conversation}:{record.seq}"


def short(cid: bytes) -> str:
    """Return the end of a cid, for people."""
    return cid.hex()[-8:]
