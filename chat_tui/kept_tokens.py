"""Where this device's tokens are: in the client's own file, or in the system's keyring, where the setting has it so.

The file says of each token which it is, so that whoever looks for one asks no setting, and no keyring without need:
in place of a token that is in the keyring stands by what it is found there. A keyring that takes nothing costs no
token: then the file keeps it, and the person is told. Called in any thread; may block while a keyring is opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Final, TypeVar

from chat_core.base.errors import ChatError, WorldFault
from chat_core.client.credentials import FileTokens
from chat_core.transport.urls import Address
from chat_tui.device_tokens import NoKeyring

SERVICE: Final = "chat-tui"
"""What a keyring shows the tokens under."""
ANSWERS_WITHIN_S: Final = 60.0
"""Time for a keyring, and for a person whom it asks to open it, in seconds."""
_IN_KEYRING: Final = "in the keyring: "
"""Begins what stands in the file then; no token has a blank."""
_MISSING: Final = "the extra [keyring] is not installed"
_Answer = TypeVar("_Answer")


class KeptTokens:
    """The tokens for one server; a `Tokens`.

    Args:
        folder: of the file, and of the settings.
        address: of the server.
    """

    def __init__(self, folder: Path, address: Address) -> None:
        self._folder = folder
        self._file = FileTokens(folder, address)
        self._server = str(address)

    def has(self, name: str) -> bool:
        """Return whether there is a token of an account; asks no keyring. Raises: UsageFault."""
        return bool(self._file.find(name))

    def find(self, name: str) -> str:
        """Return the token of an account; empty: there is none.

        Raises:
            UsageFault: the file is not for its owner only, or not readable.
            NoKeyring: it is in the keyring, which does not give it.
        """
        token = self._file.find(name)
        if not token.startswith(_IN_KEYRING):
            return token
        try:
            found = _get(self._user(token))
        except _Failed as failed:
            raise NoKeyring(self._not_given(name, str(failed))) from failed
        if not found:
            raise NoKeyring(self._not_given(name, "it is not there any more"))
        return found

    def keep(self, name: str, token: str) -> None:
        """Keep the token of an account in place of the one before; empty: keep none.

        Raises:
            UsageFault: as `find`.
            WorldFault: it cannot be written; or the keyring does not take it, and the file has it now.
        """
        before = self._file.find(name)
        if token and self._wants_keyring():
            mark = _mark_of(token)
            try:
                if before != mark:
                    _set(self._user(mark), token)
            except _Failed as failed:
                self._file.keep(name, token)
                raise WorldFault(
                    f"Your system's keyring does not take the token ({failed}): a file that only you can read has it."
                ) from failed
            self._file.keep(name, mark)
        else:
            mark = token
            self._file.keep(name, token)
        if before.startswith(_IN_KEYRING) and before != mark:
            _forget(self._user(before))

    def _user(self, mark: str) -> str:
        return f"{self._server} {mark.removeprefix(_IN_KEYRING)}"

    def _wants_keyring(self) -> bool:
        from chat_tui.config import load  # whoever only looks for a token never waits for that

        try:
            return load(self._folder, os.environ).settings.servers.tokens == "keyring"
        except ChatError:
            return False  # a fault in the settings, which is said elsewhere, costs nobody a token

    @staticmethod
    def _not_given(name: str, why: str) -> str:
        return (
            f"Your system's keyring does not give the token of '{name}' ({why}): "
            "open it and come again, or sign in with your password."
        )


class _Failed(Exception):
    """Why a keyring does not do something, as a clause."""


def _mark_of(token: str) -> str:
    """Return what stands in the file for a token: the same for the same token, whatever its account is called."""
    return _IN_KEYRING + hashlib.sha256(token.encode()).hexdigest()[:16]


def _get(user: str) -> str:
    """Raises: _Failed."""

    def get() -> str:
        import keyring

        return keyring.get_password(SERVICE, user) or ""

    return _answer(get)


def _set(user: str, token: str) -> None:
    """Put it there, and see that it is there. Raises: _Failed."""

    def put() -> bool:
        import keyring

        keyring.set_password(SERVICE, user, token)
        return keyring.get_password(SERVICE, user) == token

    if not _answer(put):
        raise _Failed("it keeps nothing")


def _forget(user: str) -> None:
    """Take one out that nobody has a use for; where that cannot be done, it stays without harm."""

    def forget() -> None:
        import keyring

        keyring.delete_password(SERVICE, user)

    with contextlib.suppress(_Failed):
        _answer(forget)


def _answer(ask: Callable[[], _Answer]) -> _Answer:
    """Return what a keyring answers. Raises: _Failed.

    It may ask the person in a window that nobody sees, and wait for ever: so it is asked in a thread that holds up
    neither whoever asks nor the end of the program.
    """
    answer: Future[_Answer] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # a backend raises what the system's own service does
            answer.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    if wait([answer], ANSWERS_WITHIN_S).not_done:
        raise _Failed(f"it does not answer within {ANSWERS_WITHIN_S:g} s")
    try:
        return answer.result()
    except ImportError as error:
        raise _Failed(_MISSING) from error
    except Exception as error:
        raise _Failed(_why(error)) from error


def _why(error: Exception) -> str:
    name = type(error).__name__
    if name == "NoKeyringError":
        return "there is none on this system"
    if name == "KeyringLocked":
        return "it is locked"
    return " ".join(str(error).split())[:200] or name
