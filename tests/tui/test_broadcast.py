"""Saying something to everybody: it stands in the announcements, and is drawn where each one is."""

from __future__ import annotations

from pathlib import Path

from tests.tui.support.visiting import bodies, other, sitting, unique


async def test_broadcast_is_drawn_where_one_is_and_kept_in_the_announcements(server: str, home: Path) -> None:
    async with other(server) as friend, sitting(server, home) as me:
        channel = unique("#quiet")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        text = unique("tea is ready ")

        await me.enter(f'/bm "{text}"')

        await me.sees(f"{me.name} to everybody: {text}")
        assert not bodies(me.here), "it is no message of this channel"
        announcements = me.state.by_target("#announcements")
        assert announcements is not None
        assert bodies(announcements)[-1] == text

        def came() -> bool:
            there = friend.state.by_target("#announcements")
            return there is not None and bodies(there)[-1:] == [text]

        await me.until(came, "the announcement at somebody else's")
