"""What all commands of the command line share: their arguments, names, and how they fail."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import check_account_name
from chat_core.base.text import line_for_terminal
from chat_tui.paths import HERE, config_folder, data_folder

if TYPE_CHECKING:
    from chat_core.transport.connect import Connector
    from chat_core.transport.urls import Invitation
    from chat_tui.password_command import PasswordCommand

PASSWORD_COMMAND: Final = "CHAT_PASSWORD_COMMAND"
"""Environment variable with a command for the shell, whose first line of output is the password."""

Run = Callable[[Namespace], ExitCode]
"""What a command does with its options."""
Declare = Callable[[Run], ArgumentParser]
"""Makes a command of a function named `_command`, and returns its parser, to be given arguments."""


def add_name(command: ArgumentParser) -> None:
    """Let a command take `--name`."""
    command.add_argument("--name", help="who to be [the name used there, else your login name]")


def add_password(command: ArgumentParser) -> None:
    """Let a command be told the password by a script."""
    given = command.add_mutually_exclusive_group()
    given.add_argument(
        "--password-stdin", action="store_true", help=f"read it from standard input [{PASSWORD_COMMAND}, if set]"
    )
    given.add_argument(
        "--password-cmd",
        metavar="COMMAND",
        help="run this, without a shell, when a password is needed: its first line is that, or a token "
        "[password_cmd of the server, if set]",
    )


def password_for(options: Namespace) -> str:
    """Return the password that a script gives on standard input; empty: none."""
    return sys.stdin.readline().rstrip("\r\n") if options.password_stdin else ""


def command_for(options: Namespace, address: str) -> PasswordCommand | None:
    """Return what prints the password: what the command line names, else the environment, else the server's entry.

    Args:
        options: of the command line.
        address: of the server, as an `Address` is spelled.

    Raises:
        UsageFault: it is no command; or the settings file is wrong.
    """
    from chat_tui.config import password_command
    from chat_tui.server_entries import arguments_of

    if options.password_cmd is not None:
        what = "The command of --password-cmd"
        try:
            arguments = arguments_of(options.password_cmd)
        except UsageFault as fault:
            raise UsageFault(f"What --password-cmd gives {fault}") from fault
    elif shell_line := os.environ.get(PASSWORD_COMMAND, ""):
        what, arguments = f"The command in {PASSWORD_COMMAND}", ("/bin/sh", "-c", shell_line)
    else:
        what, arguments = f"password_cmd of {address}", password_command(config_folder(), address)
    if not arguments:
        return None
    from chat_tui.password_command import PasswordCommand

    return PasswordCommand(arguments, what)


def told_by(command: PasswordCommand) -> str:
    """Return what a command prints. Raises: UsageFault: it gives no password."""
    import asyncio

    try:
        return asyncio.run(command())
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


def told_before(command: PasswordCommand) -> Callable[[], Awaitable[str]]:
    """Run a command, and return what says first what it printed, and asks it again after that.

    It is no password for sure: a client tries what looks like a token as one.

    Raises:
        UsageFault: it gives no password.
    """
    told = [told_by(command)]

    async def ask() -> str:
        return told.pop() if told else await command()

    return ask


def name_for(name: str | None, address: str | None) -> str:
    """Return the wanted name, checked, or the one to be expected there.

    Raises:
        UsageFault: it is ill-formed.
    """
    if name is not None:
        return check_account_name(name)
    from chat_tui import storage

    return storage.load(config_folder()).name_for(address or "")


def reach(address: str) -> Invitation:
    """Return where an address or a link leads; this computer's own server runs then.

    Raises:
        UsageFault: it is ill-formed.
        WorldFault: this computer's own server cannot be started.
    """
    from chat_core.transport.urls import Invitation, parse_invitation

    if address != HERE:
        return parse_invitation(address)
    from chat_tui.embedded import Embedded

    return Invitation(Embedded(data_folder()).ensure())


def connector_for(link: Invitation) -> Connector:
    """Return what connects there, if the server can be trusted."""
    if not link.address.tls:
        from chat_core.transport.connect import connect

        return connect
    from chat_core.client import TrustingConnector

    return TrustingConnector.of(config_folder(), link.pin)


def fail(sentence: str, code: ExitCode) -> ExitCode:
    """Say what is wrong on standard error, and return the exit code."""
    print(line_for_terminal(sentence), file=sys.stderr)
    return code
