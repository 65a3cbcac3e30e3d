"""What a program under measurement is put into, whichever it is: channels, what stands in them, and who talks."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Final

from chat_tui.bench.process import Flood, InTerminal

CHANNELS: Final = [f"#c{number:02d}" for number in range(19)] + ["#flood"]
LONG: Final = CHANNELS[0]
"""The one with a long history."""
FLOODED: Final = CHANNELS[-1]
SPEAKERS: Final = ("ann", "bob", "cid")
IN_LONG: Final = 400
IN_OTHERS: Final = 50
SIZE: Final = 100
"""Bytes of a message in a flood."""
_WORDS: Final = re.findall(r"\w+", "we looked at the build again and it fails on the other node when the cache is new")


def newest_mark(number: int) -> str:
    """Return a letter that stands nowhere but in one message: so one sees in what is written that this is drawn."""
    return chr(0x180 + number)


ANY_NEWEST: Final = re.compile(rb"\xc6[\x80-\xbf]")
"""One of them in what is written."""
KEYS: Final = [chr(code) for code in range(0x100, 0x148)]
"""Letters that stand nowhere, to be typed: each is drawn for the first time when the key has arrived."""


def sentence(number: int) -> str:
    """Return something of a usual length; another number, another sentence."""
    words = (_WORDS[(number * 5 + at) % len(_WORDS)] for at in range(4 + number * 7 % 30))
    return f"{number} {' '.join(words)}"


def lines(channel: int, *, few: bool) -> list[tuple[str, str]]:
    """Return who says what in a channel; the last line has its mark."""
    count = (IN_LONG if channel == 0 else IN_OTHERS) // (8 if few else 1)
    said = [(SPEAKERS[number % len(SPEAKERS)], sentence(number + channel)) for number in range(count)]
    return [*said, (SPEAKERS[0], f"{newest_mark(channel)} is the newest here")]


class Subject(ABC):
    """A program under measurement, with a server of its own that has the channels."""

    name: str
    few = False
    """Whether little is said in the channels."""
    painted: re.Pattern[bytes]
    """What its first frame ends with."""
    glanced: re.Pattern[bytes] | None = None
    """What ends what is shown before that, for those that show anything."""
    page_up: str = "\x1b[5~"
    to_end: str = "\x1b[1;5F"
    next_channel: str = "\x0e"
    previous_channel: str = "\x10"
    clear_line: str = "\x15"

    @abstractmethod
    def open(self) -> InTerminal:
        """Start it; it goes into the channels by itself."""

    def leave(self, program: InTerminal) -> bool:
        """End it as people do; return whether it has kept what it showed. For those that are `glanced`."""
        raise NotImplementedError

    @abstractmethod
    def furnish(self, program: InTerminal) -> None:
        """See to it that everything is said in the channels, and that the program has heard it."""

    @abstractmethod
    def show(self, program: InTerminal, channel: str) -> None:
        """Let it show a channel."""

    @abstractmethod
    def say(self, channel: str, text: str) -> None:
        """Let somebody say something."""

    @abstractmethod
    def flood(self, channel: str, rate: int) -> Flood:
        """Let so many messages a second be said, as long as the context lasts."""
