"""A client that keeps to the pace is never refused, whatever the network does to its calls."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.client.pace import Pace
from chat_core.protocol.limits import Rates
from chat_core.server.defence.allowance import Allowance
from chat_core.server.defence.guard import Guard
from chat_core.server.profiles import INTERNET

RATES = Rates(request_burst=100, request_rate=10.0, byte_burst=100_000, byte_rate=1000.0, costs={"resume": 5})


def test_pace_lets_a_burst_go_and_then_one_at_a_time() -> None:
    pace = Pace(RATES, 0.0)
    for _ in range(80):
        assert pace.wait_s("post", 0, 0.0) == 0.0
        pace.spend("post", 0)

    assert 0.1 < pace.wait_s("post", 0, 0.0) < 0.12
    assert 0.5 < pace.wait_s("resume", 0, 0.0) < 0.6
    assert pace.wait_s("post", 0, 0.11) == 0.0


def test_pace_leaves_something_for_requests_that_somebody_waits_for() -> None:
    pace = Pace(RATES, 0.0)
    while not pace.wait_s("post", 0, 0.0, patient=True):
        pace.spend("post", 0)

    assert pace.wait_s("history", 0, 0.0) == 0.0


def test_pace_counts_bytes_and_lets_the_largest_frame_go_once_all_is_there() -> None:
    pace = Pace(RATES, 0.0)
    pace.spend("post", 80_000)

    assert pace.wait_s("post", 0, 0.0) > 0
    assert 0 < pace.wait_s("post", 10**6, 0.0) < 100
    assert pace.wait_s("post", 10**6, 100.0) == 0.0


def test_pace_without_rates_lets_everything_go() -> None:
    pace = Pace(Rates(), 0.0)
    pace.spend("post", 10**9)

    assert pace.wait_s("post", 10**9, 0.0, patient=True) == 0.0


@given(
    late=st.lists(st.floats(0, 1.0), min_size=1, max_size=200),
    rate=st.floats(5, 20),
)
def test_client_that_keeps_to_the_pace_is_never_refused_when_calls_are_late_by_up_to_a_second(
    late: list[float], rate: float
) -> None:
    profile = replace(INTERNET, request_burst=int(6 * rate), request_rate=rate)
    rates = Guard(0.0, internet=profile).rates("internet", {})
    assert rates is not None
    pace, allowance = Pace(rates, 0.1), Allowance(profile, 0.0)
    now = arrived = 0.1
    for delay_s in late * 3:
        now += pace.wait_s("post", 100, now)
        assert pace.wait_s("post", 100, now) < 1e-9
        pace.spend("post", 100)
        arrived = max(arrived, now + delay_s)  # a stream keeps its order
        assert allowance.ask(1, arrived) == 0.0
