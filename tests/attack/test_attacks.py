"""Attacks on a server with the profile `internet`, twice each, while 50 honest users go on chatting.

Short here; `make test-long` has the full length, docs/security.md the figures and the rates.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from chat_core.server.profiles import INTERNET
from tests.attack.support.intruders import GUESSED, SECRET
from tests.attack.support.kinds import KINDS
from tests.attack.support.siege import Result, Siege, assert_withstood, busy
from tests.support.hostile import PAYLOADS
from tests.support.pty import Pty, meant_end, strays
from tests.support.wire import Wire

pytestmark = pytest.mark.timeout(180)  # a busy machine is slow to settle before and between attacks

SHORT_S = 5.0
LONG_S = 10.0
UNFINISHED = INTERNET.unfinished
RATE_MET = 0.9
"""Share of a rate that must have been reached: what was begun last has not ended when the time is over."""
AT_LEAST: dict[str, tuple[str, float]] = {
    "slow_handshakes": ("connected", 1000 + 200 * LONG_S),
    "connection_flood": ("connected", RATE_MET * 500 * LONG_S),
    "bombing": ("bombs", RATE_MET * 50 * LONG_S),
    "noise": ("shouts", RATE_MET * 200 * LONG_S),
    "message_flood": ("posts", 20 * (60 + 20 * LONG_S)),
    "guessing": ("refused unheard", 40 * LONG_S),
    "payloads": ("requests", 2 * len(PAYLOADS)),
    "guessing_numbers": ("requests", 500),
    "dead_tokens": ("refused unheard", 40 * LONG_S),
}
"""What each attack of full length must have done by its own count, on a machine with time: the rate that
docs/security.md gives, or what a loop without one does anywhere."""
TAKEN_PLACE: dict[str, dict[str, int]] = {
    "slow_handshakes": {"connected": UNFINISHED + 1},
    "connection_flood": {"connected": 50},
    "bombing": {"bombs": 14, "closed by the server": 6},
    "noise": {"shouts": 20, "closed by the server": 10},
    "payloads": {"requests": 50},
    "guessing_numbers": {"requests": 50},
}
"""What the short ones must have done to show anything. They go on until they have: how fast says nothing here."""
VICTIM = "127.0.200.1"


def besiege(folder: Path, kind: str, seconds: float = 0.0) -> tuple[Result, Result]:
    with Siege(folder) as siege:
        results = attack_twice(siege, kind, seconds)
    assert_withstood(*results)
    return results


def attack_twice(siege: Siege, kind: str, seconds: float = 0.0) -> tuple[Result, Result]:
    """Attack for some seconds; 0: for a short time, but until it has taken place."""
    least = {} if seconds else TAKEN_PLACE.get(kind, {})
    first, second = (siege.attack(kind, seconds or SHORT_S, least) for _ in range(2))
    for result in (first, second):
        assert all(result.did[name] >= number for name, number in least.items()), str(result)
    return first, second


def test_slow_handshakes_push_out_their_own_and_nobody_else(home: Path) -> None:
    first, second = besiege(home, "slow_handshakes")
    for result in (first, second):
        assert result.grown("chat_turned_away_total") > 0


def test_connection_flood_lets_the_honest_chat_on(home: Path) -> None:
    first, second = besiege(home, "connection_flood")
    for result in (first, second):
        assert result.grown("chat_turned_away_total") + result.grown("chat_ended_total") >= result.did["connected"]


def test_bombs_of_frames_and_messagepack_are_refused_one_by_one(home: Path) -> None:
    besiege(home, "bombing")


def test_noise_closes_only_its_own_connections(home: Path) -> None:
    besiege(home, "noise")


def test_flood_of_messages_is_held_to_its_budget(home: Path) -> None:
    first, second = besiege(home, "message_flood")
    for result in (first, second):
        assert result.did["signed in"] > 10
        assert result.did["posts"] > 1000
        assert result.grown("chat_events_committed_total") < 20 * (60 + 20 * 8) + result.honest_sent + 300


def test_guesses_at_passwords_are_few_and_keep_nobody_waiting(home: Path) -> None:
    with Siege(home) as siege:
        with Wire(siege.server.port, source=VICTIM) as wire:
            wire.call("hello", protocol=1)
            token = wire.call("register", name="victim", password="correct horse battery")["token"]
        results = attack_twice(siege, "guessing")
        assert_withstood(*results)
        computed = sum(result.grown('chat_sign_ins_total{outcome="wrong_credentials"}') for result in results)
        # Ten addresses have ten tries each, and a few more for the time that has passed.
        assert 0 < computed <= 10 * (10 + 10)
        with Wire(siege.server.port, source=VICTIM) as wire:
            wire.call("hello", protocol=1)
            assert wire.call("sign_in_token", token=token), "a known device is not locked out by others' guesses"


def test_payloads_from_clients_leave_a_real_terminal_and_the_honest_alone(home: Path) -> None:
    with Siege(home) as siege, Pty(_watcher(siege), width=200) as terminal:
        terminal.wait_for("bench-0000")
        results = attack_twice(siege, "payloads")
        with Wire(siege.server.port, source=VICTIM) as wire:
            wire.enter("closer")
            wire.call("join", channel="bench-0000")
            wire.say("#bench-0000", "Everything.was.drawn.")
            terminal.wait_for("Everything.was.drawn.")
        written = terminal.written()
        assert strays(written[: meant_end(written)]) == []
        assert terminal.process.poll() is None, "markup has not ended it"
    assert_withstood(*results)


def test_guessed_numbers_find_nothing_and_change_nothing(home: Path) -> None:
    with Siege(home) as siege, Wire(siege.server.port, source=VICTIM) as wire:
        wire.enter("victim")
        with Wire(siege.server.port, source=VICTIM) as other:
            other.enter("friend")
        direct = wire.call("open_direct", account="friend")["conversation"]["id"]
        closed = wire.call("join", channel="closed")["conversation"]["id"]
        wire.call("set_rules", conversation=closed, visibility="invite")
        heads = [wire.say(number, SECRET)["seq"] for number in (direct, closed)]
        results = attack_twice(siege, "guessing_numbers")
        after = [wire.say(number, SECRET)["seq"] for number in (direct, closed)]
    assert_withstood(*results)
    assert max(direct, closed) < GUESSED, "they were tried"
    assert after == [head + 1 for head in heads], "nobody else's event is in their logs"
    for result in results:
        assert result.did["secrets"] == 0


def test_dead_tokens_let_nobody_in_and_keep_nobody_waiting(home: Path) -> None:
    first, second = besiege(home, "dead_tokens")
    for result in (first, second):
        assert result.did["refused unheard"] + result.did["wrong"] > 100
        assert result.did["let in"] == 0


def _watcher(siege: Siege) -> list[str]:
    """Return how somebody with the full-screen client looks at the channel of the honest, giving way to them."""
    link = f"chat://127.0.0.1:{siege.server.port}/bench-0000"
    return ["nice", "-n", "19", sys.executable, "-m", "chat_tui", "connect", link, "--name", "watcher"]


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_attack_of_full_length_is_withstood(home: Path, kind: str) -> None:
    name, count = AT_LEAST[kind]
    first, second = besiege(home, kind, LONG_S)
    for result in (first, second):
        assert result.did[name] * busy() >= count, str(result)


def test_every_attack_of_full_length_has_a_rate() -> None:
    assert AT_LEAST.keys() == KINDS.keys()
