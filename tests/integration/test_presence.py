"""Presence in a crowd: what joining costs, counted in frames; and the switches of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from chat_core.check.simulation.time_loop import simulate
from chat_core.protocol.values import Availability
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import NAMES, SAY_EVERY_S, Presence
from chat_core.server.sessions.session import Session
from chat_core.server.sessions.standing import Standing
from tests.support.sessions import pushed, quiet_session

CROWD = 5_000
ROOM = 7


async def _count(numbers: Sequence[int]) -> dict[int, int]:
    return dict.fromkeys(numbers, CROWD + 1)


def _enter(hub: Hub, account: int) -> Session:
    session = quiet_session(account, f"user{account}")
    hub.sessions.add(session)
    hub.signed_in(session)
    hub.follow(session)
    hub.attach(session, ROOM)
    hub.resumed(session, 0, {ROOM: 0})
    return session


async def _crowded() -> Hub:
    hub = Hub(Presence(_count))
    for account in range(1, CROWD + 1):
        _enter(hub, account)
    await asyncio.sleep(2 * SAY_EVERY_S)
    return hub


def _met(hub: Hub, accounts: range, state: Availability) -> None:
    for account in accounts:
        hub.stand(account, Standing(state))


def test_joining_a_crowd_of_5000_brings_one_frame_of_presence_not_5000() -> None:
    async def story() -> None:
        hub = await _crowded()
        newcomer = _enter(hub, CROWD + 1)
        await asyncio.sleep(2 * SAY_EVERY_S)

        (told,) = pushed(newcomer)
        assert (told["kind"], told["online"]) == ("members_changed", CROWD + 1)
        assert told["came"] == [f"user{CROWD + 1}"]

    simulate(story())


def test_a_thousand_who_go_away_at_once_are_told_in_one_frame_that_says_there_are_more() -> None:
    async def story() -> None:
        hub = await _crowded()
        watcher = _enter(hub, CROWD + 1)
        await asyncio.sleep(2 * SAY_EVERY_S)
        pushed(watcher)

        _met(hub, range(1, 1_001), "away")
        await asyncio.sleep(2 * SAY_EVERY_S)
        (told,) = pushed(watcher)
        assert len(told["met"]) == NAMES
        assert told["more_met"] is True

        _met(hub, range(1, 2), "online")
        await asyncio.sleep(2 * SAY_EVERY_S)
        (told,) = pushed(watcher)
        assert told["met"] == [{"account": 1, "state": "online"}]
        assert "more_met" not in told

    simulate(story())


def test_server_that_tells_no_presence_tells_nobody_who_is_online() -> None:
    async def story() -> None:
        hub = Hub(Presence(_count))
        hub.presence.told = False
        ann, bob = _enter(hub, 1), _enter(hub, 2)
        _met(hub, range(1, 2), "away")
        await asyncio.sleep(2 * SAY_EVERY_S)

        assert pushed(ann) == pushed(bob) == []
        assert not hub.online(1)
        assert hub.presence.accounts == 0
        assert hub.presence.reachable(1), "a private chat can be asked for all the same"

    simulate(story())
