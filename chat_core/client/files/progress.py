"""What is told of a transfer while it goes on."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Transfer(Struct, frozen=True):
    """How far a transfer is."""

    name: str
    """Of the file; safe for a terminal."""
    done: int
    """Bytes that are there."""
    size: int
    """Bytes of the whole file."""


Progress = Callable[[Transfer], None]
"""Called on the event loop, now and then; must not block."""


def ignore(transfer: Transfer) -> None:
    """Tell nobody."""
