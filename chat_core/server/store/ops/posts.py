"""Posting: consecutive messages are decided on in order and written together.

A run reads what it must know in a few statements, decides message by message as if each had been written before the
next, and writes all of them in a few statements more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, true, update

from chat_core.base.ids import EID_BYTES, AccountId, Cid, ConversationId
from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.events import AccountEvent, MessagePosted
from chat_core.server.rules.judging import Draft
from chat_core.server.rules.permissions import Permission, only
from chat_core.server.store import lookups
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.counting import is_no_news
from chat_core.server.store.facts import LogFacts, SeatFacts
from chat_core.server.store.keys import SEQ_BITS, digest, row_id, seq_of
from chat_core.server.store.many import Many
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.ops import judging, mentioning
from chat_core.server.store.ops.speaking import check_door, check_rules
from chat_core.server.store.ops.threads import Replies, Root
from chat_core.server.store.ops.work import Work
from chat_core.server.store.payloads import MESSAGE_POSTED, pack_posted
from chat_core.server.store.schema import (
    IN_CHANNEL,
    IS_DELETED,
    cids,
    conversations,
    events,
    files,
    memberships,
    messages,
)

_EVENT = tuple(column.name for column in events.c if column is not events.c.target)
_MESSAGE = tuple(column.name for column in messages.c if column.server_default is None)
_CID = tuple(column.name for column in cids.c)
_add_events = Many(insert(events).values({name: bindparam(name) for name in _EVENT}), *_EVENT)
_add_messages = Many(insert(messages).values({name: bindparam(name) for name in _MESSAGE}), *_MESSAGE)
_add_cids = Many(insert(cids).values({name: bindparam(name) for name in _CID}), *_CID)
_add_file = insert(files)
_advance = Many(
    update(conversations)
    .where(conversations.c.id == bindparam("number"))
    .values(head=bindparam("new_head"), head_eid=bindparam("new_eid"), ordinal=bindparam("new_ordinal")),
    "new_head",
    "new_eid",
    "new_ordinal",
    "number",
)
_mark_bot = Many(
    update(messages).where(messages.c.id == bindparam("key")).values(bot=true(), via=bindparam("new_via")),
    "new_via",
    "key",
)
_taken = (
    memberships.c.conversation == bindparam("of_conversation"),
    memberships.c.account == bindparam("of_account"),
    memberships.c.until_seq.is_(None),
)
_mark_read = Many(
    update(memberships)
    .where(*_taken)
    .values(read_seq=bindparam("new_seq"), read_ordinal=bindparam("new_ordinal"), own_unread=0),
    "new_seq",
    "new_ordinal",
    "own_unread",
    "of_conversation",
    "of_account",
)
_mark_own = Many(
    update(memberships).where(*_taken).values(own_unread=bindparam("new_own")),
    "new_own",
    "of_conversation",
    "of_account",
)
_sent = (
    select(cids.c.cid, cids.c.account, IS_DELETED, cids.c.conversation, cids.c.seq, cids.c.ts, cids.c.digest)
    .join_from(cids, conversations, conversations.c.id == cids.c.conversation)
    .where(cids.c.cid.in_(bindparam("some", expanding=True)))
)
_forget_cid = delete(cids).where(cids.c.cid == bindparam("of_cid"), cids.c.account == bindparam("of_account"))
_deleted = (
    select(func.count(messages.c.author))
    .where(messages.c.id > bindparam("low"), messages.c.id <= bindparam("high"), messages.c.deleted)
    .where(IN_CHANNEL, ~is_no_news(messages.c.author, bindparam("account", type_=messages.c.author.type)))
)
_message_keys = select(messages.c.id).where(
    messages.c.id.in_(bindparam("some", expanding=True)), messages.c.deleted.is_(False)
)


class Sent(NamedTuple):
    """What became of an accepted send."""

    conversation: ConversationId
    seq: int
    ts: int
    digest: bytes


def append_messages(work: Work, ops: Sequence[AppendMessage]) -> list[Committed | Refused]:
    """Carry out consecutive posts; each has its own outcome, in order."""
    run = _Run(work, ops)
    outcomes: list[Committed | Refused] = []
    for op in ops:
        try:
            outcomes.append(run.take(op))
        except Refused as refused:
            outcomes.append(refused)
    run.write()
    return outcomes


class _Run:
    """See the module's head."""

    def __init__(self, work: Work, ops: Sequence[AppendMessage]) -> None:
        self._work = work
        self._connection = work.connection
        self._facts = work.facts
        self._chance = work.chance(EID_BYTES * len(ops))
        self._targets = {(op.account, op.conversation): self._target(op) for op in ops}
        self._learn(ops)
        self._left: set[tuple[Cid, AccountId]] = set()
        """Cids of what was sent to channels that are deleted and not empty yet: they mean nothing any more."""
        self._sent = self._look_up(ops)
        last = self._facts.last
        self._stored = {*self._sent, *((last[op.account], op.account) for op in ops if op.account in last)}
        self._events: list[tuple[int | str | bytes | None, ...]] = []
        self._messages: list[tuple[int | str | bytes | None, ...]] = []
        self._cids: list[tuple[int | str | bytes | None, ...]] = []
        self._files: list[dict[str, int | str | bytes]] = []
        self._by_bots: list[tuple[str, int]] = []
        self._eids: dict[ConversationId, bytes] = {}
        self._read: dict[tuple[ConversationId, AccountId], int] = {}
        self._own: set[tuple[ConversationId, AccountId]] = set()
        self._replied = self._look_up_answered(ops)
        named = self._keys(ops, "thread")
        self._replies = Replies(work, named) if named else None
        self._names = mentioning.Namesakes(
            self._connection, ((self._targets[op.account, op.conversation], op.body) for op in ops)
        )
        self._calls: list[tuple[int, int, mentioning.Called]] = []

    def take(self, op: AppendMessage) -> Committed:
        """Decide on one post. Raises: Refused."""
        number = self._targets[op.account, op.conversation]
        first = self._sent.get((op.cid, op.account))
        if first is not None:
            return _again(op, number, first)
        log = None if number is None else self._facts.logs.get(number)
        if log is None:
            raise lookups.no_conversation(op.conversation)
        seat = self._facts.seats.get((log.id, op.account))
        self._check(op, log, seat)
        assert seat is not None, "members only, says the check"
        root = None if op.thread is None or self._replies is None else self._replies.root(log.id, op.thread)
        if root is not None and seq_of(root.key) <= seat.since_seq:
            raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
        called = self._called(op, log, seat)
        by = self._work.judge
        if by is None or log.kind != "channel" or not (by.active or log.manners):
            return self._accept(op, log, seat, root, called)
        # Only now: a repeat of an accepted message is answered as the first time, and never judged again.
        draft = Draft(op.account, log.id, op.body, op.ts, op.cid, "" if op.file is None else op.file.name, op.via)
        warning = judging.judge(self._work, by, draft, log, seat)
        done = self._accept(op, log, seat, root, called)
        return replace(done, account_events=[*done.account_events, *judging.warned(self._work, draft, warning)])

    def write(self) -> None:
        """Write what was accepted."""
        connection = self._connection
        _add_events.run(connection, self._events)
        _add_messages.run(connection, self._messages)
        if again := [{"of_cid": cid, "of_account": account} for cid, account in self._left & self._sent.keys()]:
            connection.execute(_forget_cid, again)
        _add_cids.run(connection, self._cids)
        if self._files:
            connection.execute(_add_file, self._files)
        if self._replies is not None:
            self._replies.write()
        mentioning.note(connection, self._calls)
        _mark_bot.run(connection, self._by_bots)
        logs = self._facts.logs
        _advance.run(
            connection,
            [(logs[number].head, eid, logs[number].ordinal, number) for number, eid in self._eids.items()],
        )
        seats = self._facts.seats
        _mark_read.run(
            connection,
            [(seq, seats[place].read_ordinal, 0, *place) for place, seq in self._read.items()],
        )
        _mark_own.run(connection, [(seats[place].own_unread, *place) for place in self._own])

    def _target(self, op: AppendMessage) -> ConversationId | None:
        if isinstance(op.conversation, int):
            return ConversationId(op.conversation)
        return self._facts.resolve(self._connection, op.account, op.conversation)

    def _learn(self, ops: Sequence[AppendMessage]) -> None:
        facts = self._facts
        targets = {number for number in self._targets.values() if number is not None}
        facts.learn_logs(self._connection, targets)
        places = {(number, account) for (account, _), number in self._targets.items() if number is not None}
        facts.learn_seats(self._connection, places)
        facts.learn_names(self._connection, {op.account for op in ops})
        facts.learn_ignorers(self._connection, {op.account for op in ops})
        deaf = {(number, each) for number, author in places for each in facts.ignorers[author]}
        facts.learn_seats(self._connection, deaf)
        self._ordered = facts.learn_order(self._connection, ops[0].ts).anything

    def _look_up(self, ops: Sequence[AppendMessage]) -> dict[tuple[Cid, AccountId], Sent]:
        last = self._facts.last
        wanted = {op.cid for op in ops}
        wanted.update(op.prev for op in ops if op.prev is not None and last.get(op.account) != op.prev)
        found: dict[tuple[Cid, AccountId], Sent] = {}
        for some in lookups.chunks(wanted):
            for cid, account, gone, *rest in self._connection.execute(_sent, {"some": some}):
                if gone:
                    self._left.add((cid, account))
                else:
                    found[cid, account] = Sent(*rest)
        return found

    def _look_up_answered(self, ops: Sequence[AppendMessage]) -> set[int]:
        wanted = self._keys(ops, "reply_to")
        return {
            key for some in lookups.chunks(wanted) for (key,) in self._connection.execute(_message_keys, {"some": some})
        }

    def _keys(self, ops: Sequence[AppendMessage], field: Literal["reply_to", "thread"]) -> set[int]:
        """Return the keys of the messages that a field of some posts names."""
        found = set()
        for op in ops:
            number, seq = self._targets[op.account, op.conversation], getattr(op, field)
            if seq is not None and number in self._facts.logs:
                found.add(row_id(number, seq))
        return found

    def _check(self, op: AppendMessage, log: LogFacts, seat: SeatFacts | None) -> None:
        if seat is None:
            if log.hidden:
                raise lookups.no_conversation(op.conversation)
            raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
        if log.kind == "announcements" and not op.broadcast:
            raise Refused(Refusal.NOT_ALLOWED, only(Permission.BROADCAST, "write announcements"))
        if op.prev is not None and (op.prev, op.account) not in self._stored:
            raise Refused(Refusal.UNKNOWN_PREV, REFUSALS[Refusal.UNKNOWN_PREV].text)
        if self._ordered or log.rules is not None:
            check_rules(self._work, log, seat, op.account, op.ts)
        if log.kind == "direct":
            check_door(self._work, log.id, op.account)
        if op.reply_to is not None and (
            op.reply_to <= seat.since_seq or row_id(log.id, op.reply_to) not in self._replied
        ):
            raise Refused(Refusal.NO_MESSAGE, "The message that you answer is not there, or was deleted.")

    def _called(self, op: AppendMessage, log: LogFacts, seat: SeatFacts) -> mentioning.Called:
        if "@" not in op.body:  # this runs for every message
            return mentioning.NO_ONE
        roles = (self._facts.roles[op.account], seat.role)
        # In a thread only, @here is for those who follow it: naming the others would make them follow it.
        here = op.here if op.thread is None or op.in_channel else None
        return self._names.called(log.id, log.kind, op.account, op.body, roles, here)

    def _accept(
        self, op: AppendMessage, log: LogFacts, seat: SeatFacts, root: Root | None, called: mentioning.Called
    ) -> Committed:
        number, account, cid = log.id, op.account, op.cid
        seq = log.head = log.head + 1
        key = number << SEQ_BITS | seq  # `row_id` without its bounds: this runs for every message
        at = EID_BYTES * len(self._events)
        eid = self._eids[number] = self._chance[at : at + EID_BYTES]
        proof = digest(number, op.raw, op.style, op.reply_to, op.thread, op.in_channel)
        hangs_on, thread, shown = _placed(op, root)
        told: Sequence[tuple[AccountId, AccountEvent]] = ()
        if root is None or shown:
            self._mark(log, seat, account)
        if root is not None and self._replies is not None:
            named = () if shown else set(called.accounts).difference(self._facts.ignorers[account])
            told = self._replies.reply(root, account, seq, op.ts, sorted(named))
        bot = account in self._facts.bots
        payload = pack_posted(
            op.body,
            op.style,
            op.reply_to,
            op.file,
            *called,
            thread=thread,
            in_channel=bool(shown),
            bot=bot,
            via=op.via,
        )
        if called != mentioning.NO_ONE:
            self._calls.append((key, op.ts, called))
        self._events.append((key, eid, MESSAGE_POSTED, account, op.ts, cid, payload))
        self._messages.append((key, log.ordinal, account, op.ts, seq, op.body, op.style, op.reply_to, hangs_on, shown))
        if bot:
            self._by_bots.append((op.via, key))
        self._cids.append((cid, account, number, seq, op.ts, proof))
        if op.file is not None:
            self._files.append({"message": key, "account": account, **msgspec.structs.asdict(op.file)})
        self._sent[cid, account] = Sent(number, seq, op.ts, proof)
        self._stored.add((cid, account))
        self._replied.add(key)
        if self._replies is not None:
            self._replies.posted(key, account, hangs_on)
        self._facts.last[account] = cid
        if log.rules is not None and log.rules.slow_s:
            self._facts.spoke[number, account] = op.ts
        event = MessagePosted(
            conversation=number,
            seq=seq,
            eid=eid,
            ts=op.ts,
            author=account,
            name=self._facts.names[account],
            display=self._facts.displays.get(account, ""),
            cid=cid,
            body=op.body,
            style=op.style,
            reply_to=op.reply_to,
            file=op.file,
            thread=thread,
            in_channel=bool(shown),
            mentions=called.accounts,
            everyone=called.everyone,
            bot=bot,
            via=op.via,
        )
        return Committed(reply=(number, seq, op.ts, False), events=(event,), account_events=told)

    def _mark(self, log: LogFacts, seat: SeatFacts, author: AccountId) -> None:
        """Count the message; its author has read it if nothing unread lies before it, and who ignores them need not."""
        unread = log.ordinal - seat.read_ordinal - seat.own_unread
        if unread and log.deleted > seat.read_seq:
            bounds = {"low": row_id(log.id, seat.read_seq), "high": row_id(log.id, log.deleted), "account": author}
            unread -= self._connection.execute(_deleted, bounds).scalar_one()
        log.ordinal += 1
        place = (log.id, author)
        if unread:
            seat.own_unread += 1
            self._own.add(place)
        else:
            seat.read_seq, seat.read_ordinal, seat.own_unread = log.head, log.ordinal, 0
            self._read[place] = log.head
        for deaf in self._facts.ignorers[author]:
            known = self._facts.seats.get((log.id, deaf))
            if known is not None:
                known.own_unread += 1
                self._own.add((log.id, deaf))


def _placed(op: AppendMessage, root: Root | None) -> tuple[int | None, int | None, bool | None]:
    """Return key and seq of what a message's thread hangs on, and whether it stands in the conversation besides."""
    return (None, None, None) if root is None else (root.key, seq_of(root.key), op.in_channel)


def _again(op: AppendMessage, number: ConversationId | None, first: Sent) -> Committed:
    """Answer a repeated send as the first time, if it is the same; also where the account may no longer write."""
    # A name may have ceased to mean anything since: then the number of the first time is taken.
    where = first.conversation if number is None else number
    # What was deleted since has no digest any more: then the cid alone decides.
    if first.digest and digest(where, op.raw, op.style, op.reply_to, op.thread, op.in_channel) != first.digest:
        raise Refused(Refusal.CID_REUSED, REFUSALS[Refusal.CID_REUSED].text)
    return Committed(reply=(first.conversation, first.seq, first.ts, True))
