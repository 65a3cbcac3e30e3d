"""The form for getting in, in the full-screen client on real servers: shown when needed, and only then."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chat_core.cli import app as core
from chat_core.client import Client, FileTokens, LinkStatus, parse_address, parse_invitation
from chat_tui import storage
from chat_tui.app import ChatApp
from chat_tui.config import CONFIG_FILE
from chat_tui.kept_tokens import KeptTokens
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.signing_in import SignInScreen
from chat_tui.screens.start import StartScreen
from tests.support.keyrings import Keeping, keyring_here
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import Sitting, unique

PASSWORD = "correct horse"
CHEAP = {"CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64"}
STRICT = {**CHEAP, "CHAT_CORE_ACCOUNTS_TRUST_LOOPBACK": "false", "CHAT_CORE_ACCOUNTS_NAME_ONLY": "nowhere"}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run a server that takes nobody without an invite or a password, from wherever they come."""
    with ServerProcess(tmp_path_factory.mktemp("strict") / "data", env=STRICT) as running:
        yield running


@pytest.fixture(scope="module")
def easy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run a server with its defaults: here a name is enough, until it has a password."""
    with ServerProcess(tmp_path_factory.mktemp("easy") / "data", env=CHEAP) as running:
        yield running


def invite(server: ServerProcess) -> str:
    """Return the code of a fresh invite."""
    done = CliRunner().invoke(core, ["invite", "--data", str(server.data)], env={**os.environ, **STRICT})
    assert done.exit_code == 0, done.output
    return done.stdout.strip().splitlines()[-1]


def with_password(act: str, server: ServerProcess, name: str) -> None:
    """Make an account with a password from the command line (`add`), or give it one and sign it out (`passwd`)."""
    arguments = ["users", act, name, "--password-stdin", "--data", str(server.data)]
    done = CliRunner().invoke(core, arguments, input=f"{PASSWORD}\n", env={**os.environ, **CHEAP})
    assert done.exit_code == 0, done.output


def application(home: Path, choice: Goal) -> ChatApp:
    return ChatApp(choice, config=home / "config", data=home / "here", outbox=home / "outbox")


async def form(me: Sitting, *texts: str) -> None:
    """Wait for the form."""
    await me.until(lambda: isinstance(me.app.screen, SignInScreen), "the form")
    await me.sees("as a new account", *texts)


async def is_in(me: Sitting, target: str = "#general") -> None:
    """Wait until somebody is in, and can write."""
    await me.until(lambda: isinstance(me.app.screen, ChatScreen) and me.state.me is not None, "let in")
    await me.is_at(target)
    await me.until(lambda: me.app.focused is me.chat.composer, "the composer has the focus")


async def test_link_with_invite_registers_and_the_second_run_asks_nothing(strict: ServerProcess, home: Path) -> None:
    name = unique("ann")
    link = parse_invitation(f"{strict.address}/garden?invite={invite(strict)}")
    app = application(home, Goal(str(link.address), name, link))
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, name)
        await form(me, "▌ as a new account", link.invite, name)
        await me.press(*PASSWORD, "enter")
        await me.sees("once more")
        assert PASSWORD not in me.screen
        await me.press(*PASSWORD, "enter")
        await is_in(me, "#garden")
        assert me.state.me is not None and me.state.me.name == name
    assert FileTokens(home / "config", link.address).find(name)
    assert storage.load(home / "config").last == storage.KnownServer(str(link.address), name)
    assert not [file for file in home.rglob("*") if file.is_file() and PASSWORD.encode() in file.read_bytes()]

    for choice in (Goal(str(link.address), name, link), Goal(str(link.address), name)):
        app = application(home, choice)
        async with app.run_test(size=(80, 24)) as pilot:
            await is_in(Sitting(app, pilot, name), "#garden" if choice.link else "#general")


async def test_refusals_are_said_at_the_form_and_can_be_mended_there(strict: ServerProcess, home: Path) -> None:
    name = unique("bob")
    app = application(home, Goal(strict.address, name))
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, name)
        await form(me, "A name alone is enough only", "▌ with my password")
        await me.press(*"wrong horse", "enter")
        await me.until(lambda: isinstance(me.app.screen, SignInScreen) and "No account" in me.screen, "the refusal")
        await me.press("down", *PASSWORD, "enter", *"something else", "enter")
        await me.sees("not the same")
        await me.sees("Password, at least 8 characters, twice")
        here = me.app.screen
        row = next(y for y, text in enumerate(me.screen.splitlines()) if "twice" in text)
        await me.press("ctrl+u", *"short", "enter", *"short", "enter")
        await me.sees("A password has at least 8 characters: write a longer one.")
        assert me.app.screen is here
        assert "twice" in me.screen.splitlines()[row], "the form stays where it is"
        await me.press(*PASSWORD, "enter", *PASSWORD, "enter")
        await me.sees("made with an invite")
        await me.press(*"wrong-code", "enter")
        await me.sees("The invite code is wrong")
        await me.press(*invite(strict), "enter")
        await is_in(me)


async def test_name_that_is_taken_is_written_anew_and_the_password_is_not(easy: ServerProcess, home: Path) -> None:
    taken, name = unique("ann"), unique("ann")
    await asyncio.to_thread(with_password, "add", easy, taken)
    app = application(home, Goal(easy.address, taken))
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, taken)
        await form(me)
        await me.press("down", *PASSWORD, "enter", *PASSWORD, "enter")
        await me.sees("is in use")
        await me.press(*name, "enter")
        await is_in(me)
        assert me.state.me is not None and me.state.me.name == name


async def test_name_with_a_password_asks_for_it_and_a_token_that_was_refused_asks_again(
    easy: ServerProcess, home: Path
) -> None:
    name = unique("ann")
    address = parse_address(easy.address)
    app = application(home, Goal(easy.address, name))
    async with app.run_test(size=(100, 30)) as pilot:
        me = Sitting(app, pilot, name)
        await is_in(me)
        await me.enter(f"/register {name}")
        await form(me, "▌ as a new account", "as a guest")
        await me.press(*PASSWORD, "enter", *PASSWORD, "enter")
        await is_in(me)
    tokens = FileTokens(home / "config", address)
    tokens.keep(name, "")

    app = application(home, Goal(easy.address, name))
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, name)
        await form(me, "has a password: sign in with it.")
        await me.press(*PASSWORD, "enter")
        await is_in(me)
    tokens.keep(name, "nonsense")

    app = application(home, Goal(easy.address, name))
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, name)
        await form(me, "This device is signed out there")
        await me.press("escape")
        await me.until(lambda: isinstance(me.app.screen, StartScreen), "the start screen")
        await me.press("enter")
        await form(me)
        await me.press(*PASSWORD, "enter")
        await is_in(me)


async def test_command_that_prints_the_password_gets_in_and_one_that_does_not_is_told_at_the_form(
    easy: ServerProcess, home: Path
) -> None:
    name = unique("ann")
    await asyncio.to_thread(with_password, "add", easy, name)
    config = home / "config"
    config.mkdir()

    @asynccontextmanager
    async def beginning(command: str) -> AsyncIterator[Sitting]:
        (config / CONFIG_FILE).write_text(f'[servers."{easy.address}"]\npassword_cmd = "{command}"\n')
        app = application(home, Goal(easy.address, name))
        async with app.run_test(size=(80, 24)) as pilot:
            yield Sitting(app, pilot, name)

    async with beginning("false") as me:
        await form(me, "with my password", "ended with code 1")
    async with beginning("echo wrong") as me:
        await form(me, "What password_cmd prints is not taken there")
    async with beginning(f"echo '{PASSWORD}'") as me:
        await is_in(me)


async def test_refused_sign_in_says_that_what_was_written_before_waits_and_it_is_sent_then(home: Path) -> None:
    name = unique("ann")
    with ServerProcess(home / "data", env=CHEAP) as server:
        app = application(home, Goal(server.address, name))
        async with app.run_test(size=(80, 24)) as pilot:
            me = Sitting(app, pilot, name)
            await is_in(me)
            await me.sees("1 online")
            await asyncio.to_thread(server.stop)
            await me.sees("Connection lost: what you write is sent later.")
            assert "1 online" not in me.screen
            await me.enter("written while away")
            await me.sees("queued")
            await asyncio.to_thread(with_password, "passwd", server, name)
            await asyncio.to_thread(server.start)

            await form(me, "message is not sent yet and waits for your return.")
            await me.press(*PASSWORD, "enter")
            await is_in(me)
            await me.until(lambda: [each.body for each in me.here.timeline] == ["written while away"])


async def test_what_was_filled_in_is_used_when_the_server_was_found_to_be_the_right_one(home: Path) -> None:
    with ServerProcess(home / "data", "--tls", "on", env=STRICT) as server:
        link = parse_invitation(f"{server.address.partition('?')[0]}?invite={invite(server)}")
        app = application(home, Goal(str(link.address), "ann", link))
        async with app.run_test(size=(80, 24)) as pilot:
            me = Sitting(app, pilot, "ann")
            await form(me)
            await me.press(*PASSWORD, "enter", *PASSWORD, "enter")
            await me.sees("Y trusts it")
            await me.press("y")
            await is_in(me)
    assert FileTokens(home / "config", link.address).find("ann")


async def test_log_out_forgets_the_token_here_and_at_the_server(easy: ServerProcess, home: Path) -> None:
    name = unique("ann")
    address = parse_address(easy.address)
    tokens = FileTokens(home / "config", address)
    async with Client(address, name, password=PASSWORD, register=True, tokens=tokens) as elsewhere:
        await elsewhere.online(20)
        token = tokens.find(name)
        app = application(home, Goal(easy.address, name))
        async with app.run_test(size=(80, 24)) as pilot:
            me = Sitting(app, pilot, name)
            await is_in(me)
            await me.enter("/logout")
            await me.sees("You are signed out.")
            await me.until(lambda: elsewhere.state.link.status is LinkStatus.REFUSED, "the device is gone")
            await me.press("enter")
            await form(me, "has a password")
    assert token and not tokens.find(name)


async def test_guest_gets_in_without_a_password_where_the_server_takes_guests(easy: ServerProcess, home: Path) -> None:
    name = unique("eve")
    FileTokens(home / "config", parse_address(easy.address)).keep(name, "nonsense")
    app = application(home, Goal(easy.address, name))
    async with app.run_test(size=(80, 24)) as pilot:
        me = Sitting(app, pilot, name)
        await form(me, "as a guest")
        await me.press("down", "down")
        await me.sees("▌ as a guest")
        assert "password" not in me.screen.replace("with my password", "")
        await me.press("enter")
        await is_in(me)
        assert me.state.me is not None and me.state.me.role == "guest"


@pytest.mark.parametrize("size", [(40, 10), (80, 24)])
async def test_form_is_whole_at_every_size(strict: ServerProcess, home: Path, size: tuple[int, int]) -> None:
    link = parse_invitation(f"{strict.address}?invite=AAAA-BBBB-CCCC-DDDD")
    app = application(home, Goal(str(link.address), "ann", link))
    async with app.run_test(size=size) as pilot:
        me = Sitting(app, pilot, "ann")
        await form(me, "Sign in", "ann", "with my password", "password", "the same again", link.invite, "Esc goes back")
        if path := os.environ.get("SVG"):
            Path(f"{path}{size[0]}.svg").write_text(app.export_screenshot())


async def test_token_is_in_the_keyring_and_one_that_is_locked_asks_for_the_password(
    easy: ServerProcess, home: Path
) -> None:
    name, address = unique("ann"), parse_address(easy.address)
    (home / "config").mkdir()
    (home / "config" / "chat-tui.toml").write_text('[servers]\ntokens = "keyring"\n')
    ring = Keeping()
    with keyring_here(ring):
        tokens = KeptTokens(home / "config", address)
        async with Client(address, name, password=PASSWORD, register=True, tokens=tokens) as elsewhere:
            await elsewhere.online(20)
        app = application(home, Goal(easy.address, name))
        async with app.run_test(size=(100, 30)) as pilot:
            await is_in(Sitting(app, pilot, name))
        assert [*ring.kept.values()] == [tokens.find(name)]

        ring.locked = True
        app = application(home, Goal(easy.address, name))
        async with app.run_test(size=(100, 30)) as pilot:
            me = Sitting(app, pilot, name)
            await form(me, "keyring does not give the token", "(it is locked)")
            await me.press(*PASSWORD, "enter")
            await is_in(me)
            await me.sees("a file that only you can read has it")
        assert FileTokens(home / "config", address).find(name) not in ("", *ring.kept.values())
