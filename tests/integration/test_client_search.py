"""Two clients of the library that search what they said, one of them cut off in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chat_core.client import CallFailed, LinkStatus
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.search import SearchResults
from tests.support.people import unique
from tests.support.processes import ServerProcess
from tests.support.watching import WAIT_S, Watched


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path / "data") as running:
        yield running


async def found(one: Watched, query: str, **more: int | str) -> SearchResults:
    """Search until the index knows of everything."""
    async with asyncio.timeout(WAIT_S):
        while True:
            results = await one.client.search(query, **more)  # type: ignore[arg-type]
            if not results.behind:
                return results


def seqs(results: SearchResults) -> list[int]:
    return [hit.message.seq for hit in results.hits]


async def test_both_find_the_same_when_one_was_cut_off_and_the_server_was_killed(server: ServerProcess) -> None:
    channel = unique("room")
    async with Watched(server.address, "ann") as ann, Watched(server.address, "bob") as bob:
        number = await ann.client.join(channel)
        await bob.client.join(channel)
        await ann.client.sent(ann.client.post(number, "the disk is full"))
        await bob.client.sent(bob.client.post(number, "which disk?"))
        assert seqs(await found(ann, "disk")) == seqs(await found(bob, "disk")) == [2, 1]

        # Killed between the commit and the index: what follows was acknowledged, so it must be found.
        await ann.client.sent(ann.client.post(number, "the disk of web-01"))
        await ann.client.edit(number, 1, "the tape is full")
        server.kill()
        for one in (ann, bob):
            await one.until(lambda one=one: one.client.state.link.status is LinkStatus.WAITING)  # type: ignore[misc]
        unsent = bob.client.post(number, "disk written while cut off")
        server.start()
        for one in (ann, bob):
            one.client.wake()
            await one.client.online(WAIT_S)
        sent = await bob.client.sent(unsent)

        for one in (ann, bob):
            await one.until(lambda one=one: len(one.bodies(f"#{channel}")) == 4)  # type: ignore[misc]
            results = await found(one, "disk", where=number)
            assert seqs(results) == [sent.seq, 3, 2]
            # What is found is what the timeline has.
            known = one.client.state.conversations[number].timeline
            assert [hit.message for hit in results.hits] == [known.find(seq) for seq in seqs(results)]
        assert seqs(await found(bob, f"tape in:#{channel}")) == [1]


async def test_search_goes_on_where_the_answer_before_ended(server: ServerProcess) -> None:
    async with Watched(server.address, "ann") as ann:
        number = await ann.client.join("room")
        for index in range(5):
            await ann.client.sent(ann.client.post(number, f"word {index}"))
        await found(ann, "word")

        first = await ann.client.search("word", limit=3)
        second = await ann.client.search("word", limit=3, cursor=first.cursor)

        assert seqs(first) + seqs(second) == [5, 4, 3, 2, 1]
        assert not second.cursor


async def test_search_means_the_days_of_this_machine(server: ServerProcess) -> None:
    async with Watched(server.address, "ann") as ann:
        number = await ann.client.join("room")
        await ann.client.sent(ann.client.post(number, "today"))
        ts = (await found(ann, "today")).hits[0].message.ts
        here = datetime.fromtimestamp(ts / 1000, UTC).astimezone()

        assert len((await ann.client.search(f"today on:{here:%Y-%m-%d}")).hits) == 1
        assert len((await ann.client.search(f"today before:{here:%Y-%m-%d}")).hits) == 0
        assert len((await ann.client.search(f"today after:{here - timedelta(days=1):%Y-%m-%d}")).hits) == 1


async def test_search_failure_is_made_for_people(server: ServerProcess) -> None:
    async with Watched(server.address, "ann") as ann:
        with pytest.raises(CallFailed) as failed:
            await ann.client.search('an "open quote')

    assert failed.value.code == Refusal.BAD_QUERY
    assert str(failed.value) == "The quote at character 4 is not closed: close it, or leave it out."
