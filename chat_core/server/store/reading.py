"""The port's `Reader` over one SQL connection: plain queries, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgpack
from sqlalchemy import Connection, Row, Select, and_, func, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import (
    AccountEvent,
    ConversationEvent,
    ConversationJoined,
    ConversationLeft,
    MessagePosted,
    ReadMarkerMoved,
    TopicChanged,
)
from chat_core.protocol.limits import PAGE_BYTES
from chat_core.protocol.values import Account, ChannelSummary, Conversation, Member, Message
from chat_core.server.store.base import MessagePage, Place, Refused
from chat_core.server.store.tables import (
    account_events,
    accounts,
    conversations,
    events,
    key,
    memberships,
    messages,
    seq_of,
)

_partner = accounts.alias("partner")
_other = memberships.alias("other")


class SqlReader:
    """Reads within one transaction.

    Args:
        connection: on which the transaction is open.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, account: AccountId, ref: int | str) -> Place:
        """See the port."""
        row = self._find_row(account, ref)
        if row is None:
            raise Refused(Refusal.NO_CONVERSATION, f"There is no conversation {_shown(ref)}.")
        held = self._connection.execute(
            select(memberships.c.until_seq)
            .where(memberships.c.account == account, memberships.c.conversation == row.id)
            .order_by(memberships.c.since_seq.desc())
            .limit(1)
        ).first()
        member = held is not None and held.until_seq is None
        if held is None and row.kind != "channel":
            raise Refused(Refusal.NO_CONVERSATION, f"There is no conversation {_shown(ref)}.")
        public = row.kind == "channel"
        return Place(
            id=ConversationId(row.id),
            kind=row.kind,
            name=row.name,
            head=row.head,
            eid=row.head_eid,
            member=member,
            last_readable=None if member or public or held is None else held.until_seq,
        )

    def conversations_of(self, account: AccountId) -> Sequence[Conversation]:
        """See the port."""
        rows = self._connection.execute(_conversations(account).order_by(conversations.c.id)).all()
        return [self._conversation(row) for row in rows]

    def conversation(self, account: AccountId, conversation: ConversationId) -> Conversation:
        """See the port."""
        row = self._connection.execute(_conversations(account).where(conversations.c.id == conversation)).first()
        if row is None:
            raise Refused(Refusal.NOT_MEMBER, "You are not in that conversation.")
        return self._conversation(row)

    def account_head(self, account: AccountId) -> int:
        """See the port."""
        head = self._connection.execute(select(accounts.c.log_head).where(accounts.c.id == account)).scalar()
        return int(head or 0)

    def account_events(self, account: AccountId, after: int) -> Sequence[AccountEvent]:
        """See the port."""
        rows = self._connection.execute(
            select(account_events)
            .where(account_events.c.account == account, account_events.c.seq > after)
            .order_by(account_events.c.seq)
        ).all()
        found: list[AccountEvent] = []
        for row in rows:
            if row.kind == "read_marker_moved":
                found.append(ReadMarkerMoved(seq=row.seq, conversation=row.conversation, read=row.number))
            elif row.kind == "conversation_left":
                found.append(ConversationLeft(seq=row.seq, conversation=row.conversation, last=row.number))
            else:
                info = self._connection.execute(
                    _conversations(account).where(conversations.c.id == row.conversation)
                ).first()
                if info is not None:  # left again since: the later event says so
                    found.append(ConversationJoined(seq=row.seq, conversation=self._conversation(info)))
        return found

    def events(self, conversation: ConversationId, after: int, upto: int, limit: int) -> Sequence[ConversationEvent]:
        """See the port."""
        rows = self._connection.execute(
            select(events, accounts.c.name)
            .join(accounts, accounts.c.id == events.c.author)
            .where(events.c.id > key(conversation, after), events.c.id <= key(conversation, upto))
            .order_by(events.c.id)
            .limit(limit)
        ).all()
        found: list[ConversationEvent] = []
        size = 0
        for row in rows:
            size += len(row.payload)
            if found and size > PAGE_BYTES:
                break
            found.append(to_event(conversation, row))
        return found

    def eid_at(self, conversation: ConversationId, seq: int) -> bytes | None:
        """See the port."""
        eid = self._connection.execute(select(events.c.eid).where(events.c.id == key(conversation, seq))).scalar()
        return None if eid is None else bytes(eid)

    def history(self, conversation: ConversationId, anchor: str, seq: int, limit: int, upto: int | None) -> MessagePage:
        """See the port."""
        first, last = key(conversation, 0), key(conversation, (1 << 32) - 1 if upto is None else upto)
        at = key(conversation, min(seq, (1 << 32) - 1))
        if anchor == "latest":
            older, more_older = self._page(first, last, limit, newest=True)
            return MessagePage(older, not more_older, True)
        if anchor == "before":
            older, more_older = self._page(first, min(last, at - 1), limit, newest=True)
            return MessagePage(older, not more_older, not self._any(max(at, first), last))
        if anchor == "after":
            newer, more_newer = self._page(at, last, limit, newest=False)
            return MessagePage(newer, not self._any(first, min(at, last)), not more_newer)
        newer, more_newer = self._page(at - 1, last, (limit + 1) // 2, newest=False)
        older, more_older = self._page(first, min(last, at - 1), limit - len(newer), newest=True)
        return MessagePage([*older, *newer], not more_older, not more_newer)

    def members(self, conversation: ConversationId, after: str, limit: int) -> tuple[Sequence[Member], int, bool]:
        """See the port."""
        rows = self._connection.execute(
            select(accounts.c.id, accounts.c.name)
            .join(memberships, memberships.c.account == accounts.c.id)
            .where(
                memberships.c.conversation == conversation,
                memberships.c.until_seq.is_(None),
                accounts.c.name_key > name_key(after),
            )
            .order_by(accounts.c.name_key)
            .limit(limit + 1)
        ).all()
        total = self._connection.execute(
            select(conversations.c.members).where(conversations.c.id == conversation)
        ).scalar()
        return [Member(account=row.id, name=row.name) for row in rows[:limit]], int(total or 0), len(rows) > limit

    def users(self, after: str, limit: int) -> tuple[Sequence[Account], bool]:
        """See the port."""
        rows = self._connection.execute(
            select(accounts.c.id, accounts.c.name)
            .where(accounts.c.name_key > name_key(after))
            .order_by(accounts.c.name_key)
            .limit(limit + 1)
        ).all()
        return [Account(id=row.id, name=row.name) for row in rows[:limit]], len(rows) > limit

    def accounts(self, ids: Sequence[AccountId]) -> Sequence[Account]:
        """See the port."""
        found: list[Any] = []
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            found += self._connection.execute(select(accounts).where(accounts.c.id.in_(part))).all()
        found.sort(key=lambda row: row.name_key)
        return [Account(id=row.id, name=row.name) for row in found]

    def channels(self, account: AccountId, after: str, limit: int) -> tuple[Sequence[ChannelSummary], bool]:
        """See the port."""
        mine = and_(
            memberships.c.conversation == conversations.c.id,
            memberships.c.account == account,
            memberships.c.until_seq.is_(None),
        )
        rows = self._connection.execute(
            select(conversations, memberships.c.account.label("mine"))
            .outerjoin(memberships, mine)
            .where(conversations.c.kind == "channel", conversations.c.name_key > name_key(after.removeprefix("#")))
            .order_by(conversations.c.name_key)
            .limit(limit + 1)
        ).all()
        return [
            ChannelSummary(id=row.id, name=row.name, topic=row.topic, members=row.members, joined=row.mine is not None)
            for row in rows[:limit]
        ], len(rows) > limit

    def _find_row(self, account: AccountId, ref: int | str) -> Row[Any] | None:
        if isinstance(ref, int):
            condition = conversations.c.id == ref
        elif ref.startswith("#"):
            condition = conversations.c.name_key == name_key(ref[1:])
        elif ref.startswith("@"):
            other = self._connection.execute(
                select(accounts.c.id).where(accounts.c.name_key == name_key(ref[1:]))
            ).scalar()
            if other is None:
                raise Refused(Refusal.NO_ACCOUNT, f"There is no account {_shown(ref)}.")
            condition = conversations.c.direct_key == direct_key(account, other)
        else:
            return None
        return self._connection.execute(select(conversations).where(condition)).first()

    def _conversation(self, row: Row[Any]) -> Conversation:
        direct = row.kind == "direct"
        return Conversation(
            id=row.id,
            kind=row.kind,
            name=row.partner_name or row.name if direct else row.name,
            topic=row.topic,
            head=row.head,
            eid=row.head_eid,
            read=row.read_seq,
            unread=self._unread(row.id, row.account, row.read_seq, row.ordinal) if row.head > row.read_seq else 0,
            members=row.members,
            partner=(row.partner_id or row.account) if direct else None,
        )

    def _unread(self, conversation: int, account: int, read: int, ordinal: int) -> int:
        """Messages behind the marker, less one's own: the newest is read, own sends move the marker when they can."""
        last = self._connection.execute(
            select(messages.c.ordinal)
            .where(messages.c.id <= key(conversation, read), messages.c.id > key(conversation, 0))
            .order_by(messages.c.id.desc())
            .limit(1)
        ).scalar()
        behind = ordinal - int(last or 0)
        if not behind:
            return 0
        own = self._connection.execute(
            select(func.count())
            .select_from(messages)
            .where(
                messages.c.id > key(conversation, read),
                messages.c.id <= key(conversation, (1 << 32) - 1),
                messages.c.author == account,
            )
        ).scalar()
        return behind - int(own or 0)

    def _page(self, above: int, upto: int, limit: int, *, newest: bool) -> tuple[list[Message], bool]:
        """Return messages with above < id <= upto from one end, oldest first, and whether more follow on the other."""
        if limit <= 0:
            return [], self._any(above, upto)
        rows = self._connection.execute(
            select(messages, accounts.c.name)
            .join(accounts, accounts.c.id == messages.c.author)
            .where(messages.c.id > above, messages.c.id <= upto)
            .order_by(messages.c.id.desc() if newest else messages.c.id)
            .limit(limit + 1)
        ).all()
        found: list[Message] = []
        size = 0
        for row in rows[:limit]:
            size += len(row.body.encode())
            if found and size > PAGE_BYTES:
                break
            found.append(_message(row))
        more = len(rows) > len(found)
        if newest:
            found.reverse()
        return found, more

    def _any(self, above: int, upto: int) -> bool:
        query = select(messages.c.id).where(messages.c.id > above, messages.c.id <= upto).limit(1)
        return self._connection.execute(query).first() is not None


def direct_key(one: int, other: int) -> str:
    """Return what identifies the direct conversation of two accounts."""
    return f"{min(one, other)}:{max(one, other)}"


def to_event(conversation: int, row: Row[Any]) -> ConversationEvent:
    """Return the event of a row of `events` joined with its author's name."""
    payload = msgpack.unpackb(row.payload)
    common = {
        "conversation": conversation,
        "seq": seq_of(row.id),
        "eid": bytes(row.eid),
        "ts": row.ts,
        "author": row.author,
        "name": row.name,
    }
    if row.kind == "topic_changed":
        return TopicChanged(**common, **payload)
    return MessagePosted(**common, **payload)


def _conversations(account: AccountId) -> Select[Any]:
    partner = and_(
        _other.c.conversation == conversations.c.id,
        conversations.c.kind == "direct",
        _other.c.account != account,
    )
    return (
        select(
            conversations,
            memberships.c.account,
            memberships.c.read_seq,
            _partner.c.id.label("partner_id"),
            _partner.c.name.label("partner_name"),
        )
        .join(memberships, memberships.c.conversation == conversations.c.id)
        .outerjoin(_other, partner)
        .outerjoin(_partner, _partner.c.id == _other.c.account)
        .where(memberships.c.account == account, memberships.c.until_seq.is_(None))
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        seq=seq_of(row.id),
        changed=row.changed,
        ts=row.ts,
        author=row.author,
        name=row.name,
        body=row.body,
        style=row.style,
        reply_to=row.reply_to,
    )


def _shown(ref: int | str) -> str:
    return str(ref)[:64]
