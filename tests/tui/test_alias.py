"""Being shown as something else than one's name."""

from __future__ import annotations

from pathlib import Path

from tests.tui.support.visiting import other, say, sitting, unique


async def test_alias_is_shown_to_everybody_and_the_name_stays_what_is_typed(server: str, home: Path) -> None:
    async with sitting(server, home) as me, sitting(server, home / "other") as friend:
        channel = unique("#stage")
        for each in (me, friend):
            await each.enter(f"/join {channel}")
            await each.is_at(channel)
        await me.enter("hello")
        await friend.sees(f"{me.name}  hello")  # and hears from now on who is called what
        display = unique("Al")  # short enough for the column of names

        await me.enter(f"/alias {display}")
        await me.until(lambda: me.answer == f"You are shown as {display}.")
        await me.enter("good morning")

        await friend.sees(f"{me.name} is now {display}")
        await friend.until(lambda: any(f"{display}  good morning" in line for line in friend.screen.splitlines()))
        await friend.enter(f"/dm @{me.name} hello")
        await friend.is_at(f"@{me.name}")
        await friend.until(lambda: f"● {display[:10]}" in friend.screen, "the list of conversations")


async def test_alias_that_is_somebody_elses_name_is_refused_in_words(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, "#general", "hello")
        assert friend.state.me is not None

        await me.enter(f"/alias {friend.state.me.name}")

        await me.until(lambda: "looks too much like" in me.answer)
        assert me.state.me is not None
        assert me.state.me.display == ""


async def test_alias_with_a_command_in_it_is_refused_and_shown_to_nobody(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/alias hi /me says hi")

        await me.until(lambda: me.answer.startswith("An alias is what you are shown as, and makes no command"))
        assert me.state.me is not None
        assert me.state.me.display == ""
