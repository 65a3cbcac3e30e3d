"""Private chats at the keyboard: asked for, accepted, counted, ended, also as an earlier system spells it."""

from __future__ import annotations

from pathlib import Path

from chat_core.protocol.requests.private import ListChats, RequestChat, SetDmPolicy
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_private_chat_is_begun_numbered_and_ended_in_the_words_of_an_earlier_system(
    server: str, home: Path
) -> None:
    async with other(server) as friend, sitting(server, home) as me:
        assert friend.state.me is not None
        name = friend.state.me.name
        await me.enter("SNUM")
        await me.until(lambda: me.answer == "0: you are free.")
        await me.press("escape")

        await me.enter(f"CHAT_REQUEST({me.name}-{name})")
        await me.is_at(f"@{name}")
        number = (await friend.call(ListChats())).number
        assert number
        await me.until(lambda: me.answer == f"Private chat {number} with {name} has begun; /end ends it.")
        await me.press("escape")
        await say(friend, f"@{me.name}", "between us")
        await me.until(lambda: bodies(me.here) == ["between us"])
        await me.enter("SNUM")
        await me.until(lambda: me.answer == f"{number}: your private chat with {name}.")
        await me.press("escape")

        await me.enter(f"END_REQUEST({number})")
        await me.until(lambda: me.answer == f"Private chat {number} with {name} was ended by you.")
        assert (await friend.call(ListChats())).number == 0
        assert bodies(me.here) == ["between us"], "what was said stays"
        await me.press("escape")
        await me.enter("CHAT_REQUEST(somebody-else)")
        await me.until(lambda: "none of the two in somebody-else" in me.answer)


async def test_request_is_told_with_what_can_be_done_and_accepted(server: str, home: Path) -> None:
    async with other(server) as friend, sitting(server, home) as me:
        assert friend.state.me is not None
        name = friend.state.me.name
        await me.enter("/privacy request")
        await me.until(lambda: me.answer.startswith("Others ask you"))
        chat = (await friend.call(RequestChat(account=me.name))).chat
        assert not chat.begun
        await me.until(lambda: me.answer.startswith(f"{name} asks you for a private chat: /accept @{name}"))

        await me.enter(f"/accept @{name}")

        await me.until(lambda: me.answer == f"Private chat {chat.number} with {name} has begun; /end ends it.")
        await me.enter("/end")
        await me.until(lambda: me.answer == f"Private chat {chat.number} with {name} was ended by you.")
        await friend.call(RequestChat(account=me.name))
        await me.until(lambda: me.answer.startswith(f"{name} asks you for a private chat"))
        await me.enter(f"/decline @{name}")
        await me.until(lambda: me.answer == f"@{name} is told that you do not want to.")
        assert not (await friend.call(ListChats())).chats


async def test_refusals_and_ignoring_are_said_in_words(server: str, home: Path) -> None:
    async with other(server) as friend, sitting(server, home) as me:
        assert friend.state.me is not None
        name = friend.state.me.name
        await friend.call(SetDmPolicy(policy="closed"))
        await me.enter(f"/chat {name}")
        await me.until(lambda: f"'{name}' takes no private messages." in me.answer)
        await me.press("escape", "ctrl+u")
        await me.enter("/end")
        await me.until(lambda: "You are in no private chat." in me.answer)
        await me.press("escape", "ctrl+u")

        await me.enter(f"/ignore @{name}")
        await me.until(lambda: me.answer.startswith(f"You ignore @{name}"))
        await me.enter("/ignore")
        await me.until(lambda: me.answer == f"You ignore {name}.")
        await me.enter(f"/unignore {name}")
        await me.until(lambda: me.answer == f"You do not ignore @{name} any more.")


async def test_ignored_person_is_folded_away_live_and_in_history_and_comes_back(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        name, channel = friend.state.me.name, unique("#noise")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(friend, channel, "earlier words")
        await me.sees("earlier words")

        await me.enter(f"/ignore @{name}")
        folded = f"a message of {name}, whom you ignore"
        await me.until(lambda: folded in me.screen and "earlier words" not in me.screen, "history is folded")
        await say(friend, channel, "later words https://a.example")
        await me.until(lambda: me.screen.count(folded) == 2, "what comes is folded")
        assert "later words" not in me.screen
        await me.press("ctrl+o")
        await me.until(lambda: me.answer == "There is no link in view.", "no link of what is folded is opened")
        await me.press("escape")

        await me.enter(f"/unignore @{name}")
        await me.sees("earlier words", "later words")
