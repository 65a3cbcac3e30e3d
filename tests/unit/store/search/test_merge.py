"""The parts of the index become one, a little at a time, while others are added and words are taken out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chat_core.server.store.keys import row_id
from chat_core.server.store.search import fts5_file, fts5_index, fts5_merge
from chat_core.server.store.search.fts5_index import Piece, Row
from chat_core.server.store.search.fts5_merge import Due

BODIES = [f"word{number} " + " ".join(f"w{number * 7 + at}" for at in range(40)) for number in range(400)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db-search"


@pytest.fixture
def index(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as log:
        fts5_file.prepare(path, "a life", log)
    with closing(fts5_file.connect_writer(path)) as writer:
        yield writer


def row(seq: int, body: str, *, deleted: bool = False) -> Row:
    return Row(row_id(1, seq), 1, 1000 + seq, body, int(deleted), "", "")


def add(index: sqlite3.Connection, first: int, bodies: list[str]) -> None:
    posted = [row(seq, body) for seq, body in enumerate(bodies, first)]
    fts5_index.put_in(index, [Piece(1, fts5_index.done(index).get(1, 0), first + len(bodies) - 1, b"e", posted=posted)])


def delete(index: sqlite3.Connection, seq: int, upto: int) -> None:
    fts5_index.put_in(index, [Piece(1, fts5_index.done(index)[1], upto, b"e", changed=[row(seq, "", deleted=True)])])


def parts(index: sqlite3.Connection) -> int:
    found: int = index.execute("SELECT count(DISTINCT segid) FROM words_idx").fetchone()[0]
    return found


def found(index: sqlite3.Connection, word: str) -> list[int]:
    return [key & 0xFFFF for (key,) in index.execute("SELECT rowid FROM words WHERE words MATCH ?", (word,))]


def test_index_is_due_when_much_was_put_in(index: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fts5_merge, "FRESH", 20)
    monkeypatch.setattr(fts5_merge, "FRESH_PER_PAGE", 0)
    add(index, 1, BODIES[:19])
    assert fts5_merge.due(index) is Due.NOTHING

    add(index, 20, BODIES[19:20])

    assert fts5_merge.due(index) is Due.FRESH


def test_parts_become_one_when_they_are_merged(index: sqlite3.Connection) -> None:
    for at in range(0, 60, 20):
        add(index, at + 1, BODIES[at : at + 20])
    assert parts(index) == 3

    while fts5_merge.merge_some(index, 64):
        assert fts5_merge.due(index) is Due.BEGUN

    assert (parts(index), fts5_merge.due(index)) == (1, Due.NOTHING)
    assert found(index, "word33") == [34]


def test_merge_comes_to_its_end_when_more_is_put_in_at_each_step(index: sqlite3.Connection) -> None:
    for at in range(0, 300, 100):
        add(index, at + 1, BODIES[at : at + 100])

    steps = 1
    while fts5_merge.merge_some(index, 1):
        add(index, 300 + steps, [BODIES[300 + steps]])
        steps += 1

    assert 1 < steps < 90
    assert found(index, "word7") == [8] and found(index, f"word{300 + steps - 1}") == [300 + steps - 1]
    # What was put in since the beginning is counted for the next time.
    assert index.execute("SELECT value FROM meta WHERE key = 'fresh'").fetchone() == (str(steps - 1),)


def test_words_that_are_deleted_during_a_merge_are_left_for_the_next_one(index: sqlite3.Connection, path: Path) -> None:
    add(index, 1, [*BODIES[:100], "sesame opens", *BODIES[101:200]])
    add(index, 201, BODIES[200:300])
    assert fts5_merge.merge_some(index, 1)

    delete(index, 101, 301)
    while fts5_merge.merge_some(index, 64):
        pass

    assert (found(index, "sesame"), fts5_merge.due(index)) == ([], Due.DELETED)
    while fts5_merge.merge_some(index, 64):
        pass
    assert fts5_merge.due(index) is Due.NOTHING
    assert b"sesame" not in path.read_bytes()


def test_merge_goes_on_when_the_index_is_opened_again(index: sqlite3.Connection, path: Path) -> None:
    for at in range(0, 300, 100):
        add(index, at + 1, BODIES[at : at + 100])
    assert fts5_merge.merge_some(index, 1)

    with closing(fts5_file.connect_writer(path)) as again:
        assert fts5_merge.due(again) is Due.BEGUN
        while fts5_merge.merge_some(again, 64):
            pass
        assert (parts(again), fts5_merge.due(again)) == (1, Due.NOTHING)
