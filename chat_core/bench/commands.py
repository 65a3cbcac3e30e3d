"""The commands below `chat-core bench`. Each imports what it needs when it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer

bench = typer.Typer(help="Measure a server on this machine.", no_args_is_help=True)

Size = Annotated[int, typer.Option(min=32, max=16_384, help="Bytes of a message's text.")]
Data = Annotated[
    Path | None, typer.Option(help="Where the data is put, and removed again [default: the temporary folder].")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON.")]


class _Report(Protocol):
    @property
    def complete(self) -> bool: ...

    def as_json(self) -> str: ...

    def as_text(self) -> str: ...


@bench.command()
def fanout(
    readers: Annotated[int, typer.Option(min=1, max=50_000, help="Connections that get every message.")] = 1000,
    senders: Annotated[
        int, typer.Option(min=1, max=1000, help="Connections that send, and get every message too.")
    ] = 10,
    messages: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="[default: 1000; with --rate: 5 seconds of them]")
    ] = None,
    size: Size = 100,
    window: Annotated[int, typer.Option(min=1, max=10_000, help="Messages under way at most.")] = 32,
    rate: Annotated[
        float | None, typer.Option(min=0.1, max=100_000, help="Send so many messages a second instead: for latency.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes that the readers are spread over.")] = 1,
    limit: Annotated[float, typer.Option(min=1, max=3600, help="Give up after so many seconds.")] = 90,
    server: Annotated[
        str | None, typer.Option(help="A server that runs already, on this machine; it gets the accounts for good.")
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Send to everybody in one channel, and measure how fast it arrives."""
    from chat_core.bench.fanout import FanoutOptions, measure_fanout

    if messages is None:
        messages = 1000 if rate is None else max(1, int(5 * rate))
    with _explained():
        measured = measure_fanout(
            FanoutOptions(
                readers=readers,
                senders=senders,
                messages=messages,
                size=size,
                window=window,
                rate=rate,
                processes=processes,
                limit_s=limit,
                server=server,
                data=data,
            )
        )
    _print(measured.report, measured.complaints, as_json=as_json)


@bench.command()
def durable(
    senders: Annotated[int, typer.Option(min=1, max=10_000, help="Connections that send, each with an account.")] = 64,
    window: Annotated[int, typer.Option(min=1, max=200, help="Sends of each that wait for their answer.")] = 1,
    rate: Annotated[
        float | None, typer.Option(min=0.1, max=100_000, help="Send so many a second, all together, instead.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="How long.")] = 10,
    size: Size = 100,
    channels: Annotated[int, typer.Option(min=1, max=1000, help="Channels that the senders are spread over.")] = 1,
    follow: Annotated[
        bool, typer.Option("--follow", help="Push to each what the others in its channel write.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Count acknowledged sends, each on disk before its acknowledgement, beside what the disk charges."""
    from chat_core.bench.durable import DurableOptions, measure_durable

    with _explained():
        report, complaints = measure_durable(
            DurableOptions(
                senders=senders,
                window=window,
                rate=rate,
                seconds=seconds,
                size=size,
                channels=channels,
                follow=follow,
                data=data,
            )
        )
    _print(report, complaints, as_json=as_json)


@bench.command()
def slow(
    readers: Annotated[int, typer.Option(min=1, max=50_000, help="Connections that keep up.")] = 500,
    senders: Annotated[int, typer.Option(min=1, max=1000, help="Connections that send, and keep up too.")] = 5,
    rate: Annotated[float, typer.Option(min=0.1, max=100_000, help="Messages a second.")] = 50,
    size: Size = 4000,
    seconds: Annotated[float, typer.Option(min=0.1, max=3600, help="How long each run sends.")] = 15,
    pairs: Annotated[int, typer.Option(min=1, max=100, help="Runs without and with slow readers.")] = 5,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """See whether a reader that takes nothing, and one that takes 10 kB/s, slow down the others."""
    from chat_core.bench.slow import SlowOptions, measure_slow

    with _explained():
        report, complaints = measure_slow(
            SlowOptions(readers=readers, senders=senders, rate=rate, size=size, seconds=seconds, pairs=pairs, data=data)
        )
    _print(report, complaints, as_json=as_json)


@bench.command()
def restart(
    stored: Annotated[int, typer.Option(min=1, max=100_000_000, help="Messages in the store before.")] = 100_000,
    senders: Annotated[int, typer.Option(min=1, max=500, help="Connections that send.")] = 20,
    rate: Annotated[float, typer.Option(min=0.1, max=100_000, help="Sends a second, all together.")] = 500,
    size: Size = 100,
    kills: Annotated[int, typer.Option(min=1, max=10_000, help="How often the server is killed.")] = 50,
    longest: Annotated[float, typer.Option(min=0.01, max=600, help="Longest life of a server, in seconds.")] = 2,
    seed: Annotated[int, typer.Option(help="Chooses the moments.")] = 1,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Kill the server at random moments under load: how soon it is back, and whether anything is lost."""
    from chat_core.bench.restart import RestartOptions, measure_restart

    with _explained():
        report, complaints = measure_restart(
            RestartOptions(
                stored=stored,
                senders=senders,
                rate=rate,
                size=size,
                kills=kills,
                longest_s=longest,
                seed=seed,
                data=data,
            )
        )
    _print(report, complaints, as_json=as_json)


@bench.command()
def storm(
    clients: Annotated[int, typer.Option(min=1, max=50_000, help="Connections that come back.")] = 1000,
    missed: Annotated[int, typer.Option(min=1, max=100_000, help="Messages that each has to catch up with.")] = 200,
    size: Size = 100,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Let everybody come back at once after a restart: how long until all have what they missed."""
    from chat_core.bench.storm import StormOptions, measure_storm

    with _explained():
        report, complaints = measure_storm(StormOptions(clients=clients, missed=missed, size=size, data=data))
    _print(report, complaints, as_json=as_json)


@bench.command()
def search(
    messages: Annotated[int, typer.Option(min=1000, max=100_000_000, help="Messages in the store.")] = 1_000_000,
    channels: Annotated[int, typer.Option(min=1, max=400, help="Channels they are in.")] = 100,
    conversations: Annotated[int, typer.Option(min=3, max=500, help="Conversations the asker is in.")] = 200,
    rate: Annotated[float, typer.Option(min=0.1, max=100_000, help="Sends a second meanwhile.")] = 500,
    asks: Annotated[int, typer.Option(min=1, max=100_000, help="Questions of each kind.")] = 400,
    seed: Annotated[int, typer.Option(help="Chooses words, rooms and questions.")] = 1,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Search in a store with a long past, and read around any message of it, while others send."""
    from chat_core.bench.search import SearchOptions, measure_search

    with _explained():
        report, complaints = measure_search(
            SearchOptions(
                messages=messages,
                channels=channels,
                conversations=conversations,
                rate=rate,
                asks=asks,
                seed=seed,
                data=data,
            )
        )
    _print(report, complaints, as_json=as_json)


@bench.command()
def templates(
    folder: Annotated[Path, typer.Argument(help="Where chat.recv and chat.msg are written.")],
) -> None:
    """Write the handshake and the message for the C load generator."""
    from chat_core.base.errors import ChatError
    from chat_core.base.exit_codes import ExitCode
    from chat_core.bench.templates import write_templates

    try:
        written = write_templates(folder)
    except ChatError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(int(ExitCode.CANNOT_CREATE)) from None
    for path in written:
        print(path)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn a fault into one line and an exit code; told to end, clean up behind us."""
    import signal

    from chat_core.base.errors import ChatError, UsageFault
    from chat_core.base.exit_codes import ExitCode

    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    except ChatError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(int(ExitCode.USAGE if isinstance(error, UsageFault) else ExitCode.UNREACHABLE)) from None


def _print(report: _Report, complaints: str, *, as_json: bool) -> None:
    from chat_core.base.exit_codes import ExitCode

    print(report.as_json() if as_json else report.as_text())
    if complaints:
        print(f"The server complained:\n{complaints}", file=sys.stderr)
    if complaints or not report.complete:
        raise typer.Exit(int(ExitCode.FAILED))
