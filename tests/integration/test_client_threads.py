"""Two clients in one thread on a real server, one of them cut off in the middle: both end with the same."""

from __future__ import annotations

from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.client import LinkStatus
from chat_core.client.state.model import ThreadNews, ThreadState
from chat_core.protocol.requests.threads import CountThreads
from tests.support.between import between
from tests.support.watching import Watched


def inside(one: Watched, root: int) -> ThreadState:
    """Return an open thread of #general."""
    return one.room("#general").threads[root]


async def test_thread_is_the_same_for_both_when_one_was_cut_off_in_the_middle(home: Path) -> None:
    async with (
        between(home) as (server, proxy),
        Watched(f"127.0.0.1:{proxy.port}", "ann", clock=SystemClock()) as ann,
        Watched(server.address, "bob") as bob,
    ):
        number = await ann.client.join("general")
        root = (await ann.client.sent(ann.client.post(number, "question"))).seq
        await bob.until(lambda: bob.bodies("#general") == ["question"])
        for one in (ann, bob):
            assert await one.client.read_thread(number, root) == root
        first = await bob.client.sent(bob.client.post(number, "before", thread=root))
        await ann.until(lambda: len(inside(ann, root).messages) == 1)

        for wire in proxy.wires:
            wire.abort()
        await ann.until(lambda: ann.client.state.link.status is not LinkStatus.ONLINE)
        await bob.client.sent(bob.client.post(number, "meanwhile", thread=root))
        waits = ann.client.post(number, "written while cut off", thread=root, in_channel=True)
        ann.client.wake()
        await ann.client.sent(waits)
        await bob.client.sent(bob.client.post(number, "after", thread=root))

        for one in (ann, bob):
            await one.until(lambda one=one: len(inside(one, root).messages) == 4)  # type: ignore[misc]
        assert inside(ann, root).messages == inside(bob, root).messages
        for one in (ann, bob):
            timeline = one.room("#general").timeline
            hung_on = timeline.find(root)
            assert hung_on is not None and hung_on == inside(one, root).root
            assert (hung_on.replies, hung_on.last_reply) == (4, inside(one, root).messages[-1].ts)
        kept = inside(ann, root)
        ann.client.close_thread(number, root)
        assert await ann.client.read_thread(number, root) == root
        fresh = inside(ann, root)
        assert (fresh.messages, fresh.root) == (kept.messages, kept.root), "as events made it"

        ann.client.mark_thread_read(number, root, first.seq)
        await ann.until(lambda: inside(ann, root).read >= first.seq)
        assert ann.room("#general").unread == 0, "what is in the thread only is not unread in the channel"


def news(one: Watched) -> dict[int, ThreadNews]:
    """Return what is new in the threads of #general that somebody follows."""
    return dict(one.room("#general").followed)


async def fresh(one: Watched) -> dict[int, ThreadNews]:
    """Return the same as the server counts it now."""
    counts = (await one.client.call(CountThreads())).counts
    return {each.thread: ThreadNews(read=each.read, unread=each.unread, mentions=each.mentions) for each in counts}


async def test_news_of_threads_are_the_same_on_every_device_when_one_was_cut_off_in_the_middle(home: Path) -> None:
    async with (
        between(home) as (server, proxy),
        Watched(f"127.0.0.1:{proxy.port}", "ann", clock=SystemClock()) as desk,
        Watched(server.address, "ann") as phone,
        Watched(server.address, "bob") as bob,
    ):
        devices = (desk, phone)
        number = await bob.client.join("general")
        root = (await bob.client.sent(bob.client.post(number, "question"))).seq
        for one in devices:
            one.client.watch_threads()

        async def both(expected: dict[int, ThreadNews]) -> None:
            for one in devices:
                await one.until(lambda one=one: news(one) == expected)  # type: ignore[misc]
            assert await fresh(desk) == expected

        asked = (await bob.client.sent(bob.client.post(number, "@ann you?", thread=root))).seq
        await both({root: ThreadNews(read=asked - 1, unread=1, mentions=1)})

        for wire in proxy.wires:
            wire.abort()
        await desk.until(lambda: desk.client.state.link.status is not LinkStatus.ONLINE)
        more = (await bob.client.sent(bob.client.post(number, "@ann and this?", thread=root))).seq
        await bob.client.delete(number, asked)
        await bob.client.edit(number, more, "and this?")
        await phone.until(lambda: news(phone) == {root: ThreadNews(read=asked - 1, unread=1)})
        desk.client.wake()
        await both({root: ThreadNews(read=asked - 1, unread=1)})

        await phone.client.read_thread(number, root)
        phone.client.mark_thread_read(number, root, more)
        await both({root: ThreadNews(read=more)})
        last = (await bob.client.sent(bob.client.post(number, "thanks", thread=root))).seq
        await both({root: ThreadNews(read=more, unread=1)})
        await bob.client.delete(number, last)
        await both({root: ThreadNews(read=more)})
