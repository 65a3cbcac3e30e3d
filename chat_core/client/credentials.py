"""Tokens of this device in one file, readable for its owner only: made so, and refused if it is otherwise.

Several programs may use it at the same time: each change is a new file in the old one's place, under a lock.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base import disk
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.names import name_key
from chat_core.base.unreadable import UNREADABLE
from chat_core.transport.urls import Address

FILE: Final = "tokens.json"
"""Name of the file."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LONGEST_BYTES: Final = 1024 * 1024


class _Kept(msgspec.Struct, frozen=True):
    """The token of one account on one server."""

    server: str
    name: str
    token: str


class _File(msgspec.Struct, frozen=True):
    """What the file holds."""

    tokens: tuple[_Kept, ...] = ()


class FileTokens:
    """The tokens for one server; a `Tokens`.

    Args:
        folder: where the file is, or is to be; made if it is missing.
        address: of the server.
    """

    def __init__(self, folder: Path, address: Address) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._server = str(address)

    def find(self, name: str) -> str:
        """Return the token of an account; empty: there is none.

        Raises:
            UsageFault: the file is not for its owner only, or not readable.
        """
        key = name_key(name)
        return next((kept.token for kept in self._load().tokens if self._is(kept, key)), "")

    def keep(self, name: str, token: str) -> None:
        """Keep the token of an account in place of the one before; empty: keep none.

        Raises:
            UsageFault: as `find`.
            WorldFault: it cannot be written.
        """
        key = name_key(name)

        def change(before: _File) -> _File:
            others = tuple(kept for kept in before.tokens if not self._is(kept, key) and kept.token != token)
            return _File((_Kept(self._server, name, token), *others) if token else others)

        self._change(change)

    def _is(self, kept: _Kept, key: str) -> bool:
        return kept.server == self._server and name_key(kept.name) == key

    def _load(self) -> _File:
        try:
            number = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return _File()
        except OSError as error:
            raise UsageFault(f"{self._path} cannot be read ({error.strerror}): mend it, or remove it.") from error
        with os.fdopen(number, "rb") as file:
            status = os.fstat(number)
            if status.st_uid != os.geteuid():
                raise UsageFault(f"{self._path} belongs to another user: it may hold anything; remove it.")
            if status.st_mode & _OTHERS:
                raise UsageFault(
                    f"{self._path} can be read by others on this machine, who could be you with it: make it private "
                    f"(chmod 600), and sign your devices out if others may have read it."
                )
            data = file.read(_LONGEST_BYTES)
        try:
            return msgspec.json.decode(data, type=_File)
        except UNREADABLE as error:
            raise UsageFault(f"{self._path} is damaged: remove it, and sign in again.") from error

    def _change(self, change: Callable[[_File], _File]) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with disk.alone(self._folder / f"{FILE}.lock"):
                before = self._load()
                after = change(before)
                if after != before:
                    disk.replace(self._path, msgspec.json.format(msgspec.json.encode(after), indent=2) + b"\n")
        except OSError as error:
            raise WorldFault(
                f"{self._path} cannot be written ({error.strerror}): you will be asked for your password again."
            ) from error
