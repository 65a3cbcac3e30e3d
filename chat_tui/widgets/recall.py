"""The lines that were sent, to be had again. Pure."""

from __future__ import annotations

from typing import Final

_MOST: Final = 200


class Recall:
    """Walks back and forth through what was sent; what was being written waits at the end."""

    def __init__(self) -> None:
        self._sent: list[str] = []
        self._at = 0
        self._draft = ""

    def add(self, line: str) -> None:
        """Remember a line, and stand behind it."""
        if line.strip() and (not self._sent or self._sent[-1] != line):
            self._sent.append(line)
            del self._sent[:-_MOST]
        self._at = len(self._sent)

    def go(self, by: int, shown: str) -> str | None:
        """Return the line that is `by` steps later (earlier, if negative); None: there is none.

        Args:
            by: steps.
            shown: what is being written; kept if it is not a recalled line.
        """
        wanted = self._at + by
        if not 0 <= wanted <= len(self._sent) or wanted == self._at:
            return None
        if self._at == len(self._sent):
            self._draft = shown
        self._at = wanted
        return self._draft if wanted == len(self._sent) else self._sent[wanted]

    def reset(self) -> None:
        """Stand behind the last line: something else is being written."""
        self._at = len(self._sent)
