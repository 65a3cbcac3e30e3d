"""The client library against a real server process: talking, reading back, people, addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.errors import UsageFault
from chat_core.client import CallFailed, Client, Disconnected, LinkStatus, parse_address
from chat_core.client.state.changes import NoticeAdded
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.accounts import Rename
from chat_core.protocol.requests.conversations import SetTopic
from tests.support.people import unique
from tests.support.processes import ServerProcess
from tests.support.watching import WAIT_S, Watched


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run one server for all tests of this file; each uses names of its own."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


async def test_clients_have_the_same_log_when_both_talk_at_once(server: ServerProcess) -> None:
    channel = unique("talk")
    async with Watched(server.address, unique("ann")) as ann, Watched(server.address, unique("bob")) as bob:
        number = await ann.client.join(channel)
        await bob.client.join(channel)
        cids = []
        for index in range(200):
            cids += [(one, one.client.post(number, f"{one.client.state.me} {index}")) for one in (ann, bob)]
        for one, cid in cids:
            await one.client.sent(cid)
        for one in (ann, bob):
            await one.until(lambda one=one: len(one.told(number)) == 400)  # type: ignore[misc]
            assert [event.seq for event in one.told(number)] == list(range(1, 401))
            assert one.room(f"#{channel}").unsent == ()
            own = [body for body in one.bodies(f"#{channel}") if body.startswith(str(one.client.state.me))]
            assert own == [f"{one.client.state.me} {index}" for index in range(200)]
        assert list(ann.room(f"#{channel}").timeline) == list(bob.room(f"#{channel}").timeline)
        assert ann.room(f"#{channel}").unread == 200


async def test_history_of_two_thousand_messages_is_read_back_as_it_was_written(server: ServerProcess) -> None:
    channel = unique("long")
    async with Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join(channel)
        written = [f"message {index}" for index in range(2000)]
        cids = [ann.client.post(number, body) for body in written]
        await ann.client.sent(cids[-1])
        async with Watched(server.address, unique("bob")) as bob:
            await bob.client.join(channel)
            live = ann.client.post(number, "live")
            await ann.client.sent(live)
            counts = []
            while count := await bob.client.load_older(number, 150):
                counts.append(count)
            await bob.until(lambda: bob.bodies(f"#{channel}") == [*written, "live"])
            assert counts == [150] * 13 + [50]
            assert bob.room(f"#{channel}").timeline.at_start


async def test_reader_that_follows_one_channel_gets_all_of_it_and_then_what_comes(server: ServerProcess) -> None:
    channel = unique("tail")
    async with Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join(channel)
        cids = [ann.client.post(number, f"message {index}") for index in range(1000)]
        await ann.client.sent(cids[-1])
        async with Watched(server.address, unique("tail"), follow=False) as tail:
            assert await tail.client.join(channel, create=False) == number
            await tail.client.attach(number, 300)
            await ann.client.sent(ann.client.post(number, "live"))
            await tail.until(lambda: len(tail.told(number)) == 701)
            assert [event.seq for event in tail.told(number)] == list(range(301, 1002))
        async with Watched(server.address, unique("tail"), follow=False) as late:
            await late.client.join(channel)
            await late.client.attach(number, None)
            await ann.client.sent(ann.client.post(number, "later"))
            await late.until(lambda: [event.body for event in late.told(number)] == ["later"])


async def test_direct_conversation_and_unread_messages_reach_every_device(server: ServerProcess) -> None:
    ann_name, bob_name = unique("ann"), unique("bob")
    async with (
        Watched(server.address, ann_name) as ann,
        Watched(server.address, bob_name) as bob,
        Watched(server.address, bob_name) as also_bob,
    ):
        number = await ann.client.open_direct(f"@{bob_name}")
        await ann.client.sent(ann.client.post(number, f"psst @{bob_name}"))
        for one in (bob, also_bob):
            await one.until(lambda one=one: one.client.state.by_target(f"@{ann_name}") is not None)  # type: ignore[misc]
            await one.until(lambda one=one: one.room(f"@{ann_name}").unread == 1)  # type: ignore[misc]
            assert one.room(f"@{ann_name}").mentions == 1
        bob.client.mark_read(number, 1)
        assert bob.room(f"@{ann_name}").unread == 0
        await also_bob.until(lambda: also_bob.room(f"@{ann_name}").unread == 0)
        with pytest.raises(CallFailed) as told:
            await ann.client.leave(number)
        assert told.value.final


async def test_people_are_seen_typing_joining_and_changing_their_names(server: ServerProcess) -> None:
    channel, ann_name, bob_name = unique("people"), unique("ann"), unique("bob")
    new_name = unique("zoe")
    async with Watched(server.address, ann_name) as ann, Watched(server.address, bob_name) as bob:
        number = await ann.client.join(channel)
        await bob.client.join(channel)
        await ann.until(
            lambda: (bob_name,) in [change.notice.names for change in ann.changes if isinstance(change, NoticeAdded)]
        )
        await ann.client.load_members(number)
        assert [(member.name, member.online) for member in ann.room(f"#{channel}").members.members] == sorted(
            [(ann_name, True), (bob_name, True)]
        )
        bob.client.typing(number)
        await ann.until(lambda: [who.name for who in ann.room(f"#{channel}").typing] == [bob_name])
        await bob.client.sent(bob.client.post(number, "hello"))
        await ann.until(lambda: ann.bodies(f"#{channel}") == ["hello"])
        assert ann.room(f"#{channel}").typing == ()
        await bob.client.call(Rename(name=new_name))
        await ann.until(lambda: [message.name for message in ann.room(f"#{channel}").timeline] == [new_name])
        await bob.until(lambda: (me := bob.client.state.me) is not None and me.name == new_name)
        await bob.client.call(SetTopic(conversation=number, topic="what it is about"))
        await ann.until(lambda: ann.room(f"#{channel}").info.topic == "what it is about")
        await bob.client.leave(number)
        await ann.until(lambda: ann.room(f"#{channel}").info.members == 1)
        with pytest.raises(CallFailed) as told:
            await bob.client.call(Rename(name=ann_name))
        assert told.value.code is Refusal.NAME_TAKEN


async def test_client_talks_over_a_unix_socket(home: Path) -> None:
    with ServerProcess(home / "data", "--socket", str(home / "s"), port=None) as server:
        assert server.address == f"chat+unix:{home / 's'}"
        async with Watched(server.address, "ann") as ann:
            number = await ann.client.join("general")
            posted = await ann.client.sent(ann.client.post(number, "hello"))
            assert posted.seq == 1


async def test_client_says_that_nobody_is_there(server: ServerProcess, home: Path) -> None:
    for address, says in (
        ("127.0.0.1:1", "Nobody listens at chat://127.0.0.1:1"),
        (f"chat+unix:{home / 'none'}", "No server listens on the socket"),
    ):
        async with Client(parse_address(address), "ann") as client:
            with pytest.raises(Disconnected, match=says):
                await client.online(0.5)
            assert client.state.link.status in (LinkStatus.WAITING, LinkStatus.CONNECTING)


async def test_client_refuses_what_is_no_chat_server() -> None:
    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(mail, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        async with Client(parse_address(f"127.0.0.1:{port}"), "ann") as client:
            with pytest.raises(Disconnected, match="does not speak this protocol"):
                await client.online(WAIT_S)
            assert client.state.link.status is LinkStatus.REFUSED


async def test_client_says_that_it_got_no_answer_when_somebody_listens_but_is_silent() -> None:
    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    listener = await asyncio.start_server(nothing, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        async with Client(parse_address(f"127.0.0.1:{port}"), "ann") as client:
            with pytest.raises(Disconnected, match="has not answered yet"):
                await client.online(0.5)


async def test_messages_that_the_server_refuses_are_told_and_the_rest_goes_on(server: ServerProcess) -> None:
    channel = unique("refused")
    async with Watched(server.address, unique("ann")) as ann:
        number = await ann.client.join(channel)
        bodies = ["first", "\x00 \u200b", "second", "x" * 20_000, "\udcff surrogate", "third"]
        cids = [ann.client.post(number, body) for body in bodies]
        outcomes = await asyncio.gather(*(ann.client.sent(cid) for cid in cids), return_exceptions=True)
        codes = [outcome.code if isinstance(outcome, CallFailed) else None for outcome in outcomes]
        assert codes == [None, Refusal.EMPTY, None, Refusal.TOO_LONG, None, None]
        await ann.until(lambda: ann.room(f"#{channel}").timeline.count == 4)
        assert [unsent.status for unsent in ann.room(f"#{channel}").unsent] == ["failed", "failed"]
        ann.client.discard(cids[1])
        ann.client.discard(cids[3])
        assert ann.room(f"#{channel}").unsent == ()
        with pytest.raises(UsageFault):
            ann.client.post(number, "x", cid=cids[0])
