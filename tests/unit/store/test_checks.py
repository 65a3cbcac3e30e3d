"""The checks of a store: each damage, done with real SQL to a real file, is found, and by the check it belongs to."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chat_core.server.admin.doctor import examine_file
from chat_core.server.store.checks.base import KEPT, Outcome
from chat_core.server.store.checks.examining import BASIC, MORE
from tests.unit.store.damages_of_logs import OF_LOGS
from tests.unit.store.damages_of_people import OF_PEOPLE, OF_THE_FILE
from tests.unit.store.filled import damage, fill

DAMAGES = {**OF_LOGS, **OF_PEOPLE, **OF_THE_FILE}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a store without a fault, once."""
    path = tmp_path_factory.mktemp("sound") / "chat.db"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a copy of it to be damaged."""
    yield Path(shutil.copy(sound, tmp_path / "chat.db"))


def found(path: Path) -> dict[str, Outcome]:
    """Return the checks that found something."""
    return {outcome.name: outcome for outcome in examine_file(path) if not outcome.sound}


def test_sound_store_passes_every_check(store: Path) -> None:
    outcomes = list(examine_file(store))

    assert [outcome.name for outcome in outcomes] == [check.name for check in BASIC + MORE]
    assert all(outcome.sound and outcome.text for outcome in outcomes), outcomes


def test_checks_change_nothing_and_leave_no_file(store: Path) -> None:
    before = store.read_bytes()

    list(examine_file(store))

    assert store.read_bytes() == before
    assert [path.name for path in store.parent.iterdir()] == ["chat.db"]


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(store: Path, name: str) -> None:
    check, statement, words = DAMAGES[name]
    damage(store, statement)

    outcomes = found(store)

    assert check in outcomes, outcomes
    assert any(words in text for text in outcomes[check].findings), outcomes[check]


def test_every_check_is_shown_to_find_something() -> None:
    shown = {check for check, _, _ in DAMAGES.values()} | {"integrity"}

    assert shown == {check.name for check in BASIC + MORE}


def test_damaged_page_is_found(store: Path) -> None:
    with closing(sqlite3.connect(store)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with store.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)

    outcomes = found(store)

    assert "integrity" in outcomes
    assert "messages" in outcomes, "a check that cannot be carried out is not passed"


def test_index_that_differs_from_its_table_is_found(store: Path) -> None:
    damage(
        store,
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = replace(sql, 'account, conversation', 'conversation, account') "
        "WHERE name = 'ix_memberships_account'",
    )

    assert "integrity" in found(store)


@pytest.mark.parametrize("content", [b"Dear diary, " * 500, b"SQLite format 3\0" + b"\xff" * 4080])
def test_file_that_is_no_database_is_a_finding(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chat.db"
    path.write_bytes(content)

    assert list(found(path)) == ["integrity"]


def test_value_of_another_type_is_a_finding(store: Path) -> None:
    damage(store, "UPDATE accounts SET name = x'ff' WHERE id = 1")

    assert "could not be carried out" in found(store)["names"].findings[0]


def test_findings_beyond_the_first_are_counted(store: Path) -> None:
    damage(store, "UPDATE messages SET body = 'other'")

    outcome = found(store)["messages"]

    assert (outcome.count, len(outcome.findings)) == (15, KEPT)


def test_no_text_of_a_message_is_told(store: Path) -> None:
    damage(store, "UPDATE messages SET body = 'very private'", "UPDATE conversations SET topic = 'also private'")

    told = " ".join(text for outcome in found(store).values() for text in outcome.findings)

    assert "private" not in told
    assert "what it is about" not in told


def test_store_of_an_older_version_gets_the_checks_that_hold_for_every_version(store: Path) -> None:
    damage(store, "UPDATE schema_version SET version_num = '0000'", "ALTER TABLE messages DROP COLUMN style")

    outcomes = list(examine_file(store))

    assert [outcome.name for outcome in outcomes] == [check.name for check in BASIC]
    assert all(outcome.sound for outcome in outcomes)
    assert "the server brings it to" in outcomes[0].text
