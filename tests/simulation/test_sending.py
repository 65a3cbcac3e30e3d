"""What becomes of a message from the moment it is written: waiting, sent, refused, tried again, given up."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.base.errors import UsageFault
from chat_core.base.ids import keyed_cid
from chat_core.check.simulation.time_loop import simulate
from chat_core.check.simulation.wires import Fate
from chat_core.client import CallFailed, Disconnected, LinkStatus
from chat_core.client.state.changes import TimelineReset
from chat_core.client.state.unsent import WINDOW
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import BODY_BYTES
from chat_core.protocol.requests.messages import Post
from tests.simulation.stage import Stage
from tests.simulation.world import No


def log(stage: Stage) -> list[str]:
    return [message.body for message in stage.general.messages()]


def test_message_written_offline_is_sent_as_soon_as_there_is_a_connection() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.up = False
            stage.network.cut_all()
            await ann.until(lambda: ann.client.state.link.status is not LinkStatus.ONLINE)
            cids = [ann.say(f"ann {number}") for number in range(3)]
            assert [unsent.status for unsent in ann.room().unsent] == ["queued"] * 3
            waits = asyncio.gather(*(ann.client.sent(cid) for cid in cids))
            await asyncio.sleep(100)
            stage.network.up = True
            assert [posted.seq for posted in await waits] == [1, 2, 3]
            assert log(stage) == ["ann 0", "ann 1", "ann 2"]

    simulate(story())


def test_message_is_shown_as_sending_until_it_is_there() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            ann.never_vanish = True
            await ann.client.online()
            cid = ann.client.post(1, "waves", style="action", reply_to=7)
            (unsent,) = ann.room().unsent
            assert (unsent.status, unsent.style, unsent.reply_to, unsent.ts) == (
                *("sending", "action", 7),
                stage.clock.wall_ms(),
            )
            posted = await ann.client.sent(cid)
            assert (posted.conversation, posted.seq, posted.duplicate) == (1, 1, False)
            assert ann.room().unsent == ()
            (message,) = ann.room().timeline
            assert (message.body, message.style, message.reply_to) == ("waves", "action", 7)
            assert await ann.client.sent(cid) == posted, "also later"

    simulate(story())


def test_message_that_was_stored_although_its_answer_was_lost_is_not_stored_again() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            # The push says "message_posted", and so does no answer.
            stage.network.hand = lambda from_client, frame: (
                Fate.LOST if not from_client and b"message_posted" in frame else Fate.PASS
            )
            cid = ann.say("once")
            await ann.until(lambda: stage.network.connects > 2)
            stage.network.hand = lambda from_client, frame: Fate.PASS
            assert (await ann.client.sent(cid)).seq == 1
            assert (log(stage), ann.bodies()) == (["once"], ["once"])

    simulate(story())


@pytest.mark.parametrize("body", ["x" * (BODY_BYTES + 1), "é" * (BODY_BYTES // 2 + 1), "x" * 1_000_000])
def test_message_that_is_too_long_fails_here_without_harm(body: str) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cids = [ann.say("before"), ann.say(body), ann.say("after")]
            with pytest.raises(CallFailed) as told:
                await ann.client.sent(cids[1])
            assert (told.value.code, told.value.final) == (Refusal.TOO_LONG, True)
            await ann.client.sent(cids[2])
            assert log(stage) == ["before", "after"]
            (failed,) = ann.room().unsent
            assert (failed.status, failed.code) == ("failed", "too_long")
            assert "16384 bytes" in failed.text

    simulate(story())


def test_message_that_is_refused_for_good_is_kept_until_the_user_decides() -> None:
    async def story() -> None:
        stage = Stage(1)
        muted = [True]
        stage.world.refuse = lambda request: (
            No(Refusal.NOT_ALLOWED) if muted and isinstance(request, Post) and request.body.startswith("bad") else None
        )
        async with stage.actor("ann") as ann:
            await ann.client.online()
            first, second, third = ann.say("bad 1"), ann.say("bad 2"), ann.say("good")
            await ann.client.sent(third)
            with pytest.raises(CallFailed) as told:
                await ann.client.sent(first)
            assert told.value.code is Refusal.NOT_ALLOWED
            assert [(unsent.body, unsent.status) for unsent in ann.room().unsent] == [
                ("bad 1", "failed"),
                ("bad 2", "failed"),
            ]
            ann.client.discard(first)
            muted.clear()
            ann.client.retry(second)
            ann.client.retry(second)
            await ann.client.sent(second)
            assert (log(stage), ann.room().unsent) == (["good", "bad 2"], ())
            with pytest.raises(CallFailed):
                await ann.client.sent(first)

    simulate(story())


def test_message_on_its_way_cannot_be_taken_back() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cid = ann.say("x")
            with pytest.raises(UsageFault, match="on its way"):
                ann.client.discard(cid)
            await ann.client.sent(cid)
            ann.client.discard(cid)
            ann.client.retry(cid)
            await asyncio.sleep(1)
            assert log(stage) == ["x"]

    simulate(story())


def test_messages_keep_their_order_when_one_is_refused_for_a_while() -> None:
    async def story() -> None:
        stage = Stage(1)
        refused = [No(Refusal.STORE_FULL), No(Refusal.BUSY, retry_after=2.0), No(Refusal.STORE_FULL)]

        def refuse(request: object) -> No | None:
            return refused.pop() if refused and isinstance(request, Post) and request.body == "ann 2" else None

        stage.world.refuse = refuse
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cids = [ann.say(f"ann {number}") for number in range(6)]
            await asyncio.sleep(0.05)
            waiting = ann.room().unsent[0]
            assert (waiting.status, waiting.code) == ("queued", "store_full")
            assert waiting.text
            for cid in cids:
                await ann.client.sent(cid)
            assert log(stage) == [f"ann {number}" for number in range(6)]
            assert stage.clock.monotonic() > 2

    simulate(story())


def test_messages_are_sent_many_at_once_but_not_all() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cids = [ann.say(f"ann {number}") for number in range(3 * WINDOW)]
            await asyncio.sleep(0.0005)
            assert stage.world.calls.count("post") == WINDOW
            await ann.client.sent(cids[-1])
            assert log(stage) == [f"ann {number}" for number in range(3 * WINDOW)]
            assert stage.clock.monotonic() < 1

    simulate(story())


def test_message_to_a_conversation_that_was_left_is_refused() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            with pytest.raises(UsageFault, match="join it first"):
                ann.client.post(99, "x")
            ops = await ann.client.join("ops")
            stage.network.up = False
            stage.network.cut_all()
            await asyncio.sleep(0.1)
            cid = ann.client.post(ops, "x")
            del stage.world.rooms[ops].members[1]
            stage.network.up = True
            with pytest.raises(CallFailed) as told:
                await ann.client.sent(cid)
            assert told.value.code is Refusal.NOT_MEMBER
            await ann.client.join("ops")
            assert ann.room("ops").unsent == ()

    simulate(story())


def test_message_that_waits_is_shown_again_when_its_conversation_is_back() -> None:
    async def story() -> None:
        stage = Stage(1)
        refuse = [True]
        stage.world.refuse = lambda request: (
            No(Refusal.STORE_FULL, retry_after=30.0) if refuse and isinstance(request, Post) else None
        )
        async with stage.actor("ann") as ann:
            await ann.client.online()
            ops = await ann.client.join("ops")
            cid = ann.client.post(ops, "x")
            await asyncio.sleep(1)
            await ann.client.leave(ops)
            await ann.until(lambda: ops not in ann.client.state.conversations)
            await ann.client.join("ops")
            assert [unsent.body for unsent in ann.room("ops").unsent] == ["x"]
            refuse.clear()
            assert (await ann.client.sent(cid)).seq == 1

    simulate(story())


def test_cid_names_one_message_only() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            cid = keyed_cid("key", "#general", 1)
            assert ann.client.post(1, "x", cid=cid) == cid
            with pytest.raises(UsageFault, match="another message"):
                ann.client.post(1, "y", cid=cid)
            await ann.client.sent(cid)
            with pytest.raises(UsageFault, match="another message"):
                ann.client.post(1, "y", cid=cid)
        async with stage.actor("ann") as again:
            await again.client.online()
            again.client.post(1, "x", cid=cid)
            assert (await again.client.sent(cid)).duplicate
            other = again.client.post(1, "z", cid=keyed_cid("key", "#general", 2))
            await again.client.sent(other)
        assert log(stage) == ["x", "z"]

    simulate(story())


def test_sent_knows_only_what_was_posted_here() -> None:
    async def story() -> None:
        async with Stage(1).actor("ann") as ann:
            with pytest.raises(UsageFault, match="was posted here"):
                await ann.client.sent(bytes(16))

    simulate(story())


def test_sent_ends_when_the_client_is_closed_and_the_message_stays() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.network.hand = lambda from_client, frame: Fate.SILENT
            cid = ann.say("x")
            waiting = asyncio.gather(*(ann.client.sent(cid) for _ in range(2)), return_exceptions=True)
            await asyncio.sleep(0.1)
        assert [type(outcome) for outcome in await waiting] == [Disconnected, Disconnected]
        assert [unsent.body for unsent in ann.room().unsent] == ["x"]

    simulate(story())


def test_post_is_refused_when_the_client_is_closed() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            ann.say("kept")
        with pytest.raises(UsageFault, match="closed"):
            ann.say("lost without a word")

    simulate(story())


def test_sent_may_be_given_up_without_giving_up_the_message() -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann") as ann:
            await ann.client.online()
            stage.world.faults.refuse_post = 1.0
            cid = ann.say("x")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ann.client.sent(cid), 1)
            stage.world.faults.refuse_post = 0.0
            assert (await ann.client.sent(cid)).seq == 1

    simulate(story())


@pytest.mark.parametrize("stored", [True, False])
def test_page_after_a_reset_shows_no_message_twice_whose_fate_was_open(stored: bool) -> None:
    async def story() -> None:
        stage = Stage(1)
        async with stage.actor("ann", far_behind=10) as ann:
            await ann.client.online()
            await ann.client.sent(ann.say("first"))
            fate = Fate.LOST
            stage.network.hand = lambda from_client, frame: (
                fate if from_client is not stored and b"uncertain" in frame else Fate.PASS
            )
            stage.world.commit_s = 0.001
            cid = ann.say("uncertain")
            await ann.until(lambda: ann.client.state.link.status is not LinkStatus.ONLINE)
            stage.network.up = False
            stage.network.hand = lambda from_client, frame: Fate.PASS
            for number in range(20):
                stage.world.write(stage.general, "eve", f"eve {number}")
            # The answer to the second try takes longer than the page would.
            stage.world.commit_s = 0.5
            stage.network.up = True
            await ann.client.sent(cid)
            await ann.until(lambda: "uncertain" in ann.bodies())
            assert ("uncertain" in log(stage)[:3]) is stored
            assert [each.reason for each in ann.changed(TimelineReset)].count("far_behind") == 1
            await ann.until(lambda: ann.bodies() == log(stage))

    simulate(story())
