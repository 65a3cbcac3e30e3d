"""How many sends a second are acknowledged, each of them on disk before, and how long an acknowledgement takes."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench.disk import SyncCost, sync_cost
from chat_core.bench.posting import Posters, channel_names
from chat_core.bench.process import OwnServer, Usage, usage
from chat_core.bench.report import Machine, figure, line, ms, this_machine
from chat_core.bench.tally import quantile_ms
from chat_core.transport.urls import parse_address

WARM_SHARE: Final = 10
"""For one part in so many of the time it runs before anything counts."""


@dataclass(frozen=True, slots=True)
class DurableOptions:
    """What is to be measured."""

    senders: int
    window: int
    """Sends of each sender that wait for their acknowledgement."""
    rate: float | None
    """Sends a second of all together, whether or not the ones before were acknowledged; None: as `window` allows."""
    seconds: float
    size: int
    """Bytes of a body."""
    channels: int
    follow: bool
    """Whether the senders also get what is written in their channel."""
    data: Path | None
    """Where the server's data folder is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DurableReport:
    """One run."""

    senders: int
    window: int | None
    """None with a rate."""
    rate_per_s: float | None
    channels: int
    follow: bool
    size_bytes: int
    seconds: float
    acknowledged: int
    refused: int
    unanswered: int
    lost_connections: int
    acknowledged_per_s: float
    p50_ms: float | None
    """From the time a send was due to its acknowledgement."""
    p99_ms: float | None
    max_ms: float | None
    server_cpu_us_per_send: float | None
    server_rss_kb: int | None
    """The server's memory at the end."""
    sync: SyncCost
    """Taken in the same folder, just before and without the server's load."""
    settings: dict[str, str]
    """The database, as the server sets it."""
    machine: Machine

    @property
    def complete(self) -> bool:
        """Whether everything was acknowledged."""
        return not (self.refused or self.unanswered or self.lost_connections)

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))

    def as_text(self) -> str:
        """Return a table for people."""
        how = f"{self.window} under way each" if self.window is not None else f"{self.rate_per_s:g} sends/s in all"
        where = "one channel" if self.channels == 1 else f"{self.channels} channels"
        lines = [
            f"{self.senders} senders, {how}, {self.size_bytes} bytes, {where}"
            + (", each getting what the others write" if self.follow else ""),
            self.machine.as_text(),
            ", ".join(f"{name} {value}" for name, value in self.settings.items()),
            "",
            line("acknowledged sends/s", f"{self.acknowledged_per_s:,.0f}"),
            line("ack p50 / p99 / max", f"{ms(self.p50_ms)} / {ms(self.p99_ms)} / {ms(self.max_ms)} ms"),
            line("write + sync p50 / p99", self.sync.as_text()),
            line("server CPU per send", figure(self.server_cpu_us_per_send, "µs")),
            line("acknowledged", f"{self.acknowledged:,} in {self.seconds:.1f} s"),
        ]
        if not self.complete:
            lines.append(
                line(
                    "NOT COMPLETE",
                    f"{self.refused} refused, {self.unanswered} unanswered, {self.lost_connections} connections lost",
                )
            )
        return "\n".join(lines)


def measure_durable(options: DurableOptions) -> tuple[DurableReport, str]:
    """Measure with a server of its own; return the report, and what the server complained of.

    Raises:
        WorldFault: the server cannot be started, or refuses.
    """
    from chat_core.server.store.sqlite_file import settings  # heavy, and only needed here

    with ExitStack() as stack:
        server = stack.enter_context(OwnServer(options.data))
        sync = sync_cost(server.folder)
        posters = stack.enter_context(
            Posters(
                parse_address(server.address),
                channel_names(options.channels),
                senders=options.senders,
                size=options.size,
                follow=options.follow,
            )
        )
        _run(posters, options, options.seconds / WARM_SHARE)
        if posters.settle() or not posters.acknowledged:
            raise WorldFault("The first sends were not acknowledged.")
        posters.forget()
        begun = usage(server.pid)
        seconds = _run(posters, options, options.seconds)
        in_time = posters.acknowledged
        unanswered = posters.settle()
        ended = usage(server.pid)
        acknowledged = posters.acknowledged
        latencies = sorted(posters.latencies_ns)
        report = DurableReport(
            senders=options.senders,
            window=options.window if options.rate is None else None,
            rate_per_s=options.rate,
            channels=options.channels,
            follow=options.follow,
            size_bytes=options.size,
            seconds=seconds,
            acknowledged=acknowledged,
            refused=posters.failures,
            unanswered=unanswered,
            lost_connections=posters.lost,
            acknowledged_per_s=in_time / seconds,
            p50_ms=quantile_ms(latencies, 0.5),
            p99_ms=quantile_ms(latencies, 0.99),
            max_ms=quantile_ms(latencies, 1.0),
            server_cpu_us_per_send=_cpu_us(begun, ended, acknowledged),
            server_rss_kb=None if ended is None else ended.rss_kb,
            sync=sync,
            settings=settings(server.database),
            machine=this_machine(server.folder),
        )
        return report, server.complaints()


def _run(posters: Posters, options: DurableOptions, seconds: float) -> float:
    if options.rate is None:
        return posters.run_closed(seconds, options.window)
    return posters.run_open(seconds, options.rate)


def _cpu_us(begun: Usage | None, ended: Usage | None, sends: int) -> float | None:
    if begun is None or ended is None or not sends:
        return None
    return (ended.cpu_s - begun.cpu_s) * 1e6 / sends
