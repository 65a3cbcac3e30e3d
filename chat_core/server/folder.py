"""The data folder: made private if it is new; locked while the server runs, so that one store has one writer."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import Final

from chat_core.base.errors import ChatError, WorldFault


def default_folder() -> Path:
    """Return the data folder of a server that is told none; it may not exist."""
    from platformdirs import user_data_path

    return user_data_path("chat-core", appauthor=False) / "server"


SET_ASIDE: Final = ".replaced-"
"""What is put behind the name of a database that gave way to a restored one; a time follows."""
SOCKET_BYTES: Final = 100
"""Longest path of a Unix socket that every system takes, in bytes."""


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Give a socket's path in a form that the system takes, also where the folder's path is long.

    Linux has a short name for every open folder; elsewhere a path that is too long stays so.
    """
    if len(os.fsencode(path)) <= SOCKET_BYTES or not Path("/proc/self/fd").is_dir():
        yield str(path)
        return
    number = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{number}/{path.name}"
    finally:
        os.close(number)


class FolderInUse(ChatError):
    """Another server holds the lock of this data folder."""


class DataFolder:
    """See the module's head.

    Args:
        path: the folder; made with mode 0700 if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def database(self) -> Path:
        """Where the store is."""
        return self.path / "chat.db"

    def set_aside(self) -> Iterator[Path]:
        """Return the databases that gave way to restored ones, and may come back."""
        return self.path.glob(f"{self.database.name}{SET_ASIDE}*")

    @property
    def console(self) -> Path:
        """Where a running server listens for the command line of whoever runs it."""
        return self.path / "admin.sock"

    def lock(self) -> None:
        """Take the lock, which the operating system lets go when the process ends, however it ends.

        Raises:
            WorldFault: the folder cannot be made or written; the text says which and why.
            FolderInUse: another server has it.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise WorldFault(
                f"The data folder {self.path} cannot be written ({error.strerror}); "
                "choose another one with --data, or mend its permissions."
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.unlock()
            raise FolderInUse(
                f"The data folder {self.path} is in use by another server: "
                "end that one, or choose another folder with --data."
            ) from error

    def tell_if_open(self) -> None:
        """Say to whoever starts the server that others can get into the folder: its mode is the owner's business.

        They may not read the log, so it is a sentence; if nobody hears it, so be it.
        """
        with suppress(OSError):
            if stat.S_IMODE(self.path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
                path = quote(str(self.path.absolute()))
                sentence = f"Other users can get into the data folder: chmod 700 {path} keeps them out."
                print(sentence, file=sys.stderr, flush=True)

    def unlock(self) -> None:
        """Let the lock go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
