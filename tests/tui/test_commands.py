"""Slash commands in the whole application, on a real server: what each does, and what it says."""

from __future__ import annotations

from pathlib import Path

from chat_core.client.state.model import LinkStatus
from chat_tui import storage
from chat_tui.commands.context import Answer
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.start import StartScreen
from chat_tui.views.lines import Line, Span
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_join_makes_a_channel_and_leave_goes_back(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#room")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.sees(f"very beginning of {channel}")

        await me.enter("/part")
        await me.is_at("#general")
        await me.until(lambda: channel in me.answer, "the answer")
        assert me.state.by_target(channel) is None


async def test_leave_and_quit_take_a_reason_as_irc_hands_type_it(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#room")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)

        await me.enter(f"/part {channel} so long, and thanks")
        await me.is_at("#general")
        told = "Nobody was told the reason: say it before you go."
        await me.until(lambda: me.answer == f"You left {channel}. /join {channel} brings you back. {told}")
        await me.enter("/quit bye for now")
        await me.until(lambda: not me.app.is_running, "it is left")


async def test_conversation_that_was_left_on_another_device_is_put_away_with_a_word(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server, me.name) as phone:
        channel = unique("#room")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)

        await phone.leave(me.here.id)

        await me.is_at("#general")
        assert me.answer == f"You left {channel} on another device. /join {channel} brings you back."


async def test_leave_explains_what_cannot_be_left(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        await me.enter(f"/dm {friend.state.me.name}")
        await me.is_at(f"@{friend.state.me.name}")
        await me.enter("/leave")

        await me.until(lambda: "cannot be left" in me.answer)
        await me.enter("/leave #nowhere")
        await me.until(lambda: me.answer == "You are not in #nowhere.")


async def test_msg_to_a_channel_says_it_there_as_irc_hands_type_it(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#msg")
        await say(friend, channel, "hello")
        await me.enter(f"/msg {channel} too early")
        await me.until(lambda: me.answer == f"You are not in {channel}: /join {channel} goes there.")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/go general")
        await me.is_at("#general")

        await me.enter(f"/msg {channel} from afar")

        await me.is_at(channel)
        await me.sees("from afar")


async def test_list_shows_channels_with_members_and_topic(server: str, home: Path) -> None:
    async with sitting(server, home, size=(100, 40)) as me, other(server) as friend:
        first, second = unique("zebra"), unique("zebra")
        await say(friend, f"#{first}", "x")
        await say(friend, f"#{second}", "x")
        await me.enter("/list zebra")

        await me.sees(f"#{first}", f"#{second}", "2 channels with 'zebra'")
        await me.press("escape")
        await me.until(lambda: not me.answer)


async def test_click_on_a_row_of_what_was_listed_goes_there(server: str, home: Path) -> None:
    async with sitting(server, home, size=(100, 40)) as me, other(server) as friend:
        name = unique("yak")
        await say(friend, f"#{name}", "x")
        await me.enter(f"/list {name}")
        await me.sees("1 channel with")

        await me.pilot.click(me.chat.answers, offset=(60, me.chat.answers.size.height - 1))
        await me.is_at(f"#{name}")
        await me.until(lambda: not me.answer, "what was listed is put away")

        await me.enter("/users")
        await me.sees("2 members")
        rows = [line.text for line in me.chat.answers.rows(100, 10)]
        assert friend.state.me is not None
        at = next(at for at, text in enumerate(rows) if friend.state.me.name in text)
        await me.pilot.click(me.chat.answers, offset=(5, at))
        await me.is_at(f"@{friend.state.me.name}")


async def test_click_on_the_head_of_a_long_answer_pages_or_puts_it_away(server: str, home: Path) -> None:
    async with sitting(server, home, size=(80, 24)) as me:
        me.chat.answer(Answer("many", [Line((Span(f"row {at:02}"),)) for at in range(40)]))
        await me.sees("29 more, PgDn · Esc closes")

        await me.pilot.click(me.chat.answers, offset=(60, 0))
        await me.sees("row 12", "19 more, PgDn")
        assert me.answer
        await me.pilot.click(me.chat.answers, offset=(75, 0))
        await me.until(lambda: not me.answer)


async def test_nick_changes_the_name_everywhere_and_is_remembered(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        name = unique("new")
        await me.enter(f"/nick {name}")

        await me.until(lambda: me.answer == f"You are {name} now.")
        await me.until(lambda: me.state.me is not None and me.state.me.name == name)
        await me.until(lambda: storage.load(home / "config").name_for(server) == name)


async def test_nick_says_that_a_name_is_taken(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        await me.enter(f"/nick {friend.state.me.name}")

        await me.until(lambda: me.answer)
        assert friend.state.me.name in me.answer or "taken" in me.answer.lower()
        assert me.state.me is not None
        assert me.state.me.name == me.name


async def test_dm_opens_a_tab_says_something_and_close_puts_it_away_until_an_answer(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        name = friend.state.me.name
        await me.enter(f"/msg @{name} are you  there?")
        await me.is_at(f"@{name}")
        await me.until(lambda: bodies(me.here) == ["are you  there?"])
        assert f" @{name} " in me.screen.splitlines()[0]

        await me.enter("/close")
        await me.is_at("#general")
        assert f"@{name}" not in me.screen.splitlines()[0]

        await say(friend, f"@{me.name}", "yes")
        await me.until(lambda: f"@{name} 1" in me.screen.splitlines()[0], "the tab is back")


async def test_me_says_what_one_does(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#stage")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/me waves to all")

        await me.sees(f"{me.name} waves to all")


async def test_users_lists_who_is_here(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#club")
        await say(friend, channel, "x")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/who")

        assert friend.state.me is not None
        await me.sees(f"● {friend.state.me.name}", f"● {me.name}  you", f"{channel}: 2 members, 2 online")


async def test_topic_is_set_and_shown(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#plan")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("/topic")
        await me.until(lambda: me.answer == f"{channel} has no topic.")

        await me.enter("/topic Freeze  on [/b] Friday")
        await me.until(lambda: me.here.info.topic == "Freeze on [/b] Friday")
        await me.sees("Freeze on [/b] Friday")
        await me.enter("/topic")
        await me.until(lambda: me.answer == f"{channel}: Freeze on [/b] Friday")


async def test_help_opens_and_closes(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.press("f1")
        assert isinstance(me.app.screen, HelpScreen)
        assert "send, or run a command" in me.screen

        await me.press("escape")
        assert me.chat.composer.has_focus

        await me.enter("/help to")
        await me.until(lambda: isinstance(me.app.screen, HelpScreen))
        assert "/topic [text…]" in me.screen
        assert "Example  /topic Release on Friday" in me.screen
        await me.press("f1")
        await me.write("back")
        assert me.written == "back"


async def test_help_of_an_unknown_command_is_the_whole_help(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/help nosuch")
        await me.until(lambda: isinstance(me.app.screen, HelpScreen))

        assert "There is no command /nosuch" in me.screen
        assert "WRITING" in me.screen


async def test_help_scrolls_to_its_end(server: str, home: Path) -> None:
    async with sitting(server, home, size=(60, 16)) as me:
        await me.press("f1")
        first = me.screen
        await me.press("pagedown", "down", "up", "pageup")
        assert me.screen == first

        await me.press("end")
        assert "/quit" in me.screen
        assert "more lines" not in me.screen


async def test_connect_leads_to_the_start_screen_and_quit_leaves(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/connect")
        await me.until(lambda: isinstance(me.app.screen, StartScreen))

        await me.press("enter")
        await me.is_at("#general")
        await me.enter("/connect chat://somewhere.example.org")
        await me.until(lambda: "another machine" in me.answer)
        await me.enter("/quit")
        await me.until(lambda: me.app._exit)


async def test_connect_with_a_server_goes_there_under_the_name_used_there(server: str, home: Path) -> None:
    name = unique("guest")
    with ServerProcess(home / "data") as second:
        storage.save(home / "config", storage.Servers().used(second.address, name))
        async with sitting(server, home) as me:
            first = me.chat
            await me.enter(f"/connect {second.address}")
            await me.until(lambda: me.app.screen is not first)
            await me.until(lambda: me.state.link.status is LinkStatus.ONLINE)

            assert me.state.me is not None
            assert me.state.me.name == name
