"""Who may catch up now, who waits, and who is told to come back: and that these do not all come at once."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from chat_core.base.tasks import spawn, stop
from chat_core.server.sessions.admission import FIRST_PACE_S, HASTE, LONGEST_S, SHORTEST_S, Admission, Crowded
from chat_core.server.sessions.session import Session
from tests.support.clocks import HandClock


def session() -> Session:
    return Session(
        mark=lambda _: None,
        peer="test",
        local=True,
        on_open=lambda _: None,
        on_call=lambda _session, _call: None,
        on_closed=lambda _session, _why: None,
    )


class Visit:
    """A catch-up that goes on until it is told to end."""

    def __init__(self, admission: Admission, owner: Session | None = None) -> None:
        self.inside = False
        self._end = asyncio.Event()
        self.task = spawn("visit", self._go(admission, owner or session()))

    def end(self) -> None:
        self._end.set()

    async def _go(self, admission: Admission, owner: Session) -> None:
        async with admission.enter(owner):
            self.inside = True
            await self._end.wait()


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def sent_away(admission: Admission, owner: Session | None = None) -> float:
    """Ask, be sent away, and return the seconds one was told to wait."""
    with pytest.raises(Crowded) as told:
        async with admission.enter(owner or session()):
            pass
    return told.value.retry_after


async def test_admission_lets_in_a_few_and_the_next_one_when_one_ends() -> None:
    admission = Admission(HandClock(), at_once=2, in_line=2)
    visits = [Visit(admission) for _ in range(4)]
    await turns()
    assert [visit.inside for visit in visits] == [True, True, False, False]

    visits[1].end()
    await turns()

    assert [visit.inside for visit in visits] == [True, True, True, False], "in the order in which they came"
    for visit in visits:
        visit.end()
    await asyncio.gather(*(visit.task for visit in visits))
    assert visits[3].inside


async def test_admission_spreads_those_whom_it_sends_away_when_the_line_is_full() -> None:
    admission = Admission(HandClock(), at_once=2, in_line=1)
    visits = [Visit(admission) for _ in range(3)]
    await turns()

    waits = [await sent_away(admission) for _ in range(100)]

    assert waits[0] == pytest.approx(SHORTEST_S)
    steps = [later - sooner for sooner, later in itertools.pairwise(waits)]
    assert steps == pytest.approx([HASTE * FIRST_PACE_S] * 99), "each has a moment of its own"
    await stop(*(visit.task for visit in visits))


async def test_admission_asks_for_longer_waits_when_catching_up_takes_long_but_not_for_ever() -> None:
    clock = HandClock()
    admission = Admission(clock, at_once=1, in_line=100)
    visits = [Visit(admission) for _ in range(101)]
    for visit in visits[:60]:
        await turns()
        clock.now += 1
        visit.end()
    await turns()
    visits += [Visit(admission) for _ in range(60)]
    await turns()

    waits = [await sent_away(admission) for _ in range(10)]

    assert waits == [LONGEST_S] * 10
    await stop(*(visit.task for visit in visits))


async def test_admission_sends_only_one_connection_away_when_that_asks_for_too_much() -> None:
    admission = Admission(HandClock(), at_once=2, in_line=10, each=3)
    greedy = session()
    visits = [Visit(admission, greedy) for _ in range(3)]
    await turns()

    await sent_away(admission, greedy)
    other = Visit(admission)
    visits[0].end()
    visits[1].end()
    visits[2].end()
    await turns()

    assert other.inside
    assert greedy.catch_ups == 0
    await stop(other.task)


async def test_admission_loses_no_place_when_somebody_in_line_or_inside_gives_up() -> None:
    admission = Admission(HandClock(), at_once=1, in_line=5)
    first, second, third = (Visit(admission) for _ in range(3))
    await turns()

    await stop(second.task)
    await stop(first.task)
    await turns()
    assert third.inside
    fourth = Visit(admission)
    await turns()
    third.end()
    third_and_fourth = asyncio.gather(third.task, stop(fourth.task))
    await third_and_fourth

    async with admission.enter(session()):
        pass
