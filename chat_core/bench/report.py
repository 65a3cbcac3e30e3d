"""The figures of a run: for people, and as JSON. Knows nothing of how they were taken."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """What it ran on."""

    cores: int
    python: str
    loop: str
    """The event loop that a server of this installation runs on."""
    system: str
    filesystem: str
    """Kind of file system the data lay on; empty: not known."""

    def as_text(self) -> str:
        """Return it in one line."""
        return (
            f"{self.cores} cores, Python {self.python}, {self.loop}, {self.system}, data on "
            f"{self.filesystem or 'an unknown file system'}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run. Figures of the server process are None where it is not our child, or there is no /proc."""

    readers: int
    senders: int
    messages: int
    size_bytes: int
    """Of a message's body."""
    window: int | None
    """Messages under way at most; None with a rate."""
    rate_per_s: float | None
    """Messages a second, sent whether or not the ones before have arrived; None with a window."""
    joins_per_s: float
    """Connections that were opened, signed in, joined and attached."""
    deliveries: int
    """Messages that reached a connection; a sender's own count too."""
    missing: int
    """Deliveries that did not come."""
    lost_connections: int
    failures: int
    """Posts that the server refused."""
    stopped: str
    """Why it ended before everything had arrived; empty: it did not."""
    seconds: float
    """From the first message to the last delivery."""
    deliveries_per_s: float
    messages_per_s: float
    p50_ms: float | None
    """Latency from the time a message was due to its delivery, over a sample of the readers."""
    p99_ms: float | None
    max_ms: float | None
    latencies: int
    """Size of that sample."""
    server_cpu_us_per_delivery: float | None
    server_cpu_s: float | None
    base_kb: int | None
    """The server's memory before anybody was connected."""
    joined_kb: int | None
    """And with everybody."""
    end_kb: int | None
    """And after the last message."""
    kb_per_connection: float | None
    machine: Machine

    @property
    def complete(self) -> bool:
        """Whether everything arrived."""
        return not (self.missing or self.lost_connections or self.failures)

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))

    def as_text(self) -> str:
        """Return a table for people."""
        how = f"{self.window} messages under way" if self.window is not None else f"{self.rate_per_s:g} messages/s"
        lines = [
            f"{self.readers} readers, {self.senders} senders, {how}",
            f"{self.messages} messages of {self.size_bytes} bytes",
            self.machine.as_text(),
            "",
            line("deliveries/s", f"{self.deliveries_per_s:,.0f}"),
            line("messages/s", f"{self.messages_per_s:,.0f}"),
            line("latency p50 / p99 / max", f"{ms(self.p50_ms)} / {ms(self.p99_ms)} / {ms(self.max_ms)} ms"),
            line("server CPU per delivery", figure(self.server_cpu_us_per_delivery, "µs")),
            line("server memory, base", _mb(self.base_kb)),
            line("  everybody connected", _mb(self.joined_kb)),
            line("  after the run", _mb(self.end_kb)),
            line("memory per connection", figure(self.kb_per_connection, "KB")),
            line("connects/s", f"{self.joins_per_s:,.0f}"),
            line("deliveries", f"{self.deliveries:,} ({self.missing:,} missing)"),
        ]
        if not self.complete:
            lines.append(line("NOT COMPLETE", f"{self.lost_connections} connections lost, {self.failures} refusals"))
            lines += [line("", self.stopped)] if self.stopped else []
        return "\n".join(lines)


def this_machine(data: Path | None) -> Machine:
    """Look at the machine.

    Args:
        data: where the server's data lies; None: not known.
    """
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        python=platform.python_version(),
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        filesystem="" if data is None else _filesystem(data),
    )


def _filesystem(folder: Path) -> str:
    """Return the kind of the file system: on a tmpfs nothing is durable, and everything is faster."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    path = folder.resolve()
    over = [(where, kind) for where, kind in mounts if path.is_relative_to(where)]
    return max(over, key=lambda mount: len(mount[0]), default=("", ""))[1]


def line(name: str, value: str) -> str:
    """Return a line of a table."""
    return f"{name:26}{value}"


def ms(value: float | None) -> str:
    """Return milliseconds, if they are known."""
    return "-" if value is None else f"{value:.1f}"


def figure(value: float | None, unit: str) -> str:
    """Return a figure with its unit, if it is known."""
    return "-" if value is None else f"{value:.2f} {unit}"


def _mb(value: int | None) -> str:
    return "-" if value is None else f"{value / 1024:.1f} MB"
