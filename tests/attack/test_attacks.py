"""Attacks on a server with the profile `internet`, twice each, while 50 honest users go on chatting.

Short here; `make test-long` has the full length, docs/security.md the figures and the rates.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.server.profiles import INTERNET
from tests.attack.support.attackers import KINDS
from tests.attack.support.siege import Result, Siege, assert_withstood
from tests.support.wire import Wire

SHORT_S = 1.2
LONG_S = 10.0
UNFINISHED = INTERNET.unfinished
VICTIM = "127.0.200.1"


def besiege(folder: Path, kind: str, seconds: float) -> tuple[Result, Result]:
    with Siege(folder) as siege:
        results = siege.attack(kind, seconds), siege.attack(kind, seconds)
    assert_withstood(*results)
    return results


def test_slow_handshakes_push_out_their_own_and_nobody_else(home: Path) -> None:
    for result in besiege(home, "slow_handshakes", SHORT_S):
        assert result.did["connected"] > UNFINISHED
        assert result.grown("chat_turned_away_total") > 0


def test_connection_flood_lets_the_honest_chat_on(home: Path) -> None:
    for result in besiege(home, "connection_flood", SHORT_S):
        assert result.did["connected"] > 50
        assert result.grown("chat_turned_away_total") + result.grown("chat_ended_total") >= result.did["connected"]


def test_bombs_of_frames_and_messagepack_are_refused_one_by_one(home: Path) -> None:
    for result in besiege(home, "bombing", SHORT_S):
        assert result.did["bombs"] > 13, "each kind"
        assert result.did["closed by the server"] > 5


def test_noise_closes_only_its_own_connections(home: Path) -> None:
    for result in besiege(home, "noise", SHORT_S):
        assert result.did["shouts"] > 20
        assert result.did["closed by the server"] > 10


def test_flood_of_messages_is_held_to_its_budget(home: Path) -> None:
    for result in besiege(home, "message_flood", SHORT_S):
        assert result.did["signed in"] > 10
        assert result.did["posts"] > 1000
        assert result.grown("chat_events_committed_total") < 20 * (60 + 20 * 8) + result.honest_sent + 300


def test_guesses_at_passwords_are_few_and_keep_nobody_waiting(home: Path) -> None:
    with Siege(home) as siege:
        with Wire(siege.server.port, source=VICTIM) as wire:
            wire.call("hello", protocol=1)
            token = wire.call("register", name="victim", password="correct horse battery")["token"]
        results = siege.attack("guessing", SHORT_S), siege.attack("guessing", SHORT_S)
        assert_withstood(*results)
        computed = sum(result.grown('chat_sign_ins_total{outcome="wrong_credentials"}') for result in results)
        # Ten addresses have ten tries each, and a few more for the time that has passed.
        assert 0 < computed <= 10 * (10 + 10)
        with Wire(siege.server.port, source=VICTIM) as wire:
            wire.call("hello", protocol=1)
            assert wire.call("sign_in_token", token=token), "a known device is not locked out by others' guesses"


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_attack_of_full_length_is_withstood(home: Path, kind: str) -> None:
    besiege(home, kind, LONG_S)
