"""Who is here, told in moderation, with numbers that are true."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from chat_core.check.simulation.time_loop import simulate
from chat_core.server.sessions.feed import Feed
from chat_core.server.sessions.presence import SAY_EVERY_S, Presence
from chat_core.server.sessions.session import Session
from tests.support.sessions import pushed, quiet_session

SOON_S = SAY_EVERY_S + 0.1


def enter(feed: Feed, presence: Presence, account: int, name: str) -> Session:
    """Attach a connection of an account."""
    session = quiet_session(account, name)
    feed.attach(session)
    feed.release(session, 0)
    presence.entered(feed, account, name)
    return session


def test_presence_tells_no_number_when_the_store_cannot_say_it_and_tells_it_later() -> None:
    answers: list[dict[int, int]] = [{}, {7: 3}]

    async def count(numbers: Sequence[int]) -> dict[int, int]:
        return answers.pop(0)

    async def story() -> None:
        presence, feed = Presence(count), Feed(7)
        ann = enter(feed, presence, 1, "ann")
        await asyncio.sleep(SOON_S - SAY_EVERY_S)
        assert pushed(ann) == []

        await asyncio.sleep(SOON_S)
        (told,) = pushed(ann)
        assert (told["members"], told["online"], told["came"]) == (3, 1, ["ann"])

    simulate(story())


def test_presence_tells_a_true_number_when_the_first_reader_comes_while_it_counts() -> None:
    counted = asyncio.Event()

    async def count(numbers: Sequence[int]) -> dict[int, int]:
        await counted.wait()
        return dict.fromkeys(numbers, 3)

    async def story() -> None:
        presence, asked, empty = Presence(count), Feed(7), Feed(8)
        enter(asked, presence, 1, "ann")
        presence.entered(empty, 2, "bob")
        await asyncio.sleep(SOON_S)
        late = enter(empty, presence, 3, "cyd")
        counted.set()

        await asyncio.sleep(SOON_S)
        (told,) = pushed(late)
        assert (told["members"], told["came"]) == (3, ["bob", "cyd"])

    simulate(story())


def test_presence_tells_nothing_of_those_who_went_again_when_it_comes_to_tell() -> None:
    answers: list[dict[int, int]] = [{}, {7: 2}]

    async def count(numbers: Sequence[int]) -> dict[int, int]:
        return answers.pop(0)

    async def story() -> None:
        presence, feed = Presence(count), Feed(7)
        ann = enter(feed, presence, 1, "ann")
        presence.entered(feed, 2, "bob")
        await asyncio.sleep(SOON_S - SAY_EVERY_S)
        presence.exited(feed, 2, "bob")

        await asyncio.sleep(SOON_S)
        (told,) = pushed(ann)
        assert (told["came"], told.get("went", [])) == (["ann"], [])

    simulate(story())
