"""The lines that were sent, to be had again: one after the other, or looked for. Pure."""

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

    @property
    def walking(self) -> bool:
        """Whether a line that was sent is shown."""
        return self._at < len(self._sent)

    def find(self, letters: str, before: str | None = None) -> str | None:
        """Return the newest line with some letters in it; None: there is none.

        Args:
            letters: in any case.
            before: a line that was found; None: begin with the newest. Only older ones that differ from it count.
        """
        wanted = letters.casefold()
        older = self._sent if before is None else self._sent[: _last(self._sent, before)]
        return next((line for line in reversed(older) if wanted in line.casefold() and line != before), None)

    def reset(self) -> None:
        """Stand behind the last line: something else is being written."""
        self._at = len(self._sent)


def _last(lines: list[str], line: str) -> int:
    """Return the index of the last line that is `line`, or behind all of them."""
    return next((at for at in range(len(lines) - 1, -1, -1) if lines[at] == line), len(lines))
