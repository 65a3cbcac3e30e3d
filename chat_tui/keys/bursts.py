"""Pastes that the terminal does not mark as such: lines that come faster than anybody types. Pure.

tmux's `paste-buffer` without `-p`, a serial line, an old terminal: what is pasted comes as if it were typed, and each
line end in it would send. A line end with text on both sides in one burst is text; a lone line and Enter is typing, and
so are a few keys that a slow line delivered together. Such a burst is handed on in the marks of a bracketed paste, so
that there is one way for all pastes.
"""

from __future__ import annotations

import re
from typing import Final

PASTE_START: Final = "\x1b[200~"
PASTE_END: Final = "\x1b[201~"

GOES_ON_WITHIN_S: Final = 0.03
"""Time within which what comes belongs to the burst before it: a long paste is read in pieces, in seconds."""

_RUN: Final = re.compile(
    r"(\x1b(?:\[[0-9;?<>=]*[ -/]*[@-~]|O.|.)?|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]+)", re.DOTALL
)
"""A key that is no text: what divides runs of text."""
_LINES: Final = re.compile(r"[^\r\n]\r+(?=[^\r\n])")
_LEAST: Final = 5
"""Characters below which it is taken for typing: half a second of it."""
_CUT: Final = re.compile(r"\x1b(?:\[[0-9;?<>=]*|O)?\Z")
"""The beginning of a key whose end is still to be read."""


class BurstGuard:
    """Finds such bursts in what a terminal sends outside of marked pastes."""

    def __init__(self) -> None:
        self._until_s = float("-inf")

    def marked(self, data: str, now_s: float) -> str:
        """Return what was read with the marks of a paste around what is one.

        Args:
            data: as read at once; no marked paste is in it.
            now_s: monotonic time.
        """
        goes_on = now_s <= self._until_s
        runs = _RUN.split(data)
        found = False
        for at in range(0, len(runs), 2):
            run = runs[at]
            if (len(run) >= _LEAST and _LINES.search(run)) or (goes_on and at == 0 and run):
                runs[at] = f"{PASTE_START}{run}{PASTE_END}"
                found = True
            goes_on = False
        # A key behind it is its end.
        open_ended = found and bool(runs[-1]) and _CUT.search(data) is None
        self._until_s = now_s + GOES_ON_WITHIN_S if open_ended else float("-inf")
        return "".join(runs)
