"""In which order the tests are run by several workers, so that none of them waits long for the others at the end.

Each worker is given a piece of the whole list, as long as those of the others, and who is done takes from the end of
another's. So each piece begins with tests that take long, and ends with those that take nearly no time. A run by one
process goes from folder to folder as before. That cheap tests fail first would save time only where the first failure
ends the run; `make check` tells of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, Protocol, TypeVar

DEAR: Final = ("attack", "integration", "e2e", "tui", "simulation", "conformance")
"""Folders whose tests start processes or draw screens, the dearest first."""


class Item(Protocol):
    """A test: its name begins with its file."""

    @property
    def nodeid(self) -> str:
        """Path of the file, and names within it."""


_I = TypeVar("_I", bound=Item)


def shared_out(items: Sequence[_I], workers: int) -> list[_I]:
    """Return the tests in an order in which that many equal pieces take about as long; files stay in one piece.

    Args:
        items: the tests, those of a file together.
        workers: how many pieces.
    """
    files = [list(group) for _, group in groupby(items, lambda item: item.nodeid.partition("::")[0])]
    dear = sorted((file for file in files if _rank(file[0]) < len(DEAR)), key=lambda file: _rank(file[0]))
    cheap = [item for file in files if _rank(file[0]) == len(DEAR) for item in file]
    pieces: list[_I] = []
    for number in range(workers):
        piece = [item for file in dear[number::workers] for item in file]
        size = (len(items) - len(pieces)) // (workers - number)  # as xdist divides them
        taken = max(0, size - len(piece)) if number < workers - 1 else len(cheap)
        pieces += piece + cheap[:taken]
        del cheap[:taken]
    return pieces


def _rank(item: Item) -> int:
    folder = item.nodeid.split("/")[1]
    return DEAR.index(folder) if folder in DEAR else len(DEAR)
