"""A window with a gap: how it is drawn, and somebody who comes back after three thousand messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from chat_core.client.state.changes import LoadingChanged, MessagesPrepended, TimelineReset
from chat_core.client.state.model import ConversationState, LinkStatus
from chat_core.client.state.timeline import fall_behind, prepend
from chat_tui.messages import OlderWanted
from tests.support.processes import ServerProcess
from tests.tui.support.frames import expect, pane
from tests.tui.support.harness import Harness
from tests.tui.support.states import chatter, client, conversation
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting

AWAY = 3_000


def jumped(here: ConversationState, seq: int) -> ConversationState:
    """Return a conversation after a jump to a seq, with nothing read of what is there."""
    timeline = fall_behind(here.timeline, here.timeline.last_seq, seq)
    return msgspec.structs.replace(here, timeline=timeline, unread=seq - here.timeline.last_seq)


def paged(here: ConversationState, first: int, count: int) -> ConversationState:
    """Return a conversation with one more page."""
    timeline, _ = prepend(here.timeline, chatter(first, count), at_start=False)
    return msgspec.structs.replace(here, timeline=timeline)


async def test_gap_is_drawn_when_the_log_goes_on_elsewhere_and_goes_as_it_closes() -> None:
    here = conversation(1, "general", chatter(1, 40), topic="Release planning", online=12)
    app = Harness(client(here), typed="back again")
    async with app.run_test(size=(80, 24)) as pilot:
        here = jumped(here, 2_400)
        app.take(client(here), TimelineReset(conversation=1, reason="far_behind"))
        here = paged(here, 2_394, 7)
        app.take(client(here), TimelineReset(conversation=1))
        await pilot.pause()
        expect(app, "gap-80x24")

        here = msgspec.structs.replace(here, loading=True)
        app.take(client(here), LoadingChanged(conversation=1))
        await pilot.pause()
        expect(app, "gap-loading-80x24")

        app.timeline.action_line_down()
        app.timeline.action_line_up()
        for _ in range(6):
            app.timeline.action_line_up()
        here = msgspec.structs.replace(paged(here, 30, 2_364), loading=False)
        app.take(client(here), MessagesPrepended(conversation=1, count=2_364), LoadingChanged(conversation=1))
        await pilot.pause()
        expect(app, "gap-closed-80x24")


async def test_pages_are_asked_for_one_after_another_while_the_gap_is_in_view() -> None:
    here = paged(jumped(conversation(1, "general", chatter(1, 300)), 2_400), 2_301, 100)
    app = Harness(client(here))
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.action_first()
        await pilot.pause()
        asked = len([each for each in app.said if isinstance(each, OlderWanted)])
        while here.timeline.stale is not None and here.timeline.missing:
            here = paged(here, here.timeline.known_from - 400, 400)
            app.take(client(here), MessagesPrepended(conversation=1, count=400))
            await pilot.pause()
            asked += 1
            assert len([each for each in app.said if isinstance(each, OlderWanted)]) == asked


SAID = [f"line {number} of the log" for number in range(60 + AWAY)]


def shown(lines: list[str]) -> list[int]:
    """Return which messages are read on the screen, from top to bottom; not the newest ones, which stay there."""
    read = next((lines[:y] for y, line in enumerate(lines) if " · End" in line), lines)
    return [int(number) for line in read for number in re.findall(r"line (\d+) of the log", line)]


@asynccontextmanager
async def back_again(home: Path) -> AsyncIterator[Sitting]:
    """Let somebody read sixty messages, be away for three thousand, and come back."""
    with ServerProcess(home / "data") as server:
        async with sitting(server.address, home, size=(80, 100)) as me:
            async with other(server.address) as bob:
                await say(bob, "#general", *SAID[:60])
            await me.sees(SAID[59])
            await asyncio.to_thread(server.stop)
            await me.until(lambda: me.state.link.status is not LinkStatus.ONLINE, "offline")
            with ServerProcess(home / "data") as elsewhere:
                async with other(elsewhere.address) as bob:
                    number = await bob.join("general")
                    cids = [bob.post(number, line) for line in SAID[60:]]
                    await bob.sent(cids[-1])
            await asyncio.to_thread(server.start)
            me.chat.bridge.wake()
            await me.sees(SAID[-1])
            await me.until(lambda: me.here.timeline.count == 50, "the newest page")
            assert me.here.timeline.missing == AWAY - 50
            yield me


async def quiet(me: Sitting) -> None:
    """Wait until no more pages are on their way here; a busy machine may take its time for each of them."""
    history = me.chat.timeline.history
    assert history is not None

    def is_quiet() -> bool:
        return not me.here.loading and not history.wants_older

    while not is_quiet():
        known_from = me.here.timeline.known_from
        await me.until(lambda: is_quiet() or me.here.timeline.known_from != known_from, "a page")  # noqa: B023
    await me.pilot.pause()


async def test_reader_who_was_away_for_three_thousand_messages_reads_all_of_them_upwards(home: Path) -> None:
    async with back_again(home) as me:
        seen: set[int] = set()
        for _ in range(300):
            await quiet(me)
            now = shown(pane(me.chat.timeline))
            assert now == list(range(now[0], now[0] + len(now)))
            seen.update(now)
            if 0 in seen:
                break
            await me.press("pageup")

        assert seen == set(range(60 + AWAY))
        assert bodies(me.here) == SAID
        assert me.here.timeline.stale is None
        await me.press("ctrl+end")
        await me.sees(SAID[-1])


async def test_reader_who_goes_to_the_oldest_message_stays_there_while_the_gap_closes(home: Path) -> None:
    async with back_again(home) as me:
        await me.press("ctrl+home")
        await me.sees(SAID[0])
        before = pane(me.chat.timeline)[:60]

        await quiet(me)

        assert pane(me.chat.timeline)[:60] == before
        assert bodies(me.here) == SAID
        seen = set(shown(pane(me.chat.timeline)))
        while not me.chat.timeline.following:
            await me.press("pagedown")
            now = shown(pane(me.chat.timeline))
            assert now == list(range(now[0], now[0] + len(now)))
            seen.update(now)
        assert seen == set(range(60 + AWAY))
