"""A piece of a log that may be read, as a value. Knows nobody who reads; `access` says whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

Ends = Mapping[int, int]
"""Last seq of conversations that may be read up to there only; one that is missing may be read to its end."""
NO_ENDS: Final[Ends] = MappingProxyType({})


class Bounds(NamedTuple):
    """The piece of a log that may be read."""

    after: int = 0
    """Nothing up to this seq."""
    upto: int | None = None
    """Nothing behind this one; None: no such bound."""

    def hold(self, seq: int) -> bool:
        """Return whether an event may be read."""
        return self.after < seq and (self.upto is None or seq <= self.upto)

    def head(self, head: int) -> int:
        """Return where a log that has come to `head` ends for the reader: how it grows behind that is not for it."""
        return head if self.upto is None else min(head, self.upto)

    def ends(self, conversation: int) -> Ends:
        """Return where the log of a conversation ends for the reader, if it does not read on."""
        return NO_ENDS if self.upto is None else {conversation: self.upto}


EVERYTHING: Final = Bounds()
