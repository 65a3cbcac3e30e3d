"""What all commands of the command line share: their arguments, names, and how they fail."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import check_account_name
from chat_core.base.text import line_for_terminal
from chat_tui.paths import HERE, config_folder, data_folder

if TYPE_CHECKING:
    from chat_core.transport.connect import Connector
    from chat_core.transport.urls import Invitation

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
    command.add_argument(
        "--password-stdin", action="store_true", help=f"read it from standard input [{PASSWORD_COMMAND}, if set]"
    )


def password_for(options: Namespace) -> str:
    """Return the password that a script gives: from standard input, or from the command in the environment.

    Raises:
        UsageFault: that command fails.
    """
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    command = os.environ.get(PASSWORD_COMMAND, "")
    if not command:
        return ""
    import subprocess

    done = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise UsageFault(f"The command in {PASSWORD_COMMAND} ended with code {done.returncode}, not with a password.")
    return done.stdout.partition("\n")[0].rstrip("\r")


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
