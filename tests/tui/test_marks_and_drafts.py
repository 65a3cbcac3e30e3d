"""Marks, and drafts in a list: places to come back to, on the screen and in the files of this computer."""

from __future__ import annotations

from pathlib import Path

from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.picking import PickingScreen
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import Sitting, sitting, unique


def picked_from(me: Sitting) -> list[str]:
    """Return what is offered in the list that lies over the main screen."""
    screen = me.app.screen
    return [each.name for each in screen._list.choices] if isinstance(screen, PickingScreen) else []


def selected(me: Sitting) -> str:
    """Return the text of the message that is selected."""
    subject = me.chat.selection.subject if isinstance(me.app.screen, ChatScreen) and me.chat.selecting else None
    return subject.message.body if subject is not None else ""


async def test_mark_is_put_come_back_to_listed_and_taken_away(server: str, home: Path) -> None:
    name = unique("me")
    async with sitting(server, home, name=name) as me:
        channel = await in_channel(me, "one", "two", "three")
        await me.press("ctrl+s", "up", "m")
        seq = me.here.timeline.blocks[0][1].seq
        await me.until(lambda: me.answer == f"Mark a is at {channel}:{seq}. /marks a comes back here.")
        await me.press("escape", "escape")
        await me.sees("two (mark a)")
        await me.enter("/mark release")
        await me.until(lambda: "Mark release is at" in me.answer)

        await me.enter("/go general")
        await me.is_at("#general")
        await me.enter("/marks a")
        await me.is_at(channel)
        await me.until(lambda: selected(me) == "two")

        await me.press("apostrophe")
        await me.until(lambda: picked_from(me) == ["release", "a"])
        await me.sees("two", f"{channel}:{seq}", "Del drops it")
        await me.press("down", "delete", "delete")
        await me.until(lambda: picked_from(me) == ["release"])
        await me.press("enter")
        await me.until(lambda: selected(me) == "three")
        await me.press("escape")
    async with sitting(server, home, name=name) as me:
        await me.press("ctrl+k", *"'rel")
        await me.sees("release")
        await me.press("enter")
        await me.until(lambda: selected(me) == "three")
        await me.press("escape")
        await me.enter("/unmark release")
        await me.until(lambda: me.answer == "The mark release is gone.")
        await me.until(lambda: "(mark release)" not in me.screen)
        await me.enter("/marks release")
        await me.until(lambda: me.answer.startswith("There is no mark release"))


async def test_drafts_are_listed_gone_to_and_dropped(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/draft")
        await me.until(lambda: me.answer == "Nothing is written that is not sent.")
        first = await in_channel(me)
        await me.write("half of a thought")
        await me.press("alt+1")
        await me.is_at("#general")
        second = await in_channel(me)
        await me.write("another half")
        await me.press("alt+1")
        await me.is_at("#general")

        await me.enter("/draft")
        await me.until(lambda: picked_from(me) == [second, first])
        await me.sees("half of a thought", "another half", "draft in")
        await me.press(*"thou", "enter")
        await me.is_at(first)
        await me.until(lambda: me.written == "half of a thought")

        await me.press("ctrl+u", *f"/draft drop {second}", "enter")
        await me.until(lambda: me.answer == f"Dropped what was written in {second}: another half")
        await me.enter("/draft")
        await me.until(lambda: me.answer == "Nothing is written that is not sent.")
        await me.enter("/draft #nowhere")
        await me.until(lambda: "Nothing is written in #nowhere" in me.answer)
