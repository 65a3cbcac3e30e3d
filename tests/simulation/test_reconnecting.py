"""How a client connects, loses the connection and comes back; when it gives up, and what it says meanwhile."""

from __future__ import annotations

import asyncio
import itertools
import math
from typing import Any

import pytest

from chat_core.base.errors import UsageFault
from chat_core.check.simulation.time_loop import simulate
from chat_core.check.simulation.wires import Fate
from chat_core.client import CallFailed, Disconnected, LinkStatus
from chat_core.client.attaching import LONGEST_ASKED_S
from chat_core.client.keeper import LOOK_EVERY_S
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import PING_EVERY_S, PONG_WITHIN_S, PROBE_WITHIN_S
from chat_core.protocol.requests.accounts import ListUsers, Rename
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.conversations import ListChannels, ListMembers, SetTopic
from chat_core.protocol.requests.session import Hello, Resume, SignIn
from tests.simulation.stage import Actor, Stage
from tests.simulation.world import No

S = LinkStatus


def dead(from_client: bool, frame: bytes) -> Fate:
    """Let everything vanish."""
    return Fate.SILENT


async def lose(stage: Stage, actor: Actor) -> None:
    """Cut the connection and wait until the client knows."""
    stage.network.cut_all()
    await actor.until(lambda: actor.client.state.link.status is not S.ONLINE)


def test_client_tells_how_its_connection_is() -> None:
    async def story() -> None:
        stage = Stage(1)
        ann = stage.actor("ann")
        assert ann.client.state.link.status is S.OFFLINE
        async with ann:
            await ann.client.online()
            link = ann.client.state.link
            assert (link.status, link.detail, link.attempt) == (S.ONLINE, "", 0)
            assert link.latency_ms is not None
            stage.network.up = False
            await lose(stage, ann)
            link = ann.client.state.link
            assert (link.status, link.detail, link.lost) == (S.WAITING, "The connection was lost.", True)
            assert link.retry_at == pytest.approx(stage.clock.monotonic() + 0.2, abs=0.01)
            await ann.until(lambda: ann.client.state.link.attempt == 3)
            assert ann.client.state.link.detail == "Nobody listens there."
            stage.network.up = True
            await ann.client.online()
            assert ann.client.state.link.detail == ""
        assert ann.client.state.link.status is S.OFFLINE
        assert ann.statuses() == [
            *(S.CONNECTING, S.ONLINE),
            *(S.WAITING, S.CONNECTING, S.WAITING, S.CONNECTING, S.WAITING, S.CONNECTING, S.ONLINE),
            S.OFFLINE,
        ]

    simulate(story())


def test_client_tries_soon_at_first_and_never_rests_long() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up = False
        async with stage.actor("ann"):
            await asyncio.sleep(1000)
        tries = stage.network.tries
        pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
        assert [round(pause, 2) for pause in pauses[:4]] == [0.2, 0.5, 1.0, 2.0]
        early = [pause for at, pause in zip(tries, pauses, strict=False) if at < 120]
        late = pauses[len(early) :]
        assert max(early) <= 5.0
        assert 5.0 < max(late) <= 30.0

    simulate(story())


def test_client_gives_up_when_the_server_wants_no_reconnect() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            (session,) = stage.world.sessions
            assert session.driver is not None
            session.driver.close(Goodbye.WRONG_USER, "Not\x1b[31m you.")
            await ann.until(lambda: ann.client.state.link.status is S.REFUSED)
            assert ann.client.state.link.detail == "Not␛[31m you."
            with pytest.raises(Disconnected, match="Not"):
                await ann.client.online()
            with pytest.raises(Disconnected, match="Not"):
                await ann.client.call(ListUsers())
            connects = stage.network.connects
            ann.client.wake()
            await asyncio.sleep(1000)
            assert stage.network.connects == connects
        assert ann.client.state.link.status is S.REFUSED, "why it ended stays to be read"

    simulate(story())


def test_client_waits_as_long_as_the_server_asks_before_it_comes_back() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            (session,) = stage.world.sessions
            assert session.driver is not None
            session.driver.close(Goodbye.SHUTDOWN, retry_after=8.0)
            await ann.until(lambda: ann.client.state.link.status is S.WAITING)
            began = stage.clock.monotonic()
            assert ann.client.state.link.detail == "The server stops; it may be back soon."
            await ann.client.online()
            assert 8.0 <= stage.clock.monotonic() - began < 9.0

    simulate(story())


@pytest.mark.parametrize("code", [Refusal.PROTOCOL_VERSION, Refusal.SIGN_IN_REFUSED, Refusal.BAD_NAME])
def test_client_gives_up_when_it_is_refused_for_good(code: Refusal) -> None:
    async def story() -> None:
        stage = Stage(1)
        kind = Hello if code is Refusal.PROTOCOL_VERSION else SignIn
        stage.world.refuse = lambda request: No(code) if isinstance(request, kind) else None
        async with stage.actor("ann") as ann:
            for _ in range(2):
                with pytest.raises(CallFailed) as told:
                    await ann.client.online(60)
                assert (told.value.code, told.value.final) == (code, True)
            assert ann.client.state.link.status is S.REFUSED
            assert stage.network.connects == 1

    simulate(story())


def test_client_gives_up_when_the_server_speaks_another_version() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.protocol = 9
        async with stage.actor("ann") as ann:
            with pytest.raises(CallFailed, match="The server speaks protocol 9, this client 1") as told:
                await ann.client.online()
            assert told.value.code is Refusal.PROTOCOL_VERSION

    simulate(story())


def test_client_comes_back_when_it_is_refused_for_now() -> None:
    async def story() -> None:
        stage = Stage(1)
        left = [No(Refusal.BUSY, retry_after=3.0)]
        stage.world.refuse = lambda request: left.pop() if left and isinstance(request, SignIn) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            assert stage.network.connects == 2
            assert stage.clock.monotonic() >= 3.0

    simulate(story())


def test_client_asks_again_on_the_same_connection_when_too_many_are_catching_up() -> None:
    async def story() -> None:
        stage = Stage(1)
        left = [No(Refusal.BUSY, retry_after=3.0), No(Refusal.BUSY, retry_after=1e9)]
        stage.world.refuse = lambda request: left.pop() if left and isinstance(request, Resume) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            assert stage.network.connects == 1
            assert stage.world.calls.count("resume") == 3
            assert LONGEST_ASKED_S + 3.0 <= stage.clock.monotonic() < LONGEST_ASKED_S + 4.0
            await ann.client.sent(ann.say("hello"))
            assert ann.bodies() == ["hello"]

    simulate(story())


@pytest.mark.parametrize("soon", [0.0, 1e-9])
def test_client_pauses_all_the_same_when_a_server_asks_for_next_to_no_time(soon: float) -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.refuse = lambda request: No(Refusal.BUSY, retry_after=soon) if isinstance(request, Resume) else None
        async with stage.actor("ann"):
            await asyncio.sleep(10)
            assert 50 <= stage.world.calls.count("resume") <= 101

    simulate(story())


def test_client_asks_at_once_on_another_connection_when_one_ends_while_it_waits() -> None:
    async def story() -> None:
        stage = Stage(1)
        left = [No(Refusal.BUSY, retry_after=30.0)]
        stage.world.refuse = lambda request: left.pop() if left and isinstance(request, Resume) else None
        async with stage.actor("ann") as ann:
            await ann.until(lambda: not left)
            await asyncio.sleep(1)
            stage.network.cut_all()
            await ann.client.online()
            assert stage.network.connects == 2
            assert stage.clock.monotonic() < 3

    simulate(story())


def test_client_gives_up_when_the_other_side_is_no_chat_server() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.greeting = frame(b"220 mail.example.org ESMTP")
        async with stage.actor("ann") as ann:
            with pytest.raises(Disconnected, match="does not speak this protocol"):
                await ann.client.online()
            assert ann.client.state.link.status is S.REFUSED

    simulate(story())


@pytest.mark.parametrize("strange", [b"\x82\xa1t\xa4push\xa5event\x81\xa4kind\xa6typing", b"\xc1"])
def test_client_comes_back_when_a_good_server_says_something_strange(strange: bytes) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            (session,) = stage.world.sessions
            assert session.driver is not None
            session.driver.write(frame(strange))
            await ann.until(lambda: ann.statuses().count(S.ONLINE) == 2)
            (why,) = {link.detail for link in ann.links if link.status is S.WAITING}
            assert "does not understand" in why or "does not speak" in why

    simulate(story())


@pytest.mark.parametrize("request_", [ListUsers(), ListMembers(conversation=1)])
def test_client_comes_back_when_an_answer_is_malformed(request_: Request[Any]) -> None:
    async def story() -> None:
        stage = Stage(1)
        name = f"_{type(request_).__name__.lower()}"
        setattr(stage.world, name, lambda session, request: Wrong())
        async with stage.actor("ann") as ann:
            await ann.client.online()
            with pytest.raises(Disconnected, match="does not understand"):
                await ann.client.call(request_)
            await ann.until(lambda: ann.statuses().count(S.ONLINE) == 2)

    simulate(story())


class Wrong(Reply, frozen=True, kw_only=True):
    """Fits nothing."""

    accounts: int = 1
    members: int = 1


def test_client_does_not_wait_for_ever_for_a_server_that_takes_the_connection_only() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.hand = dead
        async with stage.actor("ann") as ann:
            with pytest.raises(Disconnected, match="did not answer within 10 s"):
                await ann.client.online(11)
            stage.network.hand = lambda from_client, frame: Fate.PASS
            await ann.client.online()

    simulate(story())


def test_client_finds_out_that_a_silent_connection_is_dead() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.hand = dead
            began = stage.clock.monotonic()
            await ann.until(lambda: ann.client.state.link.status is S.WAITING)
            assert stage.clock.monotonic() - began <= PING_EVERY_S + PONG_WITHIN_S + 1
            assert ann.client.state.link.detail == "The server did not answer any more."

    simulate(story())


def test_client_finds_out_sooner_when_it_is_woken() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await asyncio.sleep(6)
            stage.network.hand = dead
            began = stage.clock.monotonic()
            ann.client.wake()
            ann.client.wake()
            await ann.until(lambda: ann.client.state.link.status is S.WAITING)
            assert stage.clock.monotonic() - began <= PROBE_WITHIN_S + 0.1

    simulate(story())


@pytest.mark.parametrize("jump_s", [3600, -3600], ids=["forward", "back"])
def test_client_finds_out_at_once_that_a_connection_died_while_the_machine_slept(jump_s: int) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await asyncio.sleep(2)
            stage.network.hand = dead
            stage.clock.wrong_by_ms += jump_s * 1000
            began = stage.clock.monotonic()
            await ann.until(lambda: ann.client.state.link.status is S.WAITING)
            assert stage.clock.monotonic() - began <= LOOK_EVERY_S + PROBE_WITHIN_S + 0.1
            stage.network.hand = lambda from_client, frame: Fate.PASS
            await ann.client.online()
            assert stage.clock.monotonic() - began <= LOOK_EVERY_S + PROBE_WITHIN_S + 2

    simulate(story())


def test_client_keeps_a_connection_that_lives_when_somebody_sets_the_clock() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            for _ in range(5):
                stage.clock.wrong_by_ms += 1000_000
                await asyncio.sleep(3)
            assert ann.statuses() == [S.CONNECTING, S.ONLINE]
        assert len(stage.network.tries) == 1

    simulate(story())


def test_client_tries_at_once_when_the_machine_has_slept() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up = False
        async with stage.actor("ann") as ann:
            await ann.until(lambda: ann.client.state.link.attempt == 30)
            stage.network.up = True
            stage.clock.wrong_by_ms += 8 * 3600_000
            began = stage.clock.monotonic()
            await ann.client.online()
            assert stage.clock.monotonic() - began <= LOOK_EVERY_S + 0.5

    simulate(story())


def test_client_that_opens_a_connection_finds_out_that_it_is_dead_when_it_is_woken() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.hand = dead
        async with stage.actor("ann") as ann:
            await asyncio.sleep(6)
            assert ann.client.state.link.status is S.CONNECTING
            began = stage.clock.monotonic()
            ann.client.wake()
            await ann.until(lambda: ann.client.state.link.status is S.WAITING)
            assert stage.clock.monotonic() - began <= PROBE_WITHIN_S + 0.1

    simulate(story())


def test_client_tries_at_once_when_it_is_woken() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up = False
        async with stage.actor("ann") as ann:
            await ann.until(lambda: ann.client.state.link.attempt == 7)
            stage.network.up = True
            began = stage.clock.monotonic()
            while ann.client.state.link.status is not S.ONLINE:
                ann.client.wake()
                await asyncio.sleep(0.01)
            assert stage.clock.monotonic() - began < 0.5

    simulate(story())


def test_client_that_types_while_offline_does_not_knock_at_every_key() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up = False
        async with stage.actor("ann") as ann:
            for _ in range(1000):
                ann.client.wake()
                await asyncio.sleep(0.01)
        assert len(stage.network.tries) <= 51

    simulate(story())


def test_client_goes_on_when_a_fault_of_its_own_ends_a_connection(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            faults = iter([RuntimeError("a fault of ours")])

            def faulty(*_: object) -> None:
                for fault in faults:
                    raise fault

            monkeypatch.setattr(ann.client._engine.remembering, "look", faulty)
            await ann.client.online(10)
            assert ann.statuses() == [S.CONNECTING, S.WAITING, S.CONNECTING, S.ONLINE]

    simulate(story())
    assert "a fault of ours" in caplog.text


def test_online_says_why_it_is_not_when_the_time_is_over() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up = False
        async with stage.actor("ann") as ann:
            with pytest.raises(Disconnected, match=r"Nobody listens there\."):
                await ann.client.online(3)
            assert not ann.client.state.link.lost
            assert stage.clock.monotonic() == pytest.approx(3, abs=0.1)
        with pytest.raises(Disconnected, match="closed"):
            await ann.client.online()

    simulate(story())


def test_client_gives_up_when_the_address_cannot_be_used() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up, stage.network.fault = False, UsageFault("That socket belongs to another user.")
        async with stage.actor("ann") as ann:
            with pytest.raises(Disconnected, match="another user"):
                await ann.client.online()

    simulate(story())


@pytest.mark.parametrize("name", ["", "ann bob", "-", "x" * 33])
def test_client_refuses_a_name_that_no_server_takes(name: str) -> None:
    async def story() -> None:
        with pytest.raises(UsageFault):
            Stage(1).actor(name)

    simulate(story())


@pytest.mark.parametrize("after_s", [0.0, 0.0005, 0.001, 0.003, 0.01])
def test_client_closes_cleanly_at_any_moment(after_s: float) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann"):
            await asyncio.sleep(after_s)
        await asyncio.sleep(1)
        assert not stage.world.sessions

    simulate(story())


def test_client_says_goodbye_when_it_closes() -> None:
    async def story() -> None:
        stage = Stage(1)
        said: list[bytes] = []

        def listen(from_client: bool, frame: bytes) -> Fate:
            said.append(frame)
            return Fate.PASS

        stage.network.hand = listen
        async with stage.actor("ann") as ann:
            await ann.client.online()
        assert b"client_left" in said[-1]
        await ann.client.close()

    simulate(story())


def test_client_closes_although_the_server_hears_nothing() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.hand = dead
        assert stage.clock.monotonic() < 2

    simulate(story())


# --- calls -------------------------------------------------------------------------------------------------------


def test_call_fails_with_the_servers_words() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.refuse = lambda request: No(Refusal.BUSY, 4.0) if isinstance(request, SetTopic) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            with pytest.raises(CallFailed) as told:
                await ann.client.call(SetTopic(conversation=1, topic="x"))
            assert (told.value.code, told.value.final, told.value.retry_after) == (Refusal.BUSY, False, 4.0)
            with pytest.raises(CallFailed) as told:
                await ann.client.join("nowhere", create=False)
            assert (told.value.code, told.value.final) == (Refusal.NO_CONVERSATION, True)

    simulate(story())


def test_call_fails_at_once_when_there_is_no_connection() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.network.up = False
        ann = stage.actor("ann")
        with pytest.raises(Disconnected, match="Not connected yet"):
            await ann.client.call(ListUsers())
        async with ann:
            await asyncio.sleep(0.1)
            with pytest.raises(Disconnected, match="Nobody listens there"):
                await ann.client.call(ListUsers())

    simulate(story())


def test_call_fails_when_the_connection_is_lost_before_its_answer() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.hand = lambda from_client, frame: Fate.LAST
            with pytest.raises(Disconnected, match="The connection was lost"):
                await ann.client.call(SetTopic(conversation=1, topic="x"))
            stage.network.hand = lambda from_client, frame: Fate.PASS
            await ann.client.online()

    simulate(story())


def test_call_fails_when_there_is_no_answer_in_time() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.hand = dead
            with pytest.raises(Disconnected, match=r"did not answer within 0\.5 s"):
                await ann.client.call(SetTopic(conversation=1, topic="x"), timeout_s=0.5)

    simulate(story())


def test_call_that_is_too_long_is_refused_here() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            with pytest.raises(CallFailed) as told:
                await ann.client.call(SetTopic(conversation=1, topic="x" * 70_000))
            assert told.value.code is Refusal.TOO_LONG
            assert "set_topic" not in stage.world.calls
            await ann.client.call(SetTopic(conversation=1, topic="x" * 16_000))
            assert ann.client.state.link.status is S.ONLINE
            assert stage.network.connects == 1

    simulate(story())


def test_call_that_the_server_does_not_know_is_refused_by_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        stage.world.refuse = lambda request: No(Refusal.UNKNOWN_REQUEST) if isinstance(request, ListChannels) else None
        async with stage.actor("ann") as ann:
            await ann.client.online()
            with pytest.raises(CallFailed) as told:
                await ann.client.call(ListChannels())
            assert told.value.code is Refusal.UNKNOWN_REQUEST

    simulate(story())


# --- who one is --------------------------------------------------------------------------------------------------


def test_client_comes_back_under_its_new_name() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            await ann.client.call(Rename(name="zoe"))
            me = ann.client.state.me
            assert me is not None and me.name == "zoe"
            await lose(stage, ann)
            await ann.client.online()
            assert ann.client.state.me == me
            assert list(stage.world.names.values()) == ["zoe"]

    simulate(story())


def test_client_starts_anew_when_the_name_belongs_to_another_account_now() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.up = False
            await lose(stage, ann)
            cid = ann.say("from the old ann")
            stage.world.names[1] = "zoe"
            stage.world.account("ann")
            stage.network.up = True
            await ann.client.online()
            me = ann.client.state.me
            assert me is not None and me.id == 2
            with pytest.raises(CallFailed, match="another account"):
                await ann.client.sent(cid)
            assert stage.general.log == []
            assert ann.room().unsent == ()

    simulate(story())


def test_round_trip_is_measured_now_and_then() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            before = ann.client.state.link.latency_ms
            await ann.client.sent(ann.say("x"))
            await asyncio.sleep(6)
            after = ann.client.state.link.latency_ms
            assert before is not None and after is not None
            assert after != before
            assert math.isclose(after, 1.0, abs_tol=0.5), "the time a commit takes in this world"

    simulate(story())
