"""What happens, in sentences for the ear: one line an event, words instead of colours and signs. Pure.

What it returns is clean. A message's line begins with its author's name and a colon, and has no line end inside, so
that nothing that somebody writes passes for another one's words, or for the program's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import tzinfo
from typing import Final

from chat_core.base.filenames import size_in_words
from chat_core.client.state.model import ConversationState
from chat_core.client.state.reading import is_mention
from chat_core.protocol.events import MessageDeleted, MessageEdited
from chat_core.protocol.values import Account, Message
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.lines import Line
from chat_tui.views.names import called, shown_name
from chat_tui.views.when import clock

NEXT_LINE: Final = " / "
"""Stands for a line end inside a message."""
_SIGNS: Final = {"●": "online", "○": "offline", "◐": "away", "◆": "busy"}
_GAP: Final = re.compile(r" {2,}")


def message_line(
    message: Message, conversation: ConversationState, me: Account | None, *, timed: bool, zone: tzinfo | None = None
) -> str:
    """Return a message as one line: `ann: hello`.

    Args:
        message: it.
        conversation: where it was said.
        me: oneself.
        timed: whether the time is told.
        zone: time zone; None: the computer's own.
    """
    own = me is not None and message.author == me.id
    who = "you" if own else shown_name(called(message))
    head = f"{clock(message.ts, zone)} {who}" if timed else who
    if message.deleted:
        return f"{head}: message deleted"
    if is_mention(message, me):
        head += ", mentions you"
    if message.reply_to is not None:
        answered = conversation.timeline.find(message.reply_to)
        head += ", answers" + (f" {shown_name(called(answered))}" if answered is not None else "")
    return f"{head}: {_said(message)}{', edited' if message.edits else ''}"


def _said(message: Message) -> str:
    body = one_line(message.body)
    if message.style == "action":
        body = f"({body})"
    if message.file is not None:
        file = f"file {drawable_line(message.file.name)}, {size_in_words(message.file.size)}"
        body = f"{file}: {body}" if body else file
    return body


def one_line(text: str) -> str:
    """Return a text of several lines as one, clean."""
    return NEXT_LINE.join(line.rstrip() for line in drawable(text).split("\n") if line.strip())


def place_line(conversation: ConversationState, *, topic: bool = False) -> str:
    """Return where one is now: `#general. 3 unread, 1 mentions you.`"""
    about = f" {drawable_line(conversation.info.topic).rstrip('.')}." if topic and conversation.info.topic else ""
    return f"{drawable_line(conversation.target)}.{about} {unread_words(conversation)}."


def unread_words(conversation: ConversationState) -> str:
    """Return how much is unread: `3 unread, 1 mentions you`."""
    if not conversation.unread:
        return "Nothing unread"
    return f"{conversation.unread:,} unread{_mentions(conversation.mentions, conversation.unread)}"


def elsewhere(conversation: ConversationState, count: int, mentions: int) -> str:
    """Return that something came in another place: `1 new in #ops, mentions you.`"""
    where = "from" if conversation.info.kind == "direct" else "in"
    return f"{count:,} new {where} {drawable_line(conversation.target)}{_mentions(mentions, count)}."


def changed_line(event: MessageEdited | MessageDeleted) -> str:
    """Return that a message was changed."""
    who = shown_name(called(event))
    if isinstance(event, MessageDeleted) or not event.body:
        return f"{who} deleted a message."
    return f"{who} changed a message to: {one_line(event.body)}"


def spoken(line: Line) -> str:
    """Return a line that was made for the eye: columns become commas, and a sign at its beginning a word."""
    text = line.text.strip()
    word = _SIGNS.get(text[:1], "")
    if word:
        text = text[1:].strip()
    said = _GAP.sub(", ", text)
    return f"{said}, {word}" if word else said


def counted(lines: Iterable[str]) -> list[str]:
    """Return lines without empty ones."""
    return [line for line in lines if line]


def _mentions(mentions: int, count: int) -> str:
    if not mentions:
        return ""
    return ", mentions you" if mentions == count else f", {mentions:,} mentions you"
