"""What somebody writes whom one ignores is nothing new on any device, also on one that knows numbers only."""

from __future__ import annotations

from pathlib import Path

from chat_core.protocol.requests.conversations import Join
from chat_core.protocol.requests.private import SetIgnored
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


def numbers(one: Watched) -> dict[str, tuple[int, int, int]]:
    rooms = (one.room("#general"), one.room("#ops"))
    return {room.target: (room.read, room.unread, room.mentions) for room in rooms}


async def test_numbers_leave_out_whom_one_ignores_on_all_devices(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with (
            Watched(server.address, "eve") as eve,
            Watched(server.address, "ann") as ann,
            Watched(server.address, "bob") as bob,
        ):
            for one in (eve, ann, bob):
                await one.client.call(Join(channel="ops"))
                await one.until(lambda one=one: one.client.state.by_target("#ops") is not None)  # type: ignore[misc]
            general, ops = ann.room("#general").id, ann.room("#ops").id
            for place, who, body in (
                (general, eve, "@bob one"),
                (general, ann, "@bob two"),
                (ops, eve, "@bob one"),
                (ops, eve, "two"),
            ):
                await who.client.sent(who.client.post(place, body))
            everything = {"#general": (0, 2, 2), "#ops": (0, 2, 1)}
            await bob.until(lambda: numbers(bob) == everything)
            async with Watched(server.address, "bob") as phone:  # it has seen none of them
                await phone.until(lambda: numbers(phone) == everything)

                await bob.client.call(SetIgnored(account="eve", ignored=True))

                without = {"#general": (0, 1, 1), "#ops": (0, 0, 0)}
                for one in (bob, phone):
                    await one.until(lambda one=one: numbers(one) == without)  # type: ignore[misc]
                await eve.client.sent(eve.client.post(ops, "@bob three"))
                await ann.client.sent(ann.client.post(ops, "@bob four"))
                without = {"#general": (0, 1, 1), "#ops": (0, 1, 1)}
                for one in (bob, phone):
                    await one.until(lambda one=one: numbers(one) == without)  # type: ignore[misc]
                async with Watched(server.address, "bob") as late:
                    await late.until(lambda: numbers(late) == without)
                found = await bob.client.mentions()
                assert [hit.message.body for hit in found.hits] == ["@bob four", "@bob two"]

                await phone.client.call(SetIgnored(account="eve", ignored=False))

                again = {"#general": (0, 2, 2), "#ops": (0, 4, 3)}
                for one in (bob, phone):
                    await one.until(lambda one=one: numbers(one) == again)  # type: ignore[misc]
