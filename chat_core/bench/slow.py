"""Whether readers that do not keep up slow down the others: the same load with and without two of them, in pairs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench.crawler import Crawler
from chat_core.bench.load import Load
from chat_core.bench.process import OwnServer, usage
from chat_core.bench.report import Machine, line, ms, this_machine
from chat_core.bench.tally import quantile_ms
from chat_core.transport.urls import parse_address

CHANNEL: Final = "#bench"
SLOW_BYTES_PER_S: Final = 10_000
"""What the slow one of the two takes; the other takes nothing."""
SETTLE_S: Final = 0.5
SPARE_S: Final = 60.0
"""Time that a run may take beyond its load, in seconds."""


@dataclass(frozen=True, slots=True)
class SlowOptions:
    """What is to be measured."""

    readers: int
    """Those that keep up."""
    senders: int
    rate: float
    """Messages a second."""
    size: int
    """Bytes of a body."""
    seconds: float
    """Of each run."""
    pairs: int
    data: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRun:
    """One run: what the readers that keep up saw."""

    p50_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    missing: int
    """Deliveries that did not come to those that keep up."""
    told_lagging: int
    """Slow readers whose queue had overflowed, so that the server told them `lagging`."""
    closed: int
    """Slow readers that the server disconnected."""
    server_rss_kb: int | None
    """The server's memory at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowReport:
    """All pairs."""

    readers: int
    senders: int
    rate_per_s: float
    size_bytes: int
    seconds: float
    without: tuple[SlowRun, ...]
    beside: tuple[SlowRun, ...]
    """With one reader that takes nothing, and one that takes `SLOW_BYTES_PER_S`."""
    machine: Machine

    @property
    def complete(self) -> bool:
        """Whether the load was one that slow readers cannot take, and everybody else got everything."""
        overflowed = all(run.told_lagging == 2 for run in self.beside)
        return overflowed and not any(run.missing or run.closed for run in (*self.without, *self.beside))

    @property
    def ratio(self) -> float | None:
        """How much longer deliveries take beside slow readers: medians of the p99."""
        before, after = self._median(self.without), self._median(self.beside)
        return None if before is None or after is None else after / before

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self) | {"ratio": self.ratio})

    def as_text(self) -> str:
        """Return a table for people."""
        lines = [
            f"{self.readers} readers that keep up, {self.senders} senders, {self.rate_per_s:g} messages/s of "
            f"{self.size_bytes} bytes, {self.seconds:g} s",
            self.machine.as_text(),
            "",
            f"{'':26}{'alone':>24}{'beside two slow readers':>28}",
        ]
        rows: tuple[tuple[str, Callable[[SlowRun], str]], ...] = (
            ("p50 / p99 / max in ms", lambda run: f"{ms(run.p50_ms)} / {ms(run.p99_ms)} / {ms(run.max_ms)}"),
            ("server memory at the end", lambda run: "-" if run.server_rss_kb is None else f"{run.server_rss_kb} KB"),
        )
        for alone, beside in zip(self.without, self.beside, strict=True):
            lines += [f"{name:26}{value(alone):>24}{value(beside):>28}" for name, value in rows]
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        medians = f"{ms(self._median(self.without))} and {ms(self._median(self.beside))} ms"
        lines += ["", line("median p99", medians), line("ratio", ratio)]
        if not self.complete:
            missing = sum(run.missing for run in (*self.without, *self.beside))
            told = min((run.told_lagging for run in self.beside), default=0)
            closed = sum(run.closed for run in self.beside)
            lines.append(
                line("NOT COMPLETE", f"{missing} deliveries missing, {told} of 2 told lagging, {closed} disconnected")
            )
        return "\n".join(lines)

    @staticmethod
    def _median(runs: tuple[SlowRun, ...]) -> float | None:
        known = [run.p99_ms for run in runs if run.p99_ms is not None]
        return median(known) if known else None


def measure_slow(options: SlowOptions) -> tuple[SlowReport, str]:
    """Measure, each run with a server of its own; return the report, and what the servers complained of.

    Raises:
        WorldFault: a server cannot be started or reached, or the load does not get through.
    """
    runs: dict[bool, list[SlowRun]] = {False: [], True: []}
    complaints = ""
    machine = this_machine(options.data)
    for pair in range(options.pairs):
        for slow in (False, True) if pair % 2 == 0 else (True, False):
            with OwnServer(options.data) as server:
                runs[slow].append(_run(options, server, slow=slow))
                machine = this_machine(server.folder)
                complaints += server.complaints()
    report = SlowReport(
        readers=options.readers,
        senders=options.senders,
        rate_per_s=options.rate,
        size_bytes=options.size,
        seconds=options.seconds,
        without=tuple(runs[False]),
        beside=tuple(runs[True]),
        machine=machine,
    )
    return report, complaints


def _run(options: SlowOptions, server: OwnServer, *, slow: bool) -> SlowRun:
    messages = max(1, int(options.rate * options.seconds))
    with ExitStack() as stack:
        load = stack.enter_context(
            Load(
                server.address,
                CHANNEL,
                readers=options.readers,
                senders=options.senders,
                processes=1,
                size=options.size,
                until=time.monotonic() + options.seconds + SPARE_S,
            )
        )
        address = parse_address(server.address)
        rates = (0, SLOW_BYTES_PER_S) if slow else ()
        crawlers = [Crawler(address, f"crawler-{rate}", CHANNEL, rate) for rate in rates]
        load.settle(SETTLE_S)
        load.measure()
        load.run(messages, window=1, rate=options.rate)
        missing = load.expected(messages) - load.delivered
        if load.stopped and not load.delivered:
            raise WorldFault(f"The load did not get through: {load.stopped}.")
        used = usage(server.pid)
        latencies, _ = load.finish()
        for crawler in crawlers:
            crawler.finish()
    return SlowRun(
        p50_ms=quantile_ms(latencies, 0.5),
        p99_ms=quantile_ms(latencies, 0.99),
        max_ms=quantile_ms(latencies, 1.0),
        missing=missing,
        told_lagging=sum(crawler.told_lagging > 0 for crawler in crawlers),
        closed=sum(crawler.closed for crawler in crawlers),
        server_rss_kb=None if used is None else used.rss_kb,
    )
