"""How a message or an event looks as one line of text or of JSON. Pure.

Text is for people and `grep`, cleaned for a terminal; JSON is for programs, one object a line, with the text as stored.
"""

from __future__ import annotations

import json
from datetime import tzinfo

import msgspec

from chat_core.base.filenames import file_name, size_in_words
from chat_core.protocol.events import (
    ConversationEvent,
    MemberLeft,
    MembersAdded,
    MemberSanctioned,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessagePosted,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
    RoleChanged,
    RulesChanged,
    TopicChanged,
)
from chat_core.protocol.values import FileInfo, Message, Style
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.order import tell
from chat_tui.views.programs import marked
from chat_tui.views.when import local

_ORDER = {
    RoleChanged: "role",
    RulesChanged: "rules",
    MemberSanctioned: "sanction",
    MembersAdded: "people",
    MemberLeft: "people",
}
_MARKS = {
    ReactionAdded: "reaction",
    ReactionRemoved: "unreaction",
    MessagePinned: "pin",
    MessageUnpinned: "unpin",
}
_MORE_LINES = "\n    "
"""Further lines of a message are indented, so that none of them looks like a message of its own."""


class FileLine(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the JSON form."""

    name: str
    """As its sender called it."""
    size: int
    """In bytes."""
    type: str
    """Its media type, by its sender's word."""
    sha256: str
    """In hexadecimal."""


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
    """`message`, `action` (a `/me`), `edit`, `deletion`, `reaction`, `unreaction`, `pin`, `unpin`, `topic`, `role`,
    `rules`, `sanction`, `people` (who came into a group or left it), or `event` for what this version does not know."""
    text: str
    """The body as stored, the emoji of a reaction, the new topic, or what happened in words; empty where a message was
    deleted."""
    message: int = 0
    """seq of the message that an edit, a deletion, a reaction or a pin is about."""
    edits: int = 0
    """How often a message in a page was edited."""
    deleted: bool = False
    """Whether it was deleted since."""
    file: FileLine | None = None
    """The file that hangs on it."""
    thread: int = 0
    """seq of the message whose thread a message is in; 0: in none."""
    in_channel: bool = False
    """With that: whether it stands in the conversation besides."""
    bot: bool = False
    """Whether a program wrote it."""
    via: str = ""
    """What a webhook calls itself in it; empty: nothing."""
    reactions: dict[str, int] = {}
    """How often each emoji stands at a message in a page."""
    pinned: bool = False
    """Whether a message in a page is pinned."""


def of_message(target: str, message: Message) -> Line:
    """Return the line of a message in a page of history."""
    return Line(
        conversation=target,
        seq=message.seq,
        ts=message.ts,
        author=message.name,
        kind=_kind(message.style),
        text=message.body,
        edits=message.edits,
        deleted=message.deleted,
        file=_file(message.file),
        thread=message.thread or 0,
        in_channel=message.in_channel,
        bot=message.bot,
        via=message.via,
        reactions={each.emoji: each.count for each in message.reactions},
        pinned=message.pinned,
    )


def of_event(target: str, event: ConversationEvent) -> Line:
    """Return the line of an event of the log."""
    about, deleted, file, bot, via = 0, False, None, False, ""
    match event:
        case MessagePosted():
            kind, text, deleted = _kind(event.style), event.body, not event.body
            file, bot, via = _file(event.file), event.bot, event.via
        case MessageEdited():
            kind, text, about, deleted = "edit", event.body, event.message, not event.body
        case MessageDeleted():
            kind, text, about, deleted = "deletion", "", event.message, True
        case ReactionAdded() | ReactionRemoved():
            kind, text, about = _MARKS[type(event)], event.emoji, event.message
        case MessagePinned() | MessageUnpinned():
            kind, text, about = _MARKS[type(event)], "", event.message
        case TopicChanged():
            kind, text = "topic", event.topic
        case RoleChanged() | RulesChanged() | MemberSanctioned() | MembersAdded() | MemberLeft():
            kind, text = _ORDER[type(event)], tell(event)
        case _:
            kind, text = "event", ""
    return Line(
        conversation=target,
        seq=event.seq,
        ts=event.ts,
        author=event.name,
        kind=kind,
        text=text,
        message=about,
        deleted=deleted,
        file=file,
        thread=(event.thread or 0) if isinstance(event, MessagePosted) else 0,
        in_channel=isinstance(event, MessagePosted) and event.in_channel,
        bot=bot,
        via=via,
    )


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
    head = f"[{when:%Y-%m-%d %H:%M:%S}] {drawable_line(line.conversation)}:{line.seq}"
    author = marked(drawable_line(line.via or line.author), bot=line.bot)
    body = drawable(line.text).replace("\n", _MORE_LINES) + _behind(line)
    if line.file is not None:
        body = f"{body} [file {file_name(line.file.name)}, {size_in_words(line.file.size)}]"
    if line.thread:
        body = f"↳ #{line.thread} {body}"
    match line.kind:
        case "message" | "action" if line.deleted:
            return f"{head} -- {author}: (message deleted)"
        case "message":
            return f"{head} <{author}> {body}"
        case "action":
            return f"{head} * {author} {body}"
        case "role" | "rules" | "sanction" | "people":
            return f"{head} -- {drawable_line(line.text)}"
        case "topic":
            return f"{head} -- {author} set the topic: {body}" if body else f"{head} -- {author} removed the topic"
        case _:
            return f"{head} -- {author}{_done(line, body)}"


def _done(line: Line, body: str) -> str:
    """Return what somebody did to a message, as the end of a sentence."""
    about = f"{drawable_line(line.conversation)}:{line.message}"
    match line.kind:
        case "edit":
            return f" edited {about}" + (", which is deleted now" if line.deleted else f": {body}")
        case "deletion":
            return f" deleted {about}"
        case "reaction":
            return f" reacted to {about} with {body}"
        case "unreaction":
            return f" took {body} back from {about}"
        case "pin" | "unpin":
            return f" {'pinned' if line.kind == 'pin' else 'unpinned'} {about}"
        case _:
            return ": something this version does not know"


def _behind(line: Line) -> str:
    """Return what stands behind the text of a message in a page."""
    marks = [word for word, on in (("(edited)", line.edits), ("(pinned)", line.pinned)) if on]
    marks += [f"[{drawable_line(emoji)} {count}]" for emoji, count in line.reactions.items()]
    return "".join(f" {mark}" for mark in marks)


def _file(file: FileInfo | None) -> FileLine | None:
    if file is None:
        return None
    return FileLine(name=file.name, size=file.size, type=file.type, sha256=file.sha256.hex())


def _kind(style: Style) -> str:
    return "action" if style == "action" else "message"
