"""Edits and deletions as they reach a client: beside pages, in catch-ups, with the connection cut again and again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.check.simulation.wires import Fate
from chat_core.client import CallFailed, Disconnected
from chat_core.client.state.amending import STRAYS
from chat_core.client.state.changes import MessageChanged
from chat_core.protocol.codes import Refusal
from tests.simulation.stage import Actor, Stage


def after_a_page_was_read(stage: Stage, happen: Callable[[], object]) -> None:
    """Have something happen once, after the next page was read and before it is answered."""
    real = stage.world._history

    def crossing(session: object, request: object) -> object:
        page = real(session, request)  # type: ignore[arg-type]
        stage.world._history = real  # type: ignore[method-assign]
        happen()
        return page

    stage.world._history = crossing  # type: ignore[method-assign, assignment]


def same(actor: Actor, stage: Stage) -> bool:
    """Return whether a client has all messages as they stand."""
    return list(actor.room().timeline) == stage.general.messages()


def test_author_edits_and_deletes_and_everybody_sees_it() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            for actor in (ann, bob):
                await actor.client.online()
            for body in ("one", "two"):
                await ann.client.sent(ann.say(body))
            edited = await ann.client.edit(1, 1, "uno")
            deleted = await ann.client.delete(1, 2)
            assert (edited.seq, deleted.seq) == (3, 4)
            assert await ann.client.edit(1, 1, "uno") == type(edited)(
                conversation=1, seq=3, ts=edited.ts, duplicate=True
            )
            for actor in (ann, bob):
                await actor.until(lambda actor=actor: actor.room().position.seq == 4)  # type: ignore[misc]
                assert [(each.body, each.edits, each.deleted) for each in actor.room().timeline] == [
                    ("uno", 1, False),
                    ("", 0, True),
                ]
                assert [change.seq for change in actor.changed(MessageChanged)] == [1, 2]
            with pytest.raises(CallFailed) as refused:
                await bob.client.edit(1, 1, "mine")
            assert refused.value.code == Refusal.NOT_ALLOWED

    simulate(story())


def test_page_that_crosses_a_change_shows_the_message_as_it_stands() -> None:
    async def story() -> None:
        stage = Stage(1)
        for number in range(9):
            stage.world.write(stage.general, "eve", f"{number}")
        async with stage.actor("ann") as ann:
            await ann.client.online()

            def change() -> None:
                stage.world.edit(stage.general, 4, "edited")
                stage.world.delete(stage.general, 5)
                stage.world.edit(stage.general, 4, "edited again")

            after_a_page_was_read(stage, change)
            assert await ann.client.load_older(1) == 9
            assert stage.world.calls.count("history") == 1
            assert same(ann, stage)
            stage.world.edit(stage.general, 4, "and again")
            await ann.until(lambda: same(ann, stage))

    simulate(story())


def test_page_that_crosses_more_changes_than_are_kept_is_read_again() -> None:
    async def story() -> None:
        stage = Stage(1)
        for number in range(9):
            stage.world.write(stage.general, "eve", f"{number}")
        async with stage.actor("ann") as ann:
            await ann.client.online()

            def storm() -> None:
                for number in range(STRAYS + 1):
                    stage.world.edit(stage.general, 1 + number % 9, f"edit {number}")

            after_a_page_was_read(stage, storm)
            assert await ann.client.load_older(1) == 9
            assert stage.world.calls.count("history") == 2
            assert same(ann, stage)

    simulate(story())


async def until_done(actor: Actor, act: Callable[[], object]) -> None:
    """Do something until it was answered, however often the connection is lost."""
    while True:
        await actor.client.online()
        try:
            await act()  # type: ignore[misc]
        except Disconnected:
            continue
        except CallFailed as failed:
            assert failed.code == Refusal.NO_MESSAGE, "it was deleted by the call whose answer was lost"
        return


async def change_minds(stage: Stage, actor: Actor, seed: int) -> None:
    """Post, edit, delete and read back at random."""
    chance = random.Random(seed)
    own: list[int] = []
    for number in range(25):
        own.append((await actor.client.sent(actor.say(f"{actor.name} {number}"))).seq)
        seq = chance.choice(own)
        match chance.randrange(4):
            case 0 | 1:
                body = f"{actor.name} edits {seq} {number}"
                await until_done(actor, lambda seq=seq, body=body: actor.client.edit(1, seq, body))  # type: ignore[misc]
            case 2:
                own.remove(seq)
                await until_done(actor, lambda seq=seq: actor.client.delete(1, seq))  # type: ignore[misc]
            case _:
                await until_done(actor, lambda: actor.client.load_older(1, 7))


@pytest.mark.parametrize("seed", range(8))
def test_everybody_has_the_same_messages_when_minds_change_and_cuts_never_stop(seed: int) -> None:
    async def story() -> None:
        stage = Stage(seed, page=7)
        for number in range(30):
            stage.world.write(stage.general, "ann" if number % 2 else "bob", f"before {number}")
        chance = random.Random(1000 + seed)
        faults = stage.world.faults
        faults.swap_pushes, faults.skip_push, faults.lag = 0.1, 0.05, 0.03
        stage.network.hand = lambda _from_client, _frame: (
            Fate.PASS if chance.randrange(60) else chance.choice((Fate.LOST, Fate.TORN, Fate.LAST, Fate.SILENT))
        )
        async with stage.actor("ann") as ann, stage.actor("bob") as bob:
            await asyncio.gather(*(actor.client.online() for actor in (ann, bob)))
            await asyncio.gather(*(change_minds(stage, actor, seed + at) for at, actor in enumerate((ann, bob))))
            stage.network.hand = lambda _from_client, _frame: Fate.PASS
            stage.world.faults = type(faults)()
            stage.world.write(stage.general, "eve", "the end")
            for actor in (ann, bob):
                await actor.until(lambda actor=actor: actor.room().position.seq == stage.general.head)  # type: ignore[misc]
                while await actor.client.load_older(1, 9):
                    pass
                assert same(actor, stage)
                kinds = {type(event.event).__name__ for event in actor.changes if hasattr(event, "event")}
                assert {"MessageEdited", "MessageDeleted"} <= kinds

    simulate(story())
