"""Reads about threads; a part of the `Reader`. The same queries for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, text

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import PAGE_BYTES
from chat_core.protocol.values import Message, ThreadCount, ThreadSummary
from chat_core.server.store import pages
from chat_core.server.store.as_of import as_of
from chat_core.server.store.base import Refused
from chat_core.server.store.bounds import Bounds
from chat_core.server.store.columns import MessageRow
from chat_core.server.store.counting import is_no_news
from chat_core.server.store.gathered import Gathered
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.schema import memberships, mentions, messages, threads
from chat_core.server.store.threading import ThreadPiece

_root: Final = select(messages.c.id, messages.c.thread).where(messages.c.id == bindparam("key"))
_in_thread = pages.MESSAGE.where(
    messages.c.thread == bindparam("root"), messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high")
).limit(bindparam("count"))
_forwards: Final = Gathered(_in_thread.order_by(messages.c.id), MessageRow)
_backwards: Final = Gathered(_in_thread.order_by(messages.c.id.desc()), MessageRow)
_any: Final = (
    select(messages.c.id)
    .where(messages.c.thread == bindparam("root"), messages.c.id >= bindparam("low"))
    .where(messages.c.id <= bindparam("high"))
    .limit(1)
)
_reply = messages.alias("reply")
_behind = (
    _reply.c.thread == threads.c.root,
    _reply.c.id > threads.c.root - threads.c.root.op("&")(MAX_SEQ) + threads.c.read_seq,
    ~is_no_news(_reply.c.author, threads.c.account),
    _reply.c.deleted.is_(False),
)
_names_one = (
    exists(select(mentions.c.message).where(mentions.c.account == threads.c.account, mentions.c.message == _reply.c.id))
    # By itself it would see the nearer of the two only, and take whoever follows any thread for who asks.
    .correlate(threads, _reply)
)
_unread = select(func.count()).select_from(_reply).where(*_behind).correlate(threads).scalar_subquery()
_calling = (
    select(func.count())
    .select_from(_reply)
    .where(
        *_behind,
        _reply.c.in_channel.is_(False),
        or_(_reply.c.everyone != text("''"), _names_one),
    )
    .correlate(threads)
    .scalar_subquery()
)
_stand: Final = select(threads.c.following, threads.c.read_seq, _unread.label("unread")).where(
    threads.c.account == bindparam("account"), threads.c.root == bindparam("root")
)
_followed: Final = (
    select(threads.c.root, threads.c.read_seq, _unread.label("unread"))
    .join_from(threads, messages, messages.c.id == threads.c.root)
    .join(
        memberships,
        and_(
            memberships.c.conversation == threads.c.conversation,
            memberships.c.account == threads.c.account,
            memberships.c.until_seq.is_(None),
        ),
    )
    .where(threads.c.account == bindparam("account"), threads.c.following)
    .where(threads.c.root.op("&")(MAX_SEQ) > memberships.c.since_seq)
    .order_by(messages.c.last_reply.desc(), threads.c.root.desc())
    .limit(bindparam("count"))
)
_followed_unread: Final = _followed.where(_unread > 0)
_counts: Final = _followed.with_only_columns(
    threads.c.root, threads.c.read_seq, _unread.label("unread"), _calling.label("mentions"), maintain_column_froms=True
)
_counts_there: Final = _counts.where(threads.c.conversation == bindparam("conversation"))


def root_key(connection: Connection, conversation: int, seq: int) -> int:
    """Return the key of the message that a thread hangs on. Raises: Refused `no_message`.

    Args:
        connection: to the store.
        conversation: where.
        seq: of that message, or of any in its thread.
    """
    found = connection.execute(_root, {"key": row_id(conversation, seq)}).first() if seq <= MAX_SEQ else None
    if found is None:
        raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
    return int(found.id if found.thread is None else found.thread)


class SqlThreadReader:
    """A `ThreadReads`; see there. `SqlReader` has the connection."""

    _connection: Connection

    def thread(self, account: AccountId, conversation: ConversationId, thread: int, bounds: Bounds) -> ThreadSummary:
        """Return how an account stands to a thread. Raises: Refused `no_message`."""
        key = root_key(self._connection, conversation, thread)
        if not bounds.hold(seq_of(key)):
            raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
        root = pages.by_key(self._connection, [key], account, bounds.ends(conversation))[key]
        stand = self._connection.execute(_stand, {"account": account, "root": key}).first()
        if stand is None or not stand.following or bounds.upto is not None:  # who has left follows nothing
            return ThreadSummary(conversation=conversation, root=root)
        return _summary(key, root, stand)

    def thread_page(
        self, summary: ThreadSummary, anchor: str, seq: int, limit: int, upto: int | None, asker: AccountId
    ) -> ThreadPiece:
        """Return a page of a thread."""
        number, root = summary.conversation, row_id(summary.conversation, summary.root.seq)
        first, last = root + 1, row_id(number, MAX_SEQ if upto is None else upto)
        here = min(row_id(number, seq), last + 1)
        if anchor == "latest":
            here = last + 1
        backwards = anchor != "after"
        low, high = (first, here - 1) if backwards else (max(here + 1, first), last)
        values = {"root": root, "low": low, "high": high, "count": limit + 1}
        rows = (_backwards if backwards else _forwards).all(self._connection, values)
        stood = as_of(self._connection, rows, Bounds(upto=upto).ends(number))
        sizes = [pages.size_of(row) for row in stood]
        taken = sum(pages.share(sizes, (), limit))
        found = pages.messages_of(self._connection, stood[:taken], asker)
        whole = taken == len(rows)
        if backwards:
            at_end = anchor == "latest" or not self._is_any(root, here, last)
            return ThreadPiece(summary, found[::-1], at_start=whole, at_end=at_end)
        return ThreadPiece(summary, found, at_start=not self._is_any(root, first, low - 1), at_end=whole)

    def threads_of(self, account: AccountId, limit: int, *, unread: bool) -> tuple[Sequence[ThreadSummary], bool]:
        """Return threads that an account follows, the newest reply first, and whether there are more."""
        statement = _followed_unread if unread else _followed
        rows = self._connection.execute(statement, {"account": account, "count": limit + 1}).all()
        roots = pages.by_key(self._connection, [row.root for row in rows[:limit]], account)
        found: list[ThreadSummary] = []
        room = PAGE_BYTES
        for row in rows[:limit]:
            root = roots[row.root]
            room -= len(root.body.encode("utf-8", "surrogatepass"))
            if room < 0 and found:
                break
            found.append(_summary(row.root, root, row))
        return found, len(found) < len(rows)

    def thread_counts(
        self, account: AccountId, conversation: ConversationId | None, limit: int
    ) -> tuple[Sequence[ThreadCount], bool]:
        """Return what is new in the threads that an account follows, everywhere or in one conversation."""
        values = {"account": account, "count": limit + 1}
        if conversation is not None:
            values["conversation"] = conversation
        rows = self._connection.execute(_counts if conversation is None else _counts_there, values).all()
        counts = [
            ThreadCount(
                conversation=conversation_of(row.root),
                thread=seq_of(row.root),
                read=row.read_seq,
                unread=row.unread,
                mentions=row.mentions,
            )
            for row in rows[:limit]
        ]
        return counts, len(rows) > limit

    def _is_any(self, root: int, low: int, high: int) -> bool:
        return self._connection.execute(_any, {"root": root, "low": low, "high": high}).first() is not None


def _summary(key: int, root: Message, row: Any) -> ThreadSummary:
    return ThreadSummary(
        conversation=conversation_of(key), root=root, following=True, read=row.read_seq, unread=row.unread
    )
