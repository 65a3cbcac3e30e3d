"""Where somebody goes often and lately."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_tui import visits
from chat_tui.kept_names import Place
from chat_tui.visits import HALF_LIFE_MS, Visits


def test_visits_count_more_the_more_there_are_and_fade() -> None:
    found = Visits().visited(Place("#dev"), 0).visited(Place("#dev"), 0).visited(Place("#ops"), HALF_LIFE_MS)

    assert found.score("#dev", 0) == 2.0
    assert found.score("#dev", HALF_LIFE_MS) == found.score("#ops", HALF_LIFE_MS) == 1.0
    assert found.score("#dev", 10 * HALF_LIFE_MS) < 0.01
    assert found.score("#nowhere", 0) == 0.0


def test_visits_keep_the_places_that_count_most() -> None:
    found = Visits().visited(Place("#home"), 0).visited(Place("#home"), 0)
    for number in range(600):
        found = found.visited(Place(f"#c{number}"), number)

    assert len(found.places) == 500
    assert "#home" in found.places


@pytest.mark.parametrize("broken", [b"{", b'{"places": {"\xff": [1, 2]}}'])
def test_visits_come_back_and_a_broken_file_counts_as_none(home: Path, broken: bytes) -> None:
    visits.add(home, Visits().visited(Place("#dev"), 5))
    assert visits.load(home).score("#dev", 5) == 1.0

    (home / "visits.json").write_bytes(broken)
    assert visits.load(home) == Visits()


def test_visits_of_two_clients_in_one_home_are_all_kept(home: Path) -> None:
    visits.add(home, Visits().visited(Place("#dev"), 0))
    one, other = Visits(), Visits()  # what each did since both have read the file
    one = one.visited(Place("#dev"), HALF_LIFE_MS).visited(Place("#ops"), HALF_LIFE_MS)
    other = other.visited(Place("#dev"), 2 * HALF_LIFE_MS)

    visits.add(home, other)
    visits.add(home, one)

    found = visits.load(home)
    assert found.score("#ops", HALF_LIFE_MS) == 1.0
    assert found.score("#dev", 2 * HALF_LIFE_MS) == 1.0 + 0.5 + 0.25


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["#a", "#b"]), st.integers(0, 10)), max_size=12))
def test_visits_count_the_same_whoever_made_them(made: list[tuple[bool, str, int]]) -> None:
    made.sort(key=lambda each: each[2])
    alone, shares = Visits(), {True: Visits(), False: Visits()}
    for whose, target, halves in made:
        alone = alone.visited(Place(target), halves * HALF_LIFE_MS)
        shares[whose] = shares[whose].visited(Place(target), halves * HALF_LIFE_MS)

    together = shares[True].and_those(shares[False])

    for target in ("#a", "#b"):
        assert together.score(target, 10 * HALF_LIFE_MS) == pytest.approx(alone.score(target, 10 * HALF_LIFE_MS))
