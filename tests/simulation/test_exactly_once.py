"""The five promises as a client can hold them, with the connection cut at every frame (docs/protocol.md)."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from chat_core.check.simulation.time_loop import simulate
from chat_core.check.simulation.wires import Fate, Hand
from tests.simulation.stage import Actor, Stage


async def talk(stage: Stage, *, posts: int, hand: Hand) -> None:
    """Let two clients post at the same time, and check what became of it."""
    ann, bob = stage.actor("ann"), stage.actor("bob")
    stage.network.hand = hand
    async with ann, bob:
        await ann.client.online()
        await bob.client.online()
        ann.never_vanish = bob.never_vanish = True
        await asyncio.gather(chatter(stage, ann, posts), chatter(stage, bob, posts))
        stage.network.hand = lambda from_client, frame: Fate.PASS
        stage.world.faults = type(stage.world.faults)()
        room = stage.world.room("general")
        # Whatever was lost on the way shows at the latest with the next event.
        stage.world.write(room, "eve", "the end")
        for actor in (ann, bob):
            await actor.until(lambda actor=actor: actor.room().position.seq == room.head)  # type: ignore[misc]
        log = [message.body for message in room.messages()]
        assert Counter(log) == Counter(
            [f"{name} {number}" for name in ("ann", "bob") for number in range(posts)] + ["the end"]
        )
        for actor in (ann, bob):
            own = [body for body in log if body.startswith(actor.name)]
            assert own == [f"{actor.name} {number}" for number in range(posts)]
            assert actor.bodies() == log
            assert [event.body for event in actor.told()] == log
            assert actor.room().unsent == ()


async def chatter(stage: Stage, actor: Actor, posts: int) -> None:
    """Post, some at once, some after a while, and wait for every acknowledgement."""
    cids = []
    for number in range(posts):
        cids.append(actor.say(f"{actor.name} {number}"))
        if number % 3 == 2:
            await asyncio.sleep(0.004)
    seqs = [(await actor.client.sent(cid)).seq for cid in cids]
    assert seqs == sorted(seqs)


class CutAt:
    """Cuts at one frame, counted over all connections, or at each that a seed says."""

    def __init__(self, frame: int, fate: Fate) -> None:
        self.frames = 0
        self._frame = frame
        self._fate = fate

    def __call__(self, from_client: bool, frame: bytes) -> Fate:
        self.frames += 1
        return self._fate if self.frames == self._frame else Fate.PASS


@pytest.mark.parametrize("fate", list(Fate)[1:], ids=lambda fate: fate.value)
def test_every_message_arrives_once_and_in_order_when_any_single_frame_is_the_last(fate: Fate) -> None:
    frame = 0
    while True:
        frame += 1
        cut = CutAt(frame, fate)

        async def story(cut: CutAt = cut, seed: int = frame) -> None:
            await talk(Stage(seed), posts=4, hand=cut)

        simulate(story())
        if cut.frames < frame:
            break
    assert frame > 25, "there were that many frames to cut at"


FATES = (Fate.LOST, Fate.TORN, Fate.LAST, Fate.SILENT)
FRAMES = 470
"""Frames of a conversation of two people with fifty posts each, about."""


def test_every_message_arrives_once_when_a_long_conversation_is_cut_here_and_there() -> None:
    for index, frame in enumerate(range(1, FRAMES, 7)):
        cut_fifty_at(frame, FATES[index % len(FATES)])


@pytest.mark.long
@pytest.mark.parametrize("fate", FATES, ids=lambda fate: fate.value)
def test_every_message_arrives_once_when_a_long_conversation_is_cut_at_any_frame(fate: Fate) -> None:
    for frame in range(1, FRAMES):
        cut_fifty_at(frame, fate)


def cut_fifty_at(frame: int, fate: Fate) -> None:
    cut = CutAt(frame, fate)

    async def story() -> None:
        await talk(Stage(frame), posts=50, hand=cut)

    simulate(story())
    assert cut.frames >= frame, "the conversation is shorter than thought"


class CutOften:
    """Cuts at random frames, in every way."""

    def __init__(self, chance: random.Random, every: int) -> None:
        self.cuts = 0
        self._chance = chance
        self._every = every

    def __call__(self, from_client: bool, frame: bytes) -> Fate:
        if self._chance.randrange(self._every):
            return Fate.PASS
        self.cuts += 1
        return self._chance.choice((Fate.LOST, Fate.TORN, Fate.LAST, Fate.LAST, Fate.SILENT))


@pytest.mark.parametrize("seed", range(12))
def test_every_message_arrives_once_and_in_order_when_cuts_and_faults_never_stop(seed: int) -> None:
    hand = CutOften(random.Random(1000 + seed), every=60)

    async def story() -> None:
        stage = Stage(seed, page=7)
        faults = stage.world.faults
        faults.double_answer = 0.1
        faults.swap_pushes = 0.1
        faults.skip_push = 0.03
        faults.refuse_post = 0.1
        faults.lag = 0.02
        faults.forget_answer = 0.05
        await talk(stage, posts=50, hand=hand)

    simulate(story())
    assert hand.cuts > 2
