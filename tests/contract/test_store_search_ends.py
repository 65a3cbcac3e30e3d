"""Every store finds of a conversation that ends for the asker what a plain look at it finds, as it stood there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat_core.base.ids import AccountId
from chat_core.protocol.values import Message
from chat_core.server.store.base import Op
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.search.matching import spans_in
from chat_core.server.store.search.query import parse
from chat_core.server.store.searching import Choice, Found, Phrase, Reach, Search
from tests.contract.world import GENERAL_ID, MakeWorld, World
from tests.support.examples import examples

ANN, BOB = AccountId(1), AccountId(2)
BODIES = st.lists(st.sampled_from(["red", "blue", "BLUE", "日本", "http://x", "@bob"]), min_size=1, max_size=3)
OPS: st.SearchStrategy[Op | str] = st.one_of(
    BODIES.map(" ".join),
    st.builds(EditMessage, st.just(ANN), st.just(GENERAL_ID), st.integers(3, 9), BODIES.map(" ".join), st.just(1)),
    st.builds(EditMessage, st.just(ANN), st.just(GENERAL_ID), st.integers(3, 9), BODIES.map(" ".join), st.just(1)),
    st.builds(DeleteMessage, st.just(ANN), st.just(GENERAL_ID), st.integers(3, 9), st.just(1)),
)
QUERIES = ("red", "blu*", '"red blue"', "日", "red OR blue", "blue has:link", "mentions:me", "mentions:me OR red")


@given(ops=st.lists(OPS, min_size=8, max_size=30), end=st.integers(4, 14))
@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_search_finds_in_an_ended_conversation_what_a_plain_look_finds(
    make_world: MakeWorld, ops: list[Op | str], end: int
) -> None:
    asyncio.run(_live(make_world, ops, end))


async def _live(make_world: MakeWorld, ops: list[Op | str], end: int) -> None:
    async with make_world() as world:
        await world.sign_in("ann", "bob")
        await world.together(*(world.message(ANN, GENERAL_ID, op) if isinstance(op, str) else op for op in ops))
        there = (await world.page(GENERAL_ID, "latest", 0, upto=end)).messages
        for query in QUERIES:
            search = _search(query, end)
            looked_at = [message for message in reversed(there) if spans_in(search, message) is not None]
            assert await _pages(world, search) == looked_at, query
            ranked = await _pages(world, replace(search, ranked=True))
            assert sorted(ranked, key=lambda each: -each.seq) == looked_at, f"{query}, the best first"


def _search(query: str, end: int) -> Search:
    wanted = parse(query, 0)
    return Search(
        phrases=tuple(wanted.phrases),
        either=tuple(
            Choice(tuple(each for each in clause if isinstance(each, Phrase)), BOB if "me" in clause else None)
            for clause in wanted.either
        ),
        called=BOB if wanted.mentions_me else None,
        link=wanted.link,
        reaches=(Reach(GENERAL_ID, 1, end, 1000),),
        limit=2,
        asker=BOB,
    )


async def _pages(world: World, search: Search) -> list[Message]:
    """Return what is found, page by page."""
    found: list[Message] = []
    page: Any = None
    while page is None or page.cursor:
        page = await _page(world, search if page is None else replace(search, cursor=page.cursor))
        found += [hit.message for hit in page.hits]
    return found


async def _page(world: World, search: Search) -> Found:
    page = await world.search(search)
    assert all(hit.spans == spans_in(search, hit.message) for hit in page.hits)
    return page
