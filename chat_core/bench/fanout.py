"""One measurement of a fan-out: everybody in one channel, each message to everybody.

Joins the parts: a server (its own, or one that runs already), the load, what the process used, the report.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat_core.bench.load import Load
from chat_core.bench.process import OwnServer, Usage, usage
from chat_core.bench.report import Report, this_machine
from chat_core.bench.tally import quantile_ms
from chat_core.transport.urls import parse_address

CHANNEL: Final = "#bench"
WARM_SHARE: Final = 20
"""One message in so many is sent before anything counts."""
SETTLE_S: Final = 0.5
"""Pause after the joins, so that news about members are out before memory is looked at, in seconds."""


@dataclass(frozen=True, slots=True)
class FanoutOptions:
    """What is to be measured."""

    readers: int
    senders: int
    messages: int
    size: int
    """Bytes of a body."""
    window: int
    rate: float | None
    processes: int
    """For the readers."""
    limit_s: float
    server: str | None
    """Address of a server that runs already; None: one of its own."""
    data: Path | None
    """Where an own server's data folder is made."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A report, and what the server had to complain of."""

    report: Report
    complaints: str


def measure_fanout(options: FanoutOptions) -> Measured:
    """Measure.

    Raises:
        UsageFault: the address is none, or on another machine.
        WorldFault: the server cannot be started or reached, or the time limit is over.
    """
    with ExitStack() as stack:
        if options.server is not None:
            return Measured(_measure(options, str(parse_address(options.server)), None, None), "")
        server = stack.enter_context(OwnServer(options.data))
        report = _measure(options, server.address, server.pid, server.folder)
        return Measured(report, server.complaints())


def _measure(options: FanoutOptions, address: str, pid: int | None, folder: Path | None) -> Report:
    base = _usage(pid)
    begun = time.monotonic()
    with Load(
        address,
        CHANNEL,
        readers=options.readers,
        senders=options.senders,
        processes=options.processes,
        size=options.size,
        until=begun + options.limit_s,
    ) as load:
        joined_s = time.monotonic() - begun
        load.settle(SETTLE_S)
        joined = _usage(pid)
        load.run(max(1, options.messages // WARM_SHARE), window=options.window, rate=None)
        load.measure()
        before = _usage(pid)
        seconds = load.run(options.messages, window=options.window, rate=options.rate)
        end = _usage(pid)
        delivered, missing = load.delivered, load.expected(options.messages) - load.delivered
        latencies, lost = load.finish()
        failures = load.failures
    connections = options.readers + options.senders
    cpu_s = None if before is None or end is None else end.cpu_s - before.cpu_s
    return Report(
        readers=options.readers,
        senders=options.senders,
        messages=options.messages,
        size_bytes=options.size,
        window=options.window if options.rate is None else None,
        rate_per_s=options.rate,
        joins_per_s=connections / joined_s,
        deliveries=delivered,
        missing=missing,
        lost_connections=lost,
        failures=failures,
        seconds=seconds,
        deliveries_per_s=delivered / seconds,
        messages_per_s=delivered / (options.readers + options.senders) / seconds,
        p50_ms=quantile_ms(latencies, 0.5),
        p99_ms=quantile_ms(latencies, 0.99),
        max_ms=quantile_ms(latencies, 1.0),
        latencies=len(latencies),
        server_cpu_us_per_delivery=None if cpu_s is None or not delivered else cpu_s * 1e6 / delivered,
        server_cpu_s=cpu_s,
        base_kb=None if base is None else base.rss_kb,
        joined_kb=None if joined is None else joined.rss_kb,
        end_kb=None if end is None else end.rss_kb,
        kb_per_connection=None if base is None or joined is None else (joined.rss_kb - base.rss_kb) / connections,
        machine=this_machine(folder),
    )


def _usage(pid: int | None) -> Usage | None:
    return None if pid is None else usage(pid)
