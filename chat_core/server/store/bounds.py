"""A piece of a log that may be read, as a value. Knows nobody who reads; `access` says whose it is."""

from __future__ import annotations

from typing import Final, NamedTuple


class Bounds(NamedTuple):
    """The piece of a log that may be read."""

    after: int = 0
    """Nothing up to this seq."""
    upto: int | None = None
    """Nothing behind this one; None: no such bound."""

    def hold(self, seq: int) -> bool:
        """Return whether an event may be read."""
        return self.after < seq and (self.upto is None or seq <= self.upto)


EVERYTHING: Final = Bounds()
