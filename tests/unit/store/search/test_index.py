"""The index is made of the log, whenever need be: after a kill, beside another store, when it is damaged."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.values import Message
from chat_core.server.store import pages, sqlite_file
from chat_core.server.store.acts import DeleteChannel
from chat_core.server.store.base import Refused, Searcher
from chat_core.server.store.conversations import JoinChannel
from chat_core.server.store.keys import MAX_SEQ, seq_of
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.search import fts5, fts5_file, fts5_find, fts5_merge, indexer, keeper
from chat_core.server.store.search.checking import check_search
from chat_core.server.store.search.fts5 import Fts5
from chat_core.server.store.search.fts5_merge import Due
from chat_core.server.store.search.query import parse
from chat_core.server.store.searching import Found, Phrase, Reach, Search
from chat_core.server.store.sqlite import SqliteStore

ANN = AccountId(1)
ROOT = Path(__file__).parents[4]


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, clock=SystemClock())
    await store.open(lambda _: None)
    try:
        yield store
    finally:
        await store.close()


async def post(store: SqliteStore, *bodies: str) -> None:
    await store.write(SignInByName("ann", 1))
    for body in bodies:
        cid = Cid(abs(hash(body)).to_bytes(16, "big"))
        await store.write(AppendMessage(ANN, 1, cid, None, body, body, "text", None, 1))


def looking_for(query: str, **more: int) -> Search:
    return Search(phrases=tuple(parse(query, 0).phrases), reaches=(Reach(1, 1, MAX_SEQ, 0),), **more)  # type: ignore[arg-type]


async def found(store: SqliteStore, query: str) -> list[str]:
    await store.indexed()
    result: Found = await store.search(lambda searcher: searcher.search(looking_for(query)))
    return [hit.message.body for hit in result.hits]


def _found(search: Search, searcher: Searcher) -> Found:
    return searcher.search(search)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


async def test_index_is_made_anew_when_it_is_not_there(path: Path) -> None:
    async with opened(path) as store:
        await post(store, "word one", "word two")
        await store.indexed()
    fts5_file.remove(fts5_file.path_beside(path))

    async with opened(path) as store:
        assert await found(store, "word") == ["word two", "word one"]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE meta SET value = 'another' WHERE key = 'epoch'",
        "UPDATE meta SET value = '0.0' WHERE key = 'format'",
        "UPDATE done SET seq = seq + 5",
        "UPDATE done SET eid = x'00'",
        "DROP TABLE done",
    ],
)
async def test_index_is_made_anew_when_it_belongs_to_another_log(path: Path, damage: str) -> None:
    async with opened(path) as store:
        await post(store, "word one", "word two")
        await store.indexed()
    with closing(sqlite3.connect(fts5_file.path_beside(path))) as index:
        index.execute("DELETE FROM texts")
        index.execute(damage)
        index.commit()

    async with opened(path) as store:
        assert await found(store, "word") == ["word two", "word one"]
    assert check_search(path).sound


async def test_index_is_made_anew_when_its_file_is_no_database(path: Path) -> None:
    async with opened(path) as store:
        await post(store, "word one")
    fts5_file.path_beside(path).write_bytes(b"rubbish" * 1000)
    assert "damaged" in check_search(path).text

    async with opened(path) as store:
        assert await found(store, "word") == ["word one"]


def spoil(path: Path, damage: str = "UPDATE words_data SET block = x'00' WHERE id > 10") -> None:
    """Damage the words of the index, in a way that nobody sees who does not look at them."""
    with closing(sqlite3.connect(fts5_file.path_beside(path))) as index:
        index.execute(damage)
        index.commit()


async def test_index_is_made_anew_once_a_search_comes_upon_damage_inside_it(path: Path) -> None:
    async with opened(path) as store:
        await post(store, "word one", "word two", "other")
        await store.indexed()
    spoil(path)
    assert "damaged" in check_search(path).text

    async with opened(path) as store:
        with pytest.raises(Refused, match="could not be read"):
            await store.search(lambda searcher: searcher.search(looking_for("word")))
        assert await found(store, "word") == ["word two", "word one"]
    assert check_search(path).sound and "3 messages can be found" in check_search(path).text


async def test_index_that_is_spoilt_again_and_again_is_made_anew_once_in_a_run(path: Path) -> None:
    async with opened(path) as store:
        await post(store, "word one")
        await store.indexed()
        spoil(path)
        with pytest.raises(Refused):
            await found(store, "word")
        assert await found(store, "word") == ["word one"]

        spoil(path)
        for _ in range(2):
            with pytest.raises(Refused):
                await found(store, "word")


async def test_index_that_cannot_even_be_emptied_is_made_anew_at_the_next_start(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer, "AGAIN_S", 0.01)
    async with opened(path) as store:
        await post(store, "word one")
        await store.indexed()
    spoil(path, "DELETE FROM words_data WHERE id = 10")

    async with opened(path) as store:
        with pytest.raises(Refused):
            await store.search(lambda searcher: searcher.search(looking_for("word")))
        async with asyncio.timeout(10):
            while fts5_file.path_beside(path).exists():  # noqa: ASYNC110  # a thread removes it
                await asyncio.sleep(0.01)
    async with opened(path) as store:
        assert await found(store, "word") == ["word one"]


async def test_index_follows_what_was_committed_while_nobody_kept_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(path) as store:
        await post(store, "old text", "secret text", "kept text")
        await store.indexed()
    with monkeypatch.context() as patched:
        patched.setattr(indexer.Indexer, "start", lambda _: None)  # as if it were killed right at the start
        patched.setattr(indexer.Indexer, "stop", lambda _: None)
        async with opened(path) as store:
            await store.write(EditMessage(ANN, 1, 1, "new text", 2))
            await store.write(DeleteMessage(ANN, 1, 2, 2))
            await post(store, "later text")
            # What the index proposes wrongly is seen to be no hit.
            result = await store.search(lambda searcher: searcher.search(looking_for("text")))
            assert [hit.message.body for hit in result.hits] == ["kept text", "new text"]
            assert (await store.search(lambda s: s.search(looking_for("old")))).hits == []
    assert "3 events behind" in check_search(path).text

    async with opened(path) as store:
        assert await found(store, "text") == ["later text", "kept text", "new text"]


@pytest.mark.parametrize("kept", [True, False])
async def test_index_loses_all_of_a_deleted_channel_also_when_nobody_kept_it_then(
    path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    async with opened(path) as store:
        await post(store, "text that stays")
        room = (await store.write(JoinChannel(ANN, "old", True, 1)))[0].id
        for number in range(3):
            body, cid = f"text {number}", Cid(bytes(15) + bytes([number]))
            await store.write(AppendMessage(ANN, room, cid, None, body, body, "text", None, 1))
        await store.indexed()
        if kept:
            await store.write(DeleteChannel(ANN, room, "old", 2))
            await store.indexed()
    if not kept:
        with monkeypatch.context() as patched:
            patched.setattr(indexer.Indexer, "start", lambda _: None)
            patched.setattr(indexer.Indexer, "stop", lambda _: None)
            async with opened(path) as store:
                await store.write(DeleteChannel(ANN, room, "old", 2))
        behind = check_search(path)
        assert behind.sound and "anew" not in behind.text, "what it lacks is caught up with, not all of it made again"
        async with opened(path) as store:
            await store.indexed()

    with closing(sqlite3.connect(fts5_file.path_beside(path))) as index:
        assert ["stays" in text for (text,) in index.execute("SELECT text FROM texts")] == [True]
    assert check_search(path).sound and "1 message can be found, 0 events behind" in check_search(path).text


async def test_index_loses_a_deleted_channel_in_batches_and_is_never_given_what_is_left_of_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(path) as store:
        await post(store, "text that stays")
        room = (await store.write(JoinChannel(ANN, "old", True, 1)))[0].id
        for number in range(5):
            body, cid = f"text {number}", Cid(bytes(15) + bytes([number]))
            await store.write(AppendMessage(ANN, room, cid, None, body, body, "text", None, 1))
        await store.indexed()
        with monkeypatch.context() as patched:
            patched.setattr(indexer.Indexer, "note", lambda *_: None)
            await store.write(DeleteChannel(ANN, room, "old", 2))
    index = fts5_file.path_beside(path)
    monkeypatch.setattr(keeper, "BATCH_EVENTS", 2)
    left: list[int] = []
    for _ in range(3):
        with closing(keeper.Here(path, index)) as here:  # each one as after a restart
            assert here.missing() == [room]
            here.put_in([room])
            assert here.missing() == ([] if len(left) == 2 else [room])
        with closing(sqlite3.connect(index)) as there:
            left.append(there.execute("SELECT count(*) FROM texts WHERE id >> 32 = ?", (room,)).fetchone()[0])
        assert check_search(path).sound
    assert left == [3, 1, 0]
    index.unlink()
    async with opened(path) as store:
        await store.indexed()
        with closing(sqlite3.connect(index)) as there:
            assert there.execute("SELECT id >> 32 FROM texts").fetchall() == [(1,)]
        assert await store.read(lambda reader: reader.unemptied()) == [room], "its events are all there"


async def test_index_tells_how_far_it_is_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer.Indexer, "start", lambda _: None)
    monkeypatch.setattr(indexer.Indexer, "stop", lambda _: None)
    async with opened(path) as store:
        await post(store, "one", "two", "three")

        result = await store.search(
            lambda s: s.search(Search(reaches=(Reach(s.find(ANN, 1).id, 1, MAX_SEQ, s.find(ANN, 1).head),)))
        )

        assert (result.behind, list(result.hits)) == (3, [])


_CHILD = """
import asyncio, sys
from pathlib import Path
from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId, Cid
from chat_core.server.observe import configure
from chat_core.server.store.messages import AppendMessage
from chat_core.server.store.people import SignInByName
from chat_core.server.store.sqlite import SqliteStore

async def run():
    store = SqliteStore(Path(sys.argv[1]), clock=SystemClock())
    await store.open(lambda _: None)
    await store.write(SignInByName("ann", 1))
    number = int(sys.argv[2])
    while True:
        cid, body = Cid(number.to_bytes(16, "big")), f"word number{number}"
        reply = await store.write(AppendMessage(AccountId(1), 1, cid, None, body, body, "text", None, number))
        print(reply[1], flush=True)
        if number % 40 == 0:
            await store.indexed()
        number += 1

configure("error")
asyncio.run(run())
"""


@pytest.mark.parametrize("lines", [30, 45, 81])
async def test_index_has_each_message_once_when_the_process_is_killed_between_commit_and_index(
    path: Path, lines: int
) -> None:
    stored = 0
    for life in range(2):
        command = [sys.executable, "-c", _CHILD, str(path), str(1000 * life + 1)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(lines):
                stored = int(process.stdout.readline())
            process.kill()
            stored = int(([str(stored), *process.stdout.read().split()])[-1])
        assert check_search(path).sound

    async with opened(path) as store:
        await store.indexed()
        result = await store.search(lambda s: s.search(looking_for("word", limit=1000)))
        seqs = [hit.message.seq for hit in result.hits]
    assert seqs == list(range(len(seqs), 0, -1)) and len(seqs) >= stored
    assert check_search(path).text == f"{len(seqs)} messages can be found, 0 events behind the log"


async def test_word_that_may_go_on_is_found_in_the_newest_texts_and_in_the_index_behind_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fts5_find, "RECENT", 3)
    async with opened(path) as store:
        await post(store, *(f"{'number' if at % 3 else 'other'}{at} of them" for at in range(12)))
        await store.indexed()
        search = looking_for("num* them", limit=2)
        pages: list[list[str]] = []
        while search.cursor or not pages:
            result: Found = await store.search(partial(_found, search))
            pages.append([hit.message.body.split()[0] for hit in result.hits])
            search = replace(search, cursor=result.cursor)

    assert pages == [["number11", "number10"], ["number8", "number7"], ["number5", "number4"], ["number2", "number1"]]


async def test_word_that_may_go_on_is_gathered_only_where_it_is_not_in_every_other_message(path: Path) -> None:
    async with opened(path) as store:
        await post(store, *(f"number {at}" for at in range(40)))
        await store.write(JoinChannel(ANN, "ops", create=True, ts=1))
        for body in ("numbers", "numbered", "none"):
            await store.write(
                AppendMessage(ANN, "#ops", Cid(body.encode().ljust(16)), None, body, body, "text", None, 1)
            )
        await store.indexed()
    reaches = tuple(Reach(ConversationId(number), 1, MAX_SEQ, 0) for number in (1, 3))
    words = Fts5(fts5_file.path_beside(path), within_s=10)
    said: list[str] = []
    words._index.set_trace_callback(said.append)
    bodies: list[str] = []
    asked: list[bool] = []
    for query in ("num*", "none*"):
        search = replace(looking_for(query, limit=3), reaches=reaches)
        said.clear()
        bodies += [hit.message.body for hit in words.search(search, _read_from(path), lambda low, high, most: []).hits]
        asked.append(any("MATCH" in statement for statement in said))
    words.close()

    assert bodies == ["numbered", "numbers", "number 39", "none"]
    assert asked == [False, True]


def _read_from(path: Path) -> Callable[[Sequence[int]], dict[int, Message]]:
    """Return what reads messages of a store."""

    def read(keys: Sequence[int]) -> dict[int, Message]:
        with sqlite_file.reader_engine(path).connect() as connection:
            return pages.by_key(connection, keys)

    return read


async def test_index_loses_the_words_of_a_deleted_message(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "TIDY_WAIT_S", 0.0)
    index = fts5_file.path_beside(path)
    async with opened(path) as store:
        await post(store, *(f"harmless {number}" for number in range(20)), "sesame opens", "the end")
        await store.indexed()
        await store.write(DeleteMessage(ANN, 1, 21, 3))
        await store.indexed()
        async with asyncio.timeout(20):
            with closing(fts5_file.connect_reader(index)) as reader:
                while fts5_merge.due(reader) is not Due.NOTHING:  # noqa: ASYNC110  # another thread is at it
                    await asyncio.sleep(0.01)

    assert b"harmless" in index.read_bytes()
    assert b"sesame" not in index.read_bytes()


async def test_search_is_refused_and_the_store_works_when_the_index_cannot_be_made(path: Path) -> None:
    fts5_file.path_beside(path).mkdir()
    async with opened(path) as store:
        await post(store, "word")
        with pytest.raises(Refused, match="cannot search"):
            await store.search(lambda searcher: searcher.search(looking_for("word")))


@pytest.mark.parametrize("rooms", [1, 20])
def test_search_gives_what_it_has_when_time_is_over(path: Path, rooms: int) -> None:
    asyncio.run(_fill(path))
    reaches = tuple(Reach(ConversationId(number), 1, MAX_SEQ, 0) for number in range(1, rooms + 1))
    search = Search(phrases=(Phrase(("word",)),), reaches=reaches, limit=5)
    words = Fts5(fts5_file.path_beside(path), within_s=0.1)
    asked: list[int] = []

    def take_long(keys: Sequence[int]) -> dict[int, Message]:
        asked.extend(keys)
        while not words._alarm.over:
            pass
        return {}

    result = words.search(search, take_long, lambda low, high, most: [])
    words.close()

    assert (result.hits, result.partial, len(asked)) == ([], True, 6)


@pytest.mark.parametrize("ranked", [False, True])
@pytest.mark.parametrize("edited", [0, 20])
def test_search_of_who_has_left_moves_on_or_ends_when_time_is_over(path: Path, ranked: bool, edited: int) -> None:
    asyncio.run(_fill(path))
    words = Fts5(fts5_file.path_beside(path), within_s=0.05)
    reach = Reach(ConversationId(1), 1, 99, 200)
    search = Search(phrases=(Phrase(("word",)),), reaches=(reach,), limit=5, ranked=ranked)
    waits = False

    def edited_since(low: int, high: int, most: int) -> Sequence[int]:
        return [key for key in range(high, low - 1, -1) if 30 - edited < seq_of(key) <= 30][:most]

    def read(keys: Sequence[int]) -> dict[int, Message]:
        while waits and not words._alarm.over:
            pass
        said = {key: f"word {seq_of(key)}" for key in keys if not waits}
        return {
            key: Message(seq=seq_of(key), changed=1, author=1, name="ann", ts=1, body=body)
            for key, body in said.items()
        }

    pages = [words.search(search, read, edited_since)]
    while pages[-1].cursor:
        pages.append(words.search(replace(search, cursor=pages[-1].cursor), read, edited_since))
    waits = True
    late = [words.search(replace(search, cursor=page.cursor), read, edited_since) for page in pages[:-1]]
    words.close()

    seqs = [hit.message.seq for page in pages for hit in page.hits]
    assert len(seqs) == len(set(seqs)) == 30
    for page, then in zip(pages, late, strict=False):
        assert (then.hits, then.partial) == ([], True)
        assert then.cursor != page.cursor, "it moves on, or it is the end"


async def _fill(path: Path) -> None:
    async with opened(path) as store:
        await post(store, *(f"word {number}" for number in range(30)))
        await store.indexed()


@pytest.mark.parametrize("ranked", [False, True])
async def test_search_looks_at_no_more_messages_when_time_is_over_and_goes_on_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch, ranked: bool
) -> None:
    ticks = count(0, 1000)
    monkeypatch.setattr(fts5, "monotonic", lambda: next(ticks))
    pages: list[tuple[list[str], bool]] = []
    async with opened(path) as store:
        await post(store, "word one", "word two", "word three")
        await store.indexed()
        search = replace(looking_for("word"), ranked=ranked)
        while search.cursor or not pages:
            result: Found = await store.search(partial(_found, search))
            pages.append(([hit.message.body for hit in result.hits], result.partial))
            search = replace(search, cursor=result.cursor)

    assert pages == [(["word three"], True), (["word two"], True), (["word one"], False)]


async def test_checking_finds_what_is_missing_in_the_index(path: Path) -> None:
    await _fill(path)
    with closing(sqlite3.connect(fts5_file.path_beside(path))) as index:
        index.execute("DELETE FROM texts WHERE id & 0xFF = 7")
        index.commit()
    assert check_search(path).findings == ("of conversation 1 29 messages can be found, it should be 30",)

    with closing(sqlite3.connect(fts5_file.path_beside(path))) as index:
        index.execute("INSERT INTO words (words) VALUES ('delete-all')")
        index.commit()
    assert "cannot be found" in check_search(path).findings[-1]
