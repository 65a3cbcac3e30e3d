"""A server that is not known yet, one that is another than before, and links: in the full-screen client."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from chat_core.client import Invitation, parse_invitation
from chat_core.client.trust.decision import Known
from chat_core.client.trust.known import KnownServers
from chat_tui import storage
from chat_tui.app import ChatApp
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.start import StartScreen
from chat_tui.screens.trust import StopScreen, TrustScreen
from tests.support.processes import ServerProcess
from tests.tui.support.frames import frame, until
from tests.tui.support.typing import press, write
from tests.tui.support.visiting import Sitting, unique

OTHER_PIN = "4Ogs4hf4aMN5e4wfxdD65mcANm-VpXmq4wPsyMFJDYw"


@pytest.fixture
def link(secured: Invitation) -> Invitation:
    """Return the link to a server with TLS."""
    return secured


def application(home: Path, choice: Goal | None = None) -> ChatApp:
    return ChatApp(choice, config=home / "config", data=home / "here", outbox=home / "outbox")


async def sees(pilot: Pilot[None], *texts: str) -> None:
    """Wait until words are on the screen, however they are broken into lines."""
    await until(pilot, lambda: all(text in _flat(pilot) for text in texts), f"{texts} on the screen")


def _flat(pilot: Pilot[None]) -> str:
    return " ".join(frame(pilot.app).replace("|", " ").split())


async def test_unknown_server_is_asked_about_and_remembered_when_it_is_the_right_one(
    link: Invitation, home: Path
) -> None:
    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=(100, 30)) as pilot:
        me = Sitting(app, pilot, "")
        await sees(pilot, "not known here", str(link.address), link.pin, "Y trusts it")
        await press(pilot, "enter", "space")
        assert isinstance(app.screen, TrustScreen), "nothing that one presses in passing is a yes"

        await press(pilot, "y")

        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.is_at("#general")
    assert KnownServers(home / "config").find(link.address) == Known("first use", link.pin)
    last = storage.load(home / "config").last
    assert last is not None and last.address == str(link.address)

    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=(100, 30)) as pilot:
        await Sitting(app, pilot, "").is_at("#general")


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_unknown_server_is_left_alone_when_it_is_not_the_right_one(
    link: Invitation, home: Path, key: str
) -> None:
    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, link.pin)
        await press(pilot, key)
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
    assert KnownServers(home / "config").find(link.address) is None


@pytest.mark.parametrize("size", [(40, 10), (60, 12), (80, 24)])
async def test_question_shows_pin_and_keys_whole_at_every_size(
    link: Invitation, home: Path, size: tuple[int, int]
) -> None:
    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=size) as pilot:
        await sees(pilot, "not known here", "Y trusts it", "Esc")
        await until(
            pilot, lambda: link.pin in frame(app).replace("|", "").replace(" ", "").replace("\n", ""), "the pin"
        )


async def test_link_asks_nothing_and_leads_to_its_channel(link: Invitation, home: Path) -> None:
    app = application(home)
    async with app.run_test(size=(100, 30)) as pilot:
        me = Sitting(app, pilot, "")
        await sees(pilot, "Where to?")
        await press(pilot, "ctrl+u", *unique("me"))
        await press(pilot, *["down"] * 3)
        await write(pilot, f"{link.address}/garden?pin={link.pin}")
        await press(pilot, "enter")

        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.is_at("#garden")
    assert KnownServers(home / "config").find(link.address) == Known("link", link.pin)


async def test_connect_command_takes_a_link(link: Invitation, home: Path) -> None:
    KnownServers(home / "config").keep(link.address, Known("first use", link.pin))
    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=(100, 30)) as pilot:
        me = Sitting(app, pilot, "")
        await me.is_at("#general")
        await me.enter(f"/connect {link.address}/kitchen?pin={link.pin}")
        await me.until(lambda: isinstance(app.screen, ChatScreen))
        await me.is_at("#kitchen")


async def test_server_whose_key_changed_stops_the_client_with_what_to_do(link: Invitation, home: Path) -> None:
    KnownServers(home / "config").keep(link.address, Known("first use", OTHER_PIN))
    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "STOP: the key of", "has changed", OTHER_PIN, link.pin, "chat-tui trust", "confirms that.")
        await press(pilot, "y", "enter", "n")
        assert isinstance(app.screen, StopScreen)
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen), "the start screen")
    assert KnownServers(home / "config").find(link.address) == Known("first use", OTHER_PIN)


async def test_server_whose_key_changes_meanwhile_stops_the_client_too(home: Path) -> None:
    with ServerProcess(home / "data", "--tls", "on") as server:
        link = parse_invitation(server.address)
        app = application(home, Goal(str(link.address), unique("me"), link))
        async with app.run_test(size=(80, 24)) as pilot:
            await Sitting(app, pilot, "").is_at("#general")
            server.stop()
            for name in ("tls-key.pem", "tls-certificate.pem"):
                (server.data / name).unlink()
            with server:
                await sees(pilot, "STOP: the key of", link.pin, "Esc goes back")


async def test_known_servers_that_cannot_be_written_are_told_of_and_nothing_is_said(
    link: Invitation, home: Path
) -> None:
    app = application(home, Goal(str(link.address), unique("me")))
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, link.pin)
        (home / "config").write_text("no folder")
        await press(pilot, "y")
        await sees(pilot, "cannot be written", "Where to?")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("chats://chat.example.org:55555", "chat.example.org"),
        ("chats://chat.example.org:5", "chat.example.org:5"),
        ("chats://127.0.0.1:55555", "chats://127.0.0.1"),
        ("chat+insecure://10.0.0.1:5", "chat+insecure://10.0.0.1:5"),
    ],
)
def test_address_in_words_leaves_out_what_goes_without_saying(address: str, words: str) -> None:
    assert in_words(address) == words
