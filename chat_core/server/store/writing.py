"""What each write does, inside the writer's transaction. Checks come before changes, so a refusal leaves no trace."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgpack
from sqlalchemy import Connection, delete, func, insert, select, update

from chat_core.base.ids import EID_BYTES, AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import (
    AccountEvent,
    ConversationJoined,
    ConversationLeft,
    MessagePosted,
    ReadMarkerMoved,
    TopicChanged,
)
from chat_core.protocol.limits import CONVERSATIONS_PER_ACCOUNT
from chat_core.protocol.values import Account, Conversation
from chat_core.server.store.base import (
    ANNOUNCEMENTS,
    GENERAL,
    AppendMessage,
    Committed,
    JoinChannel,
    LeaveConversation,
    MembershipChange,
    MoveReadMarker,
    Op,
    OpenDirect,
    Place,
    Refused,
    RenameAccount,
    SetChannelTopic,
    SignInByName,
)
from chat_core.server.store.reading import SqlReader, direct_key
from chat_core.server.store.tables import (
    account_events,
    accounts,
    conversations,
    events,
    key,
    memberships,
)

RandomBytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Tx:
    """One open transaction of the writer."""

    connection: Connection
    random_bytes: RandomBytes

    @property
    def reader(self) -> SqlReader:
        """Reads that see this transaction's own changes."""
        return SqlReader(self.connection)

    def run(self, statement: Any, values: Any = None) -> Any:
        """Execute a statement."""
        return self.connection.execute(statement, values)


def carry_out(tx: Tx, op: Op) -> Committed:
    """Do one op other than `AppendMessage`. Raises: Refused, before anything was changed."""
    match op:
        case SignInByName():
            return _sign_in(tx, op)
        case RenameAccount():
            return _rename(tx, op)
        case JoinChannel():
            return _join(tx, op)
        case OpenDirect():
            return _open_direct(tx, op)
        case LeaveConversation():
            return _leave(tx, op)
        case SetChannelTopic():
            return _set_topic(tx, op)
        case MoveReadMarker():
            return _move_read_marker(tx, op)
        case AppendMessage():
            raise TypeError("messages are appended in bulk")


def make_first_conversations(tx: Tx, ts: int) -> None:
    """Make #general and announcements."""
    for name, kind in ((GENERAL, "channel"), (ANNOUNCEMENTS, "announcements")):
        tx.run(insert(conversations).values(kind=kind, name=name, name_key=name_key(name), created_ts=ts))


def digest(conversation: int, raw: str, style: str, reply_to: int | None) -> bytes:
    """Return what guards a cid: 16 bytes over what was sent, as received."""
    text = f"{conversation}\0{style}\0{reply_to or 0}\0{raw}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def member_place(tx: Tx, account: AccountId, ref: int | str) -> Place:
    """Resolve a conversation that the account must be in."""
    place = tx.reader.find(account, ref)
    if not place.member:
        raise Refused(Refusal.NOT_MEMBER, f"You are not in #{place.name}: join it first.")
    return place


def log_account_event(tx: Tx, account: AccountId, kind: str, conversation: int, number: int = 0) -> int:
    """Append to an account's log and return the event's seq."""
    tx.run(update(accounts).where(accounts.c.id == account).values(log_head=accounts.c.log_head + 1))
    seq = tx.reader.account_head(account)
    tx.run(insert(account_events).values(account=account, seq=seq, kind=kind, conversation=conversation, number=number))
    return seq


def _sign_in(tx: Tx, op: SignInByName) -> Committed:
    wanted = name_key(op.name)
    row = tx.run(select(accounts).where(accounts.c.name_key == wanted)).first()
    if row is not None:
        return Committed(reply=(Account(id=row.id, name=row.name), False))
    made = tx.run(insert(accounts).values(name=op.name, name_key=wanted, created_ts=op.ts))
    account = AccountId(made.inserted_primary_key[0])
    changes: list[MembershipChange] = []
    account_log: list[tuple[AccountId, AccountEvent]] = []
    for name in (GENERAL, ANNOUNCEMENTS):
        number = tx.run(select(conversations.c.id).where(conversations.c.name_key == name_key(name))).scalar()
        change, event = _enter(tx, account, op.name, ConversationId(number))
        changes.append(change)
        account_log.append((account, event))
    return Committed(reply=(Account(id=account, name=op.name), True), memberships=changes, account_events=account_log)


def _rename(tx: Tx, op: RenameAccount) -> Committed:
    wanted = name_key(op.name)
    row = tx.run(select(accounts.c.id).where(accounts.c.name_key == wanted)).first()
    if row is not None and row.id != op.account:
        raise Refused(Refusal.NAME_TAKEN, f"The name {op.name} is taken; choose another one.")
    tx.run(update(accounts).where(accounts.c.id == op.account).values(name=op.name, name_key=wanted))
    account = Account(id=op.account, name=op.name)
    return Committed(reply=account, renamed=account)


def _join(tx: Tx, op: JoinChannel) -> Committed:
    wanted = name_key(op.name)
    row = tx.run(select(conversations).where(conversations.c.name_key == wanted)).first()
    if row is None and not op.create:
        raise Refused(Refusal.NO_CONVERSATION, f"There is no channel #{op.name}.")
    if row is not None:
        place = tx.reader.find(op.account, row.id)
        if place.member:
            return Committed(reply=(tx.reader.conversation(op.account, place.id), False))
    _check_room(tx, op.account)
    if row is None:
        made = tx.run(insert(conversations).values(kind="channel", name=op.name, name_key=wanted, created_ts=op.ts))
        number = ConversationId(made.inserted_primary_key[0])
    else:
        number = ConversationId(row.id)
    change, event = _enter(tx, op.account, _name_of(tx, op.account), number)
    return Committed(
        reply=(event.conversation, row is None),
        account_events=[(op.account, event)],
        memberships=[change],
        created=[number] if row is None else [],
    )


def _open_direct(tx: Tx, op: OpenDirect) -> Committed:
    other = tx.run(select(accounts.c.id, accounts.c.name).where(accounts.c.name_key == name_key(op.other_name))).first()
    if other is None:
        raise Refused(Refusal.NO_ACCOUNT, f"There is nobody called {op.other_name}.")
    pair = direct_key(op.account, other.id)
    row = tx.run(select(conversations.c.id).where(conversations.c.direct_key == pair)).first()
    if row is not None:
        return Committed(reply=(tx.reader.conversation(op.account, ConversationId(row.id)), False))
    both = sorted({op.account, AccountId(other.id)})
    for account in both:
        _check_room(tx, account)
    made = tx.run(insert(conversations).values(kind="direct", name=other.name, direct_key=pair, created_ts=op.ts))
    number = ConversationId(made.inserted_primary_key[0])
    for account in both:
        _add_member(tx, account, number, 0)
    log: list[tuple[AccountId, AccountEvent]] = []
    changes: list[MembershipChange] = []
    for account in both:
        seq = log_account_event(tx, account, "conversation_joined", number)
        info = tx.reader.conversation(account, number)
        log.append((account, ConversationJoined(seq=seq, conversation=info)))
        changes.append(MembershipChange(number, account, _name_of(tx, account), True, len(both)))
    return Committed(
        reply=(tx.reader.conversation(op.account, number), True),
        account_events=log,
        memberships=changes,
        created=[number],
    )


def _leave(tx: Tx, op: LeaveConversation) -> Committed:
    place = member_place(tx, op.account, op.conversation)
    if place.kind != "channel":
        raise Refused(Refusal.NOT_ALLOWED, "A direct conversation or announcements cannot be left; close it instead.")
    tx.run(
        update(memberships)
        .where(
            memberships.c.account == op.account,
            memberships.c.conversation == place.id,
            memberships.c.until_seq.is_(None),
        )
        .values(until_seq=place.head)
    )
    members = _count(tx, place.id, -1)
    seq = log_account_event(tx, op.account, "conversation_left", place.id, place.head)
    return Committed(
        account_events=[(op.account, ConversationLeft(seq=seq, conversation=place.id, last=place.head))],
        memberships=[MembershipChange(place.id, op.account, _name_of(tx, op.account), False, members)],
    )


def _set_topic(tx: Tx, op: SetChannelTopic) -> Committed:
    place = member_place(tx, op.account, op.conversation)
    if place.kind != "channel":
        raise Refused(Refusal.NOT_ALLOWED, "Only a channel has a topic.")
    if tx.run(select(conversations.c.topic).where(conversations.c.id == place.id)).scalar() == op.topic:
        return Committed()
    event = TopicChanged(
        conversation=place.id,
        seq=place.head + 1,
        eid=tx.random_bytes(EID_BYTES),
        ts=op.ts,
        author=op.account,
        name=_name_of(tx, op.account),
        topic=op.topic,
    )
    tx.run(insert(events).values(**event_row(event, {"topic": op.topic})))
    tx.run(
        update(conversations)
        .where(conversations.c.id == place.id)
        .values(topic=op.topic, head=event.seq, head_eid=event.eid)
    )
    return Committed(events=[event])


def _move_read_marker(tx: Tx, op: MoveReadMarker) -> Committed:
    place = member_place(tx, op.account, op.conversation)
    moved = move_marker(tx, op.account, place.id, min(op.seq, place.head))
    return Committed(account_events=[] if moved is None else [(op.account, moved)])


def move_marker(tx: Tx, account: AccountId, conversation: int, seq: int) -> ReadMarkerMoved | None:
    """Move a read marker forward; None: it was there already."""
    changed = tx.run(
        update(memberships)
        .where(
            memberships.c.account == account,
            memberships.c.conversation == conversation,
            memberships.c.until_seq.is_(None),
            memberships.c.read_seq < seq,
        )
        .values(read_seq=seq)
    )
    if not changed.rowcount:
        return None
    tx.run(
        delete(account_events).where(
            account_events.c.account == account,
            account_events.c.conversation == conversation,
            account_events.c.kind == "read_marker_moved",
        )
    )
    number = log_account_event(tx, account, "read_marker_moved", conversation, seq)
    return ReadMarkerMoved(seq=number, conversation=conversation, read=seq)


def event_row(event: MessagePosted | TopicChanged, payload: dict[str, Any]) -> dict[str, Any]:
    """Return the row of an event; `payload` is what has no column."""
    return {
        "id": key(event.conversation, event.seq),
        "eid": event.eid,
        "kind": type(event).__struct_config__.tag,
        "author": event.author,
        "ts": event.ts,
        "payload": msgpack.packb(payload),
    }


def _enter(
    tx: Tx, account: AccountId, name: str, conversation: ConversationId
) -> tuple[MembershipChange, ConversationJoined]:
    head = int(tx.run(select(conversations.c.head).where(conversations.c.id == conversation)).scalar() or 0)
    _add_member(tx, account, conversation, head)
    seq = log_account_event(tx, account, "conversation_joined", conversation)
    info: Conversation = tx.reader.conversation(account, conversation)
    return (
        MembershipChange(conversation, account, name, True, info.members),
        ConversationJoined(seq=seq, conversation=info),
    )


def _add_member(tx: Tx, account: AccountId, conversation: ConversationId, head: int) -> None:
    """Begin a membership; what was said before counts as read."""
    again = tx.run(
        update(memberships)
        .where(
            memberships.c.account == account,
            memberships.c.conversation == conversation,
            memberships.c.since_seq == head,
        )
        .values(until_seq=None, read_seq=head)
    )
    if not again.rowcount:
        tx.run(insert(memberships).values(account=account, conversation=conversation, since_seq=head, read_seq=head))
    _count(tx, conversation, 1)


def _count(tx: Tx, conversation: int, more: int) -> int:
    tx.run(
        update(conversations).where(conversations.c.id == conversation).values(members=conversations.c.members + more)
    )
    return int(tx.run(select(conversations.c.members).where(conversations.c.id == conversation)).scalar() or 0)


def _check_room(tx: Tx, account: AccountId) -> None:
    number = tx.run(
        select(func.count())
        .select_from(memberships)
        .where(memberships.c.account == account, memberships.c.until_seq.is_(None))
    ).scalar()
    if int(number or 0) >= CONVERSATIONS_PER_ACCOUNT:
        raise Refused(
            Refusal.TOO_MANY, f"An account can be in {CONVERSATIONS_PER_ACCOUNT} conversations; leave one first."
        )


def _name_of(tx: Tx, account: AccountId) -> str:
    return str(tx.run(select(accounts.c.name).where(accounts.c.id == account)).scalar())


Outcome = Committed | Exception
Outcomes = Sequence[Outcome]
