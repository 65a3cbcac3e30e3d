"""Every statement can be said to SQLite and to PostgreSQL; those of the hot path keep the order of their rows."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Dialect, NullPool, bindparam, create_engine, insert, update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

from chat_core.server.store import (
    facts,
    leftovers,
    lookups,
    mentioned,
    pages,
    people_reads,
    reader,
    thread_reads,
    views,
)
from chat_core.server.store.gathered import Gathered
from chat_core.server.store.many import Many
from chat_core.server.store.ops import (
    attention,
    changes,
    emptying,
    invites,
    mentioning,
    people,
    persons,
    posts,
    removing,
    work,
)
from chat_core.server.store.schema import meta, metadata

DIALECTS: list[Dialect] = [SQLiteDialect_pysqlite(), PGDialect_psycopg()]  # type: ignore[no-untyped-call]
ADD = insert(meta).values(key=bindparam("key"), value=bindparam("value"))
SET = update(meta).where(meta.c.key == bindparam("wanted")).values(value=bindparam("new"))


def statements(module: ModuleType) -> Iterator[UpdateBase | Select[Any]]:
    for value in vars(module).values():
        if isinstance(value, UpdateBase | Select):
            yield value
        elif isinstance(value, Gathered):
            yield value.statement


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    "module",
    [
        facts,
        leftovers,
        lookups,
        mentioned,
        pages,
        people_reads,
        reader,
        thread_reads,
        views,
        attention,
        changes,
        emptying,
        invites,
        mentioning,
        people,
        persons,
        posts,
        removing,
        work,
    ],
    ids=lambda module: module.__name__,
)
def test_statement_can_be_said_in_each_dialect(module: ModuleType, dialect: Dialect) -> None:
    said = [str(statement.compile(dialect=dialect)) for statement in statements(module)]

    assert said
    assert all(text.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"} for text in said)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_tables_can_be_made_in_each_dialect(dialect: Dialect) -> None:
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=dialect)).strip().startswith("CREATE TABLE")


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_hot_statement_binds_what_its_rows_hold(dialect: Dialect) -> None:
    hot = [value for value in vars(posts).values() if isinstance(value, Many)]

    assert len(hot) == 7
    for many in hot:
        text, positional = many.compiled(dialect)
        assert positional == ("?" in text) == (dialect.name == "sqlite")


def test_rows_are_written_in_the_order_of_their_names() -> None:
    with create_engine("sqlite://", poolclass=NullPool).connect() as connection:
        metadata.create_all(connection, tables=[meta])
        add, set_ = Many(ADD, "key", "value"), Many(SET, "new", "wanted")

        add.run(connection, [("a", "1"), ("b", "2")])
        set_.run(connection, [("3", "a")])
        set_.run(connection, [])

        assert sorted(connection.execute(meta.select()).all()) == [("a", "3"), ("b", "2")]


@pytest.mark.parametrize("names", [("wanted", "new"), ("new",), ("new", "wanted", "more")])
def test_names_that_do_not_fit_the_statement_are_a_fault(names: tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match="binds"):
        Many(SET, *names).compiled(SQLiteDialect_pysqlite())
