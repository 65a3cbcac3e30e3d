"""Editing and deleting: the event at the end of the log, and its fold into the message, in one transaction.

A deletion leaves no copy of the text: not in the message, not in the events that carried it, and no digest of it with
the cid. What stays is that somebody wrote something there.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from chat_core.base.durations import in_words
from chat_core.base.ids import AccountId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.events import MessageDeleted, MessageEdited
from chat_core.protocol.values import ChannelRole, Style
from chat_core.server.rules.permissions import Permission, only, operates
from chat_core.server.store import lookups, private_lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.counting import unpack_accounts
from chat_core.server.store.keys import MAX_SEQ, row_id, seq_of
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.ops import mentioning
from chat_core.server.store.ops.audit import record
from chat_core.server.store.ops.judging import judge_text
from chat_core.server.store.ops.marks import forget_reactions
from chat_core.server.store.ops.speaking import check_door, check_may_write
from chat_core.server.store.ops.threads import follow_named
from chat_core.server.store.ops.work import Work, append_event
from chat_core.server.store.payloads import MESSAGE_DELETED, MESSAGE_EDITED, NOTHING, pack_edited, pack_posted
from chat_core.server.store.schema import cids, events, files, memberships, messages

_NOT_YOURS: Final = "This is somebody else's message: only they delete it, and who keeps order here."

_message = select(
    messages.c.id,
    messages.c.author,
    messages.c.ts,
    messages.c.changed,
    messages.c.body,
    messages.c.style,
    messages.c.reply_to,
    messages.c.deleted,
    messages.c.thread,
    messages.c.in_channel,
    messages.c.mentions,
    messages.c.bot,
    messages.c.via,
).where(messages.c.id == bindparam("key"))
_last_change = (
    select(events.c.id, events.c.ts)
    .where(events.c.target == bindparam("key"), events.c.kind == bindparam("of_kind"))
    .order_by(events.c.id.desc())
    .limit(1)
)
_when = select(events.c.ts).where(events.c.id == bindparam("key"))
_sent_as = select(events.c.cid).where(events.c.id == bindparam("key"))
_later = select(memberships.c.account).where(
    memberships.c.conversation == bindparam("number"),
    memberships.c.until_seq.is_(None),
    memberships.c.since_seq >= bindparam("message"),
)
_edit = (
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(body=bindparam("new_body"), edits=messages.c.edits + 1, changed=bindparam("new_changed"))
)
_delete = (
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(
        body="",
        deleted=True,
        mentions="",
        everyone="",
        reactions=b"",
        pinned=False,
        changed=bindparam("new_changed"),
    )
)
_erase_posted = update(events).where(events.c.id == bindparam("key")).values(payload=bindparam("new_payload"))
_erase_edited = (
    update(events)
    .where(events.c.target == bindparam("key"), events.c.kind == MESSAGE_EDITED)
    .values(payload=pack_edited(""))
)
_erase_digest = (
    update(cids).where(cids.c.cid == bindparam("of_cid"), cids.c.account == bindparam("of_account")).values(digest=b"")
)
_file = select(files.c.sha256).where(files.c.message == bindparam("key"))
_erase_file = delete(files).where(files.c.message == bindparam("key"))


class _Message(NamedTuple):
    key: int
    author: AccountId
    ts: int
    changed: int
    body: str
    style: Style
    reply_to: int | None
    deleted: bool
    thread: int | None
    in_channel: bool | None
    mentions: str
    bot: bool
    via: str


def change_message(work: Work, op: EditMessage | DeleteMessage) -> Committed:
    """Edit or delete a message, if the account may."""
    row, role, message = _own(work, op)
    return _edited(work, op, row, role, message) if isinstance(op, EditMessage) else _deleted(work, op, row, message)


def _edited(work: Work, op: EditMessage, row: ConversationRow, role: ChannelRole, message: _Message) -> Committed:
    """Replace the text, unless it is the same."""
    if message.deleted:
        raise Refused(Refusal.NO_MESSAGE, "That message was deleted.")
    if message.body == op.body:
        return _as_it_was(work, row, message)
    if row.kind == "direct":
        check_door(work, row.id, op.account)
    account = lookups.account(work.connection, op.account)
    aside = message.thread is not None and not message.in_channel
    names = mentioning.Namesakes(work.connection, [(row.id, op.body)])
    called = names.called(row.id, row.kind, op.account, op.body, (account.role, role), None if aside else op.here)
    told = judge_text(work, op.account, row.id, op.body, op.ts)
    payload = pack_edited(op.body, *called)
    seq, eid = append_event(work, row, MESSAGE_EDITED, op.account, op.ts, payload, message.key)
    work.connection.execute(_edit, {"key": message.key, "new_body": op.body, "new_changed": seq})
    before = unpack_accounts(message.mentions)
    mentioning.change(work.connection, message.key, message.ts, before, called)
    if message.thread is not None and aside:
        deaf = private_lookups.ignorers_of(work.connection, [op.account]).get(op.account, ())
        named = set(called.accounts).difference(before, deaf)
        told = (*told, *follow_named(work, message.thread, sorted(named), op.seq))
    event = MessageEdited(
        conversation=row.id,
        seq=seq,
        eid=eid,
        ts=op.ts,
        author=op.account,
        name=account.name,
        message=op.seq,
        body=op.body,
        mentions=called.accounts,
        everyone=called.everyone,
    )
    late = _latecomers(work, row, op.seq)
    return Committed(reply=(row.id, seq, op.ts, False), events=[event], latecomers=late, account_events=told)


def _latecomers(work: Work, row: ConversationRow, seq: int) -> frozenset[AccountId]:
    """Return the members that came in behind a message; only groups have any."""
    if row.kind != "group":
        return frozenset()
    return frozenset(work.connection.execute(_later, {"number": row.id, "message": seq}).scalars())


def _deleted(work: Work, op: DeleteMessage, row: ConversationRow, message: _Message) -> Committed:
    """Drop the text wherever it is kept."""
    if message.deleted:
        return _as_it_was(work, row, message)
    name = lookups.account(work.connection, op.account).name
    seq, eid = append_event(work, row, MESSAGE_DELETED, op.account, op.ts, NOTHING, message.key)
    work.connection.execute(_delete, {"key": message.key, "new_changed": seq})
    named = unpack_accounts(message.mentions)
    mentioning.change(work.connection, message.key, message.ts, named, mentioning.NO_ONE)
    dropped = _erase(work, message)
    forget_reactions(work, message.key)
    if message.author != op.account:
        by, author = name, lookups.account(work.connection, message.author).name
        record(work, op.ts, op.account, by, "delete_message", f"{_called(row)}:{op.seq}", f"by {author}")
    event = MessageDeleted(
        conversation=row.id, seq=seq, eid=eid, ts=op.ts, author=op.account, name=name, message=op.seq
    )
    return Committed(reply=(row.id, seq, op.ts, False), events=[event], dropped=dropped)


def _own(work: Work, op: EditMessage | DeleteMessage) -> tuple[ConversationRow, ChannelRole, _Message]:
    """Return the message that an op is about, if the account may change it."""
    row, seat = lookups.resolve(work.connection, op.account, op.conversation)
    role: ChannelRole = seat.role if seat is not None and seat.taken else "member"
    keeps = not row.personal and operates(lookups.account(work.connection, op.account).role, role)
    if (seat is None or not seat.taken) and not (keeps and row.public and isinstance(op, DeleteMessage)):
        raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
    if isinstance(op, EditMessage):  # what one has said may be taken back by anybody
        check_may_write(work, row.id, op.account, op.ts, besides_pace=True)
    if row.kind == "announcements" and not (keeps and isinstance(op, DeleteMessage)):
        raise Refused(Refusal.NOT_ALLOWED, only(Permission.BROADCAST, "change announcements"))
    there = (0 if seat is None else seat.since_seq) < op.seq <= MAX_SEQ
    found = work.connection.execute(_message, {"key": row_id(row.id, op.seq)}).first() if there else None
    if found is None:
        raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
    message = _Message._make(found)
    _check_may_change(op, message, keeps)
    return row, role, message


def _check_may_change(op: EditMessage | DeleteMessage, message: _Message, keeps: bool) -> None:
    """Refuse to change what is somebody else's, or too old; who keeps order may delete anything.

    Raises: Refused `not_allowed`.
    """
    if message.author != op.account and not (keeps and isinstance(op, DeleteMessage)):
        who = "Only its author changes a message." if isinstance(op, EditMessage) else _NOT_YOURS
        raise Refused(Refusal.NOT_ALLOWED, who)
    done = message.deleted or (isinstance(op, EditMessage) and op.body == message.body)
    if op.within_s and not keeps and not done and op.ts - message.ts > op.within_s * 1000:
        act = "edited" if isinstance(op, EditMessage) else "deleted"
        raise Refused(
            Refusal.NOT_ALLOWED,
            f"On this server a message can be {act} for {in_words(op.within_s)}; this one is older.",
        )


def _called(row: ConversationRow) -> str:
    return f"#{row.name}" if row.name else f"conversation {row.id}"


def _as_it_was(work: Work, row: ConversationRow, message: _Message) -> Committed:
    """Answer with the event that gave the message the text it has: the last edit, the deletion, or the post."""
    kind = MESSAGE_DELETED if message.deleted else MESSAGE_EDITED
    last = work.connection.execute(_last_change, {"key": message.key, "of_kind": kind}).first()
    if last is not None:
        return Committed(reply=(row.id, seq_of(last.id), last.ts, True))
    ts = work.connection.execute(_when, {"key": message.key}).scalar_one()
    return Committed(reply=(row.id, seq_of(message.key), ts, True))


def _erase(work: Work, message: _Message) -> tuple[bytes, ...]:
    """Take the text and the file out of the log, and their digest from the cid, which stays; return the file's hash."""
    cid = work.connection.execute(_sent_as, {"key": message.key}).scalar_one()
    thread = None if message.thread is None else seq_of(message.thread)
    payload = pack_posted(
        "",
        message.style,
        message.reply_to,
        thread=thread,
        in_channel=bool(message.in_channel),
        bot=message.bot,
        via=message.via,
    )
    work.connection.execute(_erase_posted, {"key": message.key, "new_payload": payload})
    work.connection.execute(_erase_edited, {"key": message.key})
    work.connection.execute(_erase_digest, {"of_cid": cid, "of_account": message.author})
    dropped = tuple(work.connection.execute(_file, {"key": message.key}).scalars())
    if dropped:
        work.connection.execute(_erase_file, {"key": message.key})
    return dropped
