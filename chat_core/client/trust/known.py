"""The file of known servers: which key each of them has. For its owner only, and replaced as a whole or not at all.

A file that cannot be read, or that others could have written, is a fault and never counts as empty: or whoever spoils
it would make every server an unknown one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from typing_extensions import override

from chat_core.base import disk
from chat_core.base.errors import WorldFault
from chat_core.base.unreadable import UNREADABLE
from chat_core.client.errors import Untrusted
from chat_core.client.trust.decision import Known
from chat_core.transport.pins import is_pin
from chat_core.transport.urls import Address

FILE: Final = "known-servers.json"
"""Name of the file."""


class _Book(msgspec.Struct, frozen=True):
    """The content of the file."""

    servers: dict[str, Known] = {}  # msgspec copies it for each
    """By host and port."""


class KnownServers:
    """See the module's head.

    Args:
        folder: where the file is; made when something is to be kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.file = folder / FILE
        """The file."""

    def find(self, address: Address) -> Known | None:
        """Return what is known of a server.

        Raises:
            Untrusted: the file cannot be relied on.
        """
        return self._read().servers.get(_key(address))

    def keep(self, address: Address, known: Known) -> None:
        """Remember a server, in place of what was known of it.

        Raises:
            Untrusted: the file that is there cannot be relied on.
            WorldFault: it cannot be written.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with disk.alone(self._folder / f".{FILE}.lock"):
                servers = self._read().servers
                self._write(_Book({**servers, _key(address): known}))
        except OSError as error:
            raise WorldFault(
                f"{self.file} cannot be written ({error.strerror}): the server's key is not remembered."
            ) from error

    def _read(self) -> _Book:
        try:
            with self.file.open("rb") as file:
                status = os.fstat(file.fileno())
                if status.st_uid != os.geteuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                    raise Untrusted(
                        f"Others than you could have written {self.file}, so no key in it is certain: look through it, "
                        "then make it yours alone (chown, chmod 600), or remove it and begin anew."
                    )
                book = msgspec.json.decode(file.read(), type=_Book)
        except FileNotFoundError:
            return _Book()
        except OSError as error:
            raise Untrusted(f"{self.file} cannot be read ({error.strerror}), so no server's key is known.") from error
        except UNREADABLE as error:
            raise self._damaged() from error
        if not all(is_pin(each.pin) if each.how != "authority" else not each.pin for each in book.servers.values()):
            raise self._damaged()
        return book

    def _damaged(self) -> Untrusted:
        return Untrusted(f"{self.file} is damaged, so no server's key is known: mend it, or remove it and begin anew.")

    def _write(self, book: _Book) -> None:
        text = msgspec.json.format(msgspec.json.encode(book), indent=2) + b"\n"
        disk.replace(self.file, text)


def _key(address: Address) -> str:
    """Return the one name under which a server is remembered, however it is spelled."""
    host = address.host.lower().rstrip(".")
    with contextlib.suppress(ValueError):
        host = str(ipaddress.ip_address(host))
    return Address(host=host, port=address.port).place


class NoServers(KnownServers):
    """Knows none and keeps none: for programs whose link has the pin, or that rely on an authority."""

    def __init__(self) -> None:
        super().__init__(Path())

    @override
    def find(self, address: Address) -> Known | None:
        """See KnownServers."""
        return None

    @override
    def keep(self, address: Address, known: Known) -> None:
        """See KnownServers."""
