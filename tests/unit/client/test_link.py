"""One connection: calls and their answers, pushes, and one end that is told with its reason."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

from chat_core.check.simulation.time_loop import LoopClock, simulate
from chat_core.check.simulation.wires import Network
from chat_core.client.breath import PAUSE_S
from chat_core.client.ended import Ended, how_it_ended
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.protocol.codec import to_map
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Farewell, Push
from chat_core.protocol.events import Event, Typing
from chat_core.protocol.limits import Rates
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.conversations import MarkRead
from chat_core.transport.driver import Driver
from chat_core.transport.urls import Address


class Server:
    """The other end: notes calls, answers what it is told to."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.farewells: list[Farewell | None] = []
        self.driver: Driver

    def make(self) -> Driver:
        clock = LoopClock(asyncio.get_running_loop())
        return Driver(Connection(Role.SERVER, clock.monotonic()), clock, self)

    def opened(self, driver: Driver) -> None:
        self.driver = driver

    def received(self, envelope: Envelope) -> None:
        assert isinstance(envelope, Call)
        self.calls.append(envelope)

    def heard(self, size: int) -> None:
        pass

    def writable(self) -> None:
        pass

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        self.farewells.append(farewell)

    def say(self, *envelopes: Envelope) -> None:
        for envelope in envelopes:
            self.driver.connection.send(envelope)
        self.driver.flush()


class Line:
    """A link, its server, and what the link told."""

    def __init__(self) -> None:
        self.server = Server()
        self.pushes: list[Event] = []
        self.times: list[float] = []
        """When some came."""
        self.ends: list[Ended] = []
        self.link: Link
        self.network: Network

    async def open(self) -> Line:
        self.network = Network(self.server.make, random.Random(1))
        self.link = await Link.open(
            Address(host="127.0.0.1", port=1),
            self.network.connect,
            LoopClock(asyncio.get_running_loop()),
            self.pushed,
            lambda _, ended: self.ends.append(ended),
        )
        return self

    def pushed(self, events: Sequence[Event]) -> None:
        self.pushes += events
        self.times.append(asyncio.get_running_loop().time())


def on_a_line(story: Callable[[Line], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        line = await Line().open()
        await story(line)
        await line.link.close("Done.")
        await asyncio.sleep(1)
        assert len(line.ends) == 1

    simulate(whole())


READ = MarkRead(conversation=1, seq=2)


def outcomes() -> tuple[list[object], Callable[[object], None]]:
    told: list[object] = []
    return told, told.append


def test_link_gives_each_answer_to_its_call() -> None:
    async def story(line: Line) -> None:
        first, then_first = outcomes()
        second, then_second = outcomes()
        line.link.ask(READ, then_first)
        line.link.ask(READ, then_second)
        await asyncio.sleep(1)
        one, other = line.server.calls
        assert one.request == {"do": "mark_read", "conversation": 1, "seq": 2}
        line.server.say(Failure(id=other.id, code="busy", text="No.", retry_after=2.0), Answer(id=one.id, reply={}))
        await asyncio.sleep(1)
        assert first == [Done()]
        (failure,) = second
        assert isinstance(failure, CallFailed)
        assert (failure.code, failure.text, failure.retry_after, failure.final) == (Refusal.BUSY, "No.", 2.0, False)
        assert line.link.latency_s == pytest.approx(1.0, abs=0.1)

    on_a_line(story)


@pytest.mark.parametrize("number", [2**53, 10**30])
def test_number_that_nothing_can_have_is_refused_on_this_side_of_the_wire(number: int) -> None:
    async def story(line: Line) -> None:
        told, then = outcomes()
        line.link.ask(MarkRead(conversation=1, seq=number), then)
        line.link.ask(READ, then)
        await asyncio.sleep(1)
        (failure,) = told
        assert isinstance(failure, CallFailed) and failure.code == Refusal.BAD_REQUEST
        assert [call.request["seq"] for call in line.server.calls] == [2]

    on_a_line(story)


def test_link_takes_each_answer_once_and_no_other() -> None:
    async def story(line: Line) -> None:
        told, then = outcomes()
        line.link.ask(READ, then)
        await asyncio.sleep(1)
        (call,) = line.server.calls
        answer = Answer(id=call.id, reply={})
        line.server.say(answer, answer, Answer(id=77, reply={}), Failure(id=78, code="busy", text=""))
        await asyncio.sleep(1)
        assert told == [Done()]

    on_a_line(story)


def test_link_uses_no_number_of_a_call_that_is_open() -> None:
    async def story(line: Line) -> None:
        line.link._next_id = 2**32 - 2
        for _ in range(3):
            line.link.ask(READ, lambda _: None)
        line.link._next_id = 2**32 - 1
        line.link.ask(READ, lambda _: None)
        await asyncio.sleep(1)
        assert [call.id for call in line.server.calls] == [2**32 - 2, 2**32 - 1, 0, 1]

    on_a_line(story)


def test_link_hands_answers_on_before_what_came_behind_them() -> None:
    async def story(line: Line) -> None:
        waiting = line.link.begin(READ, lambda _: pushed_before.append(len(line.pushes)))
        pushed_before: list[int] = []
        await asyncio.sleep(1)
        event = Typing(conversation=1, account=1, name="x")
        line.server.say(Answer(id=line.server.calls[0].id, reply={}), Push(event=to_map(event)))
        assert await line.link.reply(waiting) == Done()
        assert (pushed_before, line.pushes) == ([0], [event])

    on_a_line(story)


def test_link_hands_on_the_pushes_it_knows() -> None:
    async def story(line: Line) -> None:
        event = Typing(conversation=1, account=1, name="x")
        line.server.say(Push(event={"kind": "of_tomorrow"}), Push(event=to_map(event)))
        await asyncio.sleep(1)
        assert line.pushes == [event]

    on_a_line(story)


def test_link_writes_what_is_asked_in_one_turn_at_once() -> None:
    async def story(line: Line) -> None:
        for _ in range(20):
            line.link.ask(READ, lambda _: None)
        await asyncio.sleep(1)
        (wire,) = line.network.wires
        assert wire.writes[True] == 1
        assert len(line.server.calls) == 20

    on_a_line(story)


def test_link_tells_every_open_call_when_it_ends() -> None:
    async def story(line: Line) -> None:
        told, then = outcomes()
        line.link.ask(READ, then)
        line.link.ask(READ, then)
        line.server.driver.close(Goodbye.SHUTDOWN, retry_after=3.0)
        ended = await line.link.wait()
        assert ended == Ended("The server stops; it may be back soon.", True, 3.0)
        assert [str(outcome) for outcome in told] == [ended.reason] * 2
        line.link.ask(READ, then)
        assert [str(outcome) for outcome in told] == [ended.reason] * 3
        with pytest.raises(Disconnected, match="it may be back soon"):
            await line.link.call(READ)
        line.link.probe()
        line.link.ready()

    on_a_line(story)


def test_link_takes_nothing_any_more_when_this_side_ended_it() -> None:
    async def story(line: Line) -> None:
        told, then = outcomes()
        line.link.ask(READ, then)
        await asyncio.sleep(1)
        line.link.drop("Enough.", retry_after=4.0)
        line.link.drop("Another reason.")
        line.server.say(Answer(id=line.server.calls[0].id, reply={}))
        assert await line.link.wait() == Ended("Enough.", True, 4.0)
        assert [str(outcome) for outcome in told] == ["Enough."]
        (farewell,) = line.server.farewells
        assert farewell is not None and farewell.code == Goodbye.CLIENT_LEFT

    on_a_line(story)


def test_link_ends_when_what_came_with_an_answer_is_malformed() -> None:
    async def story(line: Line) -> None:
        told, then = outcomes()
        line.link.ask(READ, then)
        await asyncio.sleep(1)
        line.server.say(Push(event={"kind": "typing"}), Answer(id=line.server.calls[0].id, reply={}))
        ended = await line.link.wait()
        assert (ended.reconnect, "does not understand" in ended.reason) == (False, True)
        assert isinstance(told[0], Disconnected)
        (farewell,) = line.server.farewells
        assert farewell is not None and farewell.code == Goodbye.BAD_ENVELOPE

    on_a_line(story)


def test_failure_of_a_code_that_nobody_knows_here_keeps_its_word() -> None:
    failed = CallFailed.of(Failure(id=1, code="of_tomorrow", text="Not\x1b[0m today.", final=True))

    assert (failed.code, failed.text, failed.final) == ("of_tomorrow", "Not␛[0m today.", True)
    assert len(CallFailed.of(Failure(id=1, code="busy", text="x" * 9999)).text) == 500


@pytest.mark.parametrize(
    ("farewell", "ours", "signed_in", "says", "reconnect"),
    [
        (Farewell(code="x", text="Go\x1b away."), None, True, "Go␛ away.", False),
        (Farewell(code="x", reconnect=True), None, True, "closed the connection", True),
        (None, Goodbye.PING_TIMEOUT, True, "did not answer any more", True),
        (None, Goodbye.BAD_FRAME, False, "does not speak this protocol", False),
        (None, Goodbye.BAD_FRAME, True, "does not speak this protocol", True),
        (None, Goodbye.BAD_ENVELOPE, False, "does not understand", False),
        (None, Goodbye.INTERNAL, True, "fault in the server", True),
        (None, None, True, "was lost", True),
    ],
)
def test_end_of_a_stream_is_translated_once(
    farewell: Farewell | None, ours: Goodbye | None, signed_in: bool, says: str, reconnect: bool
) -> None:
    ended = how_it_ended(farewell, ours, signed_in=signed_in)

    assert says in ended.reason
    assert ended.reconnect is reconnect


def test_link_asks_no_faster_than_the_server_has_told() -> None:
    async def story(line: Line) -> None:
        line.link.keep_to(Rates(request_burst=100, request_rate=10.0, costs={"mark_read": 10}))
        told, then = outcomes()
        for _ in range(12):
            line.link.ask(READ, then)
        await asyncio.sleep(0.1)
        assert len(line.server.calls) == 8, "what it reckons with of the burst"
        await asyncio.sleep(1.1)
        assert len(line.server.calls) == 9
        await asyncio.sleep(3.1)
        assert [call.id for call in line.server.calls] == list(range(12)), "all of them, in order"
        line.server.say(Answer(id=11, reply=to_map(Done())))
        await asyncio.sleep(0.5)
        assert told == [Done()]
        assert line.link.latency_s is not None and line.link.latency_s < 1.5, "waiting for its turn is no round trip"

    on_a_line(story)


def test_call_that_waits_for_its_turn_is_told_when_the_connection_ends() -> None:
    async def story(line: Line) -> None:
        line.link.keep_to(Rates(request_burst=100, request_rate=10.0, costs={"mark_read": 80}))
        told, then = outcomes()
        line.link.ask(READ, then)
        line.link.ask(READ, then)
        line.server.driver.close(Goodbye.SHUTDOWN)
        await asyncio.sleep(1)
        assert len(told) == 2
        assert all(isinstance(outcome, Disconnected) for outcome in told)

    on_a_line(story)


def typing(number: int) -> Push:
    return Push(event=to_map(Typing(conversation=1, account=number, name="ann", active=True)))


def test_link_hands_on_in_the_order_of_the_wire_what_came_around_an_answer() -> None:
    async def story(line: Line) -> None:
        told: list[int] = []
        line.link.ask(READ, lambda _: told.append(len(line.pushes)))
        await asyncio.sleep(1)
        (call,) = line.server.calls
        line.server.say(typing(1), typing(2), Answer(id=call.id, reply={}), typing(3))
        await asyncio.sleep(1)
        assert told == [2]
        assert [event.account for event in line.pushes if isinstance(event, Typing)] == [1, 2, 3]

    on_a_line(story)


def test_link_listens_now_and_then_only_when_much_is_pushed() -> None:
    async def story(line: Line) -> None:
        for number in range(1, 501):
            line.server.say(typing(number))
            await asyncio.sleep(0.001)
        await asyncio.sleep(1)
        assert [event.account for event in line.pushes if isinstance(event, Typing)] == list(range(1, 501))
        assert len(set(line.times)) < 100

    on_a_line(story)


def test_link_listens_at_once_when_somebody_asks_in_a_flood() -> None:
    async def story(line: Line) -> None:
        loop = asyncio.get_running_loop()
        for number in range(1, 101):
            line.server.say(typing(number))
            await asyncio.sleep(0.001)
        answered: list[float] = []
        line.link.ask(READ, lambda _: answered.append(loop.time()))
        line.server.say(Answer(id=0, reply={}))
        asked = loop.time()
        await asyncio.sleep(1)
        assert answered == pytest.approx([asked], abs=PAUSE_S / 10)

    on_a_line(story)
