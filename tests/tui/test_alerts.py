"""Alerts in the application: what comes while nobody looks rings, by the rule of its conversation."""

from __future__ import annotations

from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.protocol.requests.accounts import Rename
from chat_tui.alerting import Alerter
from tests.tui.support.visiting import Sitting, other, say, sitting, unique


def listen(me: Sitting) -> list[str]:
    """Have what would go to the terminal in a list, and the window without focus."""
    written: list[str] = []
    me.app.alerter = Alerter({"TERM": "foot"}, written.append, SystemClock())
    me.app.alerter.focus(has=False)
    return written


async def test_mention_rings_and_is_shown_and_the_rule_of_a_channel_is_kept(server: str, home: Path) -> None:
    channel = unique("#loud")
    name = unique("me")
    async with sitting(server, home, name=name) as me, other(server) as bob:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/notify")
        await me.until(lambda: me.answer.startswith(f"{channel}: messages that name you"))
        written = listen(me)

        await say(bob, channel, "nothing for anybody", f"@{name} look here")
        await me.until(lambda: written)
        assert written == [f"\x1b]777;notify;{bob.state.me.name} in {channel};@{name} look here\x1b\\\a"]  # type: ignore[union-attr]

        written.clear()
        me.app.alerter.focus(has=True)
        await me.enter("/notify all")
        await me.until(lambda: me.answer == f"{channel}: every message alerts you.")
        me.app.alerter.focus(has=False)
        await say(bob, channel, "anything at all")
        await me.until(lambda: written)
        assert "anything at all" in written[0]

    async with sitting(server, home, name=name) as me:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/notify")
        await me.until(lambda: me.answer == f"{channel}: every message alerts you.")
        await me.enter("/notify never")
        await me.until(lambda: "none of all, mentions and none" in me.answer)


async def test_rule_and_marks_of_a_person_stay_with_them_when_they_are_called_something_else(
    server: str, home: Path
) -> None:
    name, later = unique("me"), unique("later")
    async with sitting(server, home, name=name) as me, other(server) as bob:
        before = bob.state.me.name  # type: ignore[union-attr]
        await me.enter(f"/dm {before}")
        await me.is_at(f"@{before}")
        await say(bob, f"@{name}", "hello")
        await me.sees("hello")
        await me.enter("/notify none")
        await me.until(lambda: me.answer == f"@{before}: nothing alerts you.")
        await me.enter("/mark talk")
        await me.until(lambda: me.answer.startswith(f"Mark talk is at @{before}:"))
        await me.press("escape")
        await bob.call(Rename(name=later))
        await me.is_at(f"@{later}")
        await me.enter("/notify")
        await me.until(lambda: me.answer == f"@{later}: nothing alerts you.")
        async with other(server, before):  # somebody else takes the name
            await me.enter(f"/dm {before}")
            await me.is_at(f"@{before}")
            await me.enter("/notify")
            await me.until(lambda: me.answer.startswith(f"@{before}: messages that name you"))
        await me.enter("/marks talk")
        await me.is_at(f"@{later}")

    async with sitting(server, home, name=name) as me:
        await me.enter(f"/dm {later}")
        await me.is_at(f"@{later}")
        await me.enter("/notify")
        await me.until(lambda: me.answer == f"@{later}: nothing alerts you.")
