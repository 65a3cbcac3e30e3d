"""Filters: lines that are hidden on this screen, and told of; what is unread stays so, and what names one is seen."""

from __future__ import annotations

from pathlib import Path

from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_filter_hides_lines_says_so_and_lets_them_be_seen_again(server: str, home: Path) -> None:
    bot = unique("bot")
    async with sitting(server, home) as me, other(server, bot) as ci, other(server) as bob:
        channel = await in_channel(me, "one")
        await say(ci, channel, "build passed")
        await say(bob, channel, "nice")
        await say(ci, channel, f"@{me.name} yours failed")
        await me.until(lambda: me.here.timeline.count == 4)

        await me.enter(f"/filter @{bot}")
        await me.until(lambda: "build passed" not in me.screen)
        told = f"Hidden from now on: what @{bot} says in {channel}, but for what is yours or names you. 1 line here."
        await me.until(lambda: me.answer == told)
        await me.press("escape")
        await me.sees("nice", "yours failed", "1 line hidden · Alt+=")
        assert len(bodies(me.here)) == 4, "it is hidden, not gone"

        await say(ci, channel, "build passed again")
        await me.sees("2 lines hidden")
        await me.until(lambda: not me.here.unread, "what is hidden behind all that is seen is read")
        await me.enter("/filter @nobody-at-all")
        await me.until(lambda: me.answer.endswith("Nobody here is called nobody-at-all so far."))
        await me.enter("/filter remove nobody-at-all")
        await me.until(lambda: me.answer.startswith("Not hidden any more"))
        await me.enter("/filter joins")
        await me.until(lambda: "comings and goings" in me.answer)
        await me.enter("/filter off")
        await me.sees("build passed again", "shown that filters hide")
        status = me.chat.query_one("#status")
        await me.pilot.click(status, offset=(10, 0))
        await me.until(lambda: "build passed" not in me.screen)

        await me.enter("/filter")
        await me.sees(
            "Your filters hide", "lines here:", f"what @{bot} says in {channel}", f"comings and goings in {channel}"
        )
        await me.enter("/filter remove 1")
        await me.sees("build passed again")
        await me.enter("/filter remove 1")
        await me.until(lambda: not me.chat.filtering.rules)
        await me.press("escape")
        await me.until(lambda: "hidden" not in me.screen.splitlines()[-3])


async def test_hidden_messages_stay_unread_elsewhere_and_filters_are_there_at_the_next_start(
    server: str, home: Path
) -> None:
    bot, name = unique("bot"), unique("me")
    async with other(server, bot) as ci:
        async with sitting(server, home, name=name) as me:
            channel = await in_channel(me, "one")
            await me.enter(f"/filter everywhere @{bot}")
            await me.until(lambda: bool(me.answer))
            await me.enter("/go general")
            await me.is_at("#general")
            await say(ci, channel, "build passed")
            await me.until(lambda: next(c.unread for c in me.state.conversations.values() if c.target == channel) == 1)
        async with sitting(server, home, name=name) as me:
            await me.until(lambda: me.state.by_target(channel) is not None)
            await me.enter(f"/go {channel}")
            await me.is_at(channel)
            await me.sees("1 line hidden")
            assert "build passed" not in me.screen


async def test_wrong_filters_are_refused_in_words(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        for line, words in (
            ("/filter off", "You have no filters yet"),
            ("/filter add", "Say what to hide"),
            ("/filter remove 3", "3 is none of your filters"),
        ):
            await me.enter(line)
            await me.until(lambda words=words: words in me.answer)  # type: ignore[misc]
        await me.press("alt+equals_sign")
        await me.until(lambda: "you have no filters" in me.answer)
