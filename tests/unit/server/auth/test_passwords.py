"""Passwords: which ones are taken, how they are stored and compared, and what happens when too many come at once."""

from __future__ import annotations

import asyncio

import pytest

from chat_core.server.auth.passwords import Costs, Crowded, Passwords, fault_of

CHEAP = Costs(memory_kib=8, passes=1)


async def test_password_is_verified_against_its_hash_and_nothing_else() -> None:
    passwords = Passwords(CHEAP)
    stored = await passwords.hash("correct horse")

    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "Correct horse")
    assert not await passwords.verify(stored, "")
    assert "correct" not in stored
    assert await passwords.hash("correct horse") != stored, "each has a salt of its own"


async def test_password_is_the_same_however_the_keyboard_composed_it() -> None:
    passwords = Passwords(CHEAP)

    assert await passwords.verify(await passwords.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")


async def test_defaults_are_those_of_owasp() -> None:
    assert (await Passwords().hash("correct horse")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_comparing_with_nobody_computes_once_and_finds_nothing() -> None:
    passwords = Passwords(CHEAP)

    assert not await passwords.verify(None, "correct horse")
    assert not await passwords.verify(None, "")
    assert passwords.computed == 2


async def test_hash_that_nobody_can_read_is_no_match_and_no_fault() -> None:
    assert not await Passwords(CHEAP).verify("$argon2id$v=19$broken", "correct horse")


@pytest.mark.parametrize("costs", [Costs(memory_kib=16, passes=1), Costs(memory_kib=8, passes=2)])
async def test_hash_is_outdated_when_the_costs_are_others(costs: Costs) -> None:
    stored = await Passwords(CHEAP).hash("correct horse")

    assert not Passwords(CHEAP).outdated(stored)
    assert Passwords(costs).outdated(stored)
    assert await Passwords(costs).verify(stored, "correct horse")


async def test_flood_is_refused_with_a_time_once_the_queue_is_full_and_taken_again_after_it() -> None:
    passwords = Passwords(CHEAP, threads=1, waiting=3)

    outcomes = await asyncio.gather(*(passwords.verify(None, "x") for _ in range(10)), return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, Crowded)]
    assert [outcome for outcome in outcomes if outcome is False] == [False] * 4
    assert len(refused) == 6
    assert all(refusal.retry_after > 0 for refusal in refused)
    assert passwords.computed == 4
    assert not await passwords.verify(None, "x")


async def test_place_in_the_queue_stays_taken_while_whoever_asked_has_gone() -> None:
    passwords = Passwords(Costs(), threads=1, waiting=0)
    asking = asyncio.ensure_future(passwords.hash("correct horse"))  # noqa: TID251  # to be cancelled
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    with pytest.raises(Crowded):
        await passwords.hash("battery staple")


async def test_loop_goes_on_while_passwords_are_computed() -> None:
    passwords = Passwords(Costs(), threads=1, waiting=10)
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.ensure_future(turn())  # noqa: TID251  # to be cancelled
    await asyncio.gather(*(passwords.verify(None, "x") for _ in range(5)))
    turning.cancel()

    assert turns > 100, "a blocked loop would have made one or two a computation"


@pytest.mark.parametrize(
    ("password", "name", "said"),
    [
        ("", "ann", "at least 8"),
        ("1234567", "ann", "at least 8"),
        ("x" * 257, "ann", "at most 256"),
        ("Annika-Berg", "annika-berg", "one's name"),
        ("12345678", "ann", ""),
        ("\U0001f40e" * 8, "ann", ""),
        ("x" * 256, "ann", ""),
    ],
)
def test_password_may_be_chosen_when_it_is_long_enough_and_not_the_name(password: str, name: str, said: str) -> None:
    fault = fault_of(password, name)

    assert said in fault
    assert bool(fault) is bool(said)
