"""The alarm that ends a search: rings in time, and never behind it."""

from __future__ import annotations

from threading import Event

from chat_core.server.store.search.alarm import Alarm


def test_alarm_rings_when_its_time_is_over() -> None:
    rung = Event()
    alarm = Alarm(rung.set, 0.001)

    with alarm:
        assert rung.wait(10)
        assert alarm.over
    alarm.close()


def test_alarm_is_quiet_when_it_was_left_in_time() -> None:
    rung: list[int] = []
    alarm = Alarm(lambda: rung.append(1), 30)

    for _ in range(100):
        with alarm:
            pass
    alarm.close()

    assert not rung and not alarm.over


def test_alarm_begins_anew_each_time() -> None:
    rung = Event()
    alarm = Alarm(rung.set, 0.001)
    with alarm:
        assert rung.wait(10)

    rung.clear()
    with alarm:
        assert rung.wait(10)
    alarm.close()
