"""Mentions, quiet conversations and what is read, at the keyboard, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_tui.commands import attention
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.found import FoundScreen
from tests.tui.support.visiting import other, say, sitting, unique


async def test_mentions_are_listed_and_enter_leads_to_where_one_was_named(server: str, home: Path) -> None:
    channel = unique("#room")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, channel, "before")
        await me.enter("/mentions")
        await me.until(lambda: me.answer.startswith("Nobody has mentioned you"))
        await me.press("escape")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(friend, channel, f"can @{me.name} look", f"`@{me.name}` is code")

        await me.enter("/mentions")
        await me.until(lambda: isinstance(me.app.screen, FoundScreen))
        await me.sees("1 found, newest first", f"can @{me.name} look")
        assert "R best first" not in me.screen

        await me.press("enter")
        await me.sees("as it was said", "before")
        await me.press("escape", "escape")
        await me.until(lambda: isinstance(me.app.screen, ChatScreen))


async def test_mentions_are_listed_with_what_has_an_own_highlight_word(server: str, home: Path) -> None:
    rooms, word = [unique("#room"), unique("#room")], unique("deploy")
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        for room in rooms:
            await say(friend, room, "before")
            await me.enter(f"/join {room}")
            await me.is_at(room)
        await me.enter(f"/highlight {word}, ??, prod db")
        await me.until(lambda: me.app.words.startswith(word))
        await me.enter(f"my own {word}")
        await say(friend, rooms[0], f"the {word.upper()} is done", f"{word}ing is not it", f"@{me.name} look")
        await say(friend, rooms[1], "nothing", "the prod-db is down", "the PROD DB is up")
        while (await friend.search(word)).behind:
            pass  # the index follows the log within a second

        await me.enter("/mentions")
        await me.until(lambda: isinstance(me.app.screen, FoundScreen))
        await me.sees("3 found, newest first", "the PROD DB is up", f"@{me.name} look", f"the {word.upper()} is done")
        await me.press("escape")
        await me.enter(f"/ignore @{friend.state.me.name}")
        await me.until(lambda: bool(me.state.ignored))
        await me.enter("/mentions")
        await me.until(lambda: me.answer.startswith("Nobody has mentioned you"))
        await me.enter(f"/unignore @{friend.state.me.name}")
        await me.until(lambda: not me.state.ignored)
        await me.enter(f"/highlight remove {word}, ??, prod db")
        await me.until(lambda: me.app.words == "")
        await me.enter("/mentions")
        await me.sees("1 found, newest first", f"@{me.name} look")


async def test_mentions_are_looked_for_further_only_when_that_is_wanted(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "_PAGE", 2)
    monkeypatch.setattr(attention, "_PAGES", 2)
    room, word = unique("#room"), unique("deploy")
    async with sitting(server, home) as me, other(server) as friend:
        await me.enter(f"/join {room}")
        await me.is_at(room)
        await me.enter(f"/highlight {word}")
        await me.until(lambda: me.app.words == word)
        for body in ("is done", "is over"):
            await say(friend, room, f"the {word} {body}")
            for number in range(5):
                await me.enter(f"my own {word} {number}")
            await me.until(lambda: not me.here.unsent)
        while (await friend.search(word)).behind:
            pass  # the index follows the log within a second

        await me.enter("/mentions")
        await me.sees("nothing yet", "None of the newest 4 found is for you · Enter looks further")
        await me.press("enter")
        await me.sees("1+ found, newest first", f"the {word} is over", "Enter shows it where it was said")
        await me.press("down")
        await me.sees("None of the next 4 found is for you · ↓ looks further")
        await me.press("down")
        await me.sees(f"the {word} is over", f"the {word} is done")


async def test_quiet_conversation_has_no_badge_but_for_mentions_and_is_passed_by(server: str, home: Path) -> None:
    channel = unique("#room")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, channel, "before")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/quiet on")
        await me.until(lambda: "is quiet" in me.answer)
        await me.press("escape", "alt+1")

        await say(friend, channel, "one", "two")
        await me.until(lambda: next(each for each in me.state.conversations.values() if each.target == channel).unread)
        await me.press("alt+a")
        assert me.here.target == "#general"

        await say(friend, channel, f"@{me.name} three")
        await me.until(lambda: me.state.by_target(channel).mentions)  # type: ignore[union-attr]
        await me.press("alt+a")
        await me.is_at(channel)


async def test_read_and_readall_mark_as_read(server: str, home: Path) -> None:
    rooms = [unique("#room"), unique("#room")]
    async with sitting(server, home) as me, other(server) as friend:
        for room in rooms:
            await me.enter(f"/join {room}")
            await me.is_at(room)
        await me.press("alt+1")
        for room in rooms:
            await say(friend, room, "one")
        await me.until(lambda: all(me.state.by_target(room).unread for room in rooms))  # type: ignore[union-attr]

        await me.enter(f"/read {rooms[0]}")
        await me.until(lambda: [me.state.by_target(room).unread for room in rooms] == [0, 1])  # type: ignore[union-attr]
        await me.enter("/readall")
        await me.until(lambda: [me.state.by_target(room).unread for room in rooms] == [0, 0])  # type: ignore[union-attr]


async def test_highlight_word_is_drawn_counted_and_led_to_as_a_mention_at_once(server: str, home: Path) -> None:
    channel, word = unique("#room"), unique("deploy")
    (home / "config").mkdir()
    (home / "config" / "chat-tui.toml").write_text("# my own words\n[notify]\nbell = false  # at night\n")
    async with sitting(server, home) as me, other(server) as friend:
        await say(friend, channel, "before")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter(f"/highlight {word}, {word}s")
        await me.until(lambda: me.app.words == f"{word}, {word}s")
        await me.enter("/highlight")
        await me.until(lambda: me.answer == f"Highlight words: {word}, {word}s.")
        await me.press("escape", "alt+1")
        await me.is_at("#general")

        await say(friend, channel, f"{word}ing is not it", f"the {word.upper()} is done", f"@{me.name} the {word}")

        await me.until(lambda: me.state.by_target(channel).mentions == 2)  # type: ignore[union-attr]
        await me.sees(" 2 ")
        await me.press("alt+a")
        await me.is_at(channel)
        await me.until(lambda: not me.state.by_target(channel).mentions)  # type: ignore[union-attr]
        await me.enter(f"/highlight remove {word}, {word}s")
        await me.until(lambda: me.app.words == "")
        await me.press("alt+1")
        await say(friend, channel, f"the {word} again", f"@{me.name} hello")
        await me.until(lambda: me.state.by_target(channel).unread == 2)  # type: ignore[union-attr]
        assert me.state.by_target(channel).mentions == 1  # type: ignore[union-attr]
        kept = (home / "config" / "chat-tui.toml").read_text()
        assert "# my own words" in kept and "bell = false  # at night" in kept
