"""What the settings file says of one server: `[servers."chat.example.org"]`, with the command that prints the password.

An entry goes by an address as it is typed; two spellings of one address are one entry. Runs nothing.
"""

from __future__ import annotations

import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from chat_core.base.errors import UsageFault
from chat_core.transport.urls import parse_address

PASSWORD_CMD: Final = "password_cmd"
"""The key of the command."""


class Entries(NamedTuple):
    """All of them."""

    commands: Mapping[str, tuple[str, ...]]
    """Programs that print a password and what they are given, by the address of the server."""
    faults: tuple[str, ...]
    """What is wrong, a sentence each."""


def read(file: Path, content: Mapping[str, Any]) -> Entries:
    """Return the entries in what a settings file holds.

    Args:
        file: the file, for faults, of which one is that others can write it.
        content: of it.
    """
    servers = content.get("servers")
    commands: dict[str, tuple[str, ...]] = {}
    faults: list[str] = []
    for name, entry in servers.items() if isinstance(servers, dict) else ():
        if isinstance(entry, dict):
            try:
                commands[str(parse_address(name))] = _command_in(entry)
            except UsageFault as fault:
                faults.append(f'{file}: [servers."{name}"] {fault}')
    if commands and file.stat().st_mode & stat.S_IWOTH:
        faults.append(f"{file} names a command that runs as you, and anybody here can change it: chmod o-w it.")
    return Entries(commands, tuple(faults))


def arguments_of(command: str) -> tuple[str, ...]:
    """Divide a command as a shell divides words; nothing else in it means anything. Raises: UsageFault."""
    try:
        found = tuple(shlex.split(command))
    except ValueError as error:
        raise UsageFault(f"is no command: {str(error).lower()}.") from error
    if not found:
        raise UsageFault("is no command: it is empty.")
    return found


def _command_in(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Raises: UsageFault."""
    for key, value in entry.items():
        if isinstance(value, dict):
            raise UsageFault('is no entry: write the whole address in quotes, as in [servers."chat.example.org"].')
        if key != PASSWORD_CMD:
            raise UsageFault(f"has {key}, which is no key; {PASSWORD_CMD} is the only one.")
    command = entry.get(PASSWORD_CMD)
    if not isinstance(command, str):
        raise UsageFault(f'needs {PASSWORD_CMD} = "program and its arguments".')
    try:
        return arguments_of(command)
    except UsageFault as fault:
        raise UsageFault(f"{PASSWORD_CMD} {fault}") from fault
