"""Backups: what they hold, what they never replace, and what is said when there is none."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin import backup, files, reading
from chat_core.server.admin.backup import Saved, back_up
from chat_core.server.admin.files import UNFINISHED, unfinished
from chat_core.server.store import sqlite_file
from tests.support.stores import change, epoch_of, log_of, mode_of, names_in
from tests.unit.server.admin.conftest import MESSAGES, refused


def save(data: Path, target: Path, *, force: bool = False) -> Saved:
    return back_up(data, target, force=force, clock=SystemClock())


def test_backup_holds_the_store_and_says_how_much(data: Path, tmp_path: Path) -> None:
    before = (data / "chat.db").read_bytes()

    saved = save(data, tmp_path / "saved.db")

    assert log_of(tmp_path / "saved.db") == log_of(data / "chat.db")
    assert str(saved.contents) == f"{MESSAGES} messages in 2 conversations of 1 account"
    assert saved.contents.epoch == epoch_of(data / "chat.db")
    assert saved.size_bytes == (tmp_path / "saved.db").stat().st_size
    assert mode_of(tmp_path / "saved.db") == 0o600
    assert (data / "chat.db").read_bytes() == before
    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]
    assert names_in(tmp_path) == ["data", "saved.db"]


def test_backup_is_one_plain_file_that_needs_no_other_beside_it(data: Path, tmp_path: Path) -> None:
    save(data, tmp_path / "saved.db")

    assert (tmp_path / "saved.db").read_bytes()[18:20] == b"\1\1", "no write-ahead log"
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    shutil.move(tmp_path / "saved.db", shelf / "saved.db")
    assert len(log_of(shelf / "saved.db")) == MESSAGES


async def test_backup_is_taken_while_a_transaction_is_open_and_does_not_hold_it_up(data: Path, tmp_path: Path) -> None:
    writer = sqlite3.connect(data / "chat.db", isolation_level=None, check_same_thread=False)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE meta SET value = 'not yet'")

    await asyncio.to_thread(save, data, tmp_path / "saved.db")

    writer.execute("COMMIT")
    writer.close()
    assert epoch_of(tmp_path / "saved.db") != "not yet"
    assert epoch_of(data / "chat.db") == "not yet"


def test_backup_holds_one_moment_when_the_store_is_written_between_two_pages(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "COPY_PAGES", 1)
    change(data / "chat.db", "PRAGMA journal_mode = WAL")
    steps = []

    def write(_: int) -> None:
        steps.append(1)
        change(data / "chat.db", f"UPDATE meta SET value = 'step {len(steps)}'")

    monkeypatch.setattr(os, "fdatasync", write)
    before = epoch_of(data / "chat.db")

    saved = save(data, tmp_path / "saved.db")

    assert len(steps) > 5
    assert saved.contents.epoch == epoch_of(tmp_path / "saved.db") == before
    assert epoch_of(data / "chat.db") == f"step {len(steps)}"


def test_backup_replaces_a_file_only_when_it_is_forced(data: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.db"
    saved.write_text("precious")

    refused(lambda: save(data, saved), ExitCode.CANNOT_CREATE, "there already", "--force")
    assert saved.read_text() == "precious"

    save(data, saved, force=True)
    assert len(log_of(saved)) == MESSAGES
    assert mode_of(saved) == 0o600


@pytest.mark.parametrize("links", [True, False], ids=["links", "no_links"])
def test_backup_replaces_no_file_that_appears_meanwhile(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    saved = tmp_path / "saved.db"
    verify = reading.verify

    def verify_late(path: Path) -> reading.Contents:
        saved.write_text("precious")
        return verify(path)

    monkeypatch.setattr(backup, "verify", verify_late)
    if not links:
        monkeypatch.setattr(os, "link", no_links)

    refused(lambda: save(data, saved), ExitCode.CANNOT_CREATE, "there already")

    assert saved.read_text() == "precious"
    assert names_in(tmp_path) == ["data", "saved.db"]


def no_links(*_: object, **__: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_backup_is_made_on_a_file_system_without_links(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)

    save(data, tmp_path / "saved.db")

    assert names_in(tmp_path) == ["data", "saved.db"]


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_backup_never_replaces_the_store_itself(data: Path, tmp_path: Path, ending: str) -> None:
    (tmp_path / "link").symlink_to(data)

    for folder in (data, tmp_path / "link"):
        refused(
            lambda folder=folder: save(data, folder / f"chat.db{ending}", force=True),  # type: ignore[misc]
            ExitCode.USAGE,
            "belongs to the store",
        )

    assert len(log_of(data / "chat.db")) == MESSAGES


def test_backup_never_replaces_another_name_of_the_store(data: Path, tmp_path: Path) -> None:
    os.link(data / "chat.db", tmp_path / "same.db")

    refused(lambda: save(data, tmp_path / "same.db", force=True), ExitCode.USAGE, "is the store itself")


def test_backup_needs_a_store(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    saved = tmp_path / "saved.db"

    refused(lambda: save(tmp_path / "none", saved), ExitCode.NO_TARGET, "no data folder", "--data")
    refused(lambda: save(tmp_path / "empty", saved), ExitCode.NO_TARGET, "no database")

    assert names_in(tmp_path) == ["empty"]
    assert names_in(tmp_path / "empty") == []


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("missing/saved.db", ExitCode.CANNOT_CREATE, "No such file or directory"),
        ("file/saved.db", ExitCode.CANNOT_CREATE, "Not a directory"),
        ("folder", ExitCode.USAGE, "is a folder"),
        ("-", ExitCode.USAGE, "name of a file"),
    ],
)
def test_backup_says_why_it_cannot_write_there(
    data: Path, tmp_path: Path, target: str, code: ExitCode, words: str
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    refused(lambda: save(data, tmp_path / target), code, words)


def test_backup_does_not_fill_a_disk_that_has_no_room_for_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda folder: 20_000)

    refused(lambda: save(data, tmp_path / "saved.db"), ExitCode.IO, "no room", "are free")

    assert names_in(tmp_path) == ["data"]


def test_backup_is_refused_while_another_one_writes_the_same_file(data: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.db"
    with unfinished(saved) as path:
        path.write_text("half")

        refused(lambda: save(data, saved, force=True), ExitCode.IN_USE, "Another process")

        assert path.read_text() == "half"
    assert names_in(tmp_path) == ["data"]


def test_backup_takes_over_what_a_killed_one_left(data: Path, tmp_path: Path) -> None:
    left = tmp_path / f"saved.db{UNFINISHED}"
    left.write_bytes(b"half of a backup" * 10_000)
    left.chmod(0o644)

    save(data, tmp_path / "saved.db")

    assert names_in(tmp_path) == ["data", "saved.db"]
    assert len(log_of(tmp_path / "saved.db")) == MESSAGES
    assert mode_of(tmp_path / "saved.db") == 0o600


def test_backup_follows_no_link_that_somebody_has_put_there(data: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / f"saved.db{UNFINISHED}").symlink_to(tmp_path / "victim")

    refused(lambda: save(data, tmp_path / "saved.db"), ExitCode.CANNOT_CREATE, "cannot be written")

    assert (tmp_path / "victim").read_text() == "precious"


def test_backup_refuses_a_store_of_a_newer_version(data: Path, tmp_path: Path) -> None:
    change(data / "chat.db", "UPDATE schema_version SET version_num = '9999'")

    refused(lambda: save(data, tmp_path / "saved.db"), ExitCode.CONFIG, "newer version", "9999")

    assert names_in(tmp_path) == ["data"]


def test_backup_takes_a_store_of_an_older_version(data: Path, tmp_path: Path) -> None:
    change(data / "chat.db", "UPDATE schema_version SET version_num = '0000'", "ALTER TABLE messages DROP COLUMN style")

    assert save(data, tmp_path / "saved.db").contents.version == "0000"


@pytest.mark.parametrize(
    ("content", "code"), [(b"Dear diary, " * 500, ExitCode.UNSOUND), (b"", ExitCode.NO_TARGET)], ids=["diary", "empty"]
)
def test_backup_refuses_what_is_no_store(tmp_path: Path, content: bytes, code: ExitCode) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "chat.db").write_bytes(content)

    refused(lambda: save(tmp_path / "data", tmp_path / "saved.db"), code, "chat.db")

    assert names_in(tmp_path) == ["data"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (f"DELETE FROM events WHERE id = {(1 << 32) + 17}", "event 17 is missing"),
        ("DELETE FROM accounts", "point to no row of table accounts"),
    ],
)
def test_backup_is_not_kept_when_the_store_is_not_sound(data: Path, tmp_path: Path, statement: str, words: str) -> None:
    change(data / "chat.db", statement)

    refused(lambda: save(data, tmp_path / "saved.db"), ExitCode.UNSOUND, words)

    assert names_in(tmp_path) == ["data"]


def test_backup_is_not_kept_when_the_copy_is_not_what_the_store_was(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = sqlite_file.fill

    def fill_badly(*arguments: object) -> None:
        fill(*arguments)  # type: ignore[arg-type]
        change(Path(str(arguments[1])), "DELETE FROM cids", "DELETE FROM messages")

    monkeypatch.setattr(sqlite_file, "fill", fill_badly)

    refused(lambda: save(data, tmp_path / "saved.db"), ExitCode.UNSOUND, "holds 0 messages")

    assert names_in(tmp_path) == ["data"]
