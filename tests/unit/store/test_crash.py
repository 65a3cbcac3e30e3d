"""Acknowledged is durable: a real process is killed, or its disk takes no more, and its file is read afterwards."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@contextmanager
def child(path: Path, outstanding: int, syncs_fail_after: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Run a process that posts and prints."""
    command = [sys.executable, "-m", "tests.unit.store.child", str(path), str(outstanding), str(syncs_fail_after)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged(lines: list[str]) -> dict[bytes, int]:
    """Return the seqs that were printed, by cid; a line that was cut short does not count."""
    pairs = [line.split() for line in lines if line.endswith("\n") and line[0].isdigit()]
    return {bytes.fromhex(cid): int(seq) for seq, cid in pairs}


def check(path: Path, promised: dict[bytes, int]) -> int:
    """Look at a file that nobody has open; return the number of messages in it."""
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        first = 1 << 32
        stored = {cid: key - first for key, cid in database.execute("SELECT id, cid FROM events ORDER BY id")}
        seqs = [key - first for (key,) in database.execute("SELECT id FROM messages ORDER BY id")]
        named = dict(database.execute("SELECT cid, seq FROM cids").fetchall())
        [(head, ordinal)] = database.execute("SELECT head, ordinal FROM conversations WHERE id = 1").fetchall()
    assert promised.items() <= stored.items()
    assert list(stored.values()) == seqs == list(range(1, head + 1))
    assert named == stored
    assert ordinal == head
    return len(seqs)


@pytest.mark.parametrize(("outstanding", "lines"), [(1, 37), (30, 5), (200, 2345)])
def test_everything_acknowledged_is_there_once_when_the_process_is_killed(
    tmp_path: Path, outstanding: int, lines: int
) -> None:
    path = tmp_path / "chat.db"
    promised: dict[bytes, int] = {}
    for _ in range(2):
        with child(path, outstanding) as process:
            assert process.stdout is not None
            printed = [process.stdout.readline() for _ in range(lines)]
            process.kill()
            printed += process.stdout.readlines()
        assert len(acknowledged(printed)) >= lines
        assert not promised.keys() & acknowledged(printed).keys()
        promised |= acknowledged(printed)

        assert check(path, promised) >= len(promised)


@pytest.mark.parametrize("outstanding", [1, 50])
def test_nothing_is_acknowledged_any_more_when_a_sync_of_the_disk_fails(tmp_path: Path, outstanding: int) -> None:
    path = tmp_path / "chat.db"

    with child(path, outstanding, syncs_fail_after=100) as process:
        out, err = process.communicate(timeout=40)

    if "the kernel takes no filter" in err:
        pytest.skip("this kernel lets nobody make syncs fail")
    assert process.returncode == 0, err
    *printed, last = out.splitlines(keepends=True)
    assert last == "broken\n"
    assert "a commit failed" in err
    promised = acknowledged(printed)
    assert 100 <= len(promised) < 100 + outstanding, "those whose commit was done already, and no more"
    assert check(path, promised) >= len(promised)
