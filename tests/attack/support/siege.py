"""A server on the open internet, so to speak: 50 honest users who chat, an attacker, and what the server shows.

An attack is done twice. Asked is: did the honest notice, is everything given back afterwards, and did the second one
take more memory than the first?
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final

from chat_core.bench.posting import Posters
from chat_core.bench.tally import quantile_ms
from chat_core.server.store.sqlite import READERS
from chat_core.server.store.sqlite_search import SEARCHERS
from chat_core.transport.urls import parse_address
from tests.attack.support.attacker import LONGER_S
from tests.attack.support.contention import slowed, times
from tests.support.ports import free_port
from tests.support.processes import ServerProcess
from tests.support.watched import Metrics, metrics, metrics_once
from tests.support.wire import Wire

HONEST: Final = 50
"""Users who chat in one channel, each getting what the others write."""
HONEST_FROM: Final = tuple(f"127.0.100.{number}" for number in range(1, 11))
"""Ten addresses, so that five come from each."""
HONEST_RATE: Final = 25.0
"""Messages a second of all of them together: one every two seconds from each."""
QUIET_S: Final = 0.8
"""How long they chat before the attack, to know how fast this machine is."""
P99_MS: Final = 200.0
"""What an acknowledgement may take during an attack, in 99 of 100 cases, from a server alone on its machine."""
SYNCS: Final = 2
"""How often a commit may wait for the disk: one that moves the log into the database syncs both."""
SETTLE_S: Final = 30.0
"""Time in which everything has to be given back; passwords that are being compared take some of it."""
MEMORY_SHARE: Final = 1.1
"""Memory after the second attack, as a part of that after the first."""
_RSS: Final = "process_resident_memory_bytes"


@dataclass(frozen=True, slots=True)
class Result:
    """What one attack did."""

    did: dict[str, int]
    """What the attacker counted."""
    quiet_p99_ms: float
    """Before it."""
    p99_ms: float
    """During it."""
    bystander_p99_ms: float
    """During it, for somebody who only wrote to the disk that often."""
    slowed: float
    """How many times as long the server took, because others had the processors."""
    honest_sent: int
    honest_refused: int
    honest_lost: int
    before: Metrics
    after: Metrics
    """Once everything was given back."""
    log: str
    """What the server had to say until then: warnings and worse."""

    @property
    def memory_mb(self) -> float:
        """What the server held afterwards."""
        return self.after[_RSS] / 1e6

    def __str__(self) -> str:
        """Say what matters when a test fails."""
        held = {name: (value, self.after[name]) for name, value in _held(self.before).items()}
        return (
            f"{self.did}; p99 {self.p99_ms:.0f} ms, {self.quiet_p99_ms:.0f} ms before, "
            f"a bystander's {self.bystander_p99_ms:.0f} ms, slowed {self.slowed:.1f}, busy {busy():.1f}; "
            f"sent {self.honest_sent}, refused {self.honest_refused}, lost {self.honest_lost}; "
            f"{self.memory_mb:.1f} MB; {held}"
        )

    @property
    def allowed_ms(self) -> float:
        """What an acknowledgement may have taken, on this machine and beside what else it did then."""
        return P99_MS * self.slowed + SYNCS * self.bystander_p99_ms

    def grown(self, metric: str) -> float:
        """Return what a metric has become more: over all its labels, or as it is named with some."""
        return _sum(self.after, metric) - _sum(self.before, metric)


class Siege:
    """A server and its honest users; a context manager.

    Args:
        folder: for the server's data.
    """

    def __init__(self, folder: Path) -> None:
        self.observe_port = free_port()
        self._folder = folder
        config = folder / "siege.toml"
        config.write_text(f"[observe]\nport = {self.observe_port}\n")
        arguments = ("--profile", "internet", "--log-level", "warning", "--config", str(config))
        self.server = ServerProcess(folder / "data", *arguments)
        self._honest: Posters
        self._quiet_p99_ms = 0.0
        self._spent = ""

    def __enter__(self) -> Siege:
        """Start the server, and let the honest in."""
        self.server.start()
        self._open_everything()
        self._honest = Posters(
            parse_address(self.server.address),
            ["#bench-0000"],
            senders=HONEST,
            size=80,
            follow=True,
            sources=HONEST_FROM,
        )
        self._chat(QUIET_S / 4)  # the first messages of a process are slow, whoever writes them
        self._quiet_p99_ms = self._chat(QUIET_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it all."""
        self._honest.close()
        self.server.__exit__(kind, error, trace)

    def attack(self, kind: str, seconds: float, least: Mapping[str, int] = MappingProxyType({})) -> Result:
        """Let an attacker loose for a while, and wait until the server has given everything back.

        Args:
            kind: one of `KINDS`.
            seconds: how long, if it has done the least by then.
            least: what it is to have counted.
        """
        before = metrics(self.observe_port)
        command = [sys.executable, "-m", "tests.attack.support.kinds", kind]
        command += [str(self.server.port), str(seconds), self._spent, json.dumps(dict(least))]
        attacker = subprocess.Popen(command, stdout=subprocess.PIPE)
        try:
            worked = times(self.server.process.pid)
            sent, refused, lost = self._honest.acknowledged, self._honest.failures, self._honest.lost
            p99, bystander_p99 = self._chat_beside(seconds)
            slower = slowed(worked, times(self.server.process.pid))
            out, _ = attacker.communicate(timeout=seconds + 2 * LONGER_S)
        finally:
            attacker.kill()
            attacker.wait()
        after = metrics_once(
            self.observe_port,
            lambda now: _given_back(before, now),
            f"as before: {_held(before)}",
            SETTLE_S,
        )
        return Result(
            did=json.loads(out),
            quiet_p99_ms=self._quiet_p99_ms,
            p99_ms=p99,
            bystander_p99_ms=bystander_p99,
            slowed=slower,
            honest_sent=self._honest.acknowledged - sent,
            honest_refused=self._honest.failures - refused,
            honest_lost=self._honest.lost - lost,
            before=before,
            after=after,
            log=self.server.log.read_text(),
        )

    def _open_everything(self) -> None:
        """Make the server take what it takes once and keeps: threads that read, that search, and that hash.

        SQLite opens the file beside a database when a connection first reads: each of them has to have done it, for the
        descriptors to be exactly as many afterwards.

        A token is left over of that, which is worth nothing any more.
        """
        for how in ("register", "sign_in_password"):
            with Wire(self.server.port, source=HONEST_FROM[0]) as wire:
                wire.call("hello", protocol=1)
                self._spent = wire.call(how, name="opener", password="correct horse battery")["token"]
                wire.call("sign_out")
        with Wire(self.server.port, source=HONEST_FROM[0]) as wire:
            wire.enter("reader")
            for _ in range(max(READERS, SEARCHERS)):  # they take turns
                wire.call("history", conversation="#general")
                wire.call("search", query="anything")

    def _chat_beside(self, seconds: float) -> tuple[float, float]:
        """As `_chat`, and beside it what a bystander's commits took."""
        command = [sys.executable, "-S", "-m", "tests.attack.support.bystander"]
        command += [str(self._folder), str(seconds), str(HONEST_RATE)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as bystander:
            p99 = self._chat(seconds)
            out, _ = bystander.communicate()
        return p99, float(out)

    def _chat(self, seconds: float) -> float:
        """Let the honest chat; return how long 99 of 100 acknowledgements took at most, in milliseconds."""
        del self._honest.latencies_ns[:]
        self._honest.run_open(seconds, HONEST_RATE)
        assert self._honest.settle() == 0, "every honest message is answered"
        p99 = quantile_ms(sorted(self._honest.latencies_ns), 0.99)
        assert p99 is not None, "somebody wrote"
        return p99


def assert_withstood(first: Result, second: Result) -> None:
    """Look whether the honest did not notice, and everything was given back."""
    for result in (first, second):
        assert result.did, "the attacker did something"
        assert (result.honest_refused, result.honest_lost) == (0, 0), str(result)
        assert result.honest_sent > 0
        assert result.p99_ms < result.allowed_ms, str(result)
    assert "Traceback" not in second.log, second.log
    assert second.memory_mb <= MEMORY_SHARE * first.memory_mb, (first.memory_mb, second.memory_mb)


def busy() -> float:
    """Return how many times as long things take on this machine because of what else it does; 1: it has time.

    For what an attacker gets done; what the honest wait is measured against `Result.allowed_ms`.
    """
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _given_back(before: Metrics, now: Metrics) -> bool:
    """Return whether connections, tasks and descriptors are no more than before."""
    held = _held(now)
    return all(held[name] <= value for name, value in _held(before).items())


def _held(found: Metrics) -> Metrics:
    names = [name for name in found if name.startswith("chat_connections{")]
    return {name: found[name] for name in (*names, "chat_tasks", "process_open_fds")}


def _sum(found: Metrics, metric: str) -> float:
    return sum(value for name, value in found.items() if metric in (name, name.partition("{")[0]))
