"""A text area with the keys of a shell's line: what is cut can be put in again, words end where a shell says.

The toolkit's own editing stays beneath it, undo included: each cut and each insertion is one step of that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from textual.actions import SkipAction

from chat_tui.widgets.kill_ring import KillRing

if TYPE_CHECKING:
    from textual.widgets import TextArea

    _Area = TextArea
else:
    _Area = object  # a class of the toolkit's takes 2 million instructions to be made: only what is seen is one


_WORD_LEFT: Final = re.compile(r"\S+\s*\Z|\s+\Z")
_WORD_RIGHT: Final = re.compile(r"\W*\w+|\W+")


class _Done(Struct, frozen=True):
    """What was done last, and how the text stood after it: if it still stands so, the next may go on with it."""

    what: str
    text: str
    at: int
    length: int = 0


class ReadlineArea(_Area):
    """See the module's head. What is made of it is a `TextArea`."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._ring = KillRing()
        self._done = _Done("", "", 0)

    # --- text

    @property
    def index(self) -> int:
        """Place of the cursor as an index in the text."""
        row, column = self.cursor_location
        return sum(len(self.document.get_line(line)) + 1 for line in range(row)) + column

    def location(self, index: int) -> tuple[int, int]:
        """Return the line and column of an index in the text."""
        before = self.text[:index]
        return before.count("\n"), len(before) - (before.rfind("\n") + 1)

    def edited(self, text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Replace what is between two places, as if it were typed."""
        result = self._replace_via_keyboard(text, *sorted((start, end)))
        if result is not None:
            self.move_cursor(result.end_location)

    # --- cutting

    def action_kill_to_start(self) -> None:
        """Cut to the beginning of the line; at the beginning, the line end before it."""
        text, index = self.text, self.index
        start = text.rfind("\n", 0, index) + 1
        self._kill(start if start < index else max(0, index - 1), index)

    def action_kill_to_end(self) -> None:
        """Cut to the end of the line; at its end, the line end. With nothing behind, leave the key to the screen."""
        text, index = self.text, self.index
        if index == len(text):
            raise SkipAction()
        end = text.find("\n", index)
        self._kill(index, len(text) if end < 0 else end if end > index else index + 1)

    def action_kill_word_left(self) -> None:
        """Cut the word before the cursor, up to white space."""
        index = self.index
        match = _WORD_LEFT.search(self.text[:index])
        if match is not None:
            self._kill(match.start(), index)

    def action_kill_word_right(self) -> None:
        """Cut the word behind the cursor."""
        index = self.index
        match = _WORD_RIGHT.match(self.text, index)
        if match is not None:
            self._kill(index, match.end())

    def action_yank(self) -> None:
        """Put in what was cut last."""
        self._insert(self._ring.newest(), self.selection.start, self.selection.end)

    def action_yank_older(self) -> None:
        """Put what was cut before in the place of what was put in just now."""
        done, index = self._done, self.index
        if done.what == "yank" and (done.text, done.at) == (self.text, index):
            self._insert(self._ring.older(), self.location(index - done.length), self.cursor_location)

    def action_transpose(self) -> None:
        """Swap the characters on both sides of the cursor; at the end of a line, the two before it."""
        text, index = self.text, self.index
        if index == len(text) or text[index] == "\n":
            index -= 1
        if index > 0 and "\n" not in text[index - 1 : index + 1]:
            pair = text[index] + text[index - 1]
            self.edited(pair, self.location(index - 1), self.location(index + 1))

    def _kill(self, start: int, end: int) -> None:
        text, index = self.text, self.index
        more = self._done.what == "kill" and (self._done.text, self._done.at) == (text, index)
        self._ring.cut(text[start:end], more=more, before=end == index)
        self.edited("", self.location(start), self.location(end))
        self._done = _Done("kill", self.text, self.index)

    def _insert(self, piece: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        if piece:
            self.edited(piece, start, end)
            self._done = _Done("yank", self.text, self.index, len(piece))
