"""How soon a server is back that was killed under load, and whether what it had acknowledged is still there, once.

The store is filled first, then senders write at a steady pace while the server is killed at random moments and started
again. At the end the database itself is read: neither the server nor a client is asked what is in it.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench import frames
from chat_core.bench.posting import Posters
from chat_core.bench.process import START_WITHIN_S, OwnServer
from chat_core.bench.report import Machine, line, ms, this_machine
from chat_core.bench.stubborn import Line, Lost, StubbornSender
from chat_core.bench.tally import quantile_ms
from chat_core.protocol.envelopes import Answer
from chat_core.transport.urls import Address, parse_address

CHANNEL: Final = "#bench"
FILLERS: Final = 10
FILL_WINDOW: Final = 200
KNOCK_EVERY_S: Final = 0.002
"""Time between two tries to connect to a server that is starting, in seconds."""


@dataclass(frozen=True, slots=True)
class RestartOptions:
    """What is to be measured."""

    stored: int
    """Messages in the store before."""
    senders: int
    rate: float
    """Sends a second, of all together."""
    size: int
    kills: int
    longest_s: float
    """Each life lasts at random up to this, in seconds."""
    seed: int
    data: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartReport:
    """One run."""

    stored_before: int
    senders: int
    rate_per_s: float
    kills: int
    seed: int
    p50_ms: float | None
    """From the start of the process to the first welcome."""
    p95_ms: float | None
    max_ms: float | None
    acknowledged: int
    acknowledged_per_s: float
    """While there was a server."""
    resent: int
    """Sends whose acknowledgement was lost: they were sent again, and acknowledged as duplicates."""
    refused: int
    lost: int
    """Acknowledged, and not in the store at that place."""
    doubled: int
    """More than once in the store."""
    holes: int
    """Missing numbers in the logs."""
    machine: Machine

    @property
    def complete(self) -> bool:
        """Whether nothing was lost or doubled."""
        return bool(self.acknowledged) and not (self.lost or self.doubled or self.holes)

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))

    def as_text(self) -> str:
        """Return a table for people."""
        times = f"{ms(self.p50_ms)} / {ms(self.p95_ms)} / {ms(self.max_ms)} ms"
        verdict = f"{self.lost} lost, {self.doubled} doubled, {self.holes} holes"
        return "\n".join(
            [
                f"{self.kills} times kill -9, {self.stored_before:,} messages in the store, {self.senders} senders, "
                f"{self.rate_per_s:g} sends/s, seed {self.seed}",
                self.machine.as_text(),
                "",
                line("welcome p50 / p95 / max", f"{times} after the start of the process"),
                line("acknowledged", f"{self.acknowledged:,}, {self.acknowledged_per_s:,.0f} a second of uptime"),
                line("sent again, in time", f"{self.resent} acknowledgements had been lost"),
                line("of the acknowledged", verdict),
            ]
        )


def measure_restart(options: RestartOptions) -> tuple[RestartReport, str]:
    """Measure with a server of its own; return the report, and what the server complained of.

    Raises:
        WorldFault: the server cannot be started, or does not come back.
    """
    chance = random.Random(options.seed)
    with ExitStack() as stack:
        server = stack.enter_context(OwnServer(options.data))
        address = parse_address(server.address)
        _fill(address, options)
        senders = [
            StubbornSender(
                address,
                f"stubborn-{number}",
                CHANNEL,
                every_s=options.senders / options.rate,
                size=options.size,
            )
            for number in range(options.senders)
        ]
        for sender in senders:
            sender.start()
        taken_ns: list[int] = []
        up_s = 0.0
        try:
            for _ in range(options.kills):
                life_s = chance.uniform(0.0, options.longest_s)
                time.sleep(life_s)
                up_s += life_s
                server.kill()
                begun = time.monotonic_ns()
                server.launch(address.port)
                await_welcome(address)
                taken_ns.append(time.monotonic_ns() - begun)
                server.first_line()
        finally:
            for sender in senders:
                sender.finish()
        complaints = server.complaints()
        server.stop()
        found = _look_into(server.database)
        taken_ns.sort()
        told = {cid: outcome for sender in senders for cid, outcome in sender.acknowledged.items()}
        lost = sum(
            (outcome.conversation, outcome.seq) not in found.places.get(cid, ()) for cid, outcome in told.items()
        )
        report = RestartReport(
            stored_before=options.stored,
            senders=options.senders,
            rate_per_s=options.rate,
            kills=options.kills,
            seed=options.seed,
            p50_ms=quantile_ms(taken_ns, 0.5),
            p95_ms=quantile_ms(taken_ns, 0.95),
            max_ms=quantile_ms(taken_ns, 1.0),
            acknowledged=len(told),
            acknowledged_per_s=len(told) / up_s if up_s else 0.0,
            resent=sum(outcome.duplicate for outcome in told.values()),
            refused=sum(sender.refused for sender in senders),
            lost=lost,
            doubled=sum(len(places) > 1 for places in found.places.values()),
            holes=found.holes,
            machine=this_machine(server.folder),
        )
        return report, complaints


def _fill(address: Address, options: RestartOptions) -> None:
    with Posters(address, [CHANNEL], senders=FILLERS, size=options.size, follow=False) as posters:
        while posters.acknowledged < options.stored and not posters.failures and not posters.lost:
            posters.run_closed(0.05, min(FILL_WINDOW, 1 + (options.stored - posters.acknowledged) // FILLERS))
        if posters.settle() or posters.failures or posters.lost:
            raise WorldFault("The store could not be filled.")


def await_welcome(address: Address) -> None:
    """Knock until the server answers a hello. Raises: WorldFault."""
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        try:
            knock = Line(address)
        except OSError:
            time.sleep(KNOCK_EVERY_S)
            continue
        try:
            if isinstance(knock.ask(frames.HELLO_ID, frames.hello()), Answer):
                return
        except Lost:
            pass
        finally:
            knock.close()
    raise WorldFault(f"The server did not come back within {START_WITHIN_S:g} s.")


@dataclass(frozen=True, slots=True)
class _Found:
    """What a database holds."""

    places: dict[bytes, list[tuple[int, int]]]
    """Of each cid: conversation and seq of the events that have it."""
    holes: int


def _look_into(database: Path) -> _Found:
    """Read the log out of the file itself."""
    places: dict[bytes, list[tuple[int, int]]] = {}
    heads: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        for key, cid in connection.execute("SELECT id, cid FROM events ORDER BY id"):
            conversation, seq = key >> 32, key & 0xFFFFFFFF
            heads[conversation] = seq
            counts[conversation] += 1
            if cid is not None:
                places.setdefault(cid, []).append((conversation, seq))
    return _Found(places, sum(heads.values()) - sum(counts.values()))
