"""When to connect again."""

from __future__ import annotations

import pytest

from chat_core.client.supervisor import LATER_S, LONGEST_ASKED_S, PATIENCE_S, SOON_S, STEADY_S, Supervisor


def lose(supervisor: Supervisor, now: float, chance: float = 0.5, retry_after: float | None = None) -> float:
    delay = supervisor.lost(now, chance, reconnect=True, retry_after=retry_after)
    assert delay is not None
    return delay


def test_supervisor_waits_a_little_longer_each_time_when_tries_fail() -> None:
    supervisor = Supervisor()

    assert [lose(supervisor, 0.0) for _ in range(4)] == [0.2, 0.5, 1.0, 2.0]
    assert supervisor.attempt == 4


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_supervisor_tries_each_five_seconds_or_sooner_in_the_first_two_minutes(chance: float) -> None:
    supervisor, now, tries = Supervisor(), 100.0, 0

    while now < 100.0 + PATIENCE_S:
        delay = lose(supervisor, now, chance)
        assert delay <= SOON_S
        now += delay
        tries += 1

    assert tries >= PATIENCE_S / SOON_S


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_supervisor_tries_each_thirty_seconds_or_sooner_when_the_loss_is_old(chance: float) -> None:
    supervisor = Supervisor()
    for _ in range(5):
        lose(supervisor, 0.0)

    delay = lose(supervisor, PATIENCE_S, chance)

    assert SOON_S < delay <= LATER_S


def test_supervisor_spreads_clients_when_chance_differs() -> None:
    one, other = Supervisor(), Supervisor()
    for supervisor in (one, other):
        for _ in range(4):
            lose(supervisor, 0.0)

    assert abs(lose(one, 10.0, 0.0) - lose(other, 10.0, 0.999)) > 1


def test_supervisor_begins_anew_when_a_connection_lasted() -> None:
    supervisor = Supervisor()
    for _ in range(6):
        lose(supervisor, 0.0)

    supervisor.online(50.0)

    assert lose(supervisor, 50.0 + STEADY_S) == 0.2
    assert supervisor.attempt == 1


def test_supervisor_goes_on_counting_when_a_connection_died_at_once() -> None:
    supervisor = Supervisor()
    assert lose(supervisor, 0.0) == 0.2

    supervisor.online(1.0)

    assert lose(supervisor, 1.0 + STEADY_S / 2) == 0.5


def test_supervisor_gives_up_when_reconnecting_is_not_welcome() -> None:
    assert Supervisor().lost(0.0, 0.5, reconnect=False, retry_after=3.0) is None


def test_supervisor_waits_as_asked_when_the_server_named_a_time() -> None:
    assert lose(Supervisor(), 0.0, 0.0, retry_after=7.0) == 7.0
    assert 7.0 < lose(Supervisor(), 0.0, 0.9, retry_after=7.0) <= 7.7, "a crowd is spread"


def test_supervisor_keeps_its_own_pause_when_the_server_asked_for_less() -> None:
    assert lose(Supervisor(), 0.0, 0.0, retry_after=0.0) == 0.2


def test_supervisor_does_not_wait_for_ever_when_the_server_asks_for_it() -> None:
    assert lose(Supervisor(), 0.0, 0.0, retry_after=1e9) == LONGEST_ASKED_S
