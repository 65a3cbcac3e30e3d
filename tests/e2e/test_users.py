"""`chat-core users` and `chat-core invite` on a server that runs, and on one that does not; and how scripts sign in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chat_core.cli import app
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.wire import Wire

PASSWORD = "correct horse"
CHEAP = {"CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64"}


def core(*arguments: str, data: Path, stdin: str = "", code: int = 0) -> str:
    """Run `chat-core`, in this process; return what it printed, or what it complained of."""
    done = CliRunner().invoke(app, [*arguments, "--data", str(data)], input=stdin, env=CHEAP)
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    return (done.stderr if code else done.stdout).strip()


def tui(*arguments: str, stdin: str = "", code: int = 0, env: dict[str, str] | None = None) -> str:
    """Run `chat-tui`; return what it printed, or what it complained of."""
    done = subprocess.run(
        [sys.executable, "-m", "chat_tui", *arguments],
        input=stdin, capture_output=True, text=True, timeout=WAIT_S, env={**os.environ, **(env or {})}, check=False,
    )  # fmt: skip
    assert done.returncode == code, (done.stdout, done.stderr)
    return (done.stderr if code else done.stdout).strip()


@contextmanager
def stopped(data: Path) -> Iterator[None]:
    yield


@contextmanager
def running(data: Path) -> Iterator[None]:
    with ServerProcess(data, env=CHEAP) as server:
        yield
        assert server.stop() == 0


def enter(port: int, name: str, password: str = PASSWORD) -> str:
    with Wire(port) as wire:
        wire.call("hello", protocol=1)
        answer = wire.ask("sign_in_password", name=name, password=password)
    return str(answer["code"]) if answer["t"] == "failure" else str(answer["reply"]["account"].get("role", "member"))


@pytest.mark.parametrize("state", [stopped, running])
def test_users_are_added_listed_and_changed_whether_the_server_runs_or_not(home: Path, state: object) -> None:
    data = home / "data"
    assert state in (stopped, running)
    with (running if state is running else stopped)(data):
        assert (
            core("users", "add", "ann", "--password-stdin", data=data, stdin=PASSWORD) == "ann is owner of this server"
        )
        core("users", "add", "bob", "--password-stdin", "--role", "moderator", data=data, stdin=PASSWORD)
        core("users", "add", "eve", "--no-password", data=data)
        core("users", "passwd", "bob", "--password-stdin", data=data, stdin="battery staple\n")
        core("users", "allow", "zoe", data=data)
        core("users", "disable", "eve", data=data)
        core("users", "role", "bob", "member", data=data)
        line, code = core("invite", "--uses", "2", "--expires", "1h30m", data=data).splitlines()
        assert line.startswith("chat-tui connect ")
        assert f"invite={code}" in line

        listed = [json.loads(line) for line in core("users", "list", "--json", data=data).splitlines()]
        assert [(one["name"], one["role"], one["registered"], one["disabled"]) for one in listed] == [
            ("ann", "owner", True, False), ("bob", "member", True, False), ("eve", "member", False, True)
        ]  # fmt: skip
        assert core("users", "list", "--allowed", data=data) == "zoe"
        assert "2 left" in core("invite", "--list", data=data)

        assert core("users", "role", "eve", "owner", data=data, code=65).endswith("set one first, with users passwd.")
        assert core("users", "role", "nobody", "owner", data=data, code=66) == "There is no account 'nobody'."
        assert "only owner" in core("users", "disable", "ann", data=data, code=65)
        assert "at least 8" in core("users", "add", "x", "--password-stdin", data=data, stdin="short", code=65)
    with ServerProcess(data, env=CHEAP) as server:
        assert enter(server.port, "ann") == "owner"
        assert enter(server.port, "bob") == "wrong_credentials"
        assert enter(server.port, "bob", "battery staple") == "member"
        assert len(code) == 19
    assert "ok   ways-in" in core("doctor", data=data)


def test_what_is_done_to_an_account_holds_at_once_for_its_connections(home: Path) -> None:
    data = home / "data"
    with ServerProcess(data, env=CHEAP) as server, Wire(server.port) as ann, Wire(server.port) as bob:
        for wire, name in ((ann, "ann"), (bob, "bob")):
            wire.call("hello", protocol=1)
            wire.call("register", name=name, password=PASSWORD)
        assert bob.refused("list_accounts") == "not_allowed"

        core("users", "role", "bob", "owner", data=data)
        assert [one["account"]["name"] for one in bob.call("list_accounts")["accounts"]] == ["ann", "bob"]
        core("users", "role", "bob", "member", data=data)
        assert bob.refused("list_accounts") == "not_allowed"

        bob.call("make_invite")
        assert core("invite", "--list", data=data).endswith("by bob")
        core("users", "disable", "bob", data=data)
        assert core("invite", "--list", data=data).endswith("by bob (disabled or banned: of no use at present)")
        goodbye = bob.goodbye()
        assert goodbye["code"] == "signed_out" and "disabled" in goodbye["text"]
        assert enter(server.port, "bob") == "disabled"
        core("users", "enable", "bob", data=data)
        core("users", "passwd", "ann", "--password-stdin", data=data, stdin="battery staple")
        assert ann.goodbye()["code"] == "signed_out"
        assert enter(server.port, "bob") == "member"


def test_running_server_is_reached_when_the_folder_has_a_long_name(home: Path) -> None:
    data = home / ("x" * 60) / ("y" * 60)
    data.parent.mkdir()
    with ServerProcess(data, env=CHEAP):
        core("users", "allow", "zoe", data=data)
        assert core("users", "list", "--allowed", data=data) == "zoe"


def test_password_is_asked_for_at_a_terminal_only(home: Path) -> None:
    said = core("users", "add", "ann", data=home / "data", code=2)

    assert "--password-stdin" in said


def test_script_signs_in_once_and_needs_no_password_then(home: Path) -> None:
    with ServerProcess(home / "data", env=CHEAP) as server:
        here = ("--server", server.address, "--name", "ann")
        said = tui("login", server.address, "--name", "ann", "--register", "--password-stdin", stdin=f"{PASSWORD}\n")
        assert said == "signed in as ann, the owner of this server"
        tui("send", "#general", "by token", *here)
        assert "by token" in tui("history", "#general", *here)

        elsewhere = {"CHAT_CONFIG": str(home / "elsewhere")}
        assert "has a password" in tui("send", "#general", "x", *here, code=65, env=elsewhere)
        said = tui("send", "#general", "x", *here, "--password-stdin", stdin="wrong", code=65, env=elsewhere)
        assert "No account" in said
        tui("send", "#general", "by password", *here, "--password-stdin", stdin=PASSWORD, env=elsewhere)
        command = {"CHAT_PASSWORD_COMMAND": f"echo '{PASSWORD}'", "CHAT_CONFIG": str(home / "third")}
        tui("send", "#general", "by command", *here, env=command)
        tui("send", "#general", "by token again", *here, env=elsewhere)

        fourth, printing = home / "fourth", f"echo '{PASSWORD}'"
        said = tui("send", "#general", "x", *here, "--password-cmd", "false", code=2, env={"CHAT_CONFIG": str(fourth)})
        assert said == "The command of --password-cmd ended with code 1, not with a password: try it in a terminal."
        tui("send", "#general", "x", *here, "--password-cmd", printing, env={"CHAT_CONFIG": str(home / "fifth")})
        fourth.mkdir(exist_ok=True)
        (fourth / "chat-tui.toml").write_text(f'[servers."{server.address}"]\npassword_cmd = "{printing}"\n')
        tui("send", "#general", "by the entry", *here, env={"CHAT_CONFIG": str(fourth)})

        (file,) = (home / "fifth").rglob("tokens.json")
        token = f"echo {json.loads(file.read_text())['tokens'][0]['token']}"
        tui("send", "#general", "x", *here, "--password-cmd", token, env={"CHAT_CONFIG": str(home / "sixth")})
        seventh = {"CHAT_CONFIG": str(home / "seventh")}
        said = tui("login", server.address, "--name", "ann", "--password-cmd", token, env=seventh)
        assert said == "signed in as ann, the owner of this server"

        assert tui("logout", server.address, "--name", "ann") == "ann is signed out"
        assert "has a password" in tui("send", "#general", "x", *here, code=65)


def test_file_that_others_can_read_is_refused_by_scripts(home: Path) -> None:
    with ServerProcess(home / "data", env=CHEAP) as server:
        tui("login", server.address, "--name", "ann", "--register", "--password-stdin", stdin=f"{PASSWORD}\n")
        (file,) = home.rglob("tokens.json")
        file.chmod(0o644)

        said = tui("send", "#general", "x", "--server", server.address, "--name", "ann", code=2)
    assert "chmod 600" in said
