"""What earlier chat systems did for whoever talks, in the real client on a real server: docs/parity.md names these."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from chat_core.protocol.limits import BODY_BYTES
from chat_tui import storage
from chat_tui.app import ChatApp
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.start import StartScreen
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique

NOBODY = "chat://127.0.0.1:1"
"""No server listens there."""


async def test_text_is_normalised_in_one_place_for_everybody(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#tidy")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(friend, channel, "  \n  e\u0301t\x07e \u202e\n \n")
        await me.until(lambda: bodies(me.here) == ["  \u00e9te"])
        there = friend.state.by_target(channel)
        assert there is not None and bodies(there) == bodies(me.here)


async def test_message_of_16_kib_arrives_whole(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#long")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await friend.join(channel[1:])
        text = "".join(f"{number:07} " for number in range(BODY_BYTES // 8))[:-1] + "."
        assert len(text.encode()) == BODY_BYTES
        me.chat.composer.load(text)
        await me.press("enter")
        await me.until(lambda: bodies(me.here) == [text])

        def arrived() -> bool:
            there = friend.state.by_target(channel)
            return there is not None and bodies(there) == [text]

        await me.until(arrived, "it is whole elsewhere too")


async def test_many_clients_talk_at_once_and_all_see_the_same_order(server: str, home: Path) -> None:
    async with sitting(server, home) as me, AsyncExitStack() as stack:
        channel = unique("#crowd")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        others = [await stack.enter_async_context(other(server)) for _ in range(12)]
        numbers = [await client.join(channel[1:]) for client in others]
        for number, client in enumerate(others):
            client.post(numbers[number], f"from {number}")
        await me.until(lambda: len(bodies(me.here)) == len(others))

        def same() -> bool:
            seen = [client.state.conversations[numbers[0]] for client in others]
            return all(bodies(each) == bodies(me.here) for each in seen)

        await me.until(same, "everybody has the same")
        assert sorted(bodies(me.here)) == sorted(f"from {number}" for number in range(12))


async def test_answer_of_users_is_for_the_one_who_asks(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#club")
        await say(friend, channel, "x")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        for command in ("/users", "/who"):
            await me.enter(command)
            await me.until(lambda: me.answer.startswith(f"{channel}: 2 members"))
            await me.press("escape")
        await say(friend, channel, "y")
        await me.until(lambda: bodies(me.here) == ["x", "y"])

        there = friend.state.by_target(channel)
        assert there is not None and bodies(there) == ["x", "y"]


async def test_channel_is_listed_joined_and_left_by_all_its_names(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        for leave in ("/leave", "/part"):
            channel = unique("#room")
            await say(friend, channel, "x")
            await me.enter(f"/list {channel}")
            await me.sees(channel, "1 channel")
            await me.enter(f"/join {channel}")
            await me.is_at(channel)
            await me.enter(leave)
            await me.is_at("#general")
            assert me.state.by_target(channel) is None


async def test_help_tells_of_everything_and_of_one_command(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/help")
        await me.until(lambda: isinstance(me.app.screen, HelpScreen))
        await me.sees("send, or run a command")
        await me.press("end")
        await me.sees("/help [command]", "/quit", "CLASSIC FORMS", "HISTORY_REQ(user1-user2)")
        await me.press("escape")
        await me.enter("/help dm")
        await me.sees("Open the direct conversation", "Also", "/msg")


async def test_command_says_what_is_missing_when_one_is_nowhere_yet(home: Path) -> None:
    app = ChatApp(Goal(NOBODY, "ann"), config=home / "config", data=home / "here", outbox=home / "outbox")
    async with app.run_test() as pilot:
        me = Sitting(app, pilot, "ann")
        told = me.hear()  # that nobody listens there is told, too, before it or after
        await me.enter("/topic x")
        await me.until(lambda: any("this server is not reached yet. /disconnect leaves it." in each for each in told))
        await me.press("ctrl+u")
        await me.enter("early bird")
        await me.until(lambda: "No conversation is open yet: this is not sent." in told)
        assert "offline" in me.screen or "connecting" in me.screen


async def test_client_asks_for_the_address_and_offers_it_the_next_time(server: str, home: Path) -> None:
    name = unique("caller")
    for visit in range(2):
        app = ChatApp(None, config=home / "config", data=home / "here", outbox=home / "outbox")
        async with app.run_test(size=(80, 24)) as pilot:
            me = Sitting(app, pilot, name)
            if visit == 0:
                await me.press("down")
                await me.sees("host, host:port or a link")
                await me.press(*server.removeprefix("chat://"))
                await me.press("tab")
                await me.press("ctrl+u", *name, "enter")
            else:
                await me.sees(f"▌ {in_words(server)}", name)
                assert isinstance(app.screen, StartScreen)
                await me.press("enter")
            await me.until(lambda: isinstance(app.screen, ChatScreen))  # noqa: B023  # run before it changes
            await me.is_at("#general")
            assert me.state.me is not None and me.state.me.name == name
    assert storage.load(home / "config").last == storage.KnownServer(server, name)


async def test_result_of_each_command_is_told_done_or_why_not(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        name, taken = unique("new"), friend.state.me.name
        lines = {
            f"/nick {name}": f"You are {name} now.",
            f"/nick {taken}": f"The name '{taken}' is in use.",
            "/nick": "name is missing. Usage: /nick name",
            "/dm nobody-at-all": "There is no account of that name.",
            "/leave": "You left #general.",
            "/leave #nowhere": "You are not in #nowhere.",
            "/query #nowhere": "You are not in #nowhere: /join #nowhere goes there.",
            "/dnd 1h": "You are busy: 1h. Others read “1h”, but it does not end by itself: /back ends it.",
        }
        for line, answer in lines.items():
            await me.enter(line)
            await me.until(lambda: answer in me.answer, answer)  # noqa: B023  # run before it changes
            await me.press("escape", "ctrl+u")
