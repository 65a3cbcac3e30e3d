"""What the client remembers from one run to the next: the servers it was on, and under which name. A small file.

Nothing secret is in it; it is for its owner only all the same. A file that cannot be read counts as none.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace as replace_fields

from chat_core.base import disk
from chat_core.base.errors import UsageFault
from chat_core.base.names import check_account_name, suggest_account_name
from chat_core.base.unreadable import UNREADABLE
from chat_core.transport.urls import parse_address
from chat_tui.paths import HERE

_FILE: Final = "servers.json"
_MOST: Final = 50


class KnownServer(msgspec.Struct, frozen=True):
    """A server that somebody was on."""

    address: str
    """As it is typed, or `HERE`."""
    name: str
    """The name used there last."""


class Servers(msgspec.Struct, frozen=True):
    """All of them."""

    known: tuple[KnownServer, ...] = ()
    """The one used last comes first."""
    open: tuple[KnownServer, ...] = ()
    """Those that are open, or were at the end of the program, in the order of the row."""

    @property
    def last(self) -> KnownServer | None:
        """The one used last."""
        return self.known[0] if self.known else None

    def name_for(self, address: str) -> str:
        """Return the name to suggest for a server: the one used there, else the one used last, else the login name."""
        for server in self.known:
            if server.address == address:
                return server.name
        return self.known[0].name if self.known else login_name()

    def used(self, address: str, name: str) -> Servers:
        """Return these servers after one of them, or a new one, was used."""
        others = [server for server in self.known if server.address != address]
        return replace_fields(self, known=(KnownServer(address, name), *others)[:_MOST])

    def with_those_of(self, others: Servers) -> Servers:
        """Return these servers and, behind them, those that another window was on meanwhile."""
        here = {server.address for server in self.known}
        more = (server for server in others.known if server.address not in here)
        return replace_fields(self, known=(*self.known, *more)[:_MOST])

    def to_reopen(self) -> tuple[KnownServer, ...]:
        """Return those that were open, without what somebody has made ill-formed in the file."""
        return tuple(server for server in self.open if _is_well_formed(server))

    def opened(self, servers: Iterable[KnownServer]) -> Servers:
        """Return these servers while some of them are open."""
        return replace_fields(self, open=tuple(servers)[:_MOST])


def _is_well_formed(server: KnownServer) -> bool:
    try:
        if server.address != HERE:
            parse_address(server.address)
        check_account_name(server.name)
    except UsageFault:
        return False
    return True


def load(folder: Path) -> Servers:
    """Read what is remembered in a folder."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=Servers)
    except (OSError, *UNREADABLE):
        return Servers()


def save(folder: Path, servers: Servers) -> None:
    """Replace what is remembered in a folder, at once and wholly: a crash leaves the old file or the new one.

    Raises:
        OSError: it cannot be written.
    """
    replace(folder, _FILE, msgspec.json.format(msgspec.json.encode(servers), indent=2) + b"\n")


def replace(folder: Path, name: str, content: bytes) -> None:
    """Replace a file, at once and wholly, for its owner only; what is written is on disk when this returns.

    Args:
        folder: where it is; made, for its owner only, if there is none.
        name: of the file.
        content: all of it.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    disk.replace(folder / name, content)


@contextlib.contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Keep other clients from changing a file meanwhile: each would write it without what the other puts in.

    Raises:
        OSError: nothing can be written there.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with disk.alone(folder / f".{name}.lock"):
        yield


def login_name() -> str:
    """Return an account name made of the operating system's user name."""
    import getpass  # looks for a terminal it is not needed for, and takes its time

    try:
        raw = getpass.getuser()
    except (OSError, KeyError, ImportError):
        raw = ""
    return suggest_account_name(raw)
