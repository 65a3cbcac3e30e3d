"""What every store finds: messages as they stand now, within what it is told may be read, in pages."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.store.base import Searcher
from chat_core.server.store.keys import MAX_SEQ
from chat_core.server.store.search.query import parse
from chat_core.server.store.searching import BadCursor, Found, Reach, Search
from tests.contract.world import GENERAL_ID, MakeWorld, World


def looking_for(query: str, *where: ConversationId, **more: Any) -> Search:
    reaches = tuple(Reach(number, 1, MAX_SEQ, 0) for number in where or (GENERAL_ID,))
    return Search(phrases=tuple(parse(query, 0).phrases) if query else (), reaches=reaches, **more)


def bodies(found: Found) -> list[str]:
    return [hit.message.body for hit in found.hits]


def places(found: Found) -> list[tuple[int, int]]:
    return [(hit.conversation, hit.message.seq) for hit in found.hits]


@pytest.fixture
async def ann(world: World) -> AccountId:
    (ann,) = await world.sign_in("ann")
    return ann


async def test_search_returns_the_newest_first_as_they_stand_now(world: World, ann: AccountId) -> None:
    await world.post(ann, GENERAL_ID, "disk full", "all is well", "the disk is full again")

    found = await world.search(looking_for("disk full"))

    assert bodies(found) == ["the disk is full again", "disk full"]
    assert found.hits[0].spans == ((4, 8), (12, 16))
    assert found.hits[0].message == (await world.messages(GENERAL_ID))[2]
    assert (found.cursor, found.partial, found.behind) == (b"", False, 0)


async def test_search_merges_conversations_by_time(world: World, ann: AccountId) -> None:
    rooms = [await world.join(ann, name) for name in ("one", "two", "three")]
    for ts, room in enumerate([0, 1, 2, 1, 0, 0, 2], 1):
        await world.post(ann, rooms[room], f"word {ts}", ts=ts)

    found = await world.search(looking_for("word", *rooms, limit=5))

    assert bodies(found) == ["word 7", "word 6", "word 5", "word 4", "word 3"]


async def test_search_finds_nothing_beyond_its_reaches(world: World, ann: AccountId) -> None:
    room = await world.join(ann, "room")
    await world.post(ann, room, "word 1", "word 2", "word 3", "word 4")
    await world.post(ann, GENERAL_ID, "word 5")

    found = await world.search(Search(phrases=tuple(parse("word", 0).phrases), reaches=(Reach(room, 2, 3, 4),)))

    assert bodies(found) == ["word 3", "word 2"]


async def test_search_pages_join_without_a_hole_or_a_double(world: World, ann: AccountId) -> None:
    rooms = [await world.join(ann, f"room{number}") for number in range(12)]
    for number in range(60):
        await world.post(ann, rooms[number * 7 % 12], f"word {number}", ts=number // 4)
    whole = await world.search(looking_for("word", *rooms, limit=200))
    assert len(whole.hits) == 60

    pieces: list[tuple[int, int]] = []
    cursor = b""
    while True:
        page = await world.search(looking_for("word", *rooms, limit=7, cursor=cursor))
        pieces += places(page)
        cursor = page.cursor
        if not cursor:
            break

    assert pieces == places(whole)


async def test_search_pages_stay_where_they_were_when_more_is_written(world: World, ann: AccountId) -> None:
    await world.post(ann, GENERAL_ID, *(f"word {number}" for number in range(6)))
    first = await world.search(looking_for("word", limit=3))
    await world.post(ann, GENERAL_ID, "word new")

    second = await world.search(looking_for("word", limit=3, cursor=first.cursor))

    assert bodies(first) + bodies(second) == [f"word {number}" for number in (5, 4, 3, 2, 1, 0)]


async def test_search_keeps_the_order_of_a_log_when_a_clock_goes_back(world: World, ann: AccountId) -> None:
    for ts in (5, 9, 2, 7):
        await world.post(ann, GENERAL_ID, f"word at {ts}", ts=ts)

    found = await world.search(looking_for("word"))

    assert bodies(found) == ["word at 7", "word at 2", "word at 9", "word at 5"]


async def test_search_finds_an_edited_message_by_its_new_words_only(world: World, ann: AccountId) -> None:
    (seq,) = await world.post(ann, GENERAL_ID, "old words")
    assert bodies(await world.search(looking_for("old"))) == ["old words"]
    await world.edit(ann, seq, "new words")

    assert bodies(await world.search(looking_for("old"))) == []
    assert bodies(await world.search(looking_for("new"))) == ["new words"]


async def test_search_never_finds_a_deleted_message(world: World, ann: AccountId) -> None:
    first, second = await world.post(ann, GENERAL_ID, "a secret", "a secret too")
    await world.store.indexed()
    await world.delete(ann, first)
    await world.edit(ann, second, "a secret after all")
    await world.delete(ann, second)

    assert bodies(await world.search(looking_for("secret"))) == []
    assert bodies(await world.search(looking_for(""))) == []


async def test_search_without_words_returns_everything_that_fits(world: World, ann: AccountId) -> None:
    (bob,) = await world.sign_in("bob")
    await world.post(ann, GENERAL_ID, "from ann", "see http://example.org", "@bob look")
    await world.post(bob, GENERAL_ID, "from bob")

    assert bodies(await world.search(looking_for(""))) == [
        "from bob",
        "@bob look",
        "see http://example.org",
        "from ann",
    ]
    assert bodies(await world.search(looking_for("", authors=(bob,)))) == ["from bob"]
    assert len((await world.search(looking_for("", authors=(ann, bob)))).hits) == 4
    assert bodies(await world.search(looking_for("", link=True))) == ["see http://example.org"]
    assert bodies(await world.search(looking_for("", called=bob))) == ["@bob look"]
    assert bodies(await world.search(looking_for("", called=ann))) == []


async def test_search_bounds_the_time_to_the_millisecond(world: World, ann: AccountId) -> None:
    day = 24 * 3600 * 1000
    for ts in (10 * day - 1, 10 * day, 11 * day - 1, 11 * day, 50 * day):
        await world.post(ann, GENERAL_ID, f"{ts}", ts=ts)

    found = await world.search(looking_for("", since_ms=10 * day, until_ms=11 * day))

    assert bodies(found) == [f"{11 * day - 1}", f"{10 * day}"]


async def test_search_ranked_brings_the_best_first_in_pages(world: World, ann: AccountId) -> None:
    await world.post(ann, GENERAL_ID, "disk", "disk and " + "many other words " * 9, "disk disk disk", "nothing")

    first = await world.search(looking_for("disk", ranked=True, limit=2))
    second = await world.search(looking_for("disk", ranked=True, limit=2, cursor=first.cursor))

    assert [body[:9] for body in bodies(first) + bodies(second)] == ["disk disk", "disk", "disk and "]
    assert second.cursor == b""


@pytest.mark.parametrize("cursor", [b"x", b"\0" * 17, b"r" + b"\0" * 20, b"n" + b"\0" * 20])
async def test_search_refuses_a_cursor_that_it_never_gave(world: World, cursor: bytes) -> None:
    with pytest.raises(BadCursor):
        await world.search(looking_for("x", cursor=cursor))


async def test_search_page_ends_early_when_bodies_are_long(world: World, ann: AccountId) -> None:
    await world.post(ann, GENERAL_ID, *("word " + "é" * 8000 for _ in range(20)))

    first = await world.search(looking_for("word", limit=20))
    second = await world.search(looking_for("word", limit=20, cursor=first.cursor))

    assert 0 < len(first.hits) < 20
    assert len(first.hits) + len(second.hits) == 20


async def test_search_finds_everything_after_a_restart(world: World, ann: AccountId) -> None:
    await world.post(ann, GENERAL_ID, "before")
    await world.reopen()
    await world.post(ann, GENERAL_ID, "behind")

    assert bodies(await world.search(looking_for(""))) == ["behind", "before"]


async def test_searcher_reads_as_any_reader_does(world: World, ann: AccountId) -> None:
    def query(searcher: Searcher) -> tuple[str, list[str]]:
        found = searcher.account_named("ANN")
        assert found is not None
        return found.name, [place.target for place in searcher.places_of(ann)]

    await world.open_direct(ann, "ann")

    assert await world.store.search(query) == ("ann", ["#general", "#announcements", "@ann"])


async def test_search_of_two_stores_never_mixes(make_world: MakeWorld) -> None:
    async with make_world() as one, make_world() as other:
        for world, body in ((one, "word here"), (other, "word there")):
            (ann,) = await world.sign_in("ann")
            await world.post(ann, GENERAL_ID, body)

        assert bodies(await one.search(looking_for("word"))) == ["word here"]
