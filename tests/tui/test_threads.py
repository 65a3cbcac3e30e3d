"""Threads and answers as somebody uses them: the whole application on a real server, with others there."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chat_core.client import Client
from chat_core.client.state.model import ThreadState
from chat_core.protocol.requests.messages import Delete
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique


async def asked(me: Sitting, friend: Client, question: str = "can you review?") -> tuple[str, int]:
    """Go to a channel of one's own, where a friend asks something; return its name and the question's seq."""
    channel = unique("#t")
    await me.enter(f"/join {channel}")
    await me.is_at(channel)
    await say(friend, channel, question)
    await me.until(lambda: bodies(me.here) == [question], "the question is there")
    return channel, me.here.timeline.last_seq


async def replied(friend: Client, channel: str, thread: int, *lines: str, in_channel: bool = False) -> None:
    """Let a friend write in a thread, and wait until it is on the server's disk."""
    number = await friend.join(channel[1:])
    for line in lines:
        await friend.sent(friend.post(number, line, thread=thread, in_channel=in_channel))


def thread_of(me: Sitting) -> ThreadState | None:
    """Return the thread that is open."""
    return me.here.threads.get(me.chat.composer.thread)


def drawn(me: Sitting) -> str:
    """Return what the thread's pane draws."""
    pane = me.chat.aside.timeline
    return "\n".join(pane.render_line(y).text.rstrip() for y in range(pane.size.height))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_thread_opens_grows_and_closes(server: str, home: Path, size: tuple[int, int]) -> None:
    async with sitting(server, home, size=size) as me, other(server) as friend:
        channel, root = await asked(me, friend)
        await me.press("ctrl+s", "t")
        await me.sees("Thread", "Into the thread of")
        await me.enter("on it")
        await me.until(lambda: thread_of(me) and [m.body for m in thread_of(me).messages] == ["on it"])  # type: ignore[union-attr]
        await replied(friend, channel, root, "thanks")
        await me.until(lambda: "thanks" in drawn(me) and "on it" in drawn(me), "both are in the thread")
        assert "following" in me.screen, "who writes in it follows it"
        await me.press("escape")
        await me.sees("[2 replies · last ")
        assert not me.chat.composer.thread
        assert "thanks" not in me.screen, "it is not in the channel"


async def test_what_is_also_for_the_channel_stands_in_both(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        await asked(me, friend)
        await me.press("ctrl+s", "t")
        await me.sees("Into the thread of")
        await me.press("alt+t")
        await me.sees("Alt+T thread only")
        await me.enter("done, see the page")
        await me.until(lambda: "done, see the page" in drawn(me), "it is in the thread")
        await me.press("escape")
        await me.sees("done, see the page", "↳ ", "[1 reply · last ")


async def test_each_thread_has_a_draft_of_its_own(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        await asked(me, friend)
        await me.write("for the channel")
        await me.press("ctrl+s", "t")
        await me.until(lambda: me.chat.composer.thread and not me.written, "the thread's draft")
        await me.write("for the thread")
        await me.press("escape")
        assert me.written == "for the channel"
        await me.press("ctrl+s", "t")
        assert me.written == "for the thread"


async def test_answer_leads_to_what_it_answers(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel, root = await asked(me, friend)
        await say(friend, channel, "and another thing")
        await me.sees("and another thing")
        await me.enter(f"/reply #{root} yes, now")
        await me.sees("↳ ", "yes, now")
        await me.until(lambda: not me.here.unsent, "it is sent")
        await me.press("ctrl+s", "b")
        subject = me.chat.selection.subject
        assert subject is not None and subject.message.body == "can you review?"


async def test_last_message_is_one_that_stands_where_one_writes(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel, root = await asked(me, friend)
        await me.enter("in a minute")
        await me.press("ctrl+s", "k", "t")
        await me.sees("Into the thread of")
        await me.enter("on it")
        await me.until(lambda: "on it" in drawn(me) and not me.here.unsent, "it is sent")
        await me.press("up")
        await me.until(lambda: me.written == "on it", "what is in the thread is edited there")
        await me.press("escape")
        await replied(friend, channel, root, "thanks")
        await me.until(lambda: "thanks" in drawn(me))
        await me.enter("/copy")
        await me.until(lambda: me.app.clipboard == "thanks")

        await me.press("escape", "escape")
        await me.until(lambda: not me.chat.composer.thread, "the thread is closed")
        await me.press("up")
        await me.until(lambda: me.written == "in a minute", "what is in the thread only is not seen here")
        await me.press("escape")
        await me.enter("/copy")
        await me.until(lambda: me.app.clipboard == "can you review?")


async def test_thread_is_opened_by_the_number_of_its_message(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel, root = await asked(me, friend)
        for address in (f"{root}", f"#{root}", f":{root}", f"{channel}:{root}"):
            await me.enter(f"/thread {address}")
            await me.sees("Into the thread of")
            await me.press("escape")
            await me.until(lambda: "Into the thread of" not in me.screen, "it is closed")
        await me.enter("/thread seventeen")
        await me.until(lambda: me.answer == "'seventeen' is no number of a message: write it as #17.")


async def test_answer_is_refused_where_it_cannot_be(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel, root = await asked(me, friend)
        await me.enter("/reply #elsewhere:3 hello")
        await me.until(lambda: "is in another conversation" in me.answer)
        for number_of_none in ("#99999999999", "#0"):
            await me.enter(f"/reply {number_of_none} hello")
            said = f"'{number_of_none}' is no number of a message: write it as #17."
            await me.until(lambda said=said: me.answer == said)  # type: ignore[misc]
        number = await friend.join(channel[1:])
        await friend.call(Delete(conversation=number, seq=root))
        await me.sees("message deleted")
        await me.enter(f"/reply :{root} hello")
        await me.until(lambda: "was deleted" in me.answer)


async def test_followed_threads_are_listed_with_what_is_new(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#t")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("who has the key?")
        await me.until(lambda: not me.here.unsent and bodies(me.here), "it is sent")
        root = me.here.timeline.last_seq
        await replied(friend, channel, root, "I do", "at my desk")
        await me.sees("[2 replies · last ")
        await me.enter("/threads")
        await me.sees("1 thread has news", f"{channel}:{root}  2 new  2 replies · last ")
        await me.enter("/thread")
        await me.until(lambda: "at my desk" in drawn(me), "it is open")
        await me.until(lambda: thread_of(me).read > root, "it was read")  # type: ignore[union-attr]
        await me.enter("/threads")
        await me.sees("Nothing new in your threads")
        assert me.here.unread == 0


async def test_news_of_a_followed_thread_are_in_the_list_and_led_to(server: str, home: Path) -> None:
    async with sitting(server, home, size=(120, 40)) as me, other(server) as friend:
        channel, root = await asked(me, friend)
        await me.enter("/join #general")
        await me.is_at("#general")
        await replied(friend, channel, root, f"@{me.name} do you?", "or anybody")

        await me.sees("↳ Threads")
        await me.until(lambda: "Threads" in me.screen and thread_row(me)[-1] == "1", "one thread has news")
        await me.press("alt+a")
        await me.is_at(channel)
        await me.until(lambda: me.chat.composer.thread == root and "or anybody" in drawn(me), "it is open")
        await me.until(lambda: thread_row(me)[-1] == "Threads", "what was read is no news")

        await me.pilot.click("#conversations", offset=(6, 2))
        await me.until(lambda: me.answer == "Nothing new in your threads")


def thread_row(me: Sitting) -> list[str]:
    """Return the words of the row of threads in the list."""
    return next(line for line in me.screen.splitlines() if "↳ Threads" in line).split("│")[0].split("▏")[0].split()[1:]


async def test_what_somebody_says_in_a_thread_is_folded_as_soon_as_one_ignores_them(server: str, home: Path) -> None:
    async with sitting(server, home, size=(120, 40)) as me, other(server) as friend:
        name = friend.state.me.name  # type: ignore[union-attr]
        channel, root = await asked(me, friend)
        await me.press("ctrl+s", "t")
        await me.enter("on it")
        await replied(friend, channel, root, "thanks")
        await me.until(lambda: "thanks" in drawn(me), "it is in the thread")

        await me.enter(f"/ignore @{name}")
        await me.until(lambda: "thanks" not in drawn(me), "it is folded")
        await replied(friend, channel, root, "again")
        await me.until(lambda: drawn(me).count(f"a message of {name}, whom") == 3, "root, old and new")
        await me.until(lambda: "can you review?" not in me.screen, "nor is it said elsewhere")

        await me.enter(f"/unignore @{name}")
        await me.until(lambda: "thanks" in drawn(me) and "again" in drawn(me), "all of it is back")


async def test_thread_that_went_with_the_end_of_the_store_is_closed_and_that_is_said(home: Path) -> None:
    data = home / "data"
    with ServerProcess(data) as server:
        async with sitting(server.address, home, size=(80, 24)) as me:
            await me.is_at("#general")
            with closing(sqlite3.connect(data / "chat.db")) as here, closing(sqlite3.connect(home / "copy")) as copy:
                here.backup(copy)
            await me.enter("can you review?")
            await me.until(lambda: bodies(me.here) == ["can you review?"] and not me.here.unsent, "it is there")
            await me.press("ctrl+s", "t")
            await me.until(lambda: thread_of(me), "the thread is open")

            await asyncio.to_thread(server.stop)
            for file in data.glob("chat.db*"):
                file.unlink()
            (home / "copy").rename(data / "chat.db")
            await asyncio.to_thread(server.start)
            me.chat.bridge.wake()
            await me.until(lambda: not me.chat.composer.thread, "the thread is closed")
            await me.sees("There is no message of that number.")
            assert not me.here.threads
