"""Which lines of a conversation are hidden by somebody's own rules, and how the rules are told. Pure.

What names one is never hidden, nor what one says oneself; what is hidden counts as unread all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from chat_core.base.names import name_key
from chat_core.client.state.model import Notice
from chat_core.protocol.values import Account, Message
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import Place, target_in
from chat_tui.views.clean import drawable_line
from chat_tui.views.highlighting import LOOKED_AT, is_for
from chat_tui.views.programs import author_of

COMINGS: Final = frozenset({"joined", "left", "went", "renamed"})
"""Kinds of notices that `joins` hides."""


class Hiding(Struct, frozen=True):
    """What is hidden in one conversation. Two that are equal hide the same."""

    joins: bool
    """Whether comings and goings are."""
    authors: frozenset[str]
    """Whose messages, by their `name_key`s."""
    texts: tuple[str, ...]
    """Messages with which texts, casefolded."""
    me: Account | None
    """Who looks."""
    words: str
    """Words that are for them, as a setting has them."""

    def hides(self, message: Message) -> bool:
        """Return whether a message is hidden."""
        if self.me is not None and message.author == self.me.id:
            return False
        by = self.authors and not self.authors.isdisjoint({name_key(message.name), name_key(author_of(message))})
        return bool(by or self._has_text(message)) and not is_for(message, self.me, self.words)

    def hides_notice(self, notice: Notice) -> bool:
        """Return whether a notice is hidden."""
        return self.joins and notice.kind in COMINGS

    def _has_text(self, message: Message) -> bool:
        if not self.texts:
            return False
        said = message.body[:LOOKED_AT].casefold()
        return any(text in said for text in self.texts)


def hiding(filters: Sequence[Filter], place: Place, me: Account | None, words: str) -> Hiding | None:
    """Return what rules hide in a conversation; None: none of them is for it.

    Args:
        filters: all rules.
        place: the conversation.
        me: who looks.
        words: words that are for them, as a setting has them.
    """
    here = [each for each in filters if not each.where or place.is_meant(each.where)]
    if not here:
        return None
    return Hiding(
        joins=any(each.kind == "joins" for each in here),
        authors=frozenset(name_key(each.what) for each in here if each.kind == "from"),
        texts=tuple(each.what.casefold() for each in here if each.kind == "text"),
        me=me,
        words=words,
    )


def in_words(filter: Filter) -> str:
    """Return what a rule hides: `what @bob says in #dev`; safe to draw."""
    where = f"in {drawable_line(target_in(filter.where))}" if filter.where else "everywhere"
    what = drawable_line(filter.what)
    match filter.kind:
        case "joins":
            return f"comings and goings {where}"
        case "from":
            return f"what @{what} says {where}"
        case "text":
            return f"messages with “{what}” {where}"


def note(hidden: int, *, on: bool, key: str) -> str:
    """Return what the line above the composer says of it; empty: nothing is to be said.

    Args:
        hidden: lines that are, or were they not shown again, would be.
        on: whether they are.
        key: the key that shows them, as it is called on keyboards; `—`: there is none.
    """
    if not hidden:
        return ""
    lines = "1 line" if hidden == 1 else f"{hidden:,} lines"
    words = f"{lines} hidden" if on else f"{lines} shown that filters hide"
    return words if key == "—" else f"{words} · {key}"
