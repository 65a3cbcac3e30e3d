"""Everybody comes back at once after a restart: how long until all have caught up, and what that does to a bystander.

The clients are bare sockets that send their whole opening in one write and keep to every `retry_after`; all of them
connect as soon as the server is back, which is worse than what well-behaved clients do.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench import frames
from chat_core.bench.peer import open_sockets, raise_descriptor_limit
from chat_core.bench.posting import Posters
from chat_core.bench.process import OwnServer, usage
from chat_core.bench.readers import name_of
from chat_core.bench.report import Machine, figure, line, ms, this_machine
from chat_core.bench.restart import await_welcome
from chat_core.bench.returning import Returning
from chat_core.bench.stubborn import Line, StubbornSender
from chat_core.bench.tally import quantile_ms
from chat_core.protocol.envelopes import Failure
from chat_core.protocol.values import Position
from chat_core.transport.urls import Address, parse_address

CHANNEL: Final = "#bench"
ASIDE: Final = "#aside"
BYSTANDER_EVERY_S: Final = 0.01
GIVE_UP_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class StormOptions:
    """What is to be measured."""

    clients: int
    missed: int
    """Messages that each of them has to catch up with."""
    size: int
    data: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StormReport:
    """One run."""

    clients: int
    missed: int
    size_bytes: int
    seconds: float
    """From the first connect until the last one had everything."""
    p50_s: float
    """Of the clients, from the first connect of all until this one had everything."""
    busy: int
    """Times that one was told to ask again later."""
    incomplete: int
    """Clients that did not get everything, or were disconnected."""
    bystander_p50_ms: float | None
    """Acknowledgement of a sender that never left, during the storm."""
    bystander_max_ms: float | None
    server_cpu_ms_per_client: float | None
    server_growth_kb: int | None
    """Memory the server took for all of this."""
    machine: Machine

    @property
    def complete(self) -> bool:
        """Whether everybody got everything."""
        return not self.incomplete

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))

    def as_text(self) -> str:
        """Return a table for people."""
        growth = None if self.server_growth_kb is None else self.server_growth_kb / 1024
        lines = [
            f"{self.clients} clients come back at once, each with {self.missed} messages of {self.size_bytes} bytes "
            "to catch up with",
            self.machine.as_text(),
            "",
            line("everybody has everything", f"after {self.seconds:.2f} s, half of them after {self.p50_s:.2f} s"),
            line("told to ask again", f"{self.busy} times"),
            line("a bystander's ack", f"p50 {ms(self.bystander_p50_ms)}, at most {ms(self.bystander_max_ms)} ms"),
            line("server CPU per client", figure(self.server_cpu_ms_per_client, "ms")),
            line("server memory", f"{figure(growth, 'MB')} more"),
        ]
        if not self.complete:
            lines.append(line("NOT COMPLETE", f"{self.incomplete} clients without everything"))
        return "\n".join(lines)


def measure_storm(options: StormOptions) -> tuple[StormReport, str]:
    """Measure with a server of its own; return the report, and what the server complained of.

    Raises:
        WorldFault: the server cannot be started, or does not come back.
    """
    raise_descriptor_limit(options.clients)
    with ExitStack() as stack:
        server = stack.enter_context(OwnServer(options.data))
        address = parse_address(server.address)
        names = [name_of(number) for number in range(options.clients)]
        for stream in open_sockets(address, names, CHANNEL):
            stream.close()
        position = _position(address)
        _talk(address, options)
        server.kill()
        server.launch(address.port)
        await_welcome(address)
        bystander = StubbornSender(address, "bystander", ASIDE, every_s=BYSTANDER_EVERY_S, size=options.size)
        bystander.start()
        begun = usage(server.pid)
        storm = stack.enter_context(Returning(address, names, position, options.missed))
        storm.run(time.monotonic() + GIVE_UP_S)
        ended = usage(server.pid)
        bystander.finish()
        waits = sorted(bystander.latencies_ns)
        grown = None if begun is None or ended is None else (ended.cpu_s - begun.cpu_s, ended.rss_kb - begun.rss_kb)
        return (
            StormReport(
                clients=options.clients,
                missed=options.missed,
                size_bytes=options.size,
                seconds=max(storm.caught_up_s, default=0.0),
                p50_s=sorted(storm.caught_up_s)[len(storm.caught_up_s) // 2] if storm.caught_up_s else 0.0,
                busy=storm.busy,
                incomplete=options.clients - len(storm.caught_up_s),
                bystander_p50_ms=quantile_ms(waits, 0.5),
                bystander_max_ms=quantile_ms(waits, 1.0),
                server_cpu_ms_per_client=None if grown is None else grown[0] * 1e3 / options.clients,
                server_growth_kb=None if grown is None else grown[1],
                machine=this_machine(server.folder),
            ),
            server.complaints(),
        )


def _position(address: Address) -> Position:
    """Return where the channel's log stands."""
    talk = Line(address)
    try:
        talk.ask(frames.HELLO_ID, frames.hello())
        talk.ask(frames.SIGN_IN_ID, frames.sign_in("bystander"))
        outcome = talk.ask(frames.JOIN_ID, frames.join(CHANNEL))
        if isinstance(outcome, Failure):
            raise WorldFault(f"The server refused: {outcome.text}")
        channel = outcome.reply["conversation"]
        return Position(conversation=channel["id"], seq=channel.get("head", 0))
    finally:
        talk.close()


def _talk(address: Address, options: StormOptions) -> None:
    """Write what will have been missed."""
    with Posters(address, [CHANNEL], senders=1, size=options.size, follow=False) as posters:
        posters.send(options.missed)
        if posters.settle() or posters.failures:
            raise WorldFault("The messages to be missed could not be sent.")
