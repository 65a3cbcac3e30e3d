"""How a message or an event looks as one line of text or of JSON. Pure.

Text is for people and `grep`, cleaned for a terminal; JSON is for programs, one object a line, with the text as stored.
"""

from __future__ import annotations

import json
from datetime import tzinfo

import msgspec

from chat_core.base.text import for_terminal, line_for_terminal
from chat_core.protocol.events import ConversationEvent, MessagePosted, TopicChanged
from chat_core.protocol.values import Message, Style
from chat_tui.views.when import local

_MORE_LINES = "\n    "
"""Further lines of a message are indented, so that none of them looks like a message of its own."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one line tells; the fields of the JSON form, in this order."""

    conversation: str
    """Spelled as a TARGET."""
    seq: int
    """Its number there."""
    ts: int
    """Milliseconds since 1970-01-01 UTC."""
    author: str
    """Account name."""
    kind: str
    """`message`, `action` (a `/me`), `topic`, or `event` for what this version does not know."""
    text: str
    """The body as stored, or the new topic."""


def of_message(target: str, message: Message) -> Line:
    """Return the line of a message in a page of history."""
    return Line(
        conversation=target,
        seq=message.seq,
        ts=message.ts,
        author=message.name,
        kind=_kind(message.style),
        text=message.body,
    )


def of_event(target: str, event: ConversationEvent) -> Line:
    """Return the line of an event of the log."""
    match event:
        case MessagePosted():
            kind, text = _kind(event.style), event.body
        case TopicChanged():
            kind, text = "topic", event.topic
        case _:
            kind, text = "event", ""
    return Line(conversation=target, seq=event.seq, ts=event.ts, author=event.name, kind=kind, text=text)


def as_json(line: Line) -> str:
    """Return a line as one JSON object, without its newline; all beyond ASCII is escaped, so it is safe anywhere."""
    return json.dumps(msgspec.to_builtins(line))


def as_text(line: Line, zone: tzinfo | None = None) -> str:
    """Return a line for people: `[2026-11-21 12:52:07] #general:17 <ann> works here`.

    Args:
        line: what to tell.
        zone: time zone of the stamp; None: the machine's.
    """
    when = local(line.ts, zone)
    head = f"[{when:%Y-%m-%d %H:%M:%S}] {line_for_terminal(line.conversation)}:{line.seq}"
    author = line_for_terminal(line.author)
    body = for_terminal(line.text).replace("\n", _MORE_LINES)
    match line.kind:
        case "message":
            return f"{head} <{author}> {body}"
        case "action":
            return f"{head} * {author} {body}"
        case "topic":
            return f"{head} -- {author} set the topic: {body}" if body else f"{head} -- {author} removed the topic"
        case _:
            return f"{head} -- {author}: something this version does not know"


def _kind(style: Style) -> str:
    return "action" if style == "action" else "message"
