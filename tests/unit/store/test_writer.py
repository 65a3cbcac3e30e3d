"""The writer's thread and its side on the loop, with commits that a test can hold up or let fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from chat_core.protocol.codes import Refusal
from chat_core.server.store import writer as writer_module
from chat_core.server.store.base import Committed, Op, Refused, StoreBroken
from chat_core.server.store.people import SignInByName
from chat_core.server.store.writer import Writer


class Held:
    """Commits that wait for a sign, and note what they were given."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.batches: list[list[int]] = []
        self.error: Exception | None = None
        self.ended = False

    def __call__(self, ops: Sequence[Op]) -> Sequence[Committed | Exception]:
        numbers = [op.ts for op in ops if isinstance(op, SignInByName)]
        self.batches.append(numbers)
        self.begun.release()
        assert self.go_on.acquire(timeout=20)
        if self.error is not None:
            raise self.error
        return [Committed(reply=number) for number in numbers]

    def end(self) -> None:
        self.ended = True

    async def one_begun(self) -> None:
        assert await asyncio.get_running_loop().run_in_executor(None, self.begun.acquire, True, 20)


def op(number: int) -> Op:
    return SignInByName("ann", number)


async def settled(*answers: asyncio.Future[Any]) -> list[Any]:
    return await asyncio.gather(*answers, return_exceptions=True)


async def test_writer_takes_whatever_arrived_while_its_last_commit_ran() -> None:
    commit = Held()
    handed: list[list[int]] = []
    writer = Writer(commit, commit.end, lambda outcomes: handed.append([outcome.reply for outcome in outcomes]))
    answers = [writer.put(op(0))]
    await commit.one_begun()

    answers += [writer.put(op(number)) for number in range(1, 2502)]
    for _ in range(4):
        commit.go_on.release()

    assert await settled(*answers) == list(range(2502))
    assert commit.batches == handed
    assert [len(batch) for batch in handed] == [1, 1000, 1000, 501]
    await writer.close()
    assert commit.ended


async def test_writer_writes_nothing_more_when_a_commit_broke() -> None:
    commit = Held()
    commit.error = StoreBroken("the disk")
    handed: list[object] = []
    writer = Writer(commit, commit.end, handed.append)
    first = writer.put(op(1))
    await commit.one_begun()
    queued = [writer.put(op(2)), writer.put(op(3))]

    commit.go_on.release()
    broken = await settled(first, *queued, writer.put(op(4)))
    late = await settled(writer.put(op(5)))

    assert [type(one) for one in broken + late] == [StoreBroken] * 5
    assert len({id(one) for one in broken}) == 4
    assert (commit.batches, handed) == ([[1]], [])
    await writer.close()
    assert commit.ended


async def test_writer_answers_as_broken_when_a_commit_meets_a_fault_of_ours() -> None:
    commit = Held()
    commit.error = ZeroDivisionError()
    writer = Writer(commit, commit.end, lambda _: None)
    commit.go_on.release()

    assert [type(one) for one in await settled(writer.put(op(1)), writer.put(op(2)))] == [StoreBroken] * 2
    await writer.close()


async def test_writer_refuses_for_a_time_when_too_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "QUEUED_OPS", 3)
    commit = Held()
    writer = Writer(commit, commit.end, lambda _: None)
    answers = [writer.put(op(number)) for number in range(3)]

    with pytest.raises(Refused) as caught:
        writer.put(op(3))
    assert caught.value.code is Refusal.BUSY
    assert caught.value.retry_after is not None
    for _ in range(4):
        commit.go_on.release()
    assert await settled(*answers) == [0, 1, 2]
    assert await settled(writer.put(op(4))) == [4]
    await writer.close()


async def test_writer_takes_no_more_once_it_is_closing() -> None:
    commit = Held()
    writer = Writer(commit, commit.end, lambda _: None)
    answer = writer.put(op(1))
    closing = asyncio.gather(writer.close(), writer.close())
    await asyncio.sleep(0)

    with pytest.raises(Refused) as caught:
        writer.put(op(2))
    assert caught.value.code is Refusal.SHUTTING_DOWN
    assert not closing.done()
    commit.go_on.release()
    await closing
    assert answer.result() == 1


def test_writer_ends_quietly_when_its_loop_has_ended() -> None:
    commit = Held()

    async def leave() -> Writer:
        left = Writer(commit, commit.end, lambda _: None)
        left.put(op(1))
        await commit.one_begun()
        left._queue.put(None)
        return left

    left = asyncio.run(leave())
    commit.go_on.release()
    left._thread.join(20)

    assert commit.ended
