"""What the writer remembers between batches is what the tables say, whatever was written or undone."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.store import enforcing, lookups, opening, private_lookups, sqlite_file
from chat_core.server.store import facts as facts_module
from chat_core.server.store.acts import EmptyChannel
from chat_core.server.store.base import Op, Refused
from chat_core.server.store.facts import Facts, LogFacts, SeatFacts
from chat_core.server.store.keys import row_id, seq_of
from chat_core.server.store.ops.carry_out import carry_out
from chat_core.server.store.ops.work import Work
from chat_core.server.store.people import SignInByName
from chat_core.server.store.schema import cids, messages
from chat_core.server.store.settings import rules_of
from tests.contract.test_store_properties import ANN, BATCHES, DELETED, NAMES, OLD, deletion
from tests.support.examples import examples

LATEST = 2**53
"""Behind every time in the ops: what is limited in time is over by then."""


def no_copy(_connection: Connection, _version: str) -> Path:
    raise AssertionError("nothing is migrated")


@given(batches=BATCHES, undone=st.sets(st.integers(0, 5)))
@example(batches=[*DELETED[:1], [deletion(ANN, "ops")], [EmptyChannel(ConversationId(OLD))]], undone=set())
@settings(max_examples=examples(30))
def test_facts_agree_with_the_tables_after_any_ops(batches: list[list[Op]], undone: set[int]) -> None:
    with TemporaryDirectory(prefix="chat-") as folder:
        path = Path(folder) / "chat.db"
        opening.prepare(sqlite_file.opener_engine(path), ts=1, keep_copy=no_copy)
        with sqlite_file.writer_engine(path).connect() as connection:
            work = Work(connection, Facts(), os.urandom)
            with connection.begin():
                carry_out(work, [SignInByName(name, 1) for name in NAMES])
            for number, batch in enumerate(batches):
                with connection.begin() as transaction:
                    carry_out(work, batch)
                    _compare(work)
                    if number in undone:
                        transaction.rollback()
                        work.facts.clear()
                with connection.begin():
                    _compare(work)


def test_facts_are_forgotten_when_they_become_many() -> None:
    facts = Facts()
    for number in range(facts_module.MOST + 1):
        facts.names[AccountId(number)] = "x"

    facts.trim()

    assert facts.names == {}


def _compare(work: Work) -> None:
    connection, facts = work.connection, work.facts
    for number, log in facts.logs.items():
        row = lookups.find_conversation(connection, number)
        assert row is not None
        rules = rules_of(row)
        strict = rules.moderated or rules.locked or rules.archived or rules.slow_s
        bounds = (messages.c.id > row_id(row.id, 0), messages.c.id <= row_id(row.id, row.head), messages.c.deleted)
        gone = seq_of(connection.execute(select(func.max(messages.c.id)).where(*bounds)).scalar() or 0)
        hidden = not row.public and row.kind != "announcements"
        assert log == LogFacts(row.id, row.kind, row.head, row.ordinal, hidden, rules if strict else None, deleted=gone)
    for (number, account), known in facts.seats.items():
        seat = lookups.seat(connection, number, account)
        assert seat is not None
        assert seat.taken
        assert known == SeatFacts(seat.read_ordinal, seat.own_unread, seat.role, seat.read_seq)
    for number, account in facts.absent:
        there = lookups.seat(connection, number, account)
        assert there is None or not there.taken
    assert facts.ignorers == {
        author: private_lookups.ignorers_of(connection, [author]).get(author, ()) for author in facts.ignorers
    }
    for account, name in facts.names.items():
        known_as = lookups.account(connection, account)
        assert (known_as.name, known_as.role) == (name, facts.roles[account])
    if facts.order is not None:  # what was over when it was read is not in it; what has ended since may be
        everything, in_force = enforcing.read_order(connection, 0), enforcing.read_order(connection, LATEST)
        assert in_force.mutes.items() <= facts.order.mutes.items() <= everything.mutes.items()
        assert facts.order.lock in (everything.lock, in_force.lock)
    for (account, ref), number in facts.refs.items():
        assert _resolved(work, account, ref) == number
    for account, cid in facts.last.items():
        assert connection.execute(select(cids.c.seq).where(cids.c.account == account, cids.c.cid == cid)).first()


def _resolved(work: Work, account: AccountId, ref: str) -> ConversationId | None:
    try:
        return lookups.resolve(work.connection, account, ref)[0].id
    except Refused:
        return None
