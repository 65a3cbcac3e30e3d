"""Lines of earlier chat systems in the real client on a real server: taken at once, and still to be said."""

from __future__ import annotations

from pathlib import Path

from chat_tui.config import CommandsSection, Settings
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.start import StartScreen
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_help_is_shown_and_the_word_can_still_be_said(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#quiet")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("HELP")
        await me.until(lambda: isinstance(me.app.screen, HelpScreen))
        await me.press("escape")
        await me.sees("HELP was taken as /help.", "Enter again says it instead: HELP")
        assert not bodies(me.here)

        await me.press("enter")
        await me.until(lambda: bodies(me.here) == ["HELP"])
        assert me.answer == ""
        await me.press("enter")
        await me.enter("//HELP")
        await me.until(lambda: bodies(me.here) == ["HELP", "HELP"])


async def test_offer_ends_with_escape_and_with_the_next_line(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#quiet")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        for leave in (("escape",), (*"/topic", "enter")):
            await me.enter("HELP")
            await me.until(lambda: isinstance(me.app.screen, HelpScreen))
            await me.press("escape")
            await me.until(lambda: not isinstance(me.app.screen, HelpScreen))
            await me.press(*leave)
            await me.press("enter")
            await me.until(lambda: not me.written)
        await me.enter("the first message")
        await me.until(lambda: bodies(me.here))

        assert bodies(me.here) == ["the first message"]


async def test_history_of_two_is_opened_for_one_of_them_and_refused_to_others(server: str, home: Path) -> None:
    async with other(server) as friend, sitting(server, home) as me:
        assert friend.state.me is not None
        await say(friend, f"@{me.name}", "do you remember?")
        await me.enter(f"HISTORY_REQ({me.name}-{friend.state.me.name})")
        await me.is_at(f"@{friend.state.me.name}")
        await me.until(lambda: bodies(me.here) == ["do you remember?"])

        await me.enter("HISTORY_REQ(somebody-else)")
        await me.until(lambda: "none of the two in somebody-else" in me.answer)
        assert me.written == "HISTORY_REQ(somebody-else)"


async def test_log_out_leads_to_the_start_screen_and_one_can_be_somebody_else_there(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("log out")
        await me.until(lambda: isinstance(me.app.screen, StartScreen))
        await me.sees("You are signed out.", me.name)

        name = unique("second")
        await me.press("ctrl+u", *name, "enter")
        await me.until(lambda: not isinstance(me.app.screen, StartScreen))
        await me.is_at("#general")
        assert me.state.me is not None and me.state.me.name == name

        third = unique("third")
        await me.enter(f"/login {third}")
        await me.until(lambda: me.state.me is not None and me.state.me.name == third)
        await me.is_at("#general")
        await me.enter("log on")
        await me.until(lambda: isinstance(me.app.screen, StartScreen))
        await me.sees(third)


async def test_bang_leave_leaves_the_program(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("!leave")
        await me.until(lambda: me.app._exit)


async def test_quotes_of_a_direct_message_stay_as_text(server: str, home: Path) -> None:
    async with other(server) as friend, sitting(server, home) as me:
        assert friend.state.me is not None
        name = friend.state.me.name
        await me.enter(f'/dm {name} "hello"')
        await me.is_at(f"@{name}")
        await me.enter(f"/dm {name} “hello”")
        await me.until(lambda: bodies(me.here) == ['"hello"', "“hello”"])


async def test_classic_forms_are_said_when_they_are_turned_off(server: str, home: Path) -> None:
    settings = Settings(commands=CommandsSection(classic_forms=False))
    async with sitting(server, home, settings=settings) as me:
        channel = unique("#quiet")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("HELP")
        await me.enter("!leave")

        await me.until(lambda: bodies(me.here) == ["HELP", "!leave"])
        assert not me.app._exit
