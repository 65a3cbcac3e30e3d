"""The command `chat-core`. Each command imports what it needs when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chat_core import __version__
from chat_core.bench.commands import bench

app = typer.Typer(
    name="chat-core",
    help="The chat server and its tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
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


def _default_data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("chat-core", appauthor=False) / "server"
