"""A message's text as it was sent, with its marks, and what else is known of it: the view of `/raw`. Pure.

Marks stand out, and so does what nobody would see: each such character is told by its number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct

from chat_core.client.state.model import Unsent
from chat_core.protocol.values import Message
from chat_tui.views import details
from chat_tui.views.clean import drawable
from chat_tui.views.emphasis import cut_out
from chat_tui.views.formatting import mark_at_start
from chat_tui.views.lines import Line, Role, Span
from chat_tui.views.wrap import wrap

_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn"})
_SELECTORS: Final = range(0xFE00, 0xFE10)


class Source(Struct, frozen=True):
    """It."""

    address: str
    """Where it stands: `#dev:17`; not safe to draw."""
    body: str
    """As stored."""
    pairs: Sequence[tuple[str, str]]
    """What else is known, safe to draw."""


def source_of(target: str, message: Message | Unsent) -> Source:
    """Return the source of a message.

    Args:
        target: the conversation it stands in.
        message: it.
    """
    size = details.size_of(message.body)
    if isinstance(message, Message):
        pairs = [*details.of_message(target, message), size, *details.further(message)]
        return Source(f"{target}:{message.seq}", message.body, pairs)
    return Source(target, message.body, [*details.of_unsent(message), size])


def seen(body: str) -> str:
    """Return a text in which everything can be seen: `⟨U+200B⟩` stands for what could not."""
    return drawable("".join(map(_told, body))) if not (body.isascii() and body.isprintable()) else body


def source_lines(source: Source, width: int) -> list[Line]:
    """Return the text, and below it a line for each thing that is known besides.

    Args:
        source: it.
        width: cells of a line.
    """
    text = seen(source.body)
    if not text:
        return [Line((Span("Its text is gone.", "muted"),))]
    roles = _roles(text)
    lines: list[Line] = []
    for piece in wrap(text, max(2, width)):
        spans = _spans(text, roles, piece.start, piece.end)
        lines.append(Line(tuple(spans)))
    return lines


def _told(char: str) -> str:
    if char in " \n":
        return char
    unseen = unicodedata.category(char) in _UNSEEN or ord(char) in _SELECTORS
    return f"⟨U+{ord(char):04X}⟩" if unseen else char


def _roles(text: str) -> list[Role]:
    """Return for each character what it is: text, a mark, or something unseen."""
    roles: list[Role] = ["text"] * len(text)
    for start, end in cut_out(text):
        roles[start:end] = ["accent"] * (end - start)
    begin = 0
    for line in text.split("\n"):
        at = mark_at_start(line)
        if at >= 0:
            roles[begin : begin + at + 1] = ["accent"] * (at + 1)
        begin += len(line) + 1
    at = text.find("⟨U+")
    while at >= 0:
        end = text.find("⟩", at) + 1
        roles[at:end] = ["attention"] * (end - at)
        at = text.find("⟨U+", at + 1)
    return roles


def _spans(text: str, roles: Sequence[Role], start: int, end: int) -> Iterator[Span]:
    for role, places in groupby(range(start, end), key=lambda at: roles[at]):
        yield Span("".join(text[at] for at in places), role)
