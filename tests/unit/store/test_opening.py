"""Opening an SQLite store: new, old, newer, foreign, damaged, out of reach."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select

from chat_core.base.clock import SystemClock
from chat_core.base.errors import ChatError, UsageFault, WorldFault
from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.store import opening, schema, sqlite_file
from chat_core.server.store.base import Boot, Committed
from chat_core.server.store.bounds import EVERYTHING
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.private import IgnoreAccount
from chat_core.server.store.sqlite import SqliteStore, copy_of
from tests.support.logs import overheard

NEXT_HEAD = f"{int(schema.HEAD) + 1:04}"
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.add_column(sa.Column("colour", sa.Text(), nullable=False, server_default="none"))
    {more}
"""


async def opened(path: Path) -> Boot:
    """Open a store, close it, and return what it told."""
    store = SqliteStore(path, clock=SystemClock())
    try:
        return await store.open(lambda _: None)
    finally:
        await store.close()


async def fault(path: Path) -> ChatError:
    """Return what a store says that cannot be opened."""
    with pytest.raises(ChatError) as caught:
        await opened(path)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    return caught.value


def definitions(connection: Connection) -> dict[str, Sequence[str]]:
    """Return the SQL of every table and index, as sets of its parts: they may stand in another order.

    A column that was added later stands on the line of the one before it.
    """
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: sorted(filter(None, map(str.strip, re.split(r"[,\n]", sql)))) for name, sql in rows}


# --- new ------------------------------------------------------------------------------------------------------


async def test_database_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    os.umask(0o022)
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    try:
        await store.write(SignInByName("ann", 1))
        await store.indexed()
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        await store.close()

    files = ["chat.db", "chat.db-search"]
    assert modes == {f"{file}{ending}": 0o600 for file in files for ending in ("", "-wal", "-shm")}
    assert sorted(file.name for file in tmp_path.iterdir()) == files, "closing leaves the store and its index"


async def test_database_is_made_anew_when_the_first_time_was_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    path.touch()

    assert len((await opened(path)).heads) == 2


async def test_path_may_hold_signs_that_mean_something_in_an_address(tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1? & é"
    folder.mkdir()

    first = await opened(folder / "chat.db")

    assert sorted(file.name for file in folder.iterdir()) == ["chat.db", "chat.db-search"]
    assert await opened(folder / "chat.db") == first


def test_migrations_lead_to_the_schema(tmp_path: Path) -> None:
    migrated = sqlite_file.opener_engine(tmp_path / "migrated.db").connect()
    made = sqlite_file.opener_engine(tmp_path / "made.db").connect()
    with migrated, made:
        with migrated.begin():
            opening.migrate(migrated)
        with made.begin():
            schema.metadata.create_all(made)

        assert definitions(migrated) == definitions(made)
        context = MigrationContext.configure(migrated, opts={"version_table": schema.VERSION_TABLE})
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.HEAD


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_current_head() == schema.HEAD
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert {len(revision) for revision in revisions} == {4}


# --- old ------------------------------------------------------------------------------------------------------


def scripts_with_next(folder: Path, more: str = "") -> Path:
    """Make a folder of migrations that has one version more than ours."""
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((opening.MIGRATIONS / "env.py").read_text())
    for script in (opening.MIGRATIONS / "versions").glob("*.py"):
        (folder / "versions" / script.name).write_text(script.read_text())
    added = NEXT.format(revision=NEXT_HEAD, before=schema.HEAD, more=more)
    (folder / "versions" / f"v{NEXT_HEAD}_next.py").write_text(added)
    return folder


def prepare_next(path: Path, scripts: Path) -> None:
    """Open a database with a program that is one version further."""
    opening.prepare(
        sqlite_file.opener_engine(path),
        ts=1,
        keep_copy=lambda connection, version: sqlite_file.copy(connection, copy_of(path, version)),
        head=NEXT_HEAD,
        scripts=scripts,
    )


async def old_database(path: Path) -> None:
    """Make a database with an account in it."""
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    await store.write(SignInByName("ann", 1))
    await store.close()


async def test_old_database_is_migrated_with_a_copy_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await old_database(path)

    with overheard() as logs:
        prepare_next(path, scripts_with_next(tmp_path / "scripts"))

    told = [(each["event"], each["before"]) for each in logs if "migrat" in each["event"]]
    assert told == [
        ("migrating the database, which may take a while", schema.HEAD),
        ("migrated the database", schema.HEAD),
    ]
    with sqlite_file.reader_engine(path).connect() as connection:
        assert connection.exec_driver_sql("SELECT name, colour FROM accounts").all() == [("ann", "none")]
        assert connection.execute(select(schema.version.c.version_num)).scalar_one() == NEXT_HEAD
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    copy = tmp_path / f"chat.db.v{schema.HEAD}"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with sqlite_file.reader_engine(copy).connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM accounts").all() == [("ann",)]
        assert "colour" not in {column["name"] for column in inspect(connection).get_columns("accounts")}
    await opened(copy)


@pytest.mark.parametrize(
    "more",
    ["raise RuntimeError('half way')", "op.execute('DELETE FROM conversations')", "op.execute('nonsense')"],
    ids=["fault", "lost_rows", "bad_statement"],
)
async def test_old_database_stays_as_it_was_when_a_migration_fails(tmp_path: Path, more: str) -> None:
    path = tmp_path / "chat.db"
    await old_database(path)
    before = (await opened(path)).heads

    with pytest.raises(WorldFault, match=rf"chat\.db could not be brought up to date.*v{schema.HEAD}"):
        prepare_next(path, scripts_with_next(tmp_path / "scripts", more))

    assert (await opened(path)).heads == before
    with sqlite_file.reader_engine(path).connect() as connection:
        assert "colour" not in {column["name"] for column in inspect(connection).get_columns("accounts")}


FIRST_MESSAGE = """
    INSERT INTO meta VALUES ('epoch', 'one');
    INSERT INTO accounts VALUES (1, 'ann', 'ann', 0, 1);
    INSERT INTO conversations VALUES (1, 'channel', 'general', 'general', NULL, '', 1, x'01', 1, 1, NULL, 1);
    INSERT INTO memberships VALUES (1, 1, 0, NULL, 0, 0, 0, 0, 1);
    INSERT INTO events VALUES (4294967297, x'01', 'message_posted', 1, 5, x'aa', x'81a4626f6479a26869');
    INSERT INTO messages VALUES (4294967297, 1, 1, 5, 1, 'hi', 'text', NULL);
    INSERT INTO cids VALUES (x'aa', 1, 1, 1, 5, x'00');
"""


def first_version(path: Path, scripts: Path) -> None:
    """Make a database as the first version of the schema did, with one message."""
    (scripts / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/v0001_first.py"):
        (scripts / name).write_text((opening.MIGRATIONS / name).read_text())
    with sqlite_file.opener_engine(path).connect() as connection, connection.begin():
        opening.migrate(connection, scripts)
        for statement in FIRST_MESSAGE.strip().rstrip(";").split(";"):
            connection.exec_driver_sql(statement)


async def test_message_of_the_first_version_can_be_edited_and_deleted(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    first_version(path, tmp_path / "scripts")
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    try:
        before = await store.read(lambda reader: reader.history(ConversationId(1), "latest", 0, 5, EVERYTHING))
        await store.write(EditMessage(AccountId(1), 1, 1, "hello", 6))
        await store.write(DeleteMessage(AccountId(1), 1, 1, 7))
        after = await store.read(lambda reader: reader.history(ConversationId(1), "latest", 0, 5, EVERYTHING))
    finally:
        await store.close()

    assert [(each.body, each.changed, each.edits, each.deleted) for each in before.messages] == [("hi", 1, 0, False)]
    assert [(each.body, each.changed, each.edits, each.deleted) for each in after.messages] == [("", 3, 1, True)]
    assert (tmp_path / "chat.db.v0001").exists()


BEFORE_IGNORED_WERE_COUNTED = "0011"
IGNORING = """
INSERT INTO accounts (id, name, name_key, log_head, created_ts)
VALUES (1, 'ann', 'ann', 0, 1), (2, 'eve', 'eve', 0, 1), (3, 'bob', 'bob', 0, 1);
INSERT INTO conversations (id, kind, name, name_key, topic, head, head_eid, ordinal, member_count, created_ts)
VALUES (1, 'channel', 'general', 'general', '', 4, x'00', 3, 3, 1);
INSERT INTO memberships
(conversation, account, since_seq, read_seq, read_ordinal, own_unread, marker_event, joined_ts)
VALUES (1, 1, 0, 1, 1, 0, 0, 1), (1, 2, 0, 3, 3, 0, 0, 1), (1, 3, 0, 1, 1, 0, 0, 1);
INSERT INTO messages (id, ordinal, author, ts, changed, body, style)
VALUES (4294967297, 1, 2, 1, 1, 'x', 'text'), (4294967298, 2, 2, 1, 2, 'x', 'text'),
(4294967299, 3, 2, 1, 3, 'x', 'text');
INSERT INTO messages (id, ordinal, author, ts, changed, body, style, thread, in_channel)
VALUES (4294967300, 3, 2, 1, 4, 'x', 'text', 4294967297, 0);
INSERT INTO ignores (account, ignored) VALUES (1, 2);
INSERT INTO conversations (id, kind, name, name_key, topic, head, head_eid, ordinal, member_count, created_ts)
VALUES (2, 'announcements', 'announcements', 'announcements', '', 0, x'', 0, 0, 1);
INSERT INTO meta VALUES ('epoch', 'one')
"""


async def test_what_is_unread_is_counted_anew_where_somebody_was_ignored_before(tmp_path: Path) -> None:
    path, scripts = tmp_path / "chat.db", tmp_path / "scripts"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "env.py").write_text((opening.MIGRATIONS / "env.py").read_text())
    for script in (opening.MIGRATIONS / "versions").glob("v*.py"):
        if script.name[1:5] <= BEFORE_IGNORED_WERE_COUNTED:
            (scripts / "versions" / script.name).write_text(script.read_text())
    with sqlite_file.opener_engine(path).connect() as connection, connection.begin():
        opening.migrate(connection, scripts)
        for statement in IGNORING.strip().split(";"):
            connection.exec_driver_sql(statement)
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    try:
        seen = await store.read(lambda reader: reader.conversation(AccountId(1), ConversationId(1)))
        bobs = await store.read(lambda reader: reader.conversation(AccountId(3), ConversationId(1)))
        await store.write(IgnoreAccount(AccountId(1), "eve", ignored=False))
        after = await store.read(lambda reader: reader.conversation(AccountId(1), ConversationId(1)))
    finally:
        await store.close()

    assert (seen.unread, bobs.unread, after.unread) == (0, 2, 2)


async def test_opening_does_not_migrate_when_nothing_is_due(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    first = await opened(path)

    assert await opened(path) == first
    assert sorted(file.name for file in tmp_path.iterdir()) == ["chat.db", "chat.db-search"], "no copy"


# --- not to be opened -----------------------------------------------------------------------------------------


async def test_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    await opened(path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE schema_version SET version_num = '9999'")
    database.close()
    before = path.read_bytes()

    refused = await fault(path)

    assert isinstance(refused, UsageFault)
    assert "newer" in str(refused)
    assert "9999" in str(refused)
    assert path.read_bytes() == before


async def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
    database.close()

    refused = await fault(path)

    assert isinstance(refused, UsageFault)
    assert "another program" in str(refused)


@pytest.mark.parametrize("content", [b"Dear diary, " * 500, b"\0" * 8192, b"SQLite format 3\0" + b"\xff" * 4080])
async def test_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(content)

    refused = await fault(path)

    assert isinstance(refused, WorldFault)
    assert str(path) in str(refused)
    assert path.read_bytes() == content


@pytest.mark.parametrize("where", ["missing/chat.db", "file/chat.db", "folder"])
async def test_database_that_cannot_be_made_is_refused(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    refused = await fault(tmp_path / where)

    assert isinstance(refused, WorldFault)
    assert str(tmp_path / where) in str(refused)


async def test_database_that_another_program_writes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "chat.db"
    await opened(path)
    monkeypatch.setattr(sqlite_file, "BUSY_S", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        refused = await fault(path)
    finally:
        other.close()

    assert isinstance(refused, WorldFault)
    assert "locked" in str(refused)
    await opened(path)


async def test_store_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    seen: list[Sequence[Committed]] = []
    store = SqliteStore(tmp_path / "none" / "chat.db", clock=SystemClock())
    with pytest.raises(WorldFault):
        await store.open(seen.append)

    await store.close()
    await store.close()

    assert seen == []
