"""What all commands of the command line share: their arguments, names, and how they fail."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import check_account_name
from chat_core.base.text import line_for_terminal
from chat_tui import storage
from chat_tui.paths import config_folder

Run = Callable[[Namespace], ExitCode]
"""What a command does with its options."""
Declare = Callable[[Run], ArgumentParser]
"""Makes a command of a function named `_command`, and returns its parser, to be given arguments."""


def add_name(command: ArgumentParser) -> None:
    """Let a command take `--name`."""
    command.add_argument("--name", help="who to be [the name used there, else your login name]")


def name_for(name: str | None, address: str | None) -> str:
    """Return the wanted name, checked, or the one to be expected there.

    Raises:
        UsageFault: it is ill-formed.
    """
    if name is not None:
        return check_account_name(name)
    return storage.load(config_folder()).name_for(address or "")


def fail(sentence: str, code: ExitCode) -> ExitCode:
    """Say what is wrong on standard error, and return the exit code."""
    print(line_for_terminal(sentence), file=sys.stderr)
    return code
