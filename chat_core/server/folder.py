"""The data folder: made private if it is new; locked while the server runs, so that one store has one writer."""

from __future__ import annotations

import fcntl
import os
import stat
from pathlib import Path

from chat_core.base.errors import ChatError, WorldFault


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
            raise FolderInUse(f"The data folder {self.path} is in use by another server.") from error

    def open_to_others(self) -> bool:
        """Return whether the folder's mode lets others in than its owner: that of one that was there is left alone."""
        try:
            return bool(stat.S_IMODE(self.path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))
        except OSError:
            return False

    def unlock(self) -> None:
        """Let the lock go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
