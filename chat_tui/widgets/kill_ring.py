"""What was cut, to be put in again: a shell's kill ring. Pure; knows no text area."""

from __future__ import annotations

from typing import Final

_MOST: Final = 60


class KillRing:
    """The pieces that were cut, the newest first; pieces cut one after the other are one."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._at = 0

    def cut(self, piece: str, *, more: bool, before: bool) -> None:
        """Remember a piece.

        Args:
            piece: what was cut.
            more: whether nothing else was done since the last cut: it is a part of that one.
            before: whether it stood in front of the cursor.
        """
        if not piece:
            return
        if more and self._pieces:
            self._pieces[0] = piece + self._pieces[0] if before else self._pieces[0] + piece
        else:
            self._pieces.insert(0, piece)
            del self._pieces[_MOST:]
        self._at = 0

    def newest(self) -> str:
        """Return what was cut last; empty: nothing was."""
        self._at = 0
        return self._pieces[0] if self._pieces else ""

    def older(self) -> str:
        """Return what was cut before that which was returned last; behind the oldest one, the newest."""
        if not self._pieces:
            return ""
        self._at = (self._at + 1) % len(self._pieces)
        return self._pieces[self._at]
