"""Reading reactions, pins, bookmarks and earlier texts: queries, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, bindparam, or_, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.limits import MAX_NUMBER, PAGE_BYTES, PAGE_ITEMS
from chat_core.protocol.reactions import Reactor
from chat_core.protocol.requests.marks import BookmarkedMessage, BookmarkedSeqs
from chat_core.protocol.requests.messages import Version
from chat_core.protocol.values import Message, target_of
from chat_core.server.rules.permissions import operates
from chat_core.server.store import columns, lookups, pages, views
from chat_core.server.store.as_of import reactors_then, unpinned_since
from chat_core.server.store.base import Refused
from chat_core.server.store.bounds import Bounds
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.leftovers import lives
from chat_core.server.store.payloads import MESSAGE_EDITED, conversation_event
from chat_core.server.store.schema import accounts, bookmarks, events, messages, reactions

_reactors: Final = (
    select(reactions.c.emoji, reactions.c.account, accounts.c.name)
    .join_from(reactions, accounts, accounts.c.id == reactions.c.account)
    .where(reactions.c.message == bindparam("key"))
    .order_by(reactions.c.seq)
    .limit(bindparam("count"))
)
_pins: Final = (
    select(messages.c.id)
    .where(messages.c.pinned, messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high"))
    .order_by(messages.c.id)
)
_bookmarks: Final = (
    select(bookmarks.c.id, bookmarks.c.message, bookmarks.c.made_ts)
    .where(bookmarks.c.account == bindparam("of_account"), bookmarks.c.id < bindparam("before"))
    .order_by(bookmarks.c.id.desc())
    .limit(bindparam("count"))
)
_bookmarked: Final = (
    select(bookmarks.c.message)
    .where(bookmarks.c.account == bindparam("of_account"), lives(bookmarks.c.message))
    .order_by(bookmarks.c.message)
)
_author: Final = select(messages.c.author).where(messages.c.id == bindparam("key"))
_texts: Final = (
    select(*columns.NAMED_EVENT)
    .join_from(events, accounts, accounts.c.id == events.c.author)
    .where(
        or_(
            events.c.id == bindparam("key"),
            (events.c.target == bindparam("key")) & (events.c.kind == MESSAGE_EDITED),
        )
    )
    .order_by(events.c.id.desc())
    .limit(PAGE_ITEMS + 1)
)


class SqlMarkReader:
    """`MarkReads`; see there."""

    _connection: Connection

    def reactors(
        self, conversation: ConversationId, seq: int, limit: int, readable: Bounds
    ) -> tuple[Sequence[Reactor], bool]:
        """Return who reacted to a message, by emoji in order, and whether there are others besides."""
        if seq > MAX_SEQ or not readable.hold(seq):
            return (), False
        key = row_id(conversation, seq)
        if readable.upto is None:
            rows = self._connection.execute(_reactors, {"key": key, "count": limit + 1}).all()
            there = [Reactor(emoji=row.emoji, account=row.account, name=row.name) for row in rows]
        else:
            there = reactors_then(self._connection, key, row_id(conversation, readable.upto))
        found = there[:limit]
        order = list(dict.fromkeys(each.emoji for each in found))
        return sorted(found, key=lambda each: order.index(each.emoji)), len(there) > limit

    def pins(self, conversation: ConversationId, asker: AccountId, readable: Bounds) -> tuple[Sequence[Message], bool]:
        """Return the newest pinned messages, oldest first, and whether older ones had no room."""
        last = MAX_SEQ if readable.upto is None else readable.upto
        bounds = {"low": row_id(conversation, readable.after + 1), "high": row_id(conversation, last)}
        keys = set(self._connection.execute(_pins, bounds).scalars())
        if readable.upto is not None:
            keys.update(unpinned_since(self._connection, **bounds))
        found = pages.by_key(self._connection, list(keys), asker, readable.ends(conversation))
        fitting: list[Message] = []
        budget = PAGE_BYTES
        for key in sorted((key for key in keys if found[key].pinned), reverse=True):
            budget -= len(found[key].body.encode())
            if budget < 0 and fitting:
                return fitting[::-1], True
            fitting.append(found[key])
        return fitting[::-1], False

    def bookmarks(
        self, account: AccountId, before: int | None, limit: int
    ) -> tuple[Sequence[BookmarkedMessage], int | None]:
        """Return a page of bookmarks, the newest first."""
        wanted = {"of_account": account, "before": before or MAX_NUMBER, "count": limit + 1}
        rows = self._connection.execute(_bookmarks, wanted).all()
        kept = rows[:limit]
        targets = {number: self._target(account, number) for number in {conversation_of(row.message) for row in kept}}
        ends = {number: each.upto for number, (_, each) in targets.items() if each.upto is not None}
        found = pages.by_key(self._connection, [row.message for row in kept], account, ends)
        listed: list[BookmarkedMessage] = []
        budget, last = PAGE_BYTES, 0
        for row in kept:
            message, (target, readable) = found.get(row.message), targets[conversation_of(row.message)]
            budget -= len(message.body.encode()) if message is not None else 0
            if budget < 0 and listed:
                return listed, last
            last = row.id
            if message is not None and target and readable.hold(message.seq):
                place = conversation_of(row.message)
                listed.append(BookmarkedMessage(conversation=place, target=target, message=message, ts=row.made_ts))
        return listed, last if len(rows) > limit else None

    def bookmarked_seqs(self, account: AccountId) -> Sequence[BookmarkedSeqs]:
        """Return at which messages an account has bookmarks, by conversation."""
        keys = self._connection.execute(_bookmarked, {"of_account": account}).scalars()
        return [
            BookmarkedSeqs(conversation=number, messages=tuple(map(seq_of, those)))
            for number, those in groupby(keys, conversation_of)
        ]

    def versions(self, account: AccountId, conversation: int | str, seq: int) -> tuple[Sequence[Version], bool]:
        """Return the texts of a message, oldest first, and whether older ones had no room."""
        row, seat = lookups.resolve(self._connection, account, conversation)
        if seat is None or not seat.taken:
            raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
        key = row_id(row.id, seq) if seq <= MAX_SEQ else 0
        author = self._connection.execute(_author, {"key": key}).scalar()
        if author is None or seq <= seat.since_seq:
            raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
        if author != account and not operates(lookups.account(self._connection, account).role, seat.role):
            raise Refused(Refusal.NOT_ALLOWED, "Only its author, and who keeps order here, read its earlier texts.")
        found: list[Version] = []
        budget = PAGE_BYTES
        rows = self._connection.execute(_texts, {"key": key}).all()
        for each, *rest in rows[:PAGE_ITEMS]:
            event, text = conversation_event(row.id, seq_of(each), *rest)
            budget -= len(text.encode())
            if budget < 0 and found:
                break
            found.append(Version(seq=event.seq, ts=event.ts, body=text))
        return found[::-1], len(found) < len(rows)

    def _target(self, account: AccountId, number: int) -> tuple[str, Bounds]:
        """Return what the account calls a conversation, and what of it it may read; empty: nothing."""
        try:
            row, seat = lookups.resolve(self._connection, account, number, reading=True)
        except Refused:
            return "", Bounds()
        partners = views.partners_of(self._connection, account, [row])
        name = target_of(row.kind, row.id, views.label(row, account, partners))
        return name, Bounds() if row.public or seat is None else Bounds(seat.since_seq, seat.until_seq)
