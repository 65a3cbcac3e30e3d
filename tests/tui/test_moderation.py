"""Moderation in the client: what an operator sets, and how somebody reads why a line is not sent."""

from __future__ import annotations

from pathlib import Path

from chat_core.protocol.requests.moderation import SetModeration
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_operator_shows_and_changes_what_is_moderated(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#calm")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/moderation links kick")
        await me.until(lambda: me.answer == f"{channel}: links is kick from now on.")
        await me.enter("/moderation")
        await me.until(lambda: me.answer == f"{channel}: what is moderated")
        await me.sees("kick", "off  as on the server")
        await me.enter("/moderation links explode")
        await me.until(lambda: 'links is "explode"; expected one of' in me.answer)
        await me.enter("/moderation links default")
        await me.until(lambda: me.answer == f"{channel}: links is default from now on.")
        await me.enter("/moderation links")
        await me.until(lambda: me.answer.startswith("Say what links is to be"))


async def test_refused_line_says_why_and_others_never_see_it(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#calm")
        room = await friend.join(channel[1:])
        await friend.call(SetModeration(conversation=room, name="links", value="warn"))
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("see https://evil.net")
        await me.sees("Links are not wanted here")
        await say(friend, channel, "welcome")
        await me.until(lambda: bodies(me.here) == ["welcome"])
