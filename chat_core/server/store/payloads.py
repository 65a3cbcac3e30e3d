"""Events to rows and back: what stands in a column, and what in the packed payload. Pure."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from chat_core.protocol.events import (
    AccountEvent,
    ConversationEvent,
    ConversationJoined,
    ConversationLeft,
    ConversationQuieted,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReadMarkerMoved,
    TopicChanged,
)
from chat_core.protocol.values import Conversation, Everyone, FileInfo, Style
from chat_core.server.store import group_payloads, mark_payloads, order_payloads, private_payloads, thread_payloads
from chat_core.server.store.keys import seq_of

MESSAGE_POSTED: Final = "message_posted"
MESSAGE_EDITED: Final = "message_edited"
MESSAGE_DELETED: Final = "message_deleted"
TOPIC_CHANGED: Final = "topic_changed"
CONVERSATION_JOINED: Final = "conversation_joined"
CONVERSATION_LEFT: Final = "conversation_left"
READ_MARKER_MOVED: Final = "read_marker_moved"
CONVERSATION_QUIETED: Final = "conversation_quieted"
"""Kinds as they stand in the tables: for ever, whatever becomes of the names on the wire."""


LeaveReason = Literal["left", "kicked", "banned", "deleted"]


class _Payload(msgspec.Struct, frozen=True, omit_defaults=True):
    """Root of what is packed."""


class _File(_Payload, frozen=True, omit_defaults=True):
    name: str
    size: int
    type: str
    sha256: bytes


class _Posted(_Payload, frozen=True, omit_defaults=True):
    body: str
    style: Style = "text"
    reply_to: int | None = None
    file: _File | None = None
    thread: int | None = None
    in_channel: bool = False
    mentions: tuple[int, ...] = ()
    everyone: Everyone = ""
    bot: bool = False
    via: str = ""


class _Edited(_Payload, frozen=True, omit_defaults=True):
    body: str
    mentions: tuple[int, ...] = ()
    everyone: Everyone = ""


class _Topic(_Payload, frozen=True, omit_defaults=True):
    topic: str


class _Left(_Payload, frozen=True, omit_defaults=True):
    last: int
    reason: LeaveReason = "left"
    name: str = ""
    text: str = ""
    until: int | None = None


class _Read(_Payload, frozen=True, omit_defaults=True):
    read: int
    back: bool = False


class _Quiet(_Payload, frozen=True, omit_defaults=True):
    quiet: bool


_pack = msgspec.msgpack.Encoder().encode
_posted = msgspec.msgpack.Decoder(_Posted).decode
_edited = msgspec.msgpack.Decoder(_Edited).decode
_topic = msgspec.msgpack.Decoder(_Topic).decode
_left = msgspec.msgpack.Decoder(_Left).decode
_read = msgspec.msgpack.Decoder(_Read).decode
_quiet = msgspec.msgpack.Decoder(_Quiet).decode

NOTHING: Final = b"\x80"
"""An empty map."""


def pack_posted(
    body: str,
    style: Style,
    reply_to: int | None,
    file: FileInfo | None = None,
    mentions: tuple[int, ...] = (),
    everyone: Everyone = "",
    *,
    thread: int | None = None,
    in_channel: bool = False,
    bot: bool = False,
    via: str = "",
) -> bytes:
    """Return the payload of a `MessagePosted`."""
    held = None if file is None else _File(file.name, file.size, file.type, file.sha256)
    return _pack(_Posted(body, style, reply_to, held, thread, in_channel, mentions, everyone, bot, via))


def pack_edited(body: str, mentions: tuple[int, ...] = (), everyone: Everyone = "") -> bytes:
    """Return the payload of a `MessageEdited`."""
    return _pack(_Edited(body, mentions, everyone))


def pack_topic(topic: str) -> bytes:
    """Return the payload of a `TopicChanged`."""
    return _pack(_Topic(topic))


def pack_left(
    last: int, reason: LeaveReason = "left", name: str = "", text: str = "", until: int | None = None
) -> bytes:
    """Return the payload of a `ConversationLeft`."""
    return _pack(_Left(last, reason, name, text, until))


def pack_read(read: int, *, back: bool = False) -> bytes:
    """Return the payload of a `ReadMarkerMoved`."""
    return _pack(_Read(read, back))


def pack_quiet(quiet: bool) -> bytes:
    """Return the payload of a `ConversationQuieted`."""
    return _pack(_Quiet(quiet))


def conversation_event(
    conversation: int,
    seq: int,
    eid: bytes,
    kind: str,
    author: int,
    name: str,
    ts: int,
    cid: bytes | None,
    payload: bytes,
    target: int | None,
) -> tuple[ConversationEvent, str]:
    """Return the event of a row, and the text in it that counts for a page's size.

    `target` is the key of the message that an edit or a deletion is about.

    Raises:
        ValueError: a kind that this version does not know.
    """
    if kind == MESSAGE_POSTED:
        posted = _posted(payload)
        event = MessagePosted(
            conversation=conversation,
            seq=seq,
            eid=eid,
            ts=ts,
            author=author,
            name=name,
            cid=cid or b"",
            body=posted.body,
            style=posted.style,
            reply_to=posted.reply_to,
            file=_file(posted.file),
            thread=posted.thread,
            in_channel=posted.in_channel,
            mentions=posted.mentions,
            everyone=posted.everyone,
            bot=posted.bot,
            via=posted.via,
        )
        return event, posted.body
    if kind == TOPIC_CHANGED:
        topic = _topic(payload).topic
        return TopicChanged(
            conversation=conversation, seq=seq, eid=eid, ts=ts, author=author, name=name, topic=topic
        ), topic
    ordered = order_payloads.conversation_event(conversation, seq, eid, kind, author, name, ts, payload)
    if ordered is not None:
        return ordered
    about = seq_of(target or 0)
    if kind == MESSAGE_EDITED:
        edited = _edited(payload)
        return MessageEdited(
            conversation=conversation,
            seq=seq,
            eid=eid,
            ts=ts,
            author=author,
            name=name,
            message=about,
            body=edited.body,
            mentions=edited.mentions,
            everyone=edited.everyone,
        ), edited.body
    if kind == MESSAGE_DELETED:
        return MessageDeleted(
            conversation=conversation, seq=seq, eid=eid, ts=ts, author=author, name=name, message=about
        ), ""
    head = {"conversation": conversation, "seq": seq, "eid": eid, "ts": ts, "author": author, "name": name}
    marked = mark_payloads.conversation_event(kind, payload, about, head)
    marked = marked or group_payloads.conversation_event(kind, payload, head)
    if marked is not None:
        return marked, ""
    raise ValueError(f"an event of the unknown kind {kind!r}")


def _file(packed: _File | None) -> FileInfo | None:
    if packed is None:
        return None
    return FileInfo(name=packed.name, size=packed.size, type=packed.type, sha256=packed.sha256)


def edited_body(payload: bytes) -> str:
    """Return the text in the payload of a `MessageEdited`, or of a `MessagePosted`."""
    return _edited(payload).body


def edited_calls(payload: bytes) -> tuple[tuple[int, ...], Everyone]:
    """Return whom the payload of a `MessageEdited`, or of a `MessagePosted`, mentions."""
    edited = _edited(payload)
    return edited.mentions, edited.everyone


def account_event(seq: int, kind: str, payload: bytes, conversation: Conversation) -> AccountEvent:
    """Return the account event of a row.

    Args:
        seq: its number in the account's log.
        kind: one of the kinds above.
        payload: as packed.
        conversation: the one it is about, as it is to be shown.

    Raises:
        ValueError: a kind that this version does not know.
    """
    if kind == CONVERSATION_JOINED:
        return ConversationJoined(seq=seq, conversation=conversation)
    if kind == CONVERSATION_LEFT:
        left = _left(payload)
        return ConversationLeft(
            seq=seq,
            conversation=conversation.id,
            last=left.last,
            reason=left.reason,
            name=left.name,
            text=left.text,
            until=left.until,
        )
    if kind == READ_MARKER_MOVED:
        moved = _read(payload)
        return ReadMarkerMoved(seq=seq, conversation=conversation.id, read=moved.read, back=moved.back)
    if kind == CONVERSATION_QUIETED:
        return ConversationQuieted(seq=seq, conversation=conversation.id, quiet=_quiet(payload).quiet)
    found = order_payloads.account_event(seq, kind, payload, conversation.id)
    found = found or private_payloads.account_event(seq, kind, payload, conversation.id)
    found = found or thread_payloads.account_event(seq, kind, payload, conversation.id)
    found = found or mark_payloads.account_event(seq, kind, payload, conversation.id)
    if found is not None:
        return found
    raise ValueError(f"an account event of the unknown kind {kind!r}")
