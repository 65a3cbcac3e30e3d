"""Messages, in bulk: whatever arrived while the last commit ran costs a few queries, not a few for each.

What the checks need is read once for all ops of a run (heads, memberships, cids); then each op is decided in order
against that, as if alone; then everything accepted is inserted at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_, update

from chat_core.base.ids import EID_BYTES
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.events import MessagePosted
from chat_core.server.store.base import AppendMessage, Committed, Place, Refused
from chat_core.server.store.tables import accounts, cids, conversations, events, key, memberships, messages
from chat_core.server.store.writing import Tx, digest, event_row, member_place

_IN = 400
"""Values in one IN list: below every database's limit on parameters."""

_set_head = (
    update(conversations)
    .where(conversations.c.id == bindparam("number"))
    .values(head=bindparam("new_head"), head_eid=bindparam("new_eid"), ordinal=bindparam("new_ordinal"))
)


@dataclass(slots=True)
class _Log:
    """Where a conversation's log stands while the run is decided."""

    head: int
    ordinal: int
    eid: bytes = b""
    touched: bool = False


@dataclass(slots=True)
class _Run:
    """Everything known for one run of messages."""

    places: dict[tuple[int, int | str], Place | Refused] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    logs: dict[int, _Log] = field(default_factory=dict)
    known: dict[tuple[int, bytes], tuple[int, int, int, bytes]] = field(default_factory=dict)
    """By (account, cid): conversation, seq, ts, digest."""
    event_rows: list[dict[str, Any]] = field(default_factory=list)
    message_rows: list[dict[str, Any]] = field(default_factory=list)
    cid_rows: list[dict[str, Any]] = field(default_factory=list)


def append(tx: Tx, ops: Sequence[AppendMessage]) -> list[Committed | Exception]:
    """Append messages, in order; one outcome for each op, a `Refused` where it was refused."""
    run = _look_up(tx, ops)
    outcomes: list[Committed | Exception] = []
    for op in ops:
        try:
            outcomes.append(_decide(tx, run, op))
        except Refused as refused:
            outcomes.append(refused)
    _write(tx, run)
    _move_markers(tx, ops, outcomes)
    return outcomes


def _look_up(tx: Tx, ops: Sequence[AppendMessage]) -> _Run:
    run = _Run()
    for account, ref in {(op.account, op.conversation) for op in ops}:
        try:
            run.places[account, ref] = member_place(tx, account, ref)
        except Refused as refused:
            run.places[account, ref] = refused
    people = list({op.account for op in ops})
    for start in range(0, len(people), _IN):
        query = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(people[start : start + _IN]))
        run.names.update((row.id, row.name) for row in tx.run(query))
    numbers = list({place.id for place in run.places.values() if isinstance(place, Place)})
    for start in range(0, len(numbers), _IN):
        query = select(
            conversations.c.id, conversations.c.head, conversations.c.head_eid, conversations.c.ordinal
        ).where(conversations.c.id.in_(numbers[start : start + _IN]))
        run.logs.update((row.id, _Log(row.head, row.ordinal, row.head_eid)) for row in tx.run(query))
    pairs = list({(op.account, op.cid) for op in ops} | {(op.account, op.prev) for op in ops if op.prev is not None})
    for start in range(0, len(pairs), _IN):
        rows = tx.run(select(cids).where(tuple_(cids.c.account, cids.c.cid).in_(pairs[start : start + _IN])))
        run.known.update(
            ((row.account, bytes(row.cid)), (row.conversation, row.seq, row.ts, bytes(row.digest))) for row in rows
        )
    return run


def _decide(tx: Tx, run: _Run, op: AppendMessage) -> Committed:
    place = run.places[op.account, op.conversation]
    if isinstance(place, Refused):
        raise place
    mark = digest(place.id, op.raw, op.style, op.reply_to)
    before = run.known.get((op.account, op.cid))
    if before is not None:
        conversation, seq, ts, old = before
        if conversation != place.id or old != mark:
            raise Refused(Refusal.CID_REUSED, REFUSALS[Refusal.CID_REUSED].text)
        return Committed(reply=(conversation, seq, ts, True))
    if place.kind == "announcements":
        raise Refused(Refusal.NOT_ALLOWED, "Only the people who run this server write announcements.")
    if op.prev is not None:
        previous = run.known.get((op.account, op.prev))
        if previous is None or previous[0] != place.id:
            raise Refused(Refusal.UNKNOWN_PREV, REFUSALS[Refusal.UNKNOWN_PREV].text)
    log = run.logs[place.id]
    if op.reply_to is not None and not _is_message(tx, run, place.id, op.reply_to):
        raise Refused(Refusal.NO_MESSAGE, f"There is no message {op.reply_to} to reply to.")
    log.head += 1
    log.ordinal += 1
    log.eid = tx.random_bytes(EID_BYTES)
    log.touched = True
    event = MessagePosted(
        conversation=place.id,
        seq=log.head,
        eid=log.eid,
        ts=op.ts,
        author=op.account,
        name=run.names[op.account],
        cid=op.cid,
        body=op.body,
        style=op.style,
        reply_to=op.reply_to,
    )
    _note(run, op, event, log.ordinal, mark)
    return Committed(reply=(place.id, event.seq, event.ts, False), events=(event,))


def _note(run: _Run, op: AppendMessage, event: MessagePosted, ordinal: int, mark: bytes) -> None:
    payload: dict[str, Any] = {"cid": event.cid, "body": event.body}
    if event.style != "text":
        payload["style"] = event.style
    if event.reply_to is not None:
        payload["reply_to"] = event.reply_to
    run.event_rows.append(event_row(event, payload))
    run.message_rows.append(
        {
            "id": key(event.conversation, event.seq),
            "ordinal": ordinal,
            "author": op.account,
            "ts": op.ts,
            "changed": event.seq,
            "body": op.body,
            "style": op.style,
            "reply_to": op.reply_to,
        }
    )
    run.cid_rows.append(
        {
            "account": op.account,
            "cid": op.cid,
            "conversation": event.conversation,
            "seq": event.seq,
            "ts": op.ts,
            "digest": mark,
        }
    )
    run.known[op.account, op.cid] = (event.conversation, event.seq, op.ts, mark)


def _write(tx: Tx, run: _Run) -> None:
    if not run.event_rows:
        return
    tx.run(insert(events), run.event_rows)
    tx.run(insert(messages), run.message_rows)
    tx.run(insert(cids), run.cid_rows)
    tx.run(
        _set_head,
        [
            {"number": number, "new_head": log.head, "new_eid": log.eid, "new_ordinal": log.ordinal}
            for number, log in run.logs.items()
            if log.touched
        ],
    )


def _move_markers(tx: Tx, ops: Sequence[AppendMessage], outcomes: Sequence[Committed | Exception]) -> None:
    """Move each author's read marker to its newest message, where it had read everything before.

    That needs no event: every device sees the message, and applies the same rule.
    """
    newest: dict[tuple[int, int], int] = {}
    for op, outcome in zip(ops, outcomes, strict=True):
        if isinstance(outcome, Committed) and outcome.events:
            event = outcome.events[0]
            newest[op.account, event.conversation] = event.seq
    for (account, conversation), seq in newest.items():
        mine = (
            memberships.c.account == account,
            memberships.c.conversation == conversation,
            memberships.c.until_seq.is_(None),
        )
        read = tx.run(select(memberships.c.read_seq).where(*mine)).scalar()
        if read is not None and not _others_between(tx, account, conversation, int(read), seq):
            tx.run(update(memberships).where(*mine).values(read_seq=seq))


def _others_between(tx: Tx, account: int, conversation: int, read: int, seq: int) -> bool:
    """Return whether somebody else's message lies behind the marker and before `seq`."""
    query = (
        select(messages.c.id)
        .where(
            messages.c.id > key(conversation, read),
            messages.c.id < key(conversation, seq),
            messages.c.author != account,
        )
        .limit(1)
    )
    return tx.run(query).first() is not None


def _is_message(tx: Tx, run: _Run, conversation: int, seq: int) -> bool:
    number = key(conversation, seq)
    if any(row["id"] == number for row in run.message_rows):
        return True
    return tx.run(select(messages.c.id).where(messages.c.id == number)).first() is not None
