"""Saving a file: under a free name, never over another one, and nothing half done left behind."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.client.files.target import Target
from tests.support.hostile import PAYLOADS

DATA = b"some bytes"
SHA256 = hashlib.sha256(DATA).digest()


def save(to: Path, name: str, sha256: bytes = SHA256) -> Path:
    target = Target.open(to, name)
    try:
        target.write(DATA)
        return target.finish(sha256)
    finally:
        target.close()


def test_file_gets_a_free_name_when_there_is_one_of_its_name(tmp_path: Path) -> None:
    assert [save(tmp_path, "a.txt").name for _ in range(3)] == ["a.txt", "a (2).txt", "a (3).txt"]
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {DATA}


def test_file_is_refused_where_another_one_is(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("mine", "link"):
        with pytest.raises(UsageFault, match="is there already"):
            save(tmp_path / name, "a.txt")
    target = Target.open(tmp_path / "new", "a.txt")
    (tmp_path / "new").write_text("came meanwhile")
    target.write(DATA)
    with pytest.raises(UsageFault, match="is there already"):
        target.finish(SHA256)
    target.close()
    assert (tmp_path / "new").read_text() == "came meanwhile"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "mine", "new"]


def test_nothing_is_left_when_the_bytes_are_others(tmp_path: Path) -> None:
    with pytest.raises(WorldFault, match="did not come as it was sent"):
        save(tmp_path, "a.txt", bytes(32))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(WorldFault, match="No space left"):
        save(tmp_path, "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_file_is_refused_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(WorldFault, match="Nothing can be saved"):
        save(tmp_path / "gone" / "a.txt", "a.txt")


@pytest.mark.parametrize("name", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_file_stays_in_its_folder_whatever_its_sender_called_it(tmp_path: Path, name: str) -> None:
    (folder := tmp_path / "folder").mkdir()
    assert save(folder, name).parent == folder
    assert len(list(folder.iterdir())) == 1
    assert list(tmp_path.iterdir()) == [folder]
