"""Moderation on a real server, with real clients: what the author is told, what the others see, what the log keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat_core.client import CallFailed, LinkStatus
from chat_core.client.state.changes import Delivered, PutOut
from chat_core.protocol.events import AccountSanctioned
from chat_core.protocol.requests.moderation import ListModeration, SetModeration
from tests.support.commands import run_core
from tests.support.processes import ServerProcess
from tests.support.watching import Watched

LOUD = "WHY DOES NOBODY LISTEN"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """Run a server on which shouting kicks."""
    with ServerProcess(tmp_path / "data", env={"CHAT_CORE_MODERATION_SHOUTING": "kick"}) as running:
        yield running


def warnings(one: Watched) -> list[str]:
    """Return the reasons of the warnings that a client was shown."""
    events = [change.event for change in one.changes if isinstance(change, Delivered)]
    return [event.reason for event in events if isinstance(event, AccountSanctioned) and event.act == "warn"]


async def test_shouting_is_warned_about_in_private_and_kicks_from_the_server_the_second_time(
    server: ServerProcess, tmp_path: Path
) -> None:
    async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
        general = bob.room("#general").id
        await bob.client.sent(bob.client.post(general, LOUD))
        await bob.until(lambda: bool(warnings(bob)))
        assert warnings(bob) == [
            "Please do not write in capitals: it reads as shouting. The next time you are put out."
        ]
        with pytest.raises(CallFailed, match="Please do not write in capitals"):
            await bob.client.sent(bob.client.post(general, LOUD + " AGAIN"))
        await bob.until(lambda: bob.client.state.link.status is LinkStatus.REFUSED)
        told = bob.client.state.link.detail
        assert told.startswith("You were put off this server by a rule of this server: Please do not write in capitals")
        await ann.client.sent(ann.client.post(general, "calm"))
        await ann.until(lambda: ann.bodies("#general")[-2:] == [LOUD, "calm"])
        assert warnings(ann) == []
    audited = run_core("audit", "list", "--data", str(tmp_path / "data")).out
    assert "kick" in audited and "warn" in audited and "server" in audited and "bob" in audited
    verified = run_core("audit", "verify", "--data", str(tmp_path / "data"))
    assert verified.code == 0, "what the server does by itself stands in the chain, too"


async def test_name_of_a_file_is_no_shouting_and_its_words_count(server: ServerProcess, tmp_path: Path) -> None:
    picture = tmp_path / "HOLIDAY_PICTURES_OF_ALL_OF_US.JPG"
    picture.write_bytes(b"bright")
    async with Watched(server.address, "ann") as ann:
        general = ann.room("#general").id
        for _ in range(2):
            await ann.client.upload(general, picture)
        with pytest.raises(CallFailed, match="Please do not write in capitals"):
            for body in (LOUD, LOUD + " AGAIN"):
                await ann.client.upload(general, picture, body=body)
    async with Watched(server.address, "bob") as bob, Watched(server.address, "cat") as cat:
        number = await bob.client.join("other")
        await cat.client.join("other")
        for name, value in (("words", "warn"), ("words_list", "*pictures*")):
            await bob.client.call(SetModeration(conversation=number, name=name, value=value))
        with pytest.raises(CallFailed, match="a word in it that is not wanted"):
            await cat.client.upload(number, picture, body="look")


async def test_operators_turn_a_rule_on_for_their_channel_only(server: ServerProcess) -> None:
    async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
        room = await ann.client.join("room")
        await bob.client.join("room")
        with pytest.raises(CallFailed, match="Only operators"):
            await bob.client.call(SetModeration(conversation=room, name="links", value="kick"))
        for name, value in (("links", "kick"), ("warnings", "0"), ("links_allowed", "example.org")):
            await ann.client.call(SetModeration(conversation=room, name=name, value=value))
        listed = {each.name: each for each in (await ann.client.call(ListModeration(conversation=room))).settings}
        assert (listed["links"].value, listed["links"].own) == ("kick", True)
        assert (listed["shouting"].value, listed["shouting"].own) == ("kick", False)

        await ann.client.sent(ann.client.post(room, "https://evil.net"))
        await bob.client.sent(bob.client.post(bob.room("#general").id, "https://evil.net"))
        await bob.client.sent(bob.client.post(room, "https://docs.example.org"))
        with pytest.raises(CallFailed, match=r"Links are not wanted here but to example\.org\."):
            await bob.client.sent(bob.client.post(room, "https://evil.net"))
        await bob.until(lambda: any(isinstance(change, PutOut) for change in bob.changes))
        (out,) = [change for change in bob.changes if isinstance(change, PutOut)]
        assert (out.reason, out.text) == ("kicked", "Links are not wanted here but to example.org.")
        assert bob.client.state.link.status is LinkStatus.ONLINE
