"""What is kept twice: messages and topics are what the log makes of them, message numbers count up without holes.

The log is read once, in order, beside the messages, and nothing of it is kept in memory. So an edit is not folded in,
but looked up: a message must say what the last event folded into it says, and no event may be about a message that was
folded less far. Together this is the same.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from chat_core.base.ids import EID_BYTES
from chat_core.base.unreadable import UNREADABLE
from chat_core.protocol.events import (
    ConversationEvent,
    MessageEvent,
    MessagePosted,
    RulesChanged,
    TopicChanged,
)
from chat_core.protocol.values import Rules
from chat_core.server.store import columns
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.checks.marks import find_strays, mark_faults
from chat_core.server.store.counting import unpack_accounts
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.payloads import (
    MESSAGE_DELETED,
    MESSAGE_EDITED,
    conversation_event,
    edited_body,
    edited_calls,
)
from chat_core.server.store.schema import conversations, events, files, messages
from chat_core.server.store.settings import DELETED, is_deleted, rules_of

_conversations: Final = select(
    conversations.c.id,
    conversations.c.kind,
    conversations.c.name,
    conversations.c.topic,
    conversations.c.ordinal,
    conversations.c.visibility,
    conversations.c.moderated,
    conversations.c.locked,
    conversations.c.archived,
    conversations.c.slow_s,
    conversations.c.settings,
).order_by(conversations.c.id)
_log: Final = (
    select(
        events.c.id,
        events.c.eid,
        events.c.kind,
        events.c.author,
        events.c.ts,
        events.c.cid,
        events.c.payload,
        events.c.target,
        messages.c.ordinal,
        messages.c.author.label("message_author"),
        messages.c.ts.label("message_ts"),
        *columns.FOLDED,
        files.c.account.label("file_account"),
        *columns.ATTACHED,
    )
    .select_from(
        events.outerjoin(messages, messages.c.id == events.c.id).outerjoin(files, files.c.message == events.c.id)
    )
    .where(events.c.id >= bindparam("low"), events.c.id <= bindparam("high"))
    .order_by(events.c.id)
)
_no_event: Final = (
    select(messages.c.id)
    .join_from(messages, events, events.c.id == messages.c.id, isouter=True)
    .where(events.c.id.is_(None))
    .order_by(messages.c.id)
)
_no_message: Final = (
    select(files.c.message)
    .join_from(files, messages, messages.c.id == files.c.message, isouter=True)
    .where(messages.c.id.is_(None))
    .order_by(files.c.message)
)
_changed: Final = select(messages.c.changed).where(messages.c.id == bindparam("key"))
_about_it: Final = (
    select(events.c.id, events.c.kind, events.c.author, events.c.payload)
    .where(events.c.target == bindparam("of"))
    .order_by(events.c.id)
)
_root: Final = select(messages.c.id, messages.c.thread, messages.c.changed).where(messages.c.id == bindparam("key"))
_replies: Final = select(func.count().label("number"), func.max(messages.c.id).label("last")).where(
    messages.c.thread == bindparam("of")
)
_when: Final = select(messages.c.ts).where(messages.c.id == bindparam("key"))
_message_count: Final = select(func.count()).select_from(messages)


def check_fold(connection: Connection, findings: Findings) -> str:
    """Compare messages and topics with the log that they are folded from."""
    for row in connection.execute(_conversations).all():
        fold = _Fold(connection, row.id, findings)
        if not is_deleted(row.kind, row.name):  # of a deleted one anything may be left
            for entry in stream(connection, _log, {"low": row_id(row.id, 0), "high": row_id(row.id, MAX_SEQ)}):
                fold.take(entry)
        fold.compare(row)
    for (key,) in stream(connection, _no_event):
        findings.add(f"message {_address(key)}: its event is not there")
    for (key,) in stream(connection, _no_message):
        findings.add(f"file of {_address(key)}: the message is not there")
    find_strays(connection, findings)
    count: int = connection.execute(_message_count).scalar_one()
    return f"{times(count, 'message')} and every topic and rule as the log makes them"


class _Fold:
    """One conversation's log, folded as far as it was read."""

    def __init__(self, connection: Connection, conversation: int, findings: Findings) -> None:
        self._connection = connection
        self._conversation = conversation
        self._findings = findings
        self._topic = ""
        self._rules = Rules()
        self._messages = 0

    def take(self, entry: Any) -> None:
        """Fold the next event in and look at the message beside it."""
        if len(entry.eid) != EID_BYTES:
            self._say("event", entry, f"its id has {len(entry.eid)} bytes, not {EID_BYTES}")
        event = self._event(entry)
        match event:
            case MessagePosted():
                self._messages += event.thread is None or event.in_channel
                self._posted(entry, event)
                return
            case TopicChanged():
                self._topic = event.topic
            case RulesChanged():
                self._rules = event.rules
            case None:
                return
            case _:
                if isinstance(event, MessageEvent):
                    self._about(entry, event.message)
        if entry.ordinal is not None:
            self._say("message", entry, "its event posted none")

    def compare(self, row: Any) -> None:
        """Compare what the whole log came to with the conversation's row."""
        if row.topic != self._topic:
            self._findings.add(f"conversation {row.id}: its topic is not the last one of its log")
        wanted = DELETED if is_deleted(row.kind, row.name) else self._rules
        if rules_of(row) != wanted:
            self._findings.add(f"conversation {row.id}: its rules are not the last ones of its log")
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
                entry.target,
            )
        except UNREADABLE:
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
        there = (entry.message_author, entry.message_ts, entry.style, entry.reply_to, entry.bot, entry.via)
        if there != (event.author, event.ts, event.style, event.reply_to, event.bot, event.via):
            self._say("message", entry, "author, time, style or what it answers is not as it was posted")
        self._hangs(entry, event)
        thread = None if event.thread is None else row_id(self._conversation, event.thread)
        if (entry.thread, bool(entry.in_channel)) != (thread, event.in_channel):
            self._say("message", entry, "its thread is not as it was posted")
        if thread is not None:
            self._replied(entry, thread)
        stands = (entry.changed, entry.edits, entry.deleted, entry.reactions, entry.pinned)
        if stands != (event.seq, 0, False, b"", False):
            self._changed(entry, event)
        elif entry.body != event.body:
            self._say("message", entry, "its text is not as it was posted")
        elif _calls(entry) != (event.mentions, event.everyone):
            self._say("message", entry, "whom it mentions is not as it was posted")
        if event.reply_to is not None and self._folded_up_to(event.reply_to) is None:
            self._say("message", entry, f"it answers {self._conversation}:{event.reply_to}, which is no message")

    def _hangs(self, entry: Any, event: MessagePosted) -> None:
        """Compare the file of a message with the event that posted it; one that was deleted has none in either."""
        file = event.file
        told = (None,) * 5 if file is None else (event.author, file.name, file.size, file.type, file.sha256)
        if (entry.file_account, entry.file_name, entry.file_size, entry.file_type, entry.sha256) != told:
            self._say("message", entry, "its file is not as it was posted")
        elif file is not None and entry.deleted:
            self._say("message", entry, "it was deleted, but its file is still there")

    def _replied(self, entry: Any, thread: int) -> None:
        """Look whether a reply is folded into what its thread hangs on, which is in no thread itself."""
        root = self._connection.execute(_root, {"key": thread}).first()
        if root is None or root.thread is not None or root.id >= entry.id:
            self._say("message", entry, "its thread hangs on no message that can have one")
        elif root.changed < seq_of(entry.id):
            self._say("message", entry, f"it is not folded into {_address(thread)}")

    def _threaded(self, entry: Any) -> int:
        """Count the replies of a message; return the last one's seq, 0 if there is none."""
        found = self._connection.execute(_replies, {"of": entry.id}).one()
        last = 0 if not found.number else self._connection.execute(_when, {"key": found.last}).scalar_one()
        if (entry.replies, entry.last_reply) != (found.number, last):
            self._say("message", entry, f"it counts {times(entry.replies, 'reply')}, its thread has {found.number:,}")
        return seq_of(found.last or 0)

    def _changed(self, entry: Any, event: MessagePosted) -> None:
        """Compare a message with what the replies in its thread, and the events about it, make of it."""
        last_reply = self._threaded(entry)
        about = self._connection.execute(_about_it, {"of": entry.id}).all()
        edited = [each.payload for each in about if each.kind == MESSAGE_EDITED]
        edits = [_text(payload) for payload in edited]
        if len(edits) != entry.edits:
            self._say("message", entry, f"it counts {times(entry.edits, 'edit')}, its log has {len(edits)}")
        if entry.changed != last_reply and not any(seq_of(each.id) == entry.changed for each in about):
            self._say("message", entry, f"it has event {entry.changed} folded in, which is not about it")
            return
        deleted = any(each.kind == MESSAGE_DELETED for each in about)
        text = "" if deleted else [event.body, *edits][-1]
        if entry.deleted != deleted or entry.body != text:
            self._say("message", entry, "its text is not what the last event about it says")
        called = _edited_calls(edited[-1]) if edited else (event.mentions, event.everyone)
        if _calls(entry) != (((), "") if deleted else called):
            self._say("message", entry, "whom it mentions is not what the last event about it says")
        if deleted and (event.body or any(edits)):
            self._say("message", entry, "it was deleted, but the log still has its text")
        for fault in mark_faults(self._connection, entry, [] if deleted else about):
            self._say("message", entry, fault)

    def _about(self, entry: Any, seq: int) -> None:
        """Look whether an edit or a deletion is folded into the message that it is about."""
        folded = self._folded_up_to(seq) if conversation_of(entry.target or 0) == self._conversation else None
        if folded is None:
            self._say("event", entry, "it is about a message that is not there")
        elif folded < seq_of(entry.id):
            self._say("event", entry, f"it is not folded into {self._conversation}:{seq}")

    def _folded_up_to(self, seq: int) -> int | None:
        """Return how far the log is folded into a message, None if there is no such message."""
        folded: int | None = self._connection.execute(_changed, {"key": row_id(self._conversation, seq)}).scalar()
        return folded

    def _say(self, what: str, entry: Any, text: str) -> None:
        self._findings.add(f"{what} {_address(entry.id)}: {text}")


def _text(payload: bytes) -> str | None:
    """Return the text of an edit, None if it cannot be read."""
    try:
        return edited_body(payload)
    except UNREADABLE:
        return None


def _calls(entry: Any) -> tuple[tuple[int, ...], str]:
    return unpack_accounts(entry.mentions), entry.everyone


def _edited_calls(payload: bytes) -> tuple[tuple[int, ...], str] | None:
    try:
        return edited_calls(payload)
    except UNREADABLE:
        return None


def _address(key: int) -> str:
    return f"{conversation_of(key)}:{seq_of(key)}"
