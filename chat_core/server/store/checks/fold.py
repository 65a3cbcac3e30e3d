"""What is kept twice: messages and topics are what the log makes of them, message numbers count up without holes.

The log is read once, in order, beside the messages; nothing is kept in memory but the conversation at hand.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import MsgspecError
from sqlalchemy import Connection, bindparam, func, select

from chat_core.base.ids import EID_BYTES
from chat_core.protocol.events import ConversationEvent, MessagePosted, TopicChanged
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.payloads import conversation_event
from chat_core.server.store.schema import conversations, events, messages

_conversations: Final = select(conversations.c.id, conversations.c.topic, conversations.c.ordinal).order_by(
    conversations.c.id
)
_log: Final = (
    select(
        events.c.id,
        events.c.eid,
        events.c.kind,
        events.c.author,
        events.c.ts,
        events.c.cid,
        events.c.payload,
        messages.c.ordinal,
        messages.c.author.label("message_author"),
        messages.c.ts.label("message_ts"),
        messages.c.changed,
        messages.c.body,
        messages.c.style,
        messages.c.reply_to,
    )
    .join_from(events, messages, messages.c.id == events.c.id, isouter=True)
    .where(events.c.id >= bindparam("low"), events.c.id <= bindparam("high"))
    .order_by(events.c.id)
)
_no_event: Final = (
    select(messages.c.id)
    .join_from(messages, events, events.c.id == messages.c.id, isouter=True)
    .where(events.c.id.is_(None))
    .order_by(messages.c.id)
)
_is_message: Final = select(messages.c.id).where(messages.c.id == bindparam("key"))
_message_count: Final = select(func.count()).select_from(messages)


def check_fold(connection: Connection, findings: Findings) -> str:
    """Compare messages and topics with the log that they are folded from."""
    for row in connection.execute(_conversations).all():
        fold = _Fold(connection, row.id, findings)
        for entry in stream(connection, _log, {"low": row_id(row.id, 0), "high": row_id(row.id, MAX_SEQ)}):
            fold.take(entry)
        fold.compare(row)
    for (key,) in stream(connection, _no_event):
        findings.add(f"message {_address(key)}: its event is not there")
    count: int = connection.execute(_message_count).scalar_one()
    return f"{times(count, 'message')} and every topic as the log makes them"


class _Fold:
    """One conversation's log, folded as far as it was read."""

    def __init__(self, connection: Connection, conversation: int, findings: Findings) -> None:
        self._connection = connection
        self._conversation = conversation
        self._findings = findings
        self._topic = ""
        self._messages = 0

    def take(self, entry: Any) -> None:
        """Fold the next event in and look at the message beside it."""
        if len(entry.eid) != EID_BYTES:
            self._say("event", entry, f"its id has {len(entry.eid)} bytes, not {EID_BYTES}")
        event = self._event(entry)
        match event:
            case MessagePosted():
                self._messages += 1
                self._posted(entry, event)
                return
            case TopicChanged():
                self._topic = event.topic
            case None:
                return
            case _:
                pass
        if entry.ordinal is not None:
            self._say("message", entry, "its event posted none")

    def compare(self, row: Any) -> None:
        """Compare what the whole log came to with the conversation's row."""
        if row.topic != self._topic:
            self._findings.add(f"conversation {row.id}: its topic is not the last one of its log")
        if row.ordinal != self._messages:
            self._findings.add(
                f"conversation {row.id}: it counts {times(row.ordinal, 'message')}, its log has {self._messages:,}"
            )

    def _event(self, entry: Any) -> ConversationEvent | None:
        """Return the event of an entry, None if it is none."""
        try:
            event, _ = conversation_event(
                self._conversation,
                seq_of(entry.id),
                entry.eid,
                entry.kind,
                entry.author,
                "",
                entry.ts,
                entry.cid,
                entry.payload,
            )
        except MsgspecError:
            self._say("event", entry, "what it holds cannot be read")
            return None
        except ValueError:
            self._say("event", entry, "its kind is unknown")
            return None
        return event

    def _posted(self, entry: Any, event: MessagePosted) -> None:
        """Compare a message with the event that posted it."""
        if entry.ordinal is None:
            self._say("event", entry, "the message that it posted is not there")
            return
        if entry.ordinal != self._messages:
            self._say("message", entry, f"it is counted as number {entry.ordinal:,}, it is number {self._messages:,}")
        there = (entry.message_author, entry.message_ts, entry.style, entry.reply_to)
        if there != (event.author, event.ts, event.style, event.reply_to):
            self._say("message", entry, "author, time, style or what it answers is not as it was posted")
        if entry.changed != event.seq:
            self._say("message", entry, f"it has event {entry.changed} folded in, which does not concern it")
        elif entry.body != event.body:
            self._say("message", entry, "its text is not as it was posted")
        if event.reply_to is not None and not self._is_message(event.reply_to):
            self._say("message", entry, f"it answers {self._conversation}:{event.reply_to}, which is no message")

    def _is_message(self, seq: int) -> bool:
        key = row_id(self._conversation, seq)
        return self._connection.execute(_is_message, {"key": key}).first() is not None

    def _say(self, what: str, entry: Any, text: str) -> None:
        self._findings.add(f"{what} {_address(entry.id)}: {text}")


def _address(key: int) -> str:
    return f"{conversation_of(key)}:{seq_of(key)}"
