"""What happens, in sentences for the ear: one line an event, words instead of colours and signs. Pure.

What it returns is clean. A message's line begins with its author's name and a colon, and has no line end inside, so
that nothing that somebody writes passes for another one's words, or for the program's.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from typing import Final, NamedTuple

from chat_core.base.filenames import size_in_words
from chat_core.client.state.model import ConversationState, LinkStatus
from chat_core.client.state.reading import calls
from chat_core.protocol.events import MessageDeleted, MessageEdited
from chat_core.protocol.values import Account, Conversation, Message
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.emphasis import masked
from chat_tui.views.lines import Line
from chat_tui.views.names import called, shown_name, title_of
from chat_tui.views.programs import author_of
from chat_tui.views.resembling import NOBODY, Familiars, resembled
from chat_tui.views.servers import Elsewhere
from chat_tui.views.when import clock

NEXT_LINE: Final = " / "
"""Stands for a line end inside a message."""
_SIGNS: Final = {"●": "online", "○": "offline", "◐": "away", "◆": "busy"}
_GAP: Final = re.compile(r" {2,}")


class Manner(NamedTuple):
    """What is told of a message besides its words."""

    times: bool = False
    """When it was sent."""
    numbers: bool = False
    """Its number, as commands take it."""


def message_line(
    message: Message,
    conversation: ConversationState,
    me: Account | None,
    manner: Manner = Manner(),  # noqa: B008  # nothing of it ever changes
    zone: tzinfo | None = None,
    bookmarks: frozenset[int] = frozenset(),
    known: Familiars = NOBODY,
) -> str:
    """Return a message as one line: `ann: hello`.

    Args:
        message: it.
        conversation: where it was said.
        me: oneself.
        manner: what is told besides its words.
        zone: time zone; None: the computer's own.
        bookmarks: seqs of the messages at which one has them.
        known: whom one knows, and by whose name nobody else is to pass.
    """
    own = me is not None and message.author == me.id and not message.via
    who = "you" if own else f"{'bot ' if message.bot else ''}{shown_name(author_of(message))}"
    head = f"{clock(message.ts, zone)} {who}" if manner.times else who
    head = f":{message.seq} {head}" if manner.numbers else head
    if message.deleted:
        return f"{head}: message deleted"
    if (other := resembled(message.author, author_of(message), known)) is not None:
        head += f", who is not @{shown_name(other.name)}"
    if calls(message, me):
        head += ", mentions you"
    if message.aside:
        head += f", in a thread{_of(message.thread, conversation, ' of')}"
    elif message.reply_to is not None:
        head += f", answers{_of(message.reply_to, conversation)}"
    marks = (("edited", message.edits), ("pinned", message.pinned), ("bookmarked", message.seq in bookmarks))
    return ", ".join([f"{head}: {_said(message)}", *(words for words, on in marks if on)])


def _of(seq: int | None, conversation: ConversationState, joint: str = "") -> str:
    """Return who wrote a message, if it is known."""
    found = conversation.timeline.find(seq or 0)
    return f"{joint} {shown_name(author_of(found))}" if found is not None else ""


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
    return NEXT_LINE.join(line.rstrip() for line in drawable(masked(text)).split("\n") if line.strip())


def place_line(conversation: ConversationState, *, topic: bool = False) -> str:
    """Return where one is now: `#general. 3 unread, 1 mentions you.`"""
    about = f" {drawable_line(conversation.info.topic).rstrip('.')}." if topic and conversation.info.topic else ""
    return f"{drawable_line(place_name(conversation.info))}.{about} {unread_words(conversation)}."


def place_name(info: Conversation) -> str:
    """Return how a conversation is spoken of: a group by its number, for commands, and by who is in it."""
    return f"{info.target}, {title_of(info)}" if info.kind == "group" else info.target


def unread_words(conversation: ConversationState) -> str:
    """Return how much is unread: `3 unread, 1 mentions you`."""
    if not conversation.unread:
        return "Nothing unread"
    return f"{conversation.unread:,} unread{_mentions(conversation.mentions, conversation.unread)}"


def elsewhere(conversation: ConversationState, count: int, mentions: int) -> str:
    """Return that something came in another place: `1 new in #ops, mentions you.`"""
    where = "from" if conversation.info.kind == "direct" else "in"
    return f"{count:,} new {where} {drawable_line(place_name(conversation.info))}{_mentions(mentions, count)}."


def changed_line(event: MessageEdited | MessageDeleted) -> str:
    """Return that a message was changed."""
    who = shown_name(called(event))
    if isinstance(event, MessageDeleted):
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


def _mentions(mentions: int, count: int) -> str:
    if not mentions:
        return ""
    return ", mentions you" if mentions == count else f", {mentions:,} mentions you"


def server_line(at: int, server: Elsewhere) -> str:
    """Return what is said of a server in the list of those that are open.

    Args:
        at: its place there, from 1 on.
        server: it.
    """
    me = server.state.me
    parts = [
        drawable_line(server.title),
        f"as {drawable_line(me.name)}" if me is not None else "",
        "you are here" if server.present else "",
        "" if server.state.link.status is LinkStatus.ONLINE else "not connected",
        f"{server.unread} unread" if server.unread else "nothing unread",
        f"{server.needs} for you" if server.needs else "",
    ]
    return f"{at}: {', '.join(part for part in parts if part)}."
