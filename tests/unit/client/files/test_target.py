"""Saving a file: under a free name, never over another one, and nothing half done left behind."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.client.files.target import Target
from chat_core.protocol.values import FileInfo
from tests.support.hostile import PAYLOADS

DATA = b"some bytes"
SHA256 = hashlib.sha256(DATA).digest()
NOW_MS = SystemClock().wall_ms()


def info(name: str, sha256: bytes = SHA256) -> FileInfo:
    return FileInfo(name=name, size=len(DATA), type="text/plain", sha256=sha256)


def save(to: Path, name: str, sha256: bytes = SHA256) -> Path:
    target = Target.open(to, info(name, sha256), NOW_MS)
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
    target = Target.open(tmp_path / "new", info("a.txt"), NOW_MS)
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


def partial(folder: Path) -> Path:
    """Return where a file is that is not whole."""
    (found,) = (path for path in folder.iterdir() if path.suffix == ".part")
    return found


def killed(target: Target) -> None:
    """Let go of it as the end of the process does."""
    os.close(target._descriptor)


def test_file_is_gone_on_with_where_a_killed_process_was(tmp_path: Path) -> None:
    first = Target.open(tmp_path, info("a.txt"), NOW_MS)
    first.write(DATA[:4])
    killed(first)

    second = Target.open(tmp_path, info("a.txt"), NOW_MS)
    assert second.done == 4
    second.write(DATA[4:])
    path = second.finish(SHA256)
    second.close()
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (DATA, [path])


def test_file_that_somebody_else_saves_just_now_is_saved_besides(tmp_path: Path) -> None:
    first = Target.open(tmp_path, info("a.txt"), NOW_MS)
    first.write(DATA[:4])
    second = Target.open(tmp_path, info("a.txt"), NOW_MS)
    assert second.done == 0
    for target, rest in ((second, DATA), (first, DATA[4:])):
        target.write(rest)
        target.finish(SHA256)
        target.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a (2).txt", "a.txt"]


def test_part_that_is_longer_or_of_others_or_has_another_name_is_not_gone_on_with(tmp_path: Path) -> None:
    first = Target.open(tmp_path, info("a.txt"), NOW_MS)
    first.write(DATA + b"more")
    killed(first)
    longer = Target.open(tmp_path, info("a.txt"), NOW_MS)
    assert longer.done == 0
    longer.write(DATA[:4])
    killed(longer)

    os.link(partial(tmp_path), tmp_path / "mine")
    target = Target.open(tmp_path, info("a.txt"), NOW_MS)
    assert target.done == 0
    target.close()
    assert (tmp_path / "mine").read_bytes() == DATA[:4]


def test_part_is_thrown_away_a_day_after_a_process_was_killed(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        first = Target.open(tmp_path, info(name), NOW_MS)
        first.write(DATA[:4])
        killed(first)
    (a,) = tmp_path.glob(".a.txt.*")
    os.utime(a, (1, 1))
    (tmp_path / ".mine.part").write_text("not ours")
    os.utime(tmp_path / ".mine.part", (1, 1))

    Target.open(tmp_path, info("c.txt"), NOW_MS).close()
    assert sorted(path.name[:6] for path in tmp_path.iterdir()) == [".b.txt", ".mine."]


def test_part_that_is_given_up_is_gone_before_somebody_else_may_take_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target.open(tmp_path, info("a.txt"), NOW_MS)
    target.write(DATA[:4])
    close, there = os.close, list[Path]()

    def closing(descriptor: int) -> None:
        there.extend(tmp_path.iterdir())  # with that the lock is gone
        close(descriptor)

    monkeypatch.setattr(os, "close", closing)
    target.close()
    assert there == []
