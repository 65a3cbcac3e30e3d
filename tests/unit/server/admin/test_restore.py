"""Restores: a new life of the store, the old one kept, and nothing changed when it does not work out."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from chat_core.base.clock import SystemClock
from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin import files
from chat_core.server.admin.backup import back_up
from chat_core.server.admin.doctor import diagnose
from chat_core.server.admin.restore import Restored, restore
from chat_core.server.folder import DataFolder
from chat_core.server.store import opening, schema, sqlite_file
from chat_core.server.store.sqlite import SqliteStore
from tests.support.stores import change, epoch_of, fill_store, log_of, mode_of, names_in
from tests.unit.server.admin.conftest import MESSAGES, refused


class Noon(SystemClock):
    """The clock of a test."""

    def wall_ms(self) -> int:
        return 1_700_000_000_000


def bring_back(file: Path, data: Path, *, replace: bool = False) -> Restored:
    return restore(file, data, replace=replace, clock=Noon())


@pytest.fixture
def saved(data: Path, tmp_path: Path) -> Path:
    """Make a backup of the data folder."""
    back_up(data, tmp_path / "saved.db", force=False, clock=SystemClock())
    return tmp_path / "saved.db"


def test_restore_brings_everything_back_in_a_new_life(saved: Path, data: Path, tmp_path: Path) -> None:
    before = saved.read_bytes()

    restored = bring_back(saved, tmp_path / "new" / "folder")

    database = tmp_path / "new" / "folder" / "chat.db"
    assert log_of(database) == log_of(data / "chat.db")
    assert restored.before == epoch_of(saved)
    assert restored.contents.epoch == epoch_of(database) != epoch_of(saved)
    assert len(bytes.fromhex(epoch_of(database))) == 8
    assert (restored.kept, restored.migrates_to) == (None, "")
    assert (mode_of(database.parent), mode_of(database)) == (0o700, 0o600)
    assert names_in(database.parent) == ["chat.db", "lock"]
    assert saved.read_bytes() == before
    assert all(outcome.sound for outcome in diagnose(database.parent, free=lambda _: 10**12))


def test_two_restores_of_one_backup_are_two_lives(saved: Path, tmp_path: Path) -> None:
    epochs = {bring_back(saved, tmp_path / name).contents.epoch for name in ("one", "two", "three")}

    assert len(epochs) == 3


def test_restore_puts_the_database_under_its_name_only_with_its_new_epoch(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        seen.append((epoch_of(self), target.exists()))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)

    restored = bring_back(saved, tmp_path / "new")

    assert seen == [(restored.contents.epoch, False)]


def test_restore_is_refused_while_a_server_has_the_folder(saved: Path, data: Path) -> None:
    before = (data / "chat.db").read_bytes()
    running = DataFolder(data)
    running.lock()
    try:
        refused(lambda: bring_back(saved, data, replace=True), ExitCode.IN_USE, "server is running", "stop it")
    finally:
        running.unlock()

    assert (data / "chat.db").read_bytes() == before
    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]


def test_no_server_starts_while_a_restore_is_under_way(
    saved: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill = sqlite_file.fill
    refusals: list[Exception] = []

    def fill_and_look(*arguments: object) -> None:
        fill(*arguments)  # type: ignore[arg-type]
        try:
            DataFolder(data).lock()
        except Exception as error:
            refusals.append(error)

    monkeypatch.setattr(sqlite_file, "fill", fill_and_look)

    bring_back(saved, data, replace=True)

    assert len(refusals) == 1
    DataFolder(data).lock()


def test_restore_replaces_a_database_only_when_asked_to(saved: Path, data: Path) -> None:
    before = (data / "chat.db").read_bytes()

    refused(lambda: bring_back(saved, data), ExitCode.CANNOT_CREATE, "There is a database", "--replace")

    assert (data / "chat.db").read_bytes() == before


async def test_restore_keeps_the_database_that_gives_way(saved: Path, data: Path) -> None:
    before = (data / "chat.db").read_bytes()

    restored = bring_back(saved, data, replace=True)

    assert restored.kept == data / "chat.db.replaced-20231114T221320Z"
    assert restored.kept.read_bytes() == before
    assert names_in(data) == ["chat.db", restored.kept.name, "lock"]
    again = bring_back(saved, data, replace=True)
    assert again.kept == data / "chat.db.replaced-20231114T221320Z-2"
    assert epoch_of(again.kept) == restored.contents.epoch


@pytest.mark.parametrize("links", [True, False], ids=["links", "no_links"])
def test_restore_keeps_what_is_only_in_the_write_ahead_log(
    saved: Path, data: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    leave_a_write_ahead_log(data / "chat.db")
    assert (data / "chat.db-wal").stat().st_size

    restored = bring_back(saved, data, replace=True)

    assert restored.kept is not None
    assert epoch_of(restored.kept) == "only in the log"
    assert len(log_of(restored.kept)) == MESSAGES
    assert names_in(data) == ["chat.db", restored.kept.name, "lock"]
    assert epoch_of(data / "chat.db") == restored.contents.epoch


class PowerCut(BaseException):
    """The end, in the middle of a restore."""


@pytest.mark.parametrize("links", [True, False], ids=["links", "no_links"])
def test_there_is_a_whole_database_under_the_name_wherever_a_restore_is_cut_short(
    saved: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    leave_a_write_ahead_log(data / "chat.db")
    lives: list[str] = []
    for step in range(1, 50):
        shutil.rmtree(tmp_path / "try", ignore_errors=True)
        shutil.copytree(data, tmp_path / "try")
        with monkeypatch.context() as patches:
            if not links:
                patches.setattr(os, "link", no_links)
            cut_at(step, patches)
            try:
                bring_back(saved, tmp_path / "try", replace=True)
            except PowerCut:
                pass
            else:
                break
        lives.append(epoch_of(tmp_path / "try" / "chat.db"))
        assert len(log_of(tmp_path / "try" / "chat.db")) == MESSAGES
    else:
        raise AssertionError("it never ends")

    assert "only in the log" in lives, "the old database with all that was in it"
    assert lives[-1] not in ("only in the log", epoch_of(saved)), "the new one"
    assert lives == sorted(lives, key=lambda life: life != "only in the log"), "first the one, then the other"


def cut_at(step: int, patches: pytest.MonkeyPatch) -> None:
    """Let the power go before the file system is changed or asked for the so-manieth time."""
    count = itertools.count(1)

    def counted(work: Callable[..., object]) -> Callable[..., object]:
        def done(*arguments: object, **named: object) -> object:
            if next(count) >= step:
                raise PowerCut
            return work(*arguments, **named)

        return done

    for name in ("rename", "replace", "unlink"):
        patches.setattr(Path, name, counted(getattr(Path, name)))
    for name in ("fsync", "fdatasync", "link"):
        patches.setattr(os, name, counted(getattr(os, name)))


def no_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def leave_a_write_ahead_log(path: Path) -> None:
    """Leave a database as a server does that is killed."""
    wal = path.with_name(f"{path.name}-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE meta SET value = 'only in the log' WHERE key = 'epoch'")
        killed = path.read_bytes(), wal.read_bytes()
    path.write_bytes(killed[0])
    wal.write_bytes(killed[1])
    wal.chmod(0o600)


@pytest.mark.parametrize("remnant", ["", "-wal", "-journal"])
def test_restore_keeps_a_damaged_database_and_what_lies_beside_it(saved: Path, data: Path, remnant: str) -> None:
    (data / "chat.db").write_bytes(b"broken" * 3000)
    (data / "chat.db-wal").write_bytes(b"wal")
    (data / "chat.db-journal").write_bytes(b"journal")
    for path in data.iterdir():
        path.chmod(0o600)
        if remnant and path.name != f"chat.db{remnant}":
            path.unlink()
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.name not in ("lock", "chat.db-search")}
    refused(lambda: bring_back(saved, data), ExitCode.CANNOT_CREATE, "There is a database")

    restored = bring_back(saved, data, replace=True)

    assert restored.kept is not None
    kept = {path.name: path.read_bytes() for path in data.iterdir() if path.name.startswith(restored.kept.name)}
    assert {name.replace(restored.kept.name, "chat.db"): content for name, content in kept.items()} == before
    assert names_in(data) == sorted(["chat.db", "lock", *kept]), "nothing lies beside the new one"
    assert all(outcome.sound for outcome in diagnose(data, free=lambda _: 10**12))


def rewritten(content: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content(path.read_bytes()))


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda path: path.unlink(), ExitCode.NO_TARGET, "no file"),
        (rewritten(lambda _: b"Dear diary, " * 500), ExitCode.UNSOUND, "no database, or it is damaged"),
        (rewritten(lambda content: content[:20_000]), ExitCode.UNSOUND, "damaged"),
        (rewritten(lambda _: b""), ExitCode.NO_TARGET, "is empty"),
        (lambda path: change(path, "UPDATE schema_version SET version_num = '9999'"), ExitCode.CONFIG, "newer version"),
        (lambda path: change(path, "DROP TABLE schema_version"), ExitCode.CONFIG, "another program"),
        (lambda path: change(path, "DELETE FROM events WHERE id % 100 = 17"), ExitCode.UNSOUND, "is missing"),
        (lambda path: change(path, "DELETE FROM accounts"), ExitCode.UNSOUND, "no row of table accounts"),
        (lambda path: change(path, "DELETE FROM meta"), ExitCode.UNSOUND, "no epoch"),
    ],
    ids=["none", "diary", "cut", "empty", "newer", "foreign", "hole", "lost_account", "no_epoch"],
)
def test_restore_refuses_a_backup_that_is_none(
    saved: Path, data: Path, spoil: Callable[[Path], object], code: ExitCode, words: str
) -> None:
    spoil(saved)
    before = (data / "chat.db").read_bytes()

    refused(lambda: bring_back(saved, data, replace=True), code, words)

    assert (data / "chat.db").read_bytes() == before
    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]


@pytest.mark.parametrize(
    "spoil", [lambda path: path.unlink(), rewritten(lambda _: b"Dear diary, " * 500)], ids=["none", "diary"]
)
def test_restore_makes_no_folder_for_a_backup_that_is_none(
    saved: Path, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(saved)

    with pytest.raises(Exception, match=r"saved\.db"):
        bring_back(saved, tmp_path / "new")

    assert not (tmp_path / "new").exists()


def test_restore_does_not_fill_a_disk_that_has_no_room(
    saved: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda folder: 20_000)

    refused(lambda: bring_back(saved, data, replace=True), ExitCode.IO, "no room")

    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]


def test_restore_says_why_a_folder_cannot_be_made(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused(lambda: bring_back(saved, tmp_path / "file" / "new"), ExitCode.CANNOT_CREATE, "cannot be written")


async def test_restore_takes_a_copy_that_was_made_by_hand_with_its_write_ahead_log(data: Path, tmp_path: Path) -> None:
    leave_a_write_ahead_log(data / "chat.db")
    data.rename(tmp_path / "by_hand")

    restored = bring_back(tmp_path / "by_hand" / "chat.db", data)

    assert restored.before == "only in the log"
    assert (tmp_path / "by_hand" / "chat.db-wal").stat().st_size, "left as it was"


async def test_restore_takes_a_backup_of_an_older_version_and_the_server_brings_it_up_to_date(
    tmp_path: Path, data: Path
) -> None:
    old = tmp_path / "old.db"
    make_old(old)

    restored = bring_back(old, data, replace=True)

    assert restored.migrates_to == schema.HEAD
    store = SqliteStore(data / "chat.db", clock=SystemClock())
    assert (await store.open(lambda _: None)).epoch == restored.contents.epoch
    await store.close()
    assert all(outcome.sound for outcome in diagnose(data, free=lambda _: 10**12))


def make_old(path: Path) -> None:
    """Make a store as the first version of the program did."""
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with sqlite_file.opener_engine(path).connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    change(
        path,
        "INSERT INTO meta VALUES ('epoch', '0011223344556677')",
        "INSERT INTO conversations VALUES (1, 'channel', 'general', 'general', NULL, '', 0, x'', 0, 0, NULL, 1)",
        "INSERT INTO conversations VALUES "
        "(2, 'announcements', 'announcements', 'announcements', NULL, '', 0, x'', 0, 0, NULL, 1)",
    )


def test_a_stale_write_ahead_log_never_gets_into_the_new_database(saved: Path, data: Path) -> None:
    """The database is gone, its log is not: SQLite would write it into whatever has the name next."""
    leave_a_write_ahead_log(data / "chat.db")
    (data / "chat.db").unlink()

    restored = bring_back(saved, data, replace=True)

    assert epoch_of(data / "chat.db") == restored.contents.epoch
    with closing(sqlite3.connect(data / "chat.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_restored_store_is_written_to_like_any_other(saved: Path, tmp_path: Path) -> None:
    bring_back(saved, tmp_path / "new")

    await fill_store(tmp_path / "new" / "chat.db", MESSAGES + 5)  # the first of them are repeats

    assert len(log_of(tmp_path / "new" / "chat.db")) == MESSAGES + 5
