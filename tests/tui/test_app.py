"""The whole application on a real server: its panels, its keys as a whole, and hostile text on all of it."""

from __future__ import annotations

from pathlib import Path

from chat_tui import storage
from chat_tui.commands.completing import Candidate, Completion
from chat_tui.commands.context import Answer
from chat_tui.commands.tables import pair_lines
from chat_tui.screens.help import HelpScreen
from chat_tui.views.clean import drawable_line
from tests.support.hostile import PAYLOADS, is_safe
from tests.tui.support.visiting import bodies, sitting, unique


async def test_panels_are_toggled_where_there_is_room_and_slid_over_where_not(server: str, home: Path) -> None:
    async with sitting(server, home, size=(100, 24)) as me:
        assert "CHANNELS" in me.screen
        await me.press("f7")
        assert "CHANNELS" not in me.screen
        await me.press("f7", "f8")
        assert "CHANNELS" in me.screen
        assert "MEMBERS" in me.screen
        await me.press("escape")
        assert "MEMBERS" not in me.screen

        await me.pilot.resize_terminal(70, 24)
        await me.until(lambda: "CHANNELS" not in me.screen)
        await me.press("f7")
        assert "CHANNELS" in me.screen
        await me.press("alt+2")
        assert "CHANNELS" not in me.screen


async def test_cover_is_shown_while_the_terminal_is_too_small(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.pilot.resize_terminal(30, 8)
        await me.sees("The terminal is 30x8;", "40x10 is the least.")
        assert "#general" not in me.screen
        await me.pilot.resize_terminal(20, 5)
        await me.sees("The terminal is", "20x5;", "40x10 is the least.")
        await me.pilot.resize_terminal(20, 2)
        await me.until(lambda: "The terminal" not in me.screen and "40x10 is the least." in me.screen)

        await me.pilot.resize_terminal(100, 30)
        await me.until(lambda: "#general" in me.screen and "is the least" not in me.screen)


async def test_keys_reach_the_composer_when_the_window_had_no_focus_from_the_start(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        me.app.app_focus = False
        me.chat.set_focus(None)
        await me.pilot.pause()
        await me.write("hello")

        assert me.written == "hello"


async def test_server_is_remembered_for_the_next_time(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.until(lambda: storage.load(home / "config").last == storage.KnownServer(server, me.name))


async def test_keys_can_be_given_to_others_by_their_ids(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        me.app.set_keymap({"writing.send": "ctrl+s", "conversations.next": "f4", "program.help": "f2"})
        text = unique("sent by another key ")
        await me.press(*text, "enter", "ctrl+s")
        await me.until(lambda: text in bodies(me.here))

        await me.press("ctrl+n")
        assert me.here.target == "#general"
        await me.press("f4")
        assert me.here.target == "#announcements"
        await me.press("f2")
        assert isinstance(me.app.screen, HelpScreen)


async def test_hostile_text_reaches_the_screen_harmless_by_every_way_of_this_half(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        names = list(PAYLOADS)
        for some in (names[at : at + 8] for at in range(0, len(names), 8)):
            payloads = [PAYLOADS[name] for name in some]
            me.chat.answer(Answer(f"[/b] {payloads[0]}", pair_lines([(drawable_line(each), "x") for each in payloads])))
            candidates = tuple(Candidate(f"@{each}", each) for each in payloads)
            me.chat.popup.show(Completion(0, 0, candidates, usage="/x"))
            me.chat.popup.place(3, 28, 100)
            await me.pilot.pause()

            assert "/x" in me.screen
            assert is_safe(me.screen), some
