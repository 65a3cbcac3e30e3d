"""What happened to an account while its client did not run is told at the next start, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chat_core.client.state.changes import Delivered, PutOut
from chat_core.protocol.events import AccountSanctioned, Invited
from chat_core.protocol.requests.order import InviteMember, SanctionAccount, SanctionMember, SetRules
from tests.support.processes import ServerProcess
from tests.support.stores import change
from tests.support.watching import Watched


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """Run a server on which ann is a moderator."""
    with ServerProcess(tmp_path / "data") as running:
        async with Watched(running.address, "ann"):
            pass
        change(tmp_path / "data" / "chat.db", "UPDATE accounts SET role = 'moderator' WHERE name = 'ann'")
        yield running


def told(one: Watched) -> list[str]:
    """Return what a client was told of its account, in order."""
    found: list[str] = []
    for each in one.changes:
        match each:
            case PutOut():
                found.append(f"{each.reason} from {each.target} by {each.name}: {each.text}")
            case Delivered(event=Invited() as event):
                found.append(f"invited to #{event.channel} by {event.name}")
            case Delivered(event=AccountSanctioned() as event):
                found.append(f"{event.act} by {event.name}: {event.reason}")
            case _:
                pass
    return found


async def test_client_tells_what_happened_to_its_account_between_two_of_its_lives_once(
    server: ServerProcess, tmp_path: Path
) -> None:
    async with Watched(server.address, "ann") as ann:
        closed, tea, inn = [await ann.client.join(name) for name in ("closed", "tea", "inn")]
        await ann.client.call(SetRules(conversation=closed, visibility="invite"))
        async with Watched(server.address, "bob", outbox=tmp_path / "laptop") as bob:
            for name in ("tea", "inn"):
                await bob.client.join(name)
            assert told(bob) == [], "nothing is old news to a device that was never there"

        await ann.client.call(InviteMember(conversation=closed, account="bob"))
        await ann.client.call(SanctionAccount(account="bob", act="warn", reason="tone"))
        await ann.client.call(SanctionMember(conversation=tea, account="bob", act="kick", reason="spam"))
        await ann.client.call(SanctionMember(conversation=inn, account="bob", act="kick", reason="noise"))
        async with Watched(server.address, "bob") as phone:
            await phone.client.join("inn")

        async with Watched(server.address, "bob", outbox=tmp_path / "laptop") as bob:
            await bob.until(lambda: len(told(bob)) == 3)
            # Who is back in #inn by another device need not be told that it was put out of it.
            assert sorted(told(bob)) == [
                "invited to #closed by ann",
                "kicked from #tea by ann: spam",
                "warn by ann: tone",
            ]
        async with (
            Watched(server.address, "bob", outbox=tmp_path / "laptop") as again,
            Watched(server.address, "bob", outbox=tmp_path / "new") as new,
        ):
            await ann.client.call(SanctionAccount(account="bob", act="warn", reason="last"))
            for device in (again, new):
                await device.until(lambda device=device: bool(told(device)))  # type: ignore[misc]
                assert told(device) == ["warn by ann: last"]
