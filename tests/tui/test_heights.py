"""What the height of the terminal decides: how far the composer grows, and what stands below the list."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_tui.screens import chat
from chat_tui.views.when import lately
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import other, say, sitting


@pytest.mark.parametrize(("height", "most"), [(15, 3), (16, 5), (29, 5), (30, 10), (50, 10)])
async def test_composer_grows_as_far_as_the_height_has_it(server: str, home: Path, height: int, most: int) -> None:
    async with sitting(server, home, size=(80, height)) as me:
        seen = []
        for _ in range(12):
            seen.append(me.chat.composer.size.height)
            await me.press("ctrl+j")
        assert seen == [min(lines, most) for lines in range(1, 13)]


async def test_what_was_said_for_one_stands_below_the_list_and_leads_there(server: str, home: Path) -> None:
    async with sitting(server, home, size=(120, 50)) as me, other(server) as bob:
        channel = await in_channel(me)
        await say(bob, channel, "nothing for anybody", f"@{me.name} the feed")
        await say(bob, f"@{me.name}", "a word in private")
        await me.until(lambda: me.here.timeline.count == 2)
        await me.sees("FOR YOU", "a word in private")
        rows = [line[1:23] for line in me.screen.splitlines()]
        at = next(y for y, row in enumerate(rows) if "a word in private" in row)
        assert any(channel in row for row in rows[at:]), "the newest is on top"

        await me.pilot.click("#conversations", offset=(5, at))
        assert bob.state.me is not None
        await me.is_at(f"@{bob.state.me.name}")
        await me.pilot.resize_terminal(120, 49)
        assert "FOR YOU" not in me.screen


class _Later(SystemClock):
    """The computer's clocks, ten days on."""

    def wall_ms(self) -> int:
        return super().wall_ms() + 10 * 24 * 3_600_000


async def test_what_was_said_for_one_is_dated_by_the_clock_of_the_screen(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "SystemClock", _Later)
    async with sitting(server, home, size=(120, 50)) as me, other(server) as bob:
        await say(bob, f"@{me.name}", "of another day")
        await me.sees("FOR YOU", "of another day")
        feed = [line[1:23] for line in me.screen.partition("FOR YOU")[2].splitlines()]
        assert bob.state.me is not None
        (said_by,) = [line for line in feed if bob.state.me.name[:8] in line]
        now_ms = SystemClock().wall_ms()
        days = {lately(ts, _Later().wall_ms(), None) for ts in (now_ms, now_ms - 60_000)}  # it may be midnight
        assert said_by.rstrip().endswith(tuple(days)), feed
