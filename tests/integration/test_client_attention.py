"""What is unread and what mentions somebody: the same on all devices, also on one that was cut off in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

from chat_core.client import LinkStatus
from chat_core.client.state.model import ConversationState
from chat_core.protocol.requests.conversations import MarkRead
from tests.support.processes import ServerProcess
from tests.support.watching import Watched


def numbers(one: Watched, target: str = "#general") -> tuple[int, int, int]:
    room: ConversationState = one.room(target)
    return room.read, room.unread, room.mentions


async def test_numbers_are_the_same_on_all_devices_and_after_a_cut(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with (
            Watched(server.address, "ann") as ann,
            Watched(server.address, "bob") as bob,
            Watched(server.address, "bob") as phone,
        ):
            number = ann.room("#general").id
            for body in ("one", "@bob two", "three", "@bob four"):
                await ann.client.sent(ann.client.post(number, body))
            for one in (bob, phone):
                await one.until(lambda one=one: numbers(one) == (0, 4, 2))  # type: ignore[misc]
            bob.client.mark_read(number, 3)
            await phone.until(lambda: numbers(phone) == (3, 1, 1))

            await asyncio.to_thread(server.kill)
            await phone.until(lambda: phone.client.state.link.status is not LinkStatus.ONLINE)
            await phone.client.close()  # for good: what happens now it hears of in a resume only
            await asyncio.to_thread(server.start)
            for one in (ann, bob):
                one.client.wake()
                await one.client.online(20)
            await ann.client.edit(number, 3, "@bob three")
            await ann.client.delete(number, 4)
            await ann.client.sent(ann.client.post(number, "five"))
            await bob.client.call(MarkRead(conversation=number, seq=1, back=True))
            await bob.until(lambda: numbers(bob) == (1, 3, 2))
            async with Watched(server.address, "bob") as again:
                await again.until(lambda: numbers(again) == (1, 3, 2))
                # It knows nothing but the numbers: what changes among what it does not know, it asks for.
                await ann.client.delete(number, 2)
                for one in (bob, again):
                    await one.until(lambda one=one: numbers(one) == (1, 2, 1))  # type: ignore[misc]
                again.client.mark_all_read()
                await bob.until(lambda: numbers(bob)[1:] == (0, 0))
                found = await again.client.mentions()
                assert [hit.message.body for hit in found.hits] == ["@bob three"]


async def test_device_that_comes_back_has_the_marker_that_went_back_meanwhile(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
            number = ann.room("#general").id
            for body in ("@bob one", "two"):
                await ann.client.sent(ann.client.post(number, body))
            await bob.until(lambda: numbers(bob) == (0, 2, 1))
            bob.client.mark_read(number, 2)
            async with Watched(server.address, "bob") as phone:
                await phone.until(lambda: numbers(phone) == (2, 0, 0))
                await asyncio.to_thread(server.kill)
                for one in (bob, phone):
                    await one.until(lambda one=one: one.client.state.link.status is not LinkStatus.ONLINE)  # type: ignore[misc]
                await asyncio.to_thread(server.start)
                phone.client.wake()
                await phone.client.online(20)
                await phone.client.call(MarkRead(conversation=number, seq=0, back=True))
                bob.client.wake()
                await bob.client.online(20)
                for one in (bob, phone):
                    await one.until(lambda one=one: numbers(one) == (0, 2, 1))  # type: ignore[misc]
