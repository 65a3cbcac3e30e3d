"""What those who run a server do from inside: accounts, invites, devices, passwords."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chat_core.cli import app as cli
from chat_core.client import Client, FileTokens
from chat_core.transport.urls import parse_address, parse_invitation
from chat_tui.screens.secret import SecretScreen
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import Sitting, sitting, unique

PASSWORD = "correct horse"
CHEAP = {"CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64", "CHAT_CORE_ACCOUNTS_ARGON2_PASSES": "1"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("own") / "data", env=CHEAP) as running:
        yield running


async def _fill_in(person: Sitting, *texts: str) -> None:
    await person.until(lambda: isinstance(person.app.screen, SecretScreen), "the form")
    for text in texts:
        await person.write(text)
        assert text not in person.screen, "it is masked"
        await person.press("enter")


def _listed(person: Sitting) -> str:
    answer = person.chat.answers.answer
    return "" if answer is None else "\n".join(line.text for line in answer.lines)


async def test_password_and_devices_are_looked_after_from_inside(own: ServerProcess, home: Path) -> None:
    async with sitting(own.address, home) as me:
        await me.enter("/devices")
        await me.until(lambda: me.answer.startswith("No device is signed in"))

        await me.enter("/password")
        await _fill_in(me, PASSWORD, PASSWORD)
        await me.until(lambda: me.answer.startswith("Your password is another one now"))
        await me.enter("/devices")
        await me.until(lambda: "this one, online" in _listed(me))

        await me.enter("/password")
        await me.until(lambda: isinstance(me.app.screen, SecretScreen), "the form")
        await me.press("escape")
        await me.until(lambda: me.answer == "Your password stays as it is.")
        await me.enter("/accounts list")
        await me.until(lambda: "Only owners of this server" in me.answer, "members do not see the accounts")


async def test_owner_runs_the_server_from_inside(own: ServerProcess, home: Path) -> None:
    name, bob, zoe = unique("own"), unique("bob"), unique("zoe")
    core = ["users", "add", name, "--role", "owner", "--password-stdin", "--data", str(own.data)]
    done = CliRunner().invoke(cli, core, input=f"{PASSWORD}\n", env={**os.environ, **CHEAP})
    assert done.exit_code == 0, done.output
    tokens = FileTokens(home / "config", parse_address(own.address))
    async with Client(parse_address(own.address), name, password=PASSWORD, tokens=tokens) as once:
        await once.online(10)
    async with sitting(own.address, home, name=name) as me:
        await me.enter(f"/users add {bob}")
        await _fill_in(me, PASSWORD, PASSWORD)
        await me.until(lambda: me.answer == f"{bob} is member of this server.")
        await me.enter(f"/users role {bob} moderator")
        await me.until(lambda: me.answer == f"{bob} is moderator of this server.")
        await me.enter(f"/users allow {zoe}")
        await me.until(lambda: me.answer == f"{zoe} may register.")
        await me.enter(f"/accounts disable {bob}")
        await me.until(lambda: me.answer == f"{bob} cannot sign in any more.")
        await me.enter("/accounts")
        await me.until(lambda: bob in _listed(me) and "moderator, password, never seen, DISABLED" in _listed(me))

        await me.enter("/audit")
        await me.until(lambda: f"{name}: disable {bob}" in _listed(me))

        await me.enter("/invite --uses 3 --expires 2d #general")
        await me.until(lambda: me.answer.startswith("An invite for 3"))
        link = parse_invitation(_listed(me).strip())
        assert (str(link.address), link.channel) == (own.address, "general")
        assert link.invite
        assert me.app.clipboard == _listed(me).strip()
        await me.pilot.resize_terminal(44, 24)  # where it is longer than a line, none of it is cut
        await me.until(lambda: me.app.clipboard in "".join(line.strip("| ") for line in me.screen.splitlines()))
        assert "only from this computer: others do not reach this server" in me.answer
        await me.enter("/invite --uses none")
        await me.until(lambda: "number from 1" in me.screen)
