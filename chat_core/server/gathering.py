"""Which numbers `/metrics` shows: reads them off the parts of a running server. Runs on the event loop, never waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from chat_core.base.tasks import running
from chat_core.protocol.requests.base import Request
from chat_core.server.counts import Commits, Histogram
from chat_core.server.gateway import Gateway
from chat_core.server.router import Router
from chat_core.server.sessions.flusher import Flusher


@dataclass(frozen=True, slots=True)
class Gathering:
    """See the module's head; call it."""

    gateway: Gateway
    router: Router
    flusher: Flusher
    commits: Commits
    queued_writes: Callable[[], int]
    store: Path
    """The database file."""

    def __call__(self) -> Sequence[Metric]:
        """Return all metrics."""
        return [*self._connections(), *self._requests(), *self._store(), *self._queues()]

    def _connections(self) -> Iterator[Metric]:
        door = self.gateway.door
        states = {
            "unfinished": door.unfinished,
            "signed_in": len(door) - door.unfinished,
            "turned_away": len(self.gateway.lobby),
        }
        yield _gauge("chat_connections", "Connections, by state.", "state", states)
        yield _gauge(
            "chat_online", "Accounts that are shown online.", None, {"": self.router.services.hub.presence.accounts}
        )
        yield _counter(
            "chat_turned_away", "Connections not let in, or closed for others, by reason.", "reason",
            {str(why): count for why, count in self.gateway.turned_away.items()},
        )  # fmt: skip
        yield _counter(
            "chat_ended", "Connections that ended, by the goodbye's code; lost: without one.", "why", self.gateway.ended
        )

    def _requests(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "chat_requests", "Answered calls, by request and outcome.", labels=("request", "outcome")
        )
        sign_ins: Counter[str] = Counter()
        tries = {_name(kind) for kind, route in self.router.routes.items() if route.attempt}
        for kind, count in list(self.router.answered.items()):
            requests.add_metric((_name(kind), "ok"), count)
            if _name(kind) in tries:
                sign_ins["ok"] += count
        for (name, code), count in list(self.router.refused.items()):
            requests.add_metric((name, str(code)), count)
            if name in tries:
                sign_ins[str(code)] += count
        yield requests
        yield _counter("chat_sign_ins", "Tries to sign in or register, by outcome.", "outcome", sign_ins)

    def _store(self) -> Iterator[Metric]:
        yield _counter("chat_events_committed", "Events on disk since the start, by kind.", "kind", self.commits.events)
        yield _histogram("chat_commit_writes", "Writes that shared one commit.", self.commits.ops)
        yield _histogram("chat_commit_seconds", "How long a commit took, with its sync.", self.commits.seconds)
        files = {"database": self.store, "log": self.store.with_name(self.store.name + "-wal")}
        sizes = {name: file.stat().st_size for name, file in files.items() if file.exists()}
        yield _gauge("chat_store_bytes", "Size of the store's files.", "file", sizes)

    def _queues(self) -> Iterator[Metric]:
        sizes = [session.outbox.size for session in self.router.services.hub.sessions]
        yield _gauge("chat_outbox_bytes", "Bytes that wait for readers.", None, {"": sum(sizes)})
        yield _gauge(
            "chat_outbox_longest_bytes", "Bytes that wait for the slowest one.", None, {"": max(sizes, default=0)}
        )
        waiting = {
            "calls": self.router.running,
            "writes": self.queued_writes(),
            "catch_ups": self.router.services.admission.waiting,
            "passwords": self.router.services.auth.passwords.waiting,
        }
        yield _gauge("chat_waiting", "What is under way or waits, by kind.", "kind", waiting)
        yield _counter(
            "chat_lagging", "Readers told that a conversation is too fast.", None, {"": self.flusher.lagging}
        )
        yield _gauge("chat_tasks", "Tasks of the event loop.", None, {"": running()})


def _name(kind: type[Request[Any]]) -> str:
    return str(kind.__struct_config__.tag)


def _gauge(name: str, about: str, label: str | None, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=(label,) if label else ())
    for value, number in values.items():
        family.add_metric((value,) if label else (), number)
    return family


def _counter(name: str, about: str, label: str | None, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, about, labels=(label,) if label else ())
    for value, number in values.items():
        family.add_metric((value,) if label else (), number)
    return family


def _histogram(name: str, about: str, measured: Histogram) -> Metric:
    counts = list(measured.counts)  # another thread counts
    buckets, so_far = [], 0
    for bound, count in zip((*map(str, measured.bounds), "+Inf"), counts, strict=True):
        so_far += count
        buckets.append((bound, so_far))
    return HistogramMetricFamily(name, about, buckets=buckets, sum_value=measured.total)
