"""Keyrings for tests, put into the package's own place for backends: one keeps, one is locked, one asks and waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class Keeping(KeyringBackend):
    """One that keeps what it is given for as long as it lives."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        """See KeyringBackend."""
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """See KeyringBackend."""
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """See KeyringBackend."""
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("it is not there")

    def _check(self) -> None:
        if self.locked:
            raise KeyringLocked("Failed to unlock the collection!")


class Asking(Keeping):
    """One that asks somebody each time, and waits until there is an answer."""

    priority: ClassVar[float] = -1

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()
        self.answered.set()

    def _check(self) -> None:
        self.answered.wait()
        super()._check()


@contextmanager
def keyring_here(backend: KeyringBackend) -> Iterator[None]:
    """Let this be the system's keyring."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)
