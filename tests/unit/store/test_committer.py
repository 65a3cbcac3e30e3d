"""Batches as transactions, over a real database: what happens to the others when one fails, and when all must."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from chat_core.base.ids import AccountId, Cid
from chat_core.protocol.codes import Refusal
from chat_core.server.store import opening, sqlite_file
from chat_core.server.store.base import Committed, Refused, StoreBroken
from chat_core.server.store.committer import Committer, Outcome
from chat_core.server.store.conversations import JoinChannel, SetChannelTopic
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.people import SignInByName

ANN = AccountId(1)


def no_copy(_connection: Connection, _version: str) -> Path:
    raise AssertionError("nothing is migrated")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """Open a writer's connection to a new database."""
    path = tmp_path / "chat.db"
    opening.prepare(sqlite_file.opener_engine(path), ts=1, keep_copy=no_copy)
    with sqlite_file.writer_engine(path).connect() as opened:
        yield opened


@pytest.fixture
def committer(connection: Connection) -> Committer:
    """Make a committer; `ann` is account 1."""
    made = Committer(connection, os.urandom, sqlite_file.classify)
    made.commit([SignInByName("ann", 1)])
    return made


def message(body: str = "hello", account: int = ANN, prev: Cid | None = None) -> AppendMessage:
    return AppendMessage(AccountId(account), 1, Cid(os.urandom(16)), prev, body, body, "text", None, 1)


def told(outcomes: list[Outcome]) -> list[object]:
    """Return seqs, refusals and names of exceptions."""
    return [
        outcome.reply[1]
        if isinstance(outcome, Committed)
        else outcome.code
        if isinstance(outcome, Refused)
        else type(outcome).__name__
        for outcome in outcomes
    ]


def stored(connection: Connection) -> list[str]:
    with connection.begin():
        return [body for (body,) in connection.exec_driver_sql("SELECT body FROM messages ORDER BY id")]


def forbid(connection: Connection, body: str) -> None:
    """Let the database itself fail on one message."""
    with connection.begin():
        connection.exec_driver_sql(
            "CREATE TRIGGER forbid BEFORE INSERT ON messages WHEN NEW.body = '" + body + "' "
            "BEGIN SELECT RAISE(ABORT, 'the database says no'); END"
        )


def test_batch_is_one_transaction(connection: Connection, committer: Committer) -> None:
    statements: list[str] = []
    event.listen(
        connection.engine, "before_cursor_execute", lambda *given: statements.append(str(given[2]).split(" ")[0])
    )

    assert told(committer.commit([message() for _ in range(300)])) == list(range(1, 301))

    assert statements.count("BEGIN") == 1
    assert statements.count("INSERT") == 3
    assert len(statements) < 15


def test_guilty_op_fails_alone_when_the_database_fails_on_it(connection: Connection, committer: Committer) -> None:
    forbid(connection, "poison")
    chained = message("after")
    ops = [message("before"), message("poison"), chained, message("last", prev=chained.cid)]

    outcomes = committer.commit(ops)

    assert told(outcomes) == [1, Refusal.STORE_FAILED, 2, 3]
    assert stored(connection) == ["before", "after", "last"]
    assert told(committer.commit([message("next")])) == [4]


def test_guilty_op_fails_alone_when_it_meets_a_fault_of_ours(connection: Connection, committer: Committer) -> None:
    broken = AppendMessage(ANN, 1, Cid(b"c" * 16), None, "x", None, "text", None, 1)  # type: ignore[arg-type]
    topic = SetChannelTopic(ANN, 1, "a topic", 1)

    outcomes = committer.commit([message("one"), broken, topic, message("two")])

    assert told([outcomes[0], outcomes[1], outcomes[3]]) == [1, "TypeError", 3]
    assert stored(connection) == ["one", "two"]


def test_nothing_half_written_is_left_when_an_op_fails_in_the_middle(
    connection: Connection, committer: Committer
) -> None:
    with connection.begin():
        connection.exec_driver_sql(
            "CREATE TRIGGER forbid BEFORE INSERT ON account_events BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    assert told(committer.commit([JoinChannel(ANN, "ops", create=True, ts=1)])) == [Refusal.STORE_FAILED]

    with connection.begin():
        assert connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar_one() == 2
        assert connection.exec_driver_sql("SELECT count(*) FROM memberships").scalar_one() == 2


def test_all_are_refused_for_a_time_when_there_is_no_room(connection: Connection, committer: Committer) -> None:
    committer.commit([message()])
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.rollback()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    connection.rollback()

    outcomes = committer.commit([message("x" * 8000), message("small"), message("x" * 8000)])

    assert told(outcomes) == [Refusal.STORE_FULL] * 3
    assert len({id(outcome) for outcome in outcomes}) == 3
    assert [outcome.retry_after for outcome in outcomes if isinstance(outcome, Refused)] == [5.0] * 3
    assert stored(connection) == ["hello"]
    connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    connection.rollback()
    assert told(committer.commit([message("x" * 8000), message("small")])) == [2, 3]


def test_all_are_refused_when_somebody_else_holds_the_database(connection: Connection, committer: Committer) -> None:
    connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    connection.rollback()
    other = sqlite3.connect(str(connection.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    outcomes = committer.commit([message(), message()])
    other.close()

    assert told(outcomes) == [Refusal.STORE_FAILED] * 2
    assert [outcome.retry_after for outcome in outcomes if isinstance(outcome, Refused)] == [1.0] * 2
    assert told(committer.commit([message()])) == [1]


def test_commit_that_fails_breaks_the_store(connection: Connection, committer: Committer) -> None:
    # A deferred constraint fails at COMMIT itself, as an fsync does.
    with connection.begin():
        connection.exec_driver_sql(
            "CREATE TABLE owed (id INTEGER PRIMARY KEY, account REFERENCES accounts DEFERRABLE INITIALLY DEFERRED)"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER owe AFTER INSERT ON messages WHEN NEW.body = 'doom' "
            "BEGIN INSERT INTO owed (account) VALUES (99); END"
        )
    committer.commit([message("before")])

    with pytest.raises(StoreBroken):
        committer.commit([message("one"), message("doom"), message("two")])

    assert stored(connection) == ["before"]
