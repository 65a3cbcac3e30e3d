"""Messages, and what they come in: files, threads, hits of a search."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chat_core.protocol.limits import FILE_NAME_CHARS, FILE_TYPE_CHARS, MAX_NUMBER
from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values.numbers import AccountNumber, ConversationNumber, SeqNumber

Style = Literal["text", "action"]
"""`action` is what `/me` makes: "ann waves"."""

Everyone = Literal["", "here", "channel"]
"""Whom a message calls besides those it names: `channel`: every member, `here`: every member, but it is worth a sound
to those only who are connected; empty: nobody."""

SHA256_BYTES = 32
FileSize = Annotated[int, Meta(ge=0, le=MAX_NUMBER)]
FileName = Annotated[str, Meta(min_length=1, max_length=FILE_NAME_CHARS)]
FileHash = Annotated[bytes, Meta(min_length=SHA256_BYTES, max_length=SHA256_BYTES)]

FileType = Annotated[str, Meta(max_length=FILE_TYPE_CHARS)]
"""A media type, as its sender calls it: nobody looks into the file."""


class FileInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A file that hangs on a message. Its bytes are read with `fetch`."""

    name: FileName
    """What its sender called it: without a folder; not safe to write to a disk under that name unseen."""
    size: FileSize
    """Its length in bytes."""
    type: FileType
    """What is in it, by its sender's word."""
    sha256: FileHash
    """SHA-256 of all its bytes."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands now: all events up to `changed` are folded in."""

    seq: SeqNumber
    """Its address is `conversation:seq`."""
    changed: SeqNumber
    """seq of the last event folded in; events on this message with a seq up to it must be ignored."""
    ts: int
    """When the server took it: milliseconds since 1970-01-01 UTC. Shown, never used for order."""
    author: AccountNumber
    """Account that wrote it."""
    name: str
    """That account's name when the page was read."""
    display: str = ""
    """What it was shown as then; empty: its name."""
    body: str
    """The text as stored; empty once it was deleted."""
    style: Style = "text"
    """How it is drawn."""
    reply_to: int | None = None
    """seq of the message it answers."""
    edits: int = 0
    """How often its text was changed."""
    deleted: bool = False
    """Whether it was deleted: its text is gone, its place and its author stay."""
    file: FileInfo | None = None
    """The file that was sent with it; gone when it is deleted."""
    thread: int | None = None
    """seq of the message whose thread it is in; nil: it is in none."""
    in_channel: bool = False
    """With `thread`: whether it stands in the conversation besides."""
    replies: int = 0
    """Messages in its own thread; deleted ones keep their place and count."""
    last_reply: int = 0
    """When the newest of them was taken, in milliseconds since 1970-01-01 UTC; 0: there is none."""
    mentions: tuple[AccountNumber, ...] = ()
    """Members that it names, when it was stored; never its author."""
    everyone: Everyone = ""
    """Whom it calls besides."""
    bot: bool = False
    """Whether a program wrote it: a bot, or a webhook."""
    via: str = ""
    """What a webhook calls itself in this message, to be shown in place of the account's name; empty: nothing."""
    reactions: tuple[Reaction, ...] = ()
    """What was reacted to it, in the order in which each emoji came; a deleted message has none."""
    pinned: bool = False
    """Whether it is pinned."""

    @property
    def aside(self) -> bool:
        """Whether it stands in its thread only: it is no line of the conversation and never unread there."""
        return self.thread is not None and not self.in_channel


class SearchHit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that a search found."""

    conversation: ConversationNumber
    """Number of the conversation it is in."""
    target: str
    """That conversation spelled as a TARGET, as the asker calls it: `#general`, `@ann`."""
    message: Message
    """The message as it stands now."""
    spans: tuple[tuple[int, int], ...] = ()
    """What of its body was looked for: pairs of the first character and the one behind the last, counted in Unicode
    code points from 0; in order, without overlaps."""


class ThreadSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A thread as one account stands to it."""

    conversation: ConversationNumber
    """Where it is."""
    root: Message
    """The message that it hangs on, as it stands now."""
    following: bool = False
    """Whether the account follows it."""
    read: int = 0
    """Own read marker in it: what is in it up to this seq was read."""
    unread: int = 0
    """Messages in it behind that, not deleted, by others whom one does not ignore; of one that is not followed: 0."""


class ThreadCount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is new in a thread that an account follows."""

    conversation: ConversationNumber
    """Where it is."""
    thread: SeqNumber
    """seq of the message that it hangs on."""
    read: int = 0
    """Own read marker in it."""
    unread: int = 0
    """Messages in it behind that which were not deleted, by others whom one does not ignore."""
    mentions: int = 0
    """Those among them that call the account and stand in the thread only: others count in the conversation."""
