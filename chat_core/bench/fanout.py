"""One measurement of a fan-out: everybody in one channel, each message to everybody.

Joins the parts: a server (its own, or one that runs already), the load, what the process used, the report.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat_core.base.errors import UsageFault, WorldFault
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
        UsageFault: the address is none, or encrypted.
        WorldFault: the server cannot be started or reached, or the time limit is over.
    """
    with ExitStack() as stack:
        if options.server is not None:
            address = parse_address(options.server)
            if address.tls:
                raise UsageFault(f"{address} is encrypted, and the load generator speaks no TLS: measure on loopback.")
            return Measured(_measure(options, str(address), None, None), "")
        server = stack.enter_context(OwnServer(options.data))
        report = _measure(options, server.address, server.pid, server.folder)
        return Measured(report, server.complaints())


@dataclass(slots=True)
class _Figures:
    """What was seen, before it becomes a report."""

    base: Usage | None = None
    joined: Usage | None = None
    begun: Usage | None = None
    ended: Usage | None = None
    joined_s: float = 0.0
    seconds: float = 0.0
    delivered: int = 0
    missing: int = 0
    lost: int = 0
    failures: int = 0
    stopped: str = ""
    latencies_ns: Sequence[int] = ()


def _measure(options: FanoutOptions, address: str, pid: int | None, folder: Path | None) -> Report:
    seen = _Figures(base=_usage(pid))
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
        seen.joined_s = time.monotonic() - begun
        load.settle(SETTLE_S)
        seen.joined = _usage(pid)
        load.run(max(1, options.messages // WARM_SHARE), window=options.window, rate=None)
        if load.stopped:
            raise WorldFault(f"The first messages did not arrive: {load.stopped}.")
        load.measure()
        seen.begun = _usage(pid)
        seen.seconds = load.run(options.messages, window=options.window, rate=options.rate)
        seen.ended = _usage(pid)
        seen.stopped = load.stopped
        seen.delivered = load.delivered
        seen.missing = load.expected(options.messages) - load.delivered
        seen.latencies_ns, seen.lost = load.finish()
        seen.failures = load.failures
    return _report(options, seen, folder)


def _report(options: FanoutOptions, seen: _Figures, folder: Path | None) -> Report:
    connections = options.readers + options.senders
    cpu_s = None if seen.begun is None or seen.ended is None else seen.ended.cpu_s - seen.begun.cpu_s
    per_connection = None
    if seen.base is not None and seen.joined is not None:
        per_connection = (seen.joined.rss_kb - seen.base.rss_kb) / connections
    return Report(
        readers=options.readers,
        senders=options.senders,
        messages=options.messages,
        size_bytes=options.size,
        window=options.window if options.rate is None else None,
        rate_per_s=options.rate,
        joins_per_s=connections / seen.joined_s,
        deliveries=seen.delivered,
        missing=seen.missing,
        lost_connections=seen.lost,
        failures=seen.failures,
        stopped=seen.stopped,
        seconds=seen.seconds,
        deliveries_per_s=seen.delivered / seen.seconds,
        messages_per_s=seen.delivered / connections / seen.seconds,
        p50_ms=quantile_ms(seen.latencies_ns, 0.5),
        p99_ms=quantile_ms(seen.latencies_ns, 0.99),
        max_ms=quantile_ms(seen.latencies_ns, 1.0),
        latencies=len(seen.latencies_ns),
        server_cpu_us_per_delivery=None if cpu_s is None or not seen.delivered else cpu_s * 1e6 / seen.delivered,
        server_cpu_s=cpu_s,
        base_kb=_rss(seen.base),
        joined_kb=_rss(seen.joined),
        end_kb=_rss(seen.ended),
        kb_per_connection=per_connection,
        machine=this_machine(folder),
    )


def _usage(pid: int | None) -> Usage | None:
    return None if pid is None else usage(pid)


def _rss(used: Usage | None) -> int | None:
    return None if used is None else used.rss_kb
