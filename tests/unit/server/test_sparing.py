"""A log that strangers cannot fill."""

from __future__ import annotations

from typing import Any

from chat_core.server.sparing import SparingLog
from tests.support.clocks import HandClock


class Desk:
    """A sparing log, its clock, and what was written."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.lines: list[tuple[str, dict[str, Any]]] = []
        self.log = SparingLog(self.write, self.clock, at_most=3, period_s=1.0)

    def write(self, fact: str, **fields: Any) -> None:
        self.lines.append((fact, fields))

    def closed(self, *peers: int) -> list[bool]:
        return [self.log("closed", peer=peer) for peer in peers]


def closed(*peers: int) -> list[tuple[str, dict[str, Any]]]:
    return [("closed", {"peer": peer}) for peer in peers]


def test_sparing_log_writes_every_line_when_there_are_few() -> None:
    desk = Desk()
    for peer in range(20):
        desk.closed(peer)
        desk.clock.now += 0.34

    assert desk.lines == closed(*range(20))


def test_sparing_log_counts_what_is_beyond_the_bound_and_tells_it_with_the_next_line() -> None:
    desk = Desk()
    desk.closed(*range(10))
    assert desk.lines == closed(0, 1, 2)

    desk.clock.now += 1.0
    desk.closed(10)

    assert desk.lines == [*closed(0, 1, 2), ("lines left out", {"count": 7}), *closed(10)]


def test_sparing_log_says_once_a_period_that_a_count_is_left_to_tell() -> None:
    desk = Desk()

    assert desk.closed(*range(6)) == [False, False, False, True, False, False]
    desk.clock.now += 1.0
    assert desk.closed(*range(5)) == [False, False, False, True, False]


def test_sparing_log_tells_the_count_once_when_asked() -> None:
    desk = Desk()
    desk.log.tell()
    desk.closed(*range(5))
    desk.log.tell()
    desk.log.tell()
    desk.clock.now += 1.0
    desk.closed(5)

    assert desk.lines == [*closed(0, 1, 2), ("lines left out", {"count": 2}), *closed(5)]


def test_sparing_log_stays_short_in_a_flood_and_loses_no_line_from_its_counts() -> None:
    desk = Desk()
    for peer in range(100_000):
        desk.closed(peer)
        desk.clock.now += 0.0001
    desk.log.tell()

    written = [fields for fact, fields in desk.lines if fact == "closed"]
    counts = [fields["count"] for fact, fields in desk.lines if fact == "lines left out"]
    assert len(desk.lines) <= 4 * 11
    assert len(written) + sum(counts) == 100_000
