"""What a check is, and what it tells. Knows no table.

A check never shows a message's text: what it tells may be copied into a public report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select

KEPT: Final = 5
"""Findings of one check that are told in words; of more than that only the number is."""
_ROWS: Final = 1000
"""Rows of a stream that are in memory at once."""


class Findings:
    """Collects what one check finds."""

    def __init__(self) -> None:
        self.count = 0
        self.told: list[str] = []
        """The first of them, each a clause without a full stop."""

    def add(self, text: str) -> None:
        """Note one more."""
        self.count += 1
        if self.count <= KEPT:
            self.told.append(text)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be true."""

    name: str
    """One word, which scripts may look for."""
    run: Callable[[Connection, Findings], str]
    """Adds what is wrong; returns what was looked at, as a clause without a full stop."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check told."""

    name: str
    """Of the check."""
    text: str
    """What was looked at."""
    findings: tuple[str, ...] = ()
    """The first ones."""
    count: int = 0
    """Number of all."""

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.count == 0


def stream(connection: Connection, statement: Select[Any], values: Mapping[str, int] | None = None) -> Iterator[Any]:
    """Run a query whose rows are not all in memory at once."""
    return iter(connection.execute(statement, values or {}, execution_options={"yield_per": _ROWS}))


def times(number: int, what: str) -> str:
    """Return a number of things in words: `1 event`, `2,000 events`."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
