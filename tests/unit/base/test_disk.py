"""Small files: replaced whole or not at all, for their owner only, and changed by one program at a time."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

import pytest

from chat_core.base.disk import alone, replace, sync_folder


def test_file_is_replaced_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "it"
    path.write_text("longer than what comes")
    path.chmod(0o644)

    replace(path, b"new")

    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["it"]


def test_nothing_is_left_of_a_file_that_cannot_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "it" / "inside").mkdir(parents=True)

    with pytest.raises(OSError, match="irectory"):
        replace(tmp_path / "it", b"new")

    assert [each.name for each in tmp_path.iterdir()] == ["it"]


def test_folder_of_which_the_names_cannot_be_made_durable_is_told(tmp_path: Path) -> None:
    sync_folder(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "none")


def test_others_wait_until_one_is_not_alone_any_more(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with alone(lock):
        number = os.open(lock, os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(number)
