"""The door between the application's loop and the client's thread, with a real server behind it."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chat_core.base.errors import ChatError, UsageFault, WorldFault
from chat_core.client import CallFailed, Client, Disconnected, parse_address
from chat_core.client.state.changes import Batch, Change, MessagesAppended
from chat_core.client.state.model import LinkStatus
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.conversations import Find
from chat_tui.bridge import Bridge
from tests.support.people import unique
from tests.support.processes import ServerProcess

WHERE: contextvars.ContextVar[str] = contextvars.ContextVar("where", default="lost")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("bridge") / "data") as process:
        yield process


class Told:
    """What a bridge said."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.faults: list[ChatError] = []
        self.threads: set[int] = set()
        self.places: set[str] = set()

    def take(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.threads.add(threading.get_ident())
        self.places.add(WHERE.get())

    @property
    def changes(self) -> list[Change]:
        return [change for batch in self.batches for change in batch.changes]

    @property
    def bodies(self) -> list[str]:
        came = [change for change in self.changes if isinstance(change, MessagesAppended)]
        return [message.body for change in came for message in change.messages]


@asynccontextmanager
async def bridged(server: ServerProcess, name: str = "") -> AsyncIterator[tuple[Bridge, Told]]:
    told = Told()
    bridge = Bridge(parse_address(server.address), name or unique("me"), told.take, told.faults.append)
    await bridge.start()
    try:
        await bridge.online(10)
        yield bridge, told
    finally:
        await bridge.close()


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.005)


async def test_bridge_hands_changes_over_on_the_loop_and_in_the_context_of_its_start(server: ServerProcess) -> None:
    WHERE.set("the application")
    async with bridged(server) as (bridge, told):
        room = await bridge.join(unique("room"))
        bridge.post(room, "hello")
        await until(lambda: "hello" in told.bodies)

        assert told.threads == {threading.get_ident()}
        assert told.places == {"the application"}
        assert bridge.state is told.batches[-1].state
        assert bridge.state.conversations[room].unsent == ()


async def test_bridge_answers_calls_and_raises_what_the_server_refuses(server: ServerProcess) -> None:
    async with bridged(server) as (bridge, _):
        with pytest.raises(CallFailed) as caught:
            await bridge.call(Find(conversation="#nowhere"))

        assert caught.value.code in (Refusal.NO_CONVERSATION, Refusal.NOT_MEMBER)


async def test_bridge_has_not_left_what_the_server_lets_nobody_leave(server: ServerProcess) -> None:
    async with bridged(server) as (bridge, _):
        announcements = await bridge.call(Find(conversation="#announcements"))
        with pytest.raises(CallFailed):
            await bridge.leave(announcements.conversation.id)
        assert not bridge.was_left_here(announcements.conversation.id)

        room = await bridge.join(unique("room"))
        await bridge.leave(room)
        assert bridge.was_left_here(room)


async def test_bridge_tells_faults_of_what_has_no_answer(server: ServerProcess) -> None:
    async with bridged(server) as (bridge, told):
        bridge.post(999_999, "into the void")
        await until(lambda: told.faults)

        assert isinstance(told.faults[0], UsageFault)


async def test_bridge_makes_few_batches_of_many_messages(server: ServerProcess) -> None:
    room = unique("flood")
    async with bridged(server) as (bridge, told), Client(parse_address(server.address), unique("other")) as other:
        await other.online(10)
        number = await other.join(room)
        await bridge.join(room)
        lines = [f"line {at}" for at in range(400)]
        before = len(told.batches)
        calls: list[None] = []
        arrived = bridge._arrived

        def counted() -> None:
            calls.append(None)
            arrived()

        bridge._arrived = counted  # type: ignore[method-assign]
        cids = [other.post(number, line) for line in lines]
        for cid in cids:
            await other.sent(cid)
        await until(lambda: told.bodies[-len(lines) :] == lines)

        assert len(told.batches) - before < 60
        assert len(calls) <= len(told.batches) - before + 1, "the application's loop is called once for each"


IMPATIENT = """
import sys
from pathlib import Path
from chat_core.server.app import run
from chat_core.server.config import ServeOptions
sys.exit(run(ServeOptions(data=Path(sys.argv[1]), host="127.0.0.1", port=0, ping_every_s=0.2, pong_within_s=0.4)))
"""
"""A server that lets nobody be silent for longer than 0.6 s."""


async def test_heartbeat_goes_on_while_the_application_is_stalled(home: Path) -> None:
    """A terminal that takes no bytes stops Textual's loop; the server must not notice."""
    command = [sys.executable, "-c", IMPATIENT, str(home / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("listening on ").strip()
            told = Told()
            bridge = Bridge(parse_address(address), "ann", told.take, told.faults.append)
            await bridge.start()
            await bridge.online(10)
            time.sleep(1.5)  # nothing of this loop runs
            await bridge.join("room")
            await until(lambda: told.batches and len(told.batches[-1].state.conversations) == 3)

            online = [batch.state.link.status is LinkStatus.ONLINE for batch in told.batches]
            assert online == sorted(online), "it was online all the time, once it was"
            await bridge.close()
        finally:
            process.terminate()


async def test_state_arrives_while_the_loop_is_stalled_and_is_drained_at_once_after_it(server: ServerProcess) -> None:
    room = unique("stall")
    async with bridged(server) as (bridge, told):
        number = await bridge.join(room)
        await until(lambda: number in bridge.state.conversations)
        bridge.post(number, "one")
        bridge.post(number, "two")
        deadline = time.monotonic() + 10
        while len(bridge._queue) < 1 and time.monotonic() < deadline:
            time.sleep(0.01)  # nothing of this loop runs; the other one goes on

        assert bridge._queue
        await until(lambda: told.bodies[-2:] == ["one", "two"])


async def test_bridge_leaves_to_the_client_what_a_stalled_application_cannot_take(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, room, lines = 8, unique("full"), [f"line {at}" for at in range(60)]
    monkeypatch.setattr("chat_tui.handover.FULL", full)
    async with bridged(server) as (bridge, told), Client(parse_address(server.address), unique("other")) as other:
        await other.online(10)
        number = await other.join(room)
        await bridge.join(room)
        await until(lambda: number in bridge.state.conversations)
        with monkeypatch.context() as stalled:
            stalled.setattr(bridge._pacing, "delay", lambda now: 3600.0)
            for line in lines:
                await other.sent(other.post(number, line))
            await until(lambda: len(bridge._queue) >= full)
            await bridge.call(Find(conversation=number))  # answered behind all that was said
            assert len(bridge._queue) < len(lines)

        bridge._drain()
        await until(lambda: told.bodies[-len(lines) :] == lines)


async def test_bridge_counts_messages_given_away_until_the_state_has_seen_each(server: ServerProcess) -> None:
    async with bridged(server) as (bridge, told):
        room = await bridge.join(unique("room"))
        await until(lambda: room in bridge.state.conversations)
        for where, body in ((room, "one"), (999_999, "nowhere"), (room, "two")):
            bridge.post(where, body)
        assert bridge.posting == 3

        await until(lambda: not bridge.posting)
        here = bridge.state.conversations[room]
        assert [*(each.body for each in here.timeline), *(each.body for each in here.unsent)] == ["one", "two"]
        await until(lambda: told.faults)


async def test_bridge_is_told_when_nobody_answers() -> None:
    told = Told()
    bridge = Bridge(parse_address("127.0.0.1:1"), "ann", told.take, told.faults.append)
    await bridge.start()
    with pytest.raises(Disconnected, match=r"127\.0\.0\.1:1"):
        await bridge.online(0.5)
    await until(lambda: told.batches and told.batches[-1].state.link.status is LinkStatus.WAITING)
    await bridge.close()


async def test_bridge_says_that_it_hears_nothing_more_when_handing_over_fails(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bridged(server) as (bridge, told):

        def broken(_: object) -> None:
            raise RuntimeError("a fault of ours")

        monkeypatch.setattr(bridge._queue, "put", broken)
        await bridge.join(unique("room"))
        await until(lambda: told.faults)

        assert "heard nothing more" in str(told.faults[0])
        with pytest.raises(WorldFault, match="Not connected"):
            await bridge.join(unique("room"))
        bridge.post(1, "into the void")
        assert "this is not sent" in str(told.faults[1])
        await until(lambda: not bridge._live.thread.is_alive())


async def test_bridge_tells_nothing_and_takes_nothing_once_it_is_closed(server: ServerProcess) -> None:
    async with bridged(server) as (bridge, told):
        room = await bridge.join(unique("room"))
    count = len(told.batches)

    bridge.post(room, "too late")
    bridge.key_pressed()
    with pytest.raises(WorldFault):
        await bridge.join("late")
    await asyncio.sleep(0)

    assert len(told.batches) == count
    assert not [thread for thread in threading.enumerate() if thread is bridge._live.thread]


async def test_bridge_takes_keys_and_a_close_before_it_was_started() -> None:
    bridge = Bridge(parse_address("127.0.0.1:1"), "ann", lambda _: None, lambda _: None)

    bridge.key_pressed()
    bridge.wake()
    bridge.post(1, "early")
    await bridge.close()
