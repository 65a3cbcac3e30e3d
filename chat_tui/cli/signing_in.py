"""The commands that sign this device in and out, for scripts and for people without the full-screen client."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_tui.cli.common import (
    Declare,
    add_name,
    add_password,
    command_for,
    connector_for,
    name_for,
    password_for,
    reach,
    told_before,
    told_by,
)
from chat_tui.glance import files as glances
from chat_tui.paths import HERE, config_folder

if TYPE_CHECKING:
    from chat_core.transport.urls import Invitation
    from chat_tui.plain.running import Server


def declare(command: Declare) -> None:
    """Declare them."""
    entering: ArgumentParser = command(_login)
    entering.add_argument("address", metavar="HOST[:PORT]", help="or a link, or `here`: this computer's own")
    add_name(entering)
    add_password(entering)
    entering.add_argument("--register", action="store_true", help="make the account")
    entering.add_argument("--invite", default="", metavar="CODE", help="make the account, with an invite")
    leaving: ArgumentParser = command(_logout)
    leaving.add_argument("address", metavar="HOST[:PORT]", help="or `here`: this computer's own")
    add_name(leaving)


def _login(options: Namespace) -> ExitCode:
    """Sign this device in; the password is asked for, and from then on nothing is."""
    from chat_tui import storage
    from chat_tui.plain.running import run
    from chat_tui.plain.signing_in import login

    server, address, link = _server(options)
    invite = options.invite or link.invite
    register = options.register or bool(invite)
    command = None if options.password_stdin else command_for(options, str(server.address))
    if command is None:
        server = server._replace(password=password_for(options) or _asked(twice=register))
    elif register:
        server = server._replace(password=told_by(command))
    else:
        server = server._replace(ask=told_before(command))
    code = run(login(server, register=register, invite=invite))
    if code is ExitCode.OK:
        storage.save(config_folder(), storage.load(config_folder()).used(address, server.name))
    return code


def _logout(options: Namespace) -> ExitCode:
    """Sign this device out; its token is worth nothing then."""
    from chat_tui.plain.running import run
    from chat_tui.plain.signing_in import logout

    glances.forget()
    return run(logout(_server(options)[0]))


def _server(options: Namespace) -> tuple[Server, str, Invitation]:
    """Return where to go and as whom, how that is remembered, and the link that leads there."""
    from chat_tui.kept_tokens import KeptTokens
    from chat_tui.plain.running import Server

    link = reach(options.address)
    address = HERE if options.address == HERE else str(link.address)
    name = name_for(options.name, address)
    tokens = KeptTokens(config_folder(), link.address)
    return Server(link.address, name, connector_for(link), tokens=tokens), address, link


def _asked(*, twice: bool) -> str:
    """Ask for a password without showing it. Raises: UsageFault."""
    import getpass

    if not sys.stdin.isatty():
        raise UsageFault("There is no terminal to ask for the password at: give --password-stdin.")
    password = getpass.getpass("password: ")
    if twice and getpass.getpass("again: ") != password:
        raise UsageFault("The two passwords are not the same.")
    return password
