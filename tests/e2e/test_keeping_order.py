"""Keeping order in real terminals: what operators and moderators type, and what everybody sees of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import ServerProcess
from tests.support.stores import change
from tests.support.terminal import Terminal
from tests.support.wire import Wire


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    """Run a server on which mona is a moderator."""
    with ServerProcess(home / "data") as process:
        with Wire(process.port) as wire:
            wire.enter("mona")
        change(home / "data" / "chat.db", "UPDATE accounts SET role = 'moderator' WHERE name = 'mona'")
        yield process


def client(server: ServerProcess, name: str, home: Path) -> Terminal:
    """Open a full-screen client with a home of its own."""
    own = home / name
    own.mkdir()
    env = {"HOME": str(own), **{f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE")}}
    command = [sys.executable, "-m", "chat_tui", "connect", f"127.0.0.1:{server.port}", "--name", name]
    return Terminal(command, width=100, height=24, folder=own, env=env)


def test_operator_keeps_order_in_a_channel_by_commands(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home) as ann, client(server, "bob", home) as bob:
        ann.wait_for("#general")
        bob.wait_for("#general")
        ann.say("/join #room")
        ann.wait_for("very beginning of #room")
        bob.say("/join #room")
        bob.wait_for("very beginning of #room")
        bob.say("/op bob")
        bob.wait_for("Only operators of #room and moderators")

        ann.say("/channel moderated on")
        bob.wait_for("ann set the channel to: moderated")
        bob.say("may I?")
        bob.wait_for("failed: This channel is moderated")
        ann.say("/voice bob")
        bob.wait_for("ann made bob a voice")
        bob.say("/retry")
        ann.wait_for("may I?")

        ann.say("/mute bob 10m too loud")
        bob.wait_for("ann muted bob for 10 minutes: too loud")
        ann.say("/sanctions")
        ann.wait_for("In #room: 1 in force", "@bob", "too loud")
        ann.say("/unmute bob")
        bob.wait_for("ann let bob speak again")
        ann.say("/kick bob off topic")
        bob.wait_for("You were kicked from #room by ann: off topic.")
        ann.wait_for("ann kicked bob: off topic")
        ann.say("/channel invite-only")
        ann.wait_for("ann set the channel to: invite-only")
        bob.say("/join #room")
        bob.wait_for("in use by a closed channel")
        ann.say("/invite bob")
        bob.wait_for("ann invites you to #room")
        bob.say("/join #room")
        ann.wait_for("bob joined")


def test_moderator_puts_somebody_off_the_server_who_reads_why_on_the_start_screen(
    server: ServerProcess, home: Path
) -> None:
    with client(server, "mona", home) as mod, client(server, "bob", home) as bob:
        mod.wait_for("#general")
        bob.wait_for("#general")
        mod.say("/ban bob server 2h spam")
        mod.wait_for("@bob is banned on this server for 2 hours.")
        bob.wait_for("You are banned from this server for another", "spam")
        mod.say("/bans server")
        mod.wait_for("On this server: 1 in force", "@bob")
        mod.say("/lockdown server 10m a raid")
        mod.wait_for("This server is locked down for 10 minutes.")
        mod.say("/lockdown server off")
        mod.wait_for("This server is open again.")
