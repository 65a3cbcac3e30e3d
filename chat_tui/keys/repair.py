"""Repairs of how Textual reads a terminal's keys. The only module that touches its private parser; tests guard it.

- Alt with a digit, a letter or Enter in a terminal without the kitty protocol: Textual takes it for a symbol that macOS
  would type, or types the letter, or loses the Alt.
- Enter with Shift or Ctrl as xterm writes it (modifyOtherKeys), which Textual names after the byte, not after the key.
- A key release (kitty protocol), which Textual does not ask for but some terminals send, ends its reading of keys.
- ESC in pasted text makes Textual read what follows as keys, Enter among them: a paste could send.
- A paste without marks comes as keys, Enter among them: `bursts` tells it from typing.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from msgspec import Struct
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

from chat_core.base.clock import Clock, SystemClock
from chat_tui.keys.bursts import PASTE_END, PASTE_START, BurstGuard
from chat_tui.keys.key import PUNCTUATION

_ALTERNATIVES: Final = (
    {"\r": "enter"}
    | {char: char for char in string.digits + string.ascii_lowercase if char not in "bf"}
    | {char: f"shift+{char.lower()}" for char in string.ascii_uppercase if char not in "OPX"}
    | {char: name for char, name in PUNCTUATION.items() if char not in "[]_^"}
    | {chr(number): f"ctrl+{chr(number + 96)}" for number in range(1, 27) if chr(number) not in "\x08\t\n\r"}
)
"""What follows ESC, and the key it is with Alt.

Alt+B and Alt+F stay what Textual makes of them: a word left and right. ESC with one of `[]_^OPX` begins a sequence.
"""


class _AltKey(Struct, frozen=True):
    """What the table wants instead of a member of `Keys`, which has none for these."""

    value: str


def repair() -> None:
    """Repair the parser of this process; again: nothing more."""
    table = cast(dict[str, Any], ANSI_SEQUENCES_KEYS)
    for char, name in _ALTERNATIVES.items():
        table["\x1b" + char] = (_AltKey(f"alt+{name}"),)
    if not hasattr(XTermParser, "chat_repaired"):
        parser = cast(Any, XTermParser)
        parser.feed = _feed_guarded(XTermParser.feed)
        parser._parse_extended_key = _mended(XTermParser._parse_extended_key)
        parser.chat_repaired = True


class PasteGuard:
    """Takes ESC out of pasted text before the parser sees it, and marks pastes that the terminal did not.

    Args:
        typed: looks at what is in no marked paste; returns it, with marks where there is one.
    """

    def __init__(self, typed: Callable[[str], str] = str) -> None:
        self._look = typed
        self._pasting = False
        self._before = ""
        self._held = ""

    def feed(self, data: str) -> str:
        """Return what the parser may have of `data`; the beginning of an end mark is held back until it is whole."""
        data, self._held = self._held + data, ""
        harmless: list[str] = []
        while data:
            taken, data = self._pasted(data) if self._pasting else self._typed(data)
            harmless.append(taken)
        return "".join(harmless)

    def _typed(self, data: str) -> tuple[str, str]:
        """Divide behind a start mark; nothing is held back, for a lone ESC has to be on time."""
        before, self._before = self._before, ""
        at = (before + data).find(PASTE_START)
        if at < 0:
            self._before = (before + data)[1 - len(PASTE_START) :]
            return self._look(data), ""
        self._pasting = True
        begin = at + len(PASTE_START) - len(before)
        mark = min(begin, len(PASTE_START))
        return self._look(data[: begin - mark]) + data[begin - mark : begin], data[begin:]

    def _pasted(self, data: str) -> tuple[str, str]:
        """Divide behind an end mark."""
        pasted, end, rest = data.partition(PASTE_END)
        if not end:
            held = _beginning_of(PASTE_END, pasted)
            pasted, self._held = pasted[: len(pasted) - held], pasted[len(pasted) - held :]
        self._pasting = not end
        return pasted.replace("\x1b", "") + end, rest


def _beginning_of(mark: str, text: str) -> int:
    """Return how many characters at the end of `text` may be the beginning of `mark`."""
    return next((length for length in range(len(mark) - 1, 0, -1) if text.endswith(mark[:length])), 0)


def _guard(clock: Clock) -> PasteGuard:
    bursts = BurstGuard()
    return PasteGuard(lambda typed: bursts.marked(typed, clock.monotonic()) if typed else typed)


def _feed_guarded(original: Any, clock: Clock | None = None) -> Any:
    time = clock or SystemClock()

    def feed(self: XTermParser, data: str) -> Iterable[Message]:
        guard = self.__dict__.get("chat_paste_guard") or self.__dict__.setdefault("chat_paste_guard", _guard(time))
        # Nothing at all means the end of the input; what is held back of nothing must not look like it.
        if data and not (data := guard.feed(data)):
            return ()
        return cast(Iterable[Message], original(self, data))

    return feed


def _mended(original: Any) -> Any:
    def parse(self: XTermParser, sequence: str) -> list[events.Key] | None:
        try:
            keys = cast(list[events.Key] | None, original(self, sequence))
        except ValueError:
            return [events.Key(Keys.Ignore, None)]
        if keys is None:
            return None
        return [events.Key(key.key[:-1] + "enter", None) if key.key.endswith("+\r") else key for key in keys]

    return parse
