"""A conversation as Markdown. Pure.

What was formatted is so again; whatever else would mean something in Markdown is escaped, so that no message makes a
heading, a table, HTML or a picture that is loaded from somewhere.
"""

from __future__ import annotations

import re
from datetime import date, tzinfo
from itertools import groupby
from typing import Final

from typing_extensions import override

from chat_core.protocol.values import Message
from chat_tui.exports.transcript import About, Answered, Form
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.drawing import file_chip
from chat_tui.views.formatting import Block, Looks, block, formatted
from chat_tui.views.inline import BOLD, ITALIC, SPOILER, STRIKE, laid_over
from chat_tui.views.lines import Span
from chat_tui.views.names import shown_name
from chat_tui.views.programs import MARK, author_of
from chat_tui.views.when import clock, day_in_words

_LOOKS: Final = Looks(revealed=True)
_MARKS: Final = ((ITALIC, "_"), (BOLD, "**"), (STRIKE, "~~"))
_MEANS: Final = re.compile(r"[\\`*_\[\]<>|~&#!$^]")
_LINE_MEANS: Final = re.compile(r"^( *)([-+=:])", re.MULTILINE)
_NUMBER: Final = re.compile(r"^( *\d+)([.)])", re.MULTILINE)
_INDENT: Final = re.compile(r"^ +", re.MULTILINE)
_SPOILER: Final = r"\|\|"
_TICKS: Final = re.compile("`+")


class MarkdownForm(Form):
    """Headings for days, a line with name and time above each message."""

    _zone: tzinfo | None = None

    @override
    def begin(self, about: About) -> str:
        """See Form."""
        self._zone = about.zone
        topic = escaped(drawable_line(about.topic))
        return f"# {escaped(drawable_line(about.target))}\n" + (f"\n{topic}\n" if topic else "")

    @override
    def day(self, day: date) -> str:
        """See Form."""
        return f"\n## {day_in_words(day, 0)}\n"

    @override
    def message(self, message: Message, head: bool, answered: Answered | None) -> str:
        """See Form."""
        name = f"**{escaped(shown_name(author_of(message)))}**" + (f" {MARK}" if message.bot else "")
        lines = [f"{name} {clock(message.ts, self._zone)}"] if head and message.style != "action" else []
        if answered is not None:
            words = f"{answered.name}: {answered.text or 'message deleted'}" if answered.name else "an older message"
            lines.append(f"↳ {escaped(words)}")
        if message.thread is not None:
            lines.append(f"↳ in the thread of {message.thread}")
        start = "\n" + "".join(f"{line}  \n" for line in lines)
        return start + ("\n" if lines else "") + self._said(message, name) + _chips(message) + "\n"

    @override
    def end(self, count: int) -> str:
        """See Form."""
        return f"\n---\n\n{'1 message' if count == 1 else f'{count:,} messages'}\n"

    def _said(self, message: Message, name: str) -> str:
        if message.deleted or not message.body:
            return "_message deleted_"
        text = drawable(message.body)
        if message.style == "action":
            said = f"{name} {_inside(block('text', text, _LOOKS))}"
        else:
            said = _joined(formatted(text, _LOOKS))
        return f"{said}\n\n_(edited)_" if message.edits else said


def _chips(message: Message) -> str:
    """Return the line of a message's file and reactions; empty: there are none."""
    file = [] if message.file is None else [file_chip(message.file)]
    counts = [f"{drawable_line(each.emoji)} {each.count}" for each in message.reactions]
    pieces = " · ".join((*file, *counts))
    return f"\n\n{escaped(pieces)}" if pieces else ""


def escaped(text: str) -> str:
    r"""Return text that means nothing in Markdown; its lines stay lines."""
    text = _MEANS.sub(r"\\\g<0>", text)
    text = _NUMBER.sub(r"\1\\\2", text)
    text = _LINE_MEANS.sub(r"\1\\\2", text)
    return _INDENT.sub(lambda match: "\u00a0" * len(match[0]), text)


def _joined(blocks: list[Block]) -> str:
    """Return blocks with blank lines between them, but for the entries of a list."""
    text = ""
    for at, made in enumerate(blocks):
        if at:
            text += "\n" if made.kind == blocks[at - 1].kind == "entry" else "\n\n"
        text += _block(made)
    return text


def _block(made: Block) -> str:
    match made.kind:
        case "code":
            fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(made.text)), default=0))
            return f"{fence}{made.language}\n{made.text}\n{fence}"
        case "quote":
            return "\n".join(f"> {line}" for line in _inside(made).split("\n"))
        case "entry":
            return f"{made.lead.replace('•', '-')} {_inside(made)}"
        case "text":
            return _inside(made)


def _inside(made: Block) -> str:
    spans = laid_over(made.text, 0, len(made.text), made.marks, "text")
    parts: list[str] = []
    for hidden, run in groupby(spans, key=lambda span: bool(span.emphasis & SPOILER)):
        text = "".join(map(_span, run))
        parts.append(f"{_SPOILER}{text}{_SPOILER}" if hidden else text)
    return "".join(parts).replace("\n", "  \n")


def _span(span: Span) -> str:
    if span.role == "code":
        ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(span.text)), default=0))
        pad = " " if span.text[0] == "`" or span.text[-1] == "`" else ""
        text = f"{ticks}{pad}{span.text}{pad}{ticks}"
    elif span.role == "link" and span.link:
        text = f"<{span.link}>" if span.link == span.text else f"[{escaped(span.text)}](<{span.link}>)"
    else:
        text = escaped(span.text)
    for kind, mark in _MARKS:
        if span.emphasis & kind and text.strip():
            inside = text.strip(" ")
            before, after = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
            text = f"{before}{mark}{inside}{mark}{after}"
    return text
