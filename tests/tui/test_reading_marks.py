"""What counts as read, as the user has set it: what was seen, what was answered to, or only what one says is."""

from __future__ import annotations

from pathlib import Path

from chat_tui.config import PrivacySection, Settings
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import bodies, other, say, sitting


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
