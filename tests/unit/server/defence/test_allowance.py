"""What a connection may ask: refused with a time to wait, then not listened to; bytes are only read later."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.protocol.limits import FRAME_WEIGHT_BYTES
from chat_core.server.defence.allowance import PATIENCE, Allowance
from chat_core.server.defence.guard import Guard
from chat_core.server.profiles import INTERNET, LOCAL

FEW = replace(INTERNET, request_burst=20, request_rate=10, byte_burst=65_536, byte_rate=1000)


def test_requests_are_paid_for_and_refused_with_the_time_to_wait() -> None:
    allowance = Allowance(FEW, 0.0)

    assert allowance.ask(15, 0.0) == 0.0
    assert allowance.ask(10, 0.0) == 0.5
    assert allowance.ask(10, 0.5) == 0.0
    assert allowance.ask(0, 0.5) == 0.0


def test_whoever_goes_on_after_many_refusals_is_not_listened_to() -> None:
    allowance = Allowance(FEW, 0.0)
    allowance.ask(20, 0.0)
    for _ in range(PATIENCE):
        assert allowance.ask(1, 0.0) > 0
        assert allowance.deaf_s == 0.0

    assert allowance.ask(1, 0.0) > 0
    assert allowance.deaf_s == 0.1


def test_refusal_because_of_the_one_before_costs_nothing_but_patience() -> None:
    allowance = Allowance(FEW, 0.0)
    for _ in range(PATIENCE):
        assert allowance.ask(1, 0.0) == 0.0
        assert allowance.give_back(1, 0.0) == 0.0

    assert allowance.ask(20, 0.0) == 0.0
    assert allowance.give_back(1, 0.0) == 0.1


def test_bytes_of_an_account_are_counted_over_its_connections_with_a_weight_for_each_frame() -> None:
    guard = Guard(0.0, internet=FEW)
    first, second = guard.allowance("internet", 0.0), guard.allowance("internet", 0.0)
    assert first is not None and second is not None
    assert first.heard(10**9, 1, 0.0) == 0.0, "a stranger's bytes are bounded otherwise"
    guard.share(first, "internet", 7, 0.0)
    guard.share(second, "internet", 7, 0.0)

    assert first.heard(65_536 - 2 * FRAME_WEIGHT_BYTES, 2, 0.0) == 0.0
    assert second.heard(1000 - FRAME_WEIGHT_BYTES, 1, 0.0) == 1.0


def test_nothing_is_counted_or_told_locally() -> None:
    guard = Guard(0.0, internet=FEW)

    assert guard.allowance("local", 0.0) is None
    assert guard.rates("local", {"resume": 5}) is None
    rates = guard.rates("internet", {"resume": 5})
    assert rates is not None
    assert (rates.request_burst, rates.request_rate, rates.byte_rate, rates.costs) == (20, 10, 1000, {"resume": 5})


def test_guard_goes_by_new_numbers_for_those_who_come_then() -> None:
    guard = Guard(0.0)
    guard.use(replace(LOCAL, request_rate=1, request_burst=20), INTERNET, 1.0)

    allowance = guard.allowance("local", 1.0)

    assert allowance is not None
    assert allowance.ask(20, 1.0) == 0.0 and allowance.ask(1, 1.0) == 1.0
