"""The order of the tests: every one once, files in one piece, and dear ones at the beginning of each worker's piece."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import pytest

from tests.support.ordering import shared_out


class Named(NamedTuple):
    nodeid: str


ITEMS = [
    Named(f"tests/{folder}/test_{file}.py::test_{number}")
    for folder, files, each in (("contract", 3, 20), ("e2e", 4, 3), ("integration", 5, 2), ("unit", 6, 30))
    for file in range(files)
    for number in range(each)
]


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_every_worker_begins_with_dear_files_and_ends_with_cheap_ones(workers: int) -> None:
    ordered = shared_out(ITEMS, workers)

    assert sorted(ordered) == sorted(ITEMS)
    for number in range(workers):
        size = len(ordered) // (workers - number)
        piece, ordered = [item.nodeid.split("/")[1] for item in ordered[:size]], ordered[size:]
        assert [folder for folder, _ in groupby(piece)][:2] == ["integration", "e2e"]
        assert piece[-1] in ("contract", "unit")


def test_dear_files_stay_in_one_piece() -> None:
    files = [item.nodeid.partition("::")[0] for item in shared_out(ITEMS, 2)]
    dear = [file for file, _ in groupby(files) if "unit" not in file and "contract" not in file]

    assert len(dear) == len(set(dear))


def test_nothing_is_lost_when_all_are_dear_or_there_are_fewer_than_workers() -> None:
    dear = [item for item in ITEMS if "e2e" in item.nodeid]

    assert sorted(shared_out(dear, 2)) == sorted(dear)
    assert shared_out(dear[:1], 4) == dear[:1]
    assert shared_out([], 2) == []
