"""What counts as read, as the user has set it: what was seen, what was answered to, or only what one says is."""

from __future__ import annotations

from pathlib import Path

from chat_core.client import Client
from chat_tui.config import PrivacySection, Settings
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting


async def test_nothing_is_read_by_being_seen_when_it_is_to_be_asked(server: str, home: Path) -> None:
    settings = Settings(privacy=PrivacySection(read="asked"))
    async with sitting(server, home, settings=settings) as me, other(server) as bob:
        channel = await in_channel(me)
        await say(bob, channel, "one", "two")
        await me.sees("two")
        await me.enter("three")
        await me.until(lambda: bodies(me.here) == ["one", "two", "three"] and not me.here.unsent)
        assert me.here.unread == 2
        await me.press("escape")
        await me.until(lambda: not me.here.unread)


async def test_who_answers_has_read_when_that_is_what_counts(server: str, home: Path) -> None:
    settings = Settings(privacy=PrivacySection(read="sent"))
    async with sitting(server, home, settings=settings) as me, other(server) as bob:
        channel = await in_channel(me)
        await say(bob, channel, "one", "two")
        await me.sees("two")
        assert me.here.unread == 2
        await me.enter("three")
        await me.until(lambda: not me.here.unread)


async def in_thread(me: Sitting, friend: Client) -> tuple[int, int]:
    """Be in a thread that one follows; return its conversation and what it hangs on."""
    await in_channel(me, "who has the key?")
    await me.press("ctrl+s", "t")
    await me.sees("Into the thread of")
    await me.enter("not me")
    await me.until(lambda: me.here.timeline.count == 2 and not me.here.unsent)
    root = me.here.timeline.last_seq - 1
    await friend.join(me.here.info.name)
    await answered(me, friend, root)
    return me.here.id, root


async def answered(me: Sitting, friend: Client, root: int) -> None:
    """Let a friend answer in the thread, and wait until that is new there."""
    await friend.sent(friend.post(me.here.id, "I do", thread=root))
    await me.until(lambda: me.here.followed[root].unread == 1, "it is new in the thread")


async def test_thread_is_read_when_one_says_so_where_only_that_counts(server: str, home: Path) -> None:
    settings = Settings(privacy=PrivacySection(read="asked"))
    async with sitting(server, home, settings=settings) as me, other(server) as friend:
        _, root = await in_thread(me, friend)
        await me.enter("/read")
        await me.until(lambda: not me.here.followed[root].unread)
        assert me.answer == "The thread is read."
        await answered(me, friend, root)
        await me.press("escape", "escape")
        await me.until(lambda: not me.chat.composer.thread and not me.here.followed[root].unread)
        await answered(me, friend, root)
        await me.enter("/readall")
        await me.until(lambda: not me.here.followed[root].unread)
        await answered(me, friend, root)
        await me.press("alt+shift+u")
        await me.sees("1 unread message in 1 conversation: the same key again")
        await me.press("alt+shift+u")
        await me.until(lambda: not me.here.followed[root].unread)


async def test_who_answers_in_a_thread_has_read_it_when_that_is_what_counts(server: str, home: Path) -> None:
    settings = Settings(privacy=PrivacySection(read="sent"))
    async with sitting(server, home, settings=settings) as me, other(server) as friend:
        _, root = await in_thread(me, friend)
        await me.enter("thanks")
        await me.until(lambda: not me.here.followed[root].unread)
