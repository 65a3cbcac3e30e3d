"""When a client stops listening for a moment: in a flood, and in nothing less."""

from __future__ import annotations

from chat_core.client.breath import A_SECOND, MUCH, PAUSE_S, Breath


def test_breath_is_taken_while_much_is_pushed_one_by_one() -> None:
    breath = Breath()
    pauses = [breath.pause_s(1, number / 1000) for number in range(200)]

    assert pauses[0] == 0.0
    assert pauses[-100:] == [PAUSE_S] * 100


def test_breath_is_taken_on_when_what_waited_comes_at_once() -> None:
    breath = Breath()

    assert [breath.pause_s(25, number * PAUSE_S) for number in range(10)] == [PAUSE_S] * 10


def test_no_breath_is_taken_when_people_talk_fast() -> None:
    breath = Breath()

    assert not any(breath.pause_s(1, number / (A_SECOND - 1)) for number in range(1000))


def test_no_breath_is_taken_any_more_soon_after_a_flood() -> None:
    breath = Breath()
    breath.pause_s(100_000, 10.0)

    assert breath.pause_s(1, 10.0 + 2 * MUCH / A_SECOND) == 0.0
