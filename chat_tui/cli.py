"""The command `chat-tui`. Each command imports what it needs when it runs: the scriptable ones never load a screen."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from chat_core import __version__
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import check_account_name
from chat_core.base.text import line_for_terminal
from chat_core.transport.urls import Address, parse_address
from chat_tui import storage
from chat_tui.paths import config_folder, data_folder, log_file
from chat_tui.storage import HERE

app = typer.Typer(
    name="chat-tui",
    help="The terminal client: full-screen, and commands for scripts.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Target = Annotated[str, typer.Argument(help="#channel or @user (in a shell with quotes: '#channel').")]
Server = Annotated[
    str | None, typer.Option(help="Its address, or `here`: this computer's own [default: the one used last, or here].")
]
Name = Annotated[str | None, typer.Option(help="Who to be [default: the name used there, or your login name].")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def main() -> None:
    """Run the command line; what goes wrong on purpose is one sentence and an exit code."""
    try:
        app()
    except UsageFault as fault:
        _fail(str(fault), ExitCode.USAGE)
    except ChatError as fault:
        _fail(str(fault), ExitCode.UNREACHABLE)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"chat-tui {__version__}")
        raise typer.Exit()


# --- full-screen


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    theme: Annotated[str, typer.Option(help="chat-dark or chat-light.", metavar="NAME")] = "",
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Without a command: the start screen, with known servers and "this computer"."""
    context.obj = theme
    if context.invoked_subcommand is None:
        _run_screens(None, None, theme)


@app.command()
def connect(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="HOST, HOST:PORT or chat+unix:PATH.", metavar="HOST[:PORT]")],
    name: Name = None,
) -> None:
    """Open the full-screen client on a server."""
    _run_screens(address if address == HERE else str(parse_address(address)), name, context.obj)


@app.command()
def here(context: typer.Context, name: Name = None) -> None:
    """Open the full-screen client on this computer's own server, started if need be."""
    _run_screens(HERE, name, context.obj)


@app.command()
def demo(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Who to be.")] = "you",
    seed: Annotated[int, typer.Option(help="The same number, the same talk.")] = 1,
    still: Annotated[
        bool, typer.Option("--still", help="Let the bots fall silent after what they said before.")
    ] = False,
) -> None:
    """Open the full-screen client among lively bots, in a world of its own that is gone afterwards."""
    _need_terminal()
    from chat_tui.demo.world import World
    from chat_tui.embedded import Embedded, throw_away_folder

    who = check_account_name(name)
    with throw_away_folder("chat-demo-") as folder, World(Embedded(folder).address, who, seed=seed, still=still):
        _run_screens(HERE, who, context.obj, world=folder)


def _run_screens(address: str | None, name: str | None, theme: str, *, world: Path | None = None) -> None:
    """Run the full-screen client.

    Args:
        address: where to go at once, well-formed; None: the start screen.
        name: as whom; None: as the last time.
        theme: name of a look; empty: the default.
        world: folder to use instead of the user's own ones.
    """
    _need_terminal()
    # What is made while everything is imported and drawn first is kept anyway: looking through it takes time.
    gc.disable()
    from chat_tui.app import ChatApp, log_to
    from chat_tui.screens.visit import Choice

    log_to(log_file())
    choice = Choice(address, _name(name, address)) if address is not None else None
    screens = ChatApp(
        choice,
        config=world or config_folder(),
        data=world or data_folder(),
        theme=theme,
        title="the demo" if world else "",
    )
    screens.run()
    if screens.return_code:
        raise typer.Exit(ExitCode.INTERNAL)


def _need_terminal() -> None:
    from chat_tui.screens.base import LEAST_HEIGHT, LEAST_WIDTH

    if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("TERM") == "dumb":
        _fail("The full-screen client needs a terminal; for scripts there are send, tail and history.", ExitCode.FAILED)
    width, height = os.get_terminal_size(sys.stderr.fileno())
    if (width, height) != (0, 0) and (width < LEAST_WIDTH or height < LEAST_HEIGHT):
        _fail(
            f"This terminal is {width}x{height}; the full-screen client needs {LEAST_WIDTH}x{LEAST_HEIGHT} at least.",
            ExitCode.FAILED,
        )


# --- for scripts


@app.command()
def send(
    target: Target,
    text: Annotated[str, typer.Argument(help="What to say; -: standard input, a line a message.")] = "-",
    server: Server = None,
    name: Name = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds without progress after which to give up.")] = 30.0,
    key: Annotated[
        str | None, typer.Option(help="Makes it repeatable: run again with the same key, nothing is sent twice.")
    ] = None,
) -> None:
    """Send a message, or lines; print the address of each once it is on the server's disk."""
    from chat_tui.plain.running import run
    from chat_tui.plain.send import send as work

    address, who = _server(server, name)
    said = None if text == "-" else text
    raise typer.Exit(run(work(address, who, target, said, timeout_s=timeout, key=key)))


@app.command()
def tail(
    targets: Annotated[list[str], typer.Argument(help="#channel or @user, one or more.", metavar="TARGET...")],
    server: Server = None,
    name: Name = None,
    json: Json = False,
    since: Annotated[
        str | None,
        typer.Option(help="Begin behind this seq (0: from the beginning); of several targets: '#a:17,#b:0'."),
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="Leave after so many lines.")] = None,
    events: Annotated[bool, typer.Option("--events", help="Print other events too.")] = False,
) -> None:
    """Print messages as they come, each once, in order."""
    from chat_tui.plain.running import run
    from chat_tui.plain.tail import parse_since
    from chat_tui.plain.tail import tail as work

    try:
        wanted = parse_since(targets, since)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    address, who = _server(server, name)
    raise typer.Exit(run(work(address, who, wanted, json=json, count=count, events=events)))


@app.command()
def history(
    target: Target,
    server: Server = None,
    name: Name = None,
    json: Json = False,
    last: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
) -> None:
    """Print the newest messages, oldest first."""
    from chat_tui.plain.history import history as work
    from chat_tui.plain.running import run

    address, who = _server(server, name)
    raise typer.Exit(run(work(address, who, target, last=last, json=json)))


# --- both


def _server(server: str | None, name: str | None) -> tuple[Address, str]:
    """Return where to go and as whom; this computer's own server runs then."""
    if server is None:
        last = storage.load(config_folder()).last
        server = last.address if last is not None else HERE
    who = _name(name, server)
    if server != HERE:
        return parse_address(server), who
    from chat_tui.embedded import Embedded

    return Embedded(data_folder()).ensure(), who


def _name(name: str | None, address: str | None) -> str:
    """Return the wanted name, or the one to be expected there."""
    if name is not None:
        return check_account_name(name)
    return storage.load(config_folder()).name_for(address or "")


def _fail(sentence: str, code: ExitCode) -> NoReturn:
    print(line_for_terminal(sentence), file=sys.stderr)
    sys.exit(code)
