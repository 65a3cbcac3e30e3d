"""Getting in line by line: when a link with an invite leads to a new account, and when to the one that is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chat_core.transport.urls import parse_invitation
from chat_tui.kept_tokens import KeptTokens
from chat_tui.plain.console import Pipes
from chat_tui.plain.entering import Entering, Given
from tests.support.keyrings import Keeping, keyring_here

LINK = parse_invitation("chat://127.0.0.1:4000?invite=abcd-efgh")


def asks_first(home: Path, name: str) -> bool:
    """Return whether somebody with that link is asked for a new account's password at once."""

    def connector(_: object) -> None:
        raise AssertionError("nobody connects")

    return Entering(Pipes(), home, home, connector)._asks_first(Given(LINK, name))  # type: ignore[arg-type]


def test_invited_person_registers_only_where_this_device_has_no_account_whatever_the_keyring_does(home: Path) -> None:
    (home / "chat-tui.toml").write_text('[servers]\ntokens = "keyring"\n')
    ring = Keeping()
    with keyring_here(ring):
        KeptTokens(home, LINK.address).keep("ann", "secret")
        ring.locked = True

        assert LINK.invite and asks_first(home, "bob")
        assert not asks_first(home, "ann")


@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_invited_person_is_told_of_the_file_of_tokens_instead_of_registering_when_it_is_open_to_all(home: Path) -> None:
    KeptTokens(home, LINK.address).keep("ann", "secret")
    (home / "tokens.json").chmod(0o644)

    assert not asks_first(home, "ann")
