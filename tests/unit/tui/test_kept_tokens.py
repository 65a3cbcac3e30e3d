"""Tokens in the system's keyring: where the setting has it so, found again by whoever looks, and never lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.backends.fail import Keyring as Nowhere

from chat_core.base.errors import ChatError, WorldFault
from chat_core.client import FileTokens, parse_address
from chat_tui import kept_tokens
from chat_tui.device_tokens import DeviceTokens, NoKeyring
from chat_tui.kept_tokens import SERVICE, KeptTokens
from tests.support.keyrings import Asking, Keeping, keyring_here

HERE, THERE = parse_address("127.0.0.1:4000"), parse_address("127.0.0.1:4001")


@pytest.fixture
def ring() -> Iterator[Keeping]:
    """Have a keyring."""
    backend = Keeping()
    with keyring_here(backend):
        yield backend


def choose(home: Path, where: str) -> KeptTokens:
    """Let tokens be kept there from now on."""
    (home / "chat-tui.toml").write_text(f'[servers]\ntokens = "{where}"\n')
    return KeptTokens(home, HERE)


def test_token_is_in_the_keyring_only_and_is_found_there_whatever_the_setting_says_later(
    home: Path, ring: Keeping
) -> None:
    choose(home, "keyring").keep("Ann", "secret-1")

    assert b"secret" not in (home / "tokens.json").read_bytes()
    assert [*ring.kept.values()] == ["secret-1"] and [service for service, _ in ring.kept] == [SERVICE]
    for where in ("keyring", "file"):
        assert choose(home, where).find("aNN") == "secret-1"
    assert KeptTokens(home, THERE).find("ann") == ""


def test_tokens_of_several_accounts_and_servers_stand_beside_each_other(home: Path, ring: Keeping) -> None:
    for name, address in (("ann", HERE), ("bob", HERE), ("ann", THERE)):
        choose(home, "keyring")
        KeptTokens(home, address).keep(name, f"{name} at {address}")

    assert KeptTokens(home, HERE).find("bob") == f"bob at {HERE}"
    assert KeptTokens(home, THERE).find("ann") == f"ann at {THERE}"
    assert len(ring.kept) == 3


def test_keyring_has_no_token_that_was_replaced_renamed_or_forgotten(home: Path, ring: Keeping) -> None:
    tokens = choose(home, "keyring")
    tokens.keep("ann", "one")
    tokens.keep("ann", "two")
    assert [*ring.kept.values()] == ["two"]
    tokens.keep("anna", "two")
    assert (tokens.find("ann"), tokens.find("anna")) == ("", "two")

    tokens.keep("anna", "")

    assert ring.kept == {} and tokens.find("anna") == ""


def test_token_moves_with_the_setting_at_the_next_sign_in(home: Path, ring: Keeping) -> None:
    choose(home, "file").keep("ann", "secret")
    assert FileTokens(home, HERE).find("ann") == "secret"

    choose(home, "keyring").keep("ann", "secret")
    assert b"secret" not in (home / "tokens.json").read_bytes()

    choose(home, "file").keep("ann", "secret")
    assert FileTokens(home, HERE).find("ann") == "secret" and ring.kept == {}


def test_keyring_that_is_locked_is_told_of_and_keeps_nobody_out_who_gives_a_password(home: Path, ring: Keeping) -> None:
    tokens = choose(home, "keyring")
    tokens.keep("ann", "secret")
    ring.locked = True

    with pytest.raises(NoKeyring, match=r"does not give the token of 'ann' \(it is locked\): open it"):
        tokens.find("ann")
    assert DeviceTokens(tokens, lambda _: None, given=True).find("ann") == ""
    assert tokens.has("ann")
    ring.locked = False
    assert tokens.find("ann") == "secret"


def test_token_is_in_the_file_when_the_keyring_takes_none(home: Path, ring: Keeping) -> None:
    tokens = choose(home, "keyring")
    nowhere = Nowhere()  # type: ignore[no-untyped-call]
    ring.locked = True
    with pytest.raises(WorldFault, match=r"\(it is locked\): a file that only you can read has it\."):
        tokens.keep("ann", "secret")
    with keyring_here(nowhere), pytest.raises(WorldFault, match=r"\(there is none on this system\)"):
        tokens.keep("bob", "other")

    assert (tokens.find("ann"), tokens.find("bob")) == ("secret", "other")


def test_token_that_somebody_took_out_of_the_keyring_is_said_to_be_gone(home: Path, ring: Keeping) -> None:
    tokens = choose(home, "keyring")
    tokens.keep("ann", "secret")
    ring.kept.clear()

    told: list[ChatError] = []
    assert DeviceTokens(tokens, told.append, given=False).find("ann") == ""
    assert len(told) == 1
    with pytest.raises(NoKeyring, match="it is not there any more"):
        tokens.find("ann")


def test_fault_in_the_settings_costs_no_token(home: Path, ring: Keeping) -> None:
    (home / "chat-tui.toml").write_text('[servers]\ntokens = "safe"\n')
    tokens = KeptTokens(home, HERE)
    tokens.keep("ann", "secret")

    assert tokens.find("ann") == "secret" and ring.kept == {}


def test_no_keyring_is_loaded_where_none_is_wanted(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from chat_core.client import parse_address\n"
        "from chat_tui.kept_tokens import KeptTokens\n"
        "tokens = KeptTokens(Path(sys.argv[1]), parse_address('127.0.0.1:4000'))\n"
        "tokens.keep('ann', 'secret'); assert tokens.find('ann') == 'secret'\n"
        "sys.exit('keyring' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code, str(home)], check=False).returncode == 0


def test_keyring_that_never_answers_holds_nobody_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, backend = choose(home, "keyring"), Asking()
    monkeypatch.setattr(kept_tokens, "ANSWERS_WITHIN_S", 0.05)
    with keyring_here(backend):
        tokens.keep("ann", "secret")
        backend.answered = threading.Event()

        with pytest.raises(NoKeyring, match=r"\(it does not answer within 0\.05 s\): open it"):
            tokens.find("ann")
        with pytest.raises(WorldFault, match="a file that only you can read has it"):
            tokens.keep("bob", "other")
        tokens.keep("ann", "")

        backend.answered.set()
    assert (tokens.find("ann"), tokens.find("bob")) == ("", "other")
