"""The command `chat-core`. Each command imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from chat_core import __version__

app = typer.Typer(
    name="chat-core",
    help="The chat server and its tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


bench = typer.Typer(help="Measure a server on this machine.", no_args_is_help=True)
app.add_typer(bench, name="bench")


def main() -> None:
    """Run the command line."""
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"chat-core {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Host your own chat: a server that never loses an acknowledged message."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port; 0: any that is free [default: 55555].")
    ] = None,
    socket: Annotated[
        Path | None, typer.Option(help="Listen on this Unix socket (alone, unless --host or --port).")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder [default: in the user's data folder].")] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
    embedded: Annotated[
        bool, typer.Option("--embedded", hidden=True, help="Leave when standard input ends and nobody is connected.")
    ] = False,
) -> None:
    """Run the server until Ctrl-C or SIGTERM; its first line says where it listens."""
    from chat_core.server.app import run
    from chat_core.server.config import DEFAULT_HOST, DEFAULT_PORT, ServeOptions
    from chat_core.server.observe import LEVELS

    if log_level not in LEVELS:
        raise typer.BadParameter(f"must be one of {', '.join(LEVELS)}", param_hint="--log-level")
    only_socket = socket is not None and host is None and port is None
    options = ServeOptions(
        data=data or _default_data(),
        host=None if only_socket else host or DEFAULT_HOST,
        port=DEFAULT_PORT if port is None else port,
        socket=socket,
        embedded=embedded,
        log_level=log_level,
    )
    raise typer.Exit(int(run(options)))


@app.command()
def check(
    seconds: Annotated[
        float, typer.Option(min=1, max=86_400, help="How long things are broken; healing and judging come on top.")
    ] = 60,
    seed: Annotated[
        str | None, typer.Option(help="Repeat a run, as far as processes can be repeated [default: a new one].")
    ] = None,
    faults: Annotated[
        str | None, typer.Option(help="Kinds of faults, with commas between [default: all that this machine can do].")
    ] = None,
    clients: Annotated[int, typer.Option(min=2, max=60, help="Clients, a process each.")] = 6,
    rate: Annotated[float, typer.Option(min=1, max=10_000, help="Messages a second, of all clients together.")] = 100,
    keep: Annotated[
        Path | None, typer.Option(help="Folder for the history and the logs, also when all is well.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    broken: Annotated[
        str | None, typer.Option(help="Check a server that is broken on purpose; it must be caught.")
    ] = None,
    verify: Annotated[Path | None, typer.Option(help="Only judge a history that a run has kept.")] = None,
) -> None:
    """Try to break the five promises: a server, clients and faults on this machine, with data of their own."""
    import secrets

    from chat_core.base.errors import ChatError, UsageFault
    from chat_core.base.exit_codes import ExitCode
    from chat_core.check.real.command import Command

    command = Command(as_json=as_json)
    try:
        if verify is not None:
            passed = command.verify(verify)
        else:
            passed = command.check(
                seconds=seconds,
                seed=seed or secrets.token_hex(4),
                faults=tuple(name.strip() for name in (faults or "").split(",") if name.strip()),
                clients=clients,
                rate=rate,
                keep=keep,
                broken=broken,
            )
    except ChatError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(int(ExitCode.USAGE if isinstance(error, UsageFault) else ExitCode.UNREACHABLE)) from None
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        raise typer.Exit(int(ExitCode.INTERRUPTED)) from None
    if not passed:
        raise typer.Exit(int(ExitCode.FAILED))


@bench.command()
def fanout(
    readers: Annotated[int, typer.Option(min=1, max=50_000, help="Connections that get every message.")] = 1000,
    senders: Annotated[
        int, typer.Option(min=1, max=1000, help="Connections that send, and get every message too.")
    ] = 10,
    messages: Annotated[
        int | None, typer.Option(min=1, max=1_000_000, help="[default: 1000; with --rate: 5 seconds of them]")
    ] = None,
    size: Annotated[int, typer.Option(min=32, max=16_384, help="Bytes of a message's text.")] = 100,
    window: Annotated[int, typer.Option(min=1, max=10_000, help="Messages under way at most.")] = 32,
    rate: Annotated[
        float | None, typer.Option(min=0.1, max=100_000, help="Send so many messages a second instead: for latency.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Processes that the readers are spread over.")] = 1,
    limit: Annotated[float, typer.Option(min=1, max=3600, help="Give up after so many seconds.")] = 90,
    server: Annotated[
        str | None, typer.Option(help="A server that runs already, on this machine; it gets the accounts for good.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Where the data is put, and removed again [default: the temporary folder].")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Send to everybody in one channel, and measure how fast it arrives."""
    from chat_core.base.errors import ChatError, UsageFault
    from chat_core.base.exit_codes import ExitCode
    from chat_core.bench.fanout import FanoutOptions, measure_fanout

    if messages is None:
        messages = 1000 if rate is None else max(1, int(5 * rate))
    try:
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
    except ChatError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(int(ExitCode.USAGE if isinstance(error, UsageFault) else ExitCode.UNREACHABLE)) from None
    print(measured.report.as_json() if as_json else measured.report.as_text())
    if measured.complaints:
        print(f"The server complained:\n{measured.complaints}", file=sys.stderr)
    if measured.complaints or not measured.report.complete:
        raise typer.Exit(int(ExitCode.FAILED))


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


def _default_data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("chat-core", appauthor=False) / "server"
