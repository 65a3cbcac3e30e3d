"""What the store can be asked to search for, and what it answers: the values of the port. Knows no index and no SQL.

Everything here is decided already: names are account numbers, dates are milliseconds, and what the asker may read is a
list of pieces of logs. So an index answers within them and need not know who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.values import Message

Span = tuple[int, int]
"""First character of a body that is to be highlighted, and the one behind the last."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand beside each other."""

    terms: tuple[str, ...]
    """As `words.words` makes them; at least one."""
    prefix: bool = False
    """Whether the last one may go on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Of which one thing must hold."""

    phrases: tuple[Phrase, ...]
    """It has one of these,"""
    called: AccountId | None = None
    """or calls that one, by name or with everybody."""


class Reach(NamedTuple):
    """A piece of a conversation's log that the asker may read."""

    conversation: ConversationId
    first: int
    """seq from which on."""
    last: int
    """seq up to which; beyond the head is no fault."""
    head: int
    """seq of the newest event there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; all of it must hold."""

    phrases: tuple[Phrase, ...] = ()
    """All of these."""
    either: tuple[Choice, ...] = ()
    """Of each, one thing."""
    authors: tuple[AccountId, ...] = ()
    """Written by one of these; empty: by anybody."""
    called: AccountId | None = None
    """Calls that one, by name or with everybody; None: whomever."""
    link: bool = False
    """Whether there must be a link in it."""
    since_ms: int | None = None
    """Sent at this time or later."""
    until_ms: int | None = None
    """Sent before this time."""
    reaches: tuple[Reach, ...] = ()
    """Where; no conversation twice."""
    ranked: bool = False
    """Whether the best come first, of the newest `RANKED`; else the newest."""
    limit: int = 20
    """Most hits wanted."""
    cursor: bytes = b""
    """Where an earlier answer ended; empty: from the beginning."""
    asker: AccountId | None = None
    """Whose reactions are told of as their own."""

    @property
    def any_phrases(self) -> tuple[Phrase, ...]:
        """Every phrase that a hit may be one for."""
        return (*self.phrases, *(phrase for choice in self.either for phrase in choice.phrases))


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, as it stands now."""

    conversation: ConversationId
    message: Message
    spans: tuple[Span, ...]
    """In order, without overlaps."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: Sequence[Hit]
    cursor: bytes = b""
    """Asks for what follows; empty: nothing does, or there was no time to get any further."""
    partial: bool = False
    """Whether not everything was looked at: time ran out, or there was too much."""
    behind: int = 0
    """Events of these conversations that the index does not know of yet."""


ReadMessages = Callable[[Sequence[int]], dict[int, Message]]
"""Returns the messages of some keys, as they stand now; those that are gone are missing."""


ReadEdited = Callable[[int, int, int], Sequence[int]]
"""Returns keys between two ones of a conversation that ends for the asker: of messages with another text since.

The newest first, at most so many.
"""


class Index(Protocol):
    """What finds messages by their words: FTS5 for SQLite; PostgreSQL's text search would be another one."""

    def search(self, search: Search, messages: ReadMessages, edited: ReadEdited) -> Found:
        """Return what is found: exactly those messages that `search.matching` takes for hits. Raises: BadCursor."""
        ...


class BadCursor(Exception):
    """A cursor that no answer had."""
