"""Every store finds what a plain look at every message finds, whatever was written, edited, deleted, joined, left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat_core.base.ids import AccountId
from chat_core.protocol.requests.search import Search, SearchResults
from chat_core.protocol.values import Message
from chat_core.server.context import Context
from chat_core.server.handlers.search import search
from chat_core.server.store.base import Op, Store
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect
from chat_core.server.store.messages import DeleteMessage, EditMessage
from chat_core.server.store.people import SignInByName
from tests.contract.world import MakeWorld, World
from tests.support.examples import examples

NAMES = ("ann", "bob", "eve")
DAY_MS = 24 * 3600 * 1000
PEOPLE = st.sampled_from([AccountId(1), AccountId(2), AccountId(3)])
ROOMS = st.sampled_from(["#general", "#general", "#ops", "#dev", "@ann", "@bob"])
PIECES = st.sampled_from(["red", "blue", "Réd", "BLUE", "日本", "本日", "日", "http://x", "@ann", "@bob"])
BODIES = st.lists(PIECES, min_size=1, max_size=4).map(" ".join)
TIMES = st.integers(0, 4 * DAY_MS)


@dataclass(frozen=True)
class Say:
    person: AccountId
    room: str
    body: str
    ts: int


OPS: st.SearchStrategy[Op | Say] = st.one_of(
    st.builds(Say, PEOPLE, ROOMS, BODIES, TIMES),
    st.builds(Say, PEOPLE, st.just("#general"), BODIES, TIMES),
    st.builds(EditMessage, PEOPLE, ROOMS, st.integers(1, 6), BODIES, st.just(1)),
    st.builds(DeleteMessage, PEOPLE, ROOMS, st.integers(1, 6), st.just(1)),
    st.builds(JoinChannel, PEOPLE, st.sampled_from(["ops", "dev"]), st.just(True), st.just(1)),
    st.builds(OpenDirect, PEOPLE, st.sampled_from(NAMES), st.just(1)),
    st.builds(LeaveConversation, PEOPLE, st.sampled_from(["#general", "#ops", "#dev"]), st.just(1)),
)
WORDS = st.sampled_from(["red", '"red blue"', "blue", "日本", "日", "本日", "bl*", '"blue 日本"'])
FILTERS = st.sampled_from(["from:ann", "from:me", "has:link", "mentions:me", "before:1970-01-03", "after:1970-01-01"])
EITHER = st.sampled_from(["red OR blue", "(red blue) OR 日本", "bl* OR 日 OR red", 'mentions:me OR "red blue"'])
QUERIES = st.lists(WORDS | FILTERS | EITHER, min_size=1, max_size=3, unique=True)


# To make a world and to examine it costs half of the time: rather fewer of them, and more said and asked in each.
@given(
    batches=st.lists(st.lists(OPS, min_size=1, max_size=20), min_size=1, max_size=4),
    queries=st.lists(QUERIES, min_size=2, max_size=9),
)
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_search_finds_what_a_plain_look_finds(
    make_world: MakeWorld, batches: list[list[Op | Say]], queries: list[list[str]]
) -> None:
    asyncio.run(_live(make_world, batches, queries))


async def _live(make_world: MakeWorld, batches: list[list[Op | Say]], queries: list[list[str]]) -> None:
    async with make_world() as world:
        await world.together(*(SignInByName(name, 1) for name in NAMES))
        for number, batch in enumerate(batches):
            await world.together(*(_op(world, op) for op in batch))
            if number == 1:
                await world.reopen()
            else:
                await world.store.indexed()
        for person, name in enumerate(NAMES, 1):
            seen = await _seen(world, AccountId(person))
            for query in queries:
                expected = _looked_at(seen, AccountId(person), query)
                assert await _found(world, AccountId(person), " ".join(query)) == expected, (name, query)


def _op(world: World, op: Op | Say) -> Op:
    return world.message(op.person, op.room, op.body, ts=op.ts) if isinstance(op, Say) else op


class Seen(NamedTuple):
    """A message somewhere."""

    stamp: int
    """Where it stands among those of all conversations: the latest time in its own by then."""
    conversation: int
    message: Message


@dataclass
class _Session:
    searches: int = 0


class _Hub:
    """Where nobody else is connected."""

    def sessions_of(self, account: AccountId) -> tuple[()]:
        return ()


@dataclass
class _Asker:
    """What the handler needs of a call."""

    store: Store
    account: AccountId
    session: _Session
    hub: _Hub


async def _found(world: World, account: AccountId, query: str) -> list[tuple[int, int]]:
    """Return what the handler finds, page by page."""
    await world.store.indexed()
    context = cast(Context, _Asker(world.store, account, _Session(), _Hub()))
    found: list[tuple[int, int]] = []
    cursor = b""
    while True:
        page: SearchResults = await search(context, Search(query=query, limit=2, cursor=cursor))
        found += [(hit.conversation, hit.message.seq) for hit in page.hits]
        cursor = page.cursor
        if not cursor:
            return found


async def _seen(world: World, account: AccountId) -> list[Seen]:
    """Return every message that the account's conversations have, the newest in a conversation's time first."""
    found: list[Seen] = []
    for conversation in await world.list_of(account):
        stamp = 0
        for message in await world.messages(cast(Any, conversation.id)):
            stamp = max(stamp, message.ts)
            found.append(Seen(stamp, conversation.id, message))
    return sorted(found, key=lambda each: (each.stamp, each.conversation, each.message.seq), reverse=True)


def _looked_at(seen: list[Seen], account: AccountId, query: list[str]) -> list[tuple[int, int]]:
    """Return what is found by looking at all of them."""
    return [
        (conversation, message.seq)
        for _, conversation, message in seen
        if not message.deleted and _fits(message, query, account)
    ]


def _fits(message: Message, query: list[str], account: AccountId) -> bool:
    """Return whether all that is asked for holds; of several authors, one is enough."""
    authors = [part for part in query if part.startswith("from:")]
    rest = (part for part in query if part not in authors)
    by = not authors or any(_has(message, part, account) for part in authors)
    return by and all(_has(message, part, account) for part in rest)


def _has(message: Message, part: str, account: AccountId) -> bool:
    """Return whether a part of a query holds; in brackets are words, all of which must be there."""
    either = part.split(" OR ")
    return any(
        all(_has_one(message, one, account) for one in (each[1:-1].split() if each.startswith("(") else [each]))
        for each in either
    )


def _has_one(message: Message, part: str, account: AccountId) -> bool:
    plain = message.body.lower().replace("é", "e")
    match part:
        case "from:ann":
            return message.author == 1
        case "from:me":
            return message.author == account
        case "has:link":
            return "http://x" in plain
        case "mentions:me":
            return message.author != account and (bool(message.everyone) or account in message.mentions)
        case "before:1970-01-03":
            return message.ts < 2 * DAY_MS
        case "after:1970-01-01":
            return message.ts >= DAY_MS
        case "bl*":
            return "blue" in plain
        case "日本" | "日" | "本日":
            return part in plain
        case '"blue 日本"':
            return part.strip('"') in plain
        case _:
            return f" {part.strip(chr(34))} " in f" {plain} "
