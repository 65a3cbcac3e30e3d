"""The bytes of files in backups, and the doctor's look at them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.values import FileInfo
from chat_core.server.admin.backup import back_up
from chat_core.server.admin.blobs import lost
from chat_core.server.admin.doctor import diagnose
from chat_core.server.admin.faults import AdminFault
from chat_core.server.admin.restore import restore
from chat_core.server.store.keys import row_id
from chat_core.server.store.payloads import pack_posted
from tests.support.stores import change

DATA = b"what was sent"
FILE = FileInfo(name="a.txt", size=len(DATA), type="text/plain", sha256=hashlib.sha256(DATA).digest())


def blob(folder: Path) -> Path:
    return folder / FILE.sha256.hex()[:2] / FILE.sha256.hex()[2:]


@pytest.fixture
def with_file(data: Path) -> Path:
    """Hang a file on the first message of the store."""
    key, payload = row_id(1, 1), pack_posted("line 0", "text", None, FILE).hex()
    change(
        data / "chat.db",
        f"INSERT INTO files SELECT id, author, x'{FILE.sha256.hex()}', {FILE.size}, '{FILE.name}', '{FILE.type}' "
        f"FROM messages WHERE id = {key}",
        f"UPDATE events SET payload = x'{payload}' WHERE id = {key}",
    )
    path = blob(data / "blobs")
    path.parent.mkdir(parents=True)
    path.write_bytes(DATA)
    return data


def findings(data: Path) -> dict[str, tuple[str, ...]]:
    outcomes = diagnose(data, free=lambda _: 10**12)
    return {outcome.name: outcome.findings for outcome in outcomes if not outcome.sound}


def test_backup_takes_files_along_and_restore_brings_them_back(with_file: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.db"
    assert back_up(with_file, saved, force=False, clock=SystemClock()).missing == 0
    assert blob(tmp_path / "saved.db.files").read_bytes() == DATA
    blob(with_file / "blobs").unlink()
    assert back_up(with_file, saved, force=True, clock=SystemClock()).missing == 0, "it was saved before"

    assert restore(saved, tmp_path / "new", replace=False, clock=SystemClock()).missing == 0

    assert blob(tmp_path / "new" / "blobs").read_bytes() == DATA
    assert findings(tmp_path / "new") == {}


def test_backup_takes_files_along_when_an_earlier_one_was_cut_off(with_file: Path, tmp_path: Path) -> None:
    left = tmp_path / "saved.db.files" / "partial" / "0"
    left.parent.mkdir(parents=True)
    left.write_bytes(DATA[:3])
    assert back_up(with_file, tmp_path / "saved.db", force=False, clock=SystemClock()).missing == 0
    assert blob(tmp_path / "saved.db.files").read_bytes() == DATA


def test_backup_says_how_many_files_are_missing_and_saves_the_rest(with_file: Path, tmp_path: Path) -> None:
    blob(with_file / "blobs").unlink()
    saved = back_up(with_file, tmp_path / "saved.db", force=False, clock=SystemClock())
    assert lost(saved.missing) == "; the bytes of 1 file are missing"
    assert lost(0) == ""


def test_backup_is_refused_when_a_file_is_damaged(with_file: Path, tmp_path: Path) -> None:
    blob(with_file / "blobs").write_bytes(b"x" * len(DATA))
    with pytest.raises(AdminFault, match="is damaged") as fault:
        back_up(with_file, tmp_path / "saved.db", force=False, clock=SystemClock())
    assert fault.value.code == ExitCode.UNSOUND
    assert not (tmp_path / "saved.db").exists()


def test_doctor_finds_files_that_are_not_as_the_store_says(with_file: Path) -> None:
    assert findings(with_file) == {}
    blob(with_file / "blobs").write_bytes(DATA + b"!")
    assert findings(with_file) == {"blobs": (f"the file {FILE.sha256.hex()} has 14 bytes, not 13",)}
    blob(with_file / "blobs").unlink()
    assert findings(with_file) == {"blobs": (f"the bytes of the file {FILE.sha256.hex()} are not there",)}


def test_doctor_finds_a_file_that_no_event_posted(with_file: Path) -> None:
    change(with_file / "chat.db", "UPDATE files SET name = 'other.txt'")
    assert findings(with_file) == {"messages": ("message 1:1: its file is not as it was posted",)}
    change(with_file / "chat.db", f"UPDATE files SET name = 'a.txt', message = {row_id(1, 999)}")
    assert findings(with_file)["messages"] == (
        "message 1:1: its file is not as it was posted",
        "file of 1:999: the message is not there",
    )
