"""Tries to sign in: counted by address, by name and over all; what succeeds costs nothing."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.server.defence.attempts import Attempts
from chat_core.server.profiles import INTERNET, LOCAL

FEW = replace(INTERNET, sign_ins_per_address=2, sign_ins_per_account=3, sign_ins_overall=6)


def test_attempts_from_one_address_end_and_come_back_over_a_minute() -> None:
    attempts = Attempts(FEW, 0.0)

    assert [attempts.take("a", "ann", 0.0) for _ in range(3)] == [0.0, 0.0, 30.0]
    assert attempts.take("b", "ann", 0.0) == 0.0, "another address may"
    assert attempts.take("a", "ann", 30.0) == 0.0


def test_attempts_at_one_account_end_from_wherever_they_come_and_however_it_is_spelled() -> None:
    attempts = Attempts(FEW, 0.0)
    for address, name in (("a", "Ann"), ("b", "ANN"), ("c", "ann")):
        assert attempts.take(address, name, 0.0) == 0.0

    assert attempts.take("d", "ann", 0.0) == 20.0
    assert attempts.take("d", "bob", 0.0) == 0.0


def test_attempts_end_for_everybody_together_and_a_refused_one_costs_nothing() -> None:
    attempts = Attempts(FEW, 0.0)
    for number in range(6):
        assert attempts.take(str(number), str(number), 0.0) == 0.0

    assert attempts.take("x", "ann", 0.0) == 10.0
    assert attempts.take("x", "ann", 10.0) == 0.0
    assert attempts.take("x", "ann", 20.0) == 0.0, "the refused one was not counted for its address"


def test_attempt_that_succeeded_is_given_back() -> None:
    attempts = Attempts(FEW, 0.0)
    for _ in range(100):
        assert attempts.take("a", "ann", 0.0) == 0.0
        attempts.give_back("a", "ann", 0.0)


def test_attempts_with_what_cannot_be_guessed_are_counted_by_address_only() -> None:
    attempts = Attempts(FEW, 0.0)
    for number in range(10):
        assert attempts.take(str(number), "", 0.0) == 0.0
    assert attempts.take("a", "", 0.0) == attempts.take("a", "", 0.0) == 0.0
    assert attempts.take("a", "", 0.0) == 30.0


def test_attempts_are_not_counted_locally() -> None:
    attempts = Attempts(LOCAL, 0.0)
    assert not any(attempts.take("127.0.0.1", "ann", 0.0) for _ in range(1000))
