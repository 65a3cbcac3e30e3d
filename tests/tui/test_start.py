"""The start screen: where to, and as whom; and the way back to it when that leads nowhere."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot

from chat_core.server.store.schema import VERSION_TABLE
from chat_tui import storage
from chat_tui.app import ChatApp
from chat_tui.bridge import Bridge
from chat_tui.embedded import Embedded, _wait_unlocked
from chat_tui.paths import HERE
from chat_tui.screens import visit
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.start import StartScreen
from chat_tui.storage import Servers
from tests.tui.support.frames import DEADLINE_S, frame, until
from tests.tui.support.typing import press
from tests.tui.support.visiting import Sitting, unique

NOBODY = "chat://127.0.0.1:1"
"""No server listens there."""


def application(home: Path, choice: Goal | None = None) -> ChatApp:
    return ChatApp(choice, config=home / "config", data=home / "here", outbox=home / "outbox")


def start(app: ChatApp) -> StartScreen:
    assert isinstance(app.screen, StartScreen)
    return app.screen


async def sees(pilot: Pilot[None], *texts: str) -> None:
    """Wait until words are on the screen, however they are broken into lines."""
    await until(pilot, lambda: all(text in _flat(pilot) for text in texts), f"{texts} on the screen")


def _flat(pilot: Pilot[None]) -> str:
    return " ".join(frame(pilot.app).replace("|", " ").split())


async def test_start_screen_offers_this_computer_and_the_login_name_at_first(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "annika")
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "▌ this computer annika", "another server…", "Enter goes")

        assert app.focused is not None
        assert app.focused.id == "name"


async def test_start_screen_fits_the_smallest_terminal(home: Path) -> None:
    servers = Servers()
    for number in range(9):
        servers = servers.used(f"chat://127.0.0.1:{number + 1}", "ann")
    storage.save(home / "config", servers)
    app = application(home)
    async with app.run_test(size=(40, 10)) as pilot:
        await press(pilot, *["down"] * 12)
        await press(pilot, *"x y", "enter")

        await sees(pilot, "Where to?", "another server…", "x y", "As whom?", "is no host")


async def test_start_screen_goes_to_this_computer_and_remembers_it(home: Path) -> None:
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, "")
        await press(pilot, "ctrl+u", *"annika", "enter")
        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.is_at("#general")
        await me.sees("Ctrl+S picks a message", "F1 help, Ctrl+Q quits")
        assert "/invite" not in me.screen, "nobody else can come there"

        assert me.state.me is not None
        assert me.state.me.name == "annika"
        await me.until(lambda: storage.load(home / "config").last == storage.KnownServer(HERE, "annika"))


async def test_start_screen_knows_the_server_and_the_name_of_last_time(server: str, home: Path) -> None:
    name = unique("regular")
    storage.save(home / "config", Servers().used(HERE, "anna").used(server, name))
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, f"▌ {in_words(server)}")
        await press(pilot, "up")
        assert "anna" in frame(app)
        await press(pilot, "down", "enter")
        me = Sitting(app, pilot, name)
        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.is_at("#general")

        assert me.state.me is not None
        assert me.state.me.name == name


async def test_start_screen_lets_what_is_typed_take_the_place_of_a_name_it_suggests(home: Path) -> None:
    storage.save(home / "config", Servers().used(NOBODY, "ann").used(HERE, "anna"))
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        assert start(app)._name_field.value == "anna"
        await press(pilot, "down")
        assert start(app)._name_field.value == "ann"
        await press(pilot, *"mia")
        assert start(app)._name_field.value == "mia"
        await press(pilot, *"r")
        assert start(app)._name_field.value == "miar"


async def test_start_screen_keeps_a_name_that_was_written_when_another_server_is_marked(home: Path) -> None:
    storage.save(home / "config", Servers().used(NOBODY, "ann").used(HERE, "anna"))
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "ctrl+u", *"mine", "down", "up")

        assert start(app)._name_field.value == "mine"


async def test_start_screen_says_in_place_what_is_wrong(home: Path) -> None:
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "ctrl+u", *"-x", "enter")
        await sees(pilot, "A name begins with a letter or a digit.")

        await press(pilot, "down", "enter")
        await sees(pilot, "An address is missing")

        await press(pilot, *"chat://example.org", "enter")
        await sees(pilot, "example.org is another machine")
        assert start(app).focused is start(app)._address_field


async def test_start_screen_is_used_with_the_mouse(home: Path) -> None:
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("ServerRows", offset=(5, 1))
        assert start(app)._address_field.display

        await pilot.click("ServerRows", offset=(5, 1))
        await sees(pilot, "An address is missing")

        await pilot.click("ServerRows", offset=(5, 0))
        assert not start(app)._address_field.display
        await sees(pilot, "Enter goes")  # what was wrong with the other one is not wrong with this


async def test_start_screen_has_help_and_leaves(home: Path) -> None:
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f1")
        assert isinstance(app.screen, HelpScreen)
        await press(pilot, "ctrl+c")
        assert isinstance(app.screen, StartScreen)
        await press(pilot, "ctrl+q")

        await until(pilot, lambda: app._exit)


@pytest.mark.parametrize("address", [NOBODY, "chat+unix:/nowhere/chat.sock"])
async def test_server_that_does_not_answer_leads_back_with_a_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    online = Bridge.online

    async def once(bridge: Bridge, timeout_s: float) -> None:
        end = time.monotonic() + DEADLINE_S
        while not bridge.state.link.detail:  # until the first try has failed, however long that takes
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        await online(bridge, 0)

    monkeypatch.setattr(Bridge, "online", once)
    app = application(home, Goal(address, "ann"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await sees(pilot, in_words(address), "ann")
        complaint = "No server listens" if address != NOBODY else "127.0.0.1:1"
        await sees(pilot, complaint)

        # And on from there, by another way, to a server that is yet to be started.
        monkeypatch.setattr(Bridge, "online", online)
        monkeypatch.setattr(visit, "LET_IN_WITHIN_S", DEADLINE_S)
        await press(pilot, "up", "enter")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await Sitting(app, pilot, "ann").is_at("#general")


async def test_unwritable_data_folder_is_said(home: Path) -> None:
    (home / "here").write_text("a file, no folder")
    app = application(home, Goal(HERE, "ann"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await sees(pilot, f"The data folder {home}/here cannot be written", "CHAT_DATA")


async def test_database_of_a_newer_version_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "LET_IN_WITHIN_S", DEADLINE_S)  # the server, and this one, may have little time
    embedded = Embedded(home / "here")
    embedded.ensure()
    embedded.let_go()
    app = application(home, Goal(HERE, "ann"))
    database = home / "here" / "chat.db"
    async with app.run_test(size=(80, 24)) as pilot:
        await Sitting(app, pilot, "ann").is_at("#general")
    _wait_unlocked(home / "here" / "lock")
    with sqlite3.connect(database) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    app = application(home, Goal(HERE, "ann"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await sees(pilot, "newer")


async def test_start_screen_asks_for_a_page_and_before_a_file_of_somebody_else_is_gone(server: str, home: Path) -> None:
    storage.save(home / "config", Servers().used(server, unique("reader")))
    thesis = home / "thesis.html"
    thesis.write_text("my thesis")
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "A page for your browser, of all that comes?")
        await press(pilot, "tab")
        await press(pilot, *str(home / "nowhere" / "chat.html"), "enter")
        await sees(pilot, "There is no folder")
        await press(pilot, "ctrl+u", *str(thesis), "enter")
        await sees(pilot, "was not made by this program. Enter again writes over it.")
        assert thesis.read_text() == "my thesis"

        await press(pilot, "enter")
        me = Sitting(app, pilot, "")
        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.is_at("#general")
        await me.until(lambda: "Connected as reader" in thesis.read_text())
        await me.enter("/html")
        await me.until(lambda: thesis.as_uri() in me.answer)

        await me.enter("/disconnect")
        await me.until(lambda: isinstance(app.screen, StartScreen))
        assert start(app)._file_field.value == str(thesis)
        await press(pilot, "enter")
        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.until(lambda: thesis.read_text().count("Connected as reader") == 2)
        assert f"Connecting to {in_words(server)} as reader" in thesis.read_text()
    assert "the client has ended" in thesis.read_text()


async def test_words_about_keys_are_keys_for_the_mouse(home: Path) -> None:
    app = application(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f1")
        assert isinstance(app.screen, HelpScreen)
        last = frame(app).splitlines()[-1].strip("|")

        await pilot.click("Page", offset=(last.index("Esc closes"), 23))
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.click("Complaint", offset=(2, 0))  # Enter goes

        await sees(pilot, "#general")
