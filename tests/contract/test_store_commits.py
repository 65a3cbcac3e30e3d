"""Every store: what happens around a commit: order, cancellation, restart, snapshots."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from chat_core.base.tasks import spawn
from chat_core.protocol.codes import Refusal
from chat_core.server.store.base import ANNOUNCEMENTS, GENERAL, Committed, Op, Reader, Refused
from chat_core.server.store.conversations import JoinChannel
from tests.contract.world import ANNOUNCEMENTS_ID, GENERAL_ID, MakeWorld, World


async def test_new_store_has_an_epoch_and_the_two_conversations_everybody_is_in(world: World) -> None:
    assert world.boot.epoch
    assert {(head.conversation, head.seq, head.eid) for head in world.boot.heads} == {
        (GENERAL_ID, 0, b""),
        (ANNOUNCEMENTS_ID, 0, b""),
    }
    [ann] = await world.sign_in("ann")
    assert (await world.find(ann, f"#{GENERAL}")).kind == "channel"
    assert (await world.find(ann, f"#{ANNOUNCEMENTS}")).kind == "announcements"


async def test_epochs_of_two_stores_differ(make_world: MakeWorld) -> None:
    async with make_world() as one, make_world() as other:
        assert one.boot.epoch != other.boot.epoch


async def test_restarted_store_goes_on_where_it_was(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.together(*(world.message(ann) for _ in range(3)))
    epoch, log, list_ = (
        world.boot.epoch,
        await world.log(GENERAL_ID),
        await world.list_of(ann),
    )

    await world.reopen()

    assert world.boot.epoch == epoch
    [general] = [head for head in world.boot.heads if head.conversation == GENERAL_ID]
    assert (general.seq, general.eid) == (3, log[-1].eid)
    assert await world.log(GENERAL_ID) == log
    assert await world.list_of(ann) == list_
    assert await world.post(ann) == [4]


async def test_callers_go_on_after_the_commit_was_handed_out(world: World) -> None:
    [ann] = await world.sign_in("ann")
    order: list[str] = []

    async def one(number: int) -> None:
        seq = (await world.write(world.message(ann)))[1]
        assert seq in {event.seq for event in world.events()}, "handed out before"
        order.append(f"answer {number}")

    await asyncio.gather(*(one(number) for number in range(30)))

    assert order == [f"answer {number}" for number in range(30)]
    assert [event.seq for event in world.events()] == list(range(1, 31))


async def test_one_bad_op_fails_alone_when_it_is_in_a_batch(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    bad: list[Op] = [
        world.message(ann, 99),
        world.message(ann, "#announcements"),
        JoinChannel(ann, "two words", create=True, ts=1),
        JoinChannel(bob, "none", create=False, ts=1),
    ]
    ops = [op for one in bad for op in (world.message(ann), one, world.message(bob))]

    replies = await world.together(*ops)

    assert [isinstance(reply, Refused) for reply in replies] == [False, True, False] * 4
    assert [reply[1] for reply in replies if isinstance(reply, tuple)] == list(range(1, 9))
    assert [event.seq for event in await world.log(GENERAL_ID)] == list(range(1, 9))


async def test_op_is_carried_out_when_its_caller_is_cancelled(world: World) -> None:
    [ann] = await world.sign_in("ann")
    callers = [spawn(f"caller {number}", world.write(world.message(ann))) for number in range(10)]
    await asyncio.sleep(0)  # they have queued their ops

    for caller in callers[::2]:
        caller.cancel()
    ended = await asyncio.gather(*callers, return_exceptions=True)

    assert [isinstance(one, asyncio.CancelledError) for one in ended] == [True, False] * 5
    assert await world.post(ann) == [11]
    assert [event.seq for event in world.events()] == list(range(1, 12))


async def test_store_stays_in_use_when_handing_out_fails(make_world: MakeWorld) -> None:
    async with make_world() as world:
        await world.store.close()
        handed: list[int] = []

        def clumsy(outcomes: Sequence[Committed]) -> None:
            handed.append(len(outcomes))
            raise RuntimeError("a fault of whoever is told")

        world.store = world._make()
        await world.store.open(clumsy)
        [ann] = await world.sign_in("ann")

        assert await world.post(ann) == [1]
        assert handed == [1, 1]


async def test_close_commits_what_is_queued(world: World) -> None:
    [ann] = await world.sign_in("ann")
    queued = [spawn("post", world.write(world.message(ann))) for _ in range(2500)]
    await asyncio.sleep(0)

    await world.store.close()

    assert [(await post)[1] for post in queued] == list(range(1, 2501))
    assert len(world.events()) == 2500
    await world.reopen()
    assert len(await world.log(GENERAL_ID)) == 2500


async def test_closed_store_refuses_reads_and_writes(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.store.close()
    await world.store.close()

    assert await world.refused(world.message(ann)) is Refusal.SHUTTING_DOWN
    with pytest.raises(Refused) as caught:
        await world.find(ann, GENERAL_ID)
    assert caught.value.code is Refusal.SHUTTING_DOWN
    await world.reopen()


async def test_read_shows_one_snapshot_while_writes_go_on(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.post(ann)
    began, go_on = threading.Event(), threading.Event()

    def slow(reader: Reader) -> tuple[int, int]:
        before = reader.find(ann, GENERAL_ID).head
        began.set()
        assert go_on.wait(20)
        return before, len(reader.events(GENERAL_ID, 0, 99, 99))

    reading = spawn("slow read", world.read(slow))
    await asyncio.get_running_loop().run_in_executor(None, began.wait, 20)
    await world.post(ann)
    assert (await world.find(ann, GENERAL_ID)).head == 2, "another reader sees it already"
    go_on.set()

    assert await reading == (1, 1)


async def test_read_raises_what_the_query_raises(world: World) -> None:
    def query(reader: Reader) -> None:
        raise LookupError("mine")

    for _ in range(5):
        with pytest.raises(LookupError, match="mine"):
            await world.read(query)
    assert (await world.read(lambda reader: reader.users("", 1))) == ([], False)


async def test_loop_runs_on_while_the_store_works(world: World) -> None:
    [ann] = await world.sign_in("ann")
    working = asyncio.gather(*(world.write(world.message(ann)) for _ in range(1500)))
    turns = 0

    while not working.done():
        turns += 1
        await asyncio.sleep(0)

    assert turns > 20
    assert len(await working) == 1500
