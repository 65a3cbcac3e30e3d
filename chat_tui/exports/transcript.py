"""A conversation as a document, message by message, in one of several forms. Pure.

A form says how things look. What they are is said here: where a day begins, which line goes on with the one before, and
what a message answers, as far as that is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo
from typing import Final, NamedTuple, Protocol

from chat_core.protocol.values import Message
from chat_tui.views.building import GROUP_MS
from chat_tui.views.cache import Recent
from chat_tui.views.formatting import in_one_line
from chat_tui.views.lines import elide
from chat_tui.views.names import shown_name
from chat_tui.views.programs import author_of
from chat_tui.views.when import local

REMEMBERED: Final = 20_000
"""Messages whose beginning is kept, for those that answer them."""
EXCERPT: Final = 80
"""Characters of an answered message that are shown."""


class About(NamedTuple):
    """What a document is about."""

    target: str
    """The conversation, spelled as a TARGET."""
    topic: str
    """As stored; empty: none."""
    me: int | None
    """Own account."""
    ts: int
    """When it is written, milliseconds since 1970."""
    zone: tzinfo | None
    """Whose clock; None: the computer's own."""


class Answered(NamedTuple):
    """What a message answers."""

    seq: int
    """Its number."""
    name: str
    """Who wrote it, safe to draw; empty: it is not remembered."""
    text: str
    """How it begins, safe to draw; empty: it was deleted, or is not remembered."""


class Form(Protocol):
    """How a document looks."""

    shows_pictures: bool = False
    """Whether pictures stand in it."""

    def illustrate(self, seq: int, data: bytes) -> None:
        """Take the picture that came with a message, which comes next."""

    def begin(self, about: About) -> str:
        """Return what stands in front of everything."""
        ...

    def day(self, day: date) -> str:
        """Return the line above a new day."""
        ...

    def message(self, message: Message, head: bool, answered: Answered | None) -> str:
        """Return a message.

        Args:
            message: it.
            head: whether time and name are shown: it is not just the next line of the one before.
            answered: what it answers.
        """
        ...

    def end(self, count: int) -> str:
        """Return what stands behind everything: how many messages there were."""
        ...


class Transcript:
    """A document that grows; each method returns what is to be written next."""

    def __init__(self, form: Form, about: About) -> None:
        self.count = 0
        """Messages so far."""
        self._form = form
        self._about = about
        self._day: date | None = None
        self._author = self._since = 0
        self._begins: Recent[int, tuple[str, str]] = Recent(REMEMBERED)

    def begin(self) -> str:
        """Begin it."""
        return self._form.begin(self._about)

    @property
    def shows_pictures(self) -> bool:
        """Whether pictures stand in it."""
        return self._form.shows_pictures

    def illustrate(self, seq: int, data: bytes) -> None:
        """Take the picture that came with a message, before that is added."""
        self._form.illustrate(seq, data)

    def add(self, messages: Iterable[Message]) -> str:
        """Add messages that follow those before."""
        return "".join(part for message in messages for part in self._parts(message))

    def end(self) -> str:
        """End it: it is complete."""
        return self._form.end(self.count)

    def _parts(self, message: Message) -> Iterable[str]:
        self.count += 1
        day = local(message.ts, self._about.zone).date()
        if day != self._day:
            self._day, self._author = day, 0
            yield self._form.day(day)
        answered = self._answered(message)
        goes_on = message.author == self._author and 0 <= message.ts - self._since < GROUP_MS
        head = not goes_on or answered is not None or message.style == "action"
        self._author = message.author if message.style == "text" else 0
        if head:
            self._since = message.ts
        text = in_one_line(message.body, 4 * EXCERPT)
        self._begins.put(message.seq, (shown_name(author_of(message)), elide(text, EXCERPT)))
        yield self._form.message(message, head, answered)

    def _answered(self, message: Message) -> Answered | None:
        if message.reply_to is None or message.deleted:
            return None
        return Answered(message.reply_to, *(self._begins.get(message.reply_to) or ("", "")))
