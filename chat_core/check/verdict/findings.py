"""What comes out of a judgement: violations, how much was judged, and the verdict. Knows no rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from chat_core.check.history import Record, Started, to_line

KEPT: Final = 20
"""Violations of one rule that are told; of more, only the number."""

Promise = Literal["P1", "P2", "P3", "P4", "P5", "kept"]
"""`kept`: what the library took is stored, refused, or still in its outbox: nothing vanishes."""

PROMISES: Final[Sequence[Promise]] = ("P1", "P2", "P3", "P4", "P5", "kept")
"""In the order in which their violations are told."""


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was broken."""

    promise: Promise
    """Which one."""
    rule: str
    """A word for how, the same for all of its kind."""
    text: str
    """One sentence: who, when, what, where."""
    records: tuple[Record, ...]
    """The few records that prove it."""

    def as_text(self) -> str:
        """Return the sentence, and the records as they stand in the file."""
        lines = [to_line(_brief(record)).decode().rstrip() for record in self.records]
        return "\n".join([f"{self.promise} {self.rule}: {self.text}", *(f"    {line}" for line in lines)])


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How much was judged."""

    clients: int = 0
    lives: int = 0
    sends: int = 0
    acks: int = 0
    failed: int = 0
    unsent: int = 0
    """Still in an outbox at the end."""
    deliveries: int = 0
    pages: int = 0
    calls: int = 0
    stored: int = 0
    """Events in the last dump."""
    epochs: int = 0
    resets: dict[str, int] = {}
    """By reason; without `began`."""
    faults: dict[str, int] = {}
    """By kind."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came out."""

    violations: tuple[Violation, ...]
    """The most telling first; of each rule only the first few."""
    broken: dict[str, int]
    """How often each rule was broken."""
    counts: Counts

    @property
    def sound(self) -> bool:
        """Whether all promises held."""
        return not self.violations

    def promises(self) -> tuple[str, ...]:
        """Return the promises that were broken, in order."""
        return tuple(sorted({violation.promise for violation in self.violations}))


class Findings:
    """The violations found so far."""

    def __init__(self) -> None:
        self._violations: list[Violation] = []
        self._broken: Counter[str] = Counter()

    def found(self, promise: Promise, rule: str, text: str, *records: Record) -> None:
        """Note a violation; of each rule only the first few are kept whole."""
        name = f"{promise} {rule}"
        self._broken[name] += 1
        if self._broken[name] <= KEPT:
            self._violations.append(Violation(promise=promise, rule=rule, text=text, records=records))

    def verdict(self, counts: Counts) -> Verdict:
        """Return the verdict, the most telling violations first."""
        self._violations.sort(key=lambda found: (PROMISES.index(found.promise), min(each.at for each in found.records)))
        return Verdict(violations=tuple(self._violations), broken=dict(self._broken), counts=counts)


def _brief(record: Record) -> Record:
    """Return a record without what is too long to read."""
    if isinstance(record, Started) and len(record.kept) > 3:
        return replace(record, kept=record.kept[:3])
    return record
