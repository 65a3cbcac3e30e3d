"""The command `chat-tui`. Each command imports what it needs when it runs: the scriptable ones never load a screen.

Made with argparse: typer takes 0.15 s and 10 MB to parse a line, half of what a start may take (docs/performance.md).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from chat_core import __version__
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import check_account_name
from chat_core.base.text import line_for_terminal
from chat_core.transport.urls import Address, parse_address
from chat_tui import storage
from chat_tui.paths import config_folder, data_folder, log_file
from chat_tui.storage import HERE

END_WITHIN_S: Final = 2.0
"""Time to leave in good order after a signal, in seconds."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit; what goes wrong on purpose is one sentence and an exit code."""
    options = parser().parse_args(arguments)
    try:
        code: ExitCode = options.run(options)
    except UsageFault as fault:
        code = _fail(str(fault), ExitCode.USAGE)
    except ChatError as fault:
        code = _fail(str(fault), ExitCode.UNREACHABLE)
    sys.exit(code)


# --- what can be said


def parser() -> ArgumentParser:
    """Return the parser of the whole command."""
    top = ArgumentParser(
        prog="chat-tui",
        description="The terminal client: full-screen, and commands for scripts. "
        'Without a command: the start screen, with known servers and "this computer".',
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"chat-tui {__version__}")
    top.add_argument("--theme", default="", help="look of the full-screen client: chat-dark or chat-light")
    top.set_defaults(run=_start)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    def command(run: Callable[[Namespace], ExitCode]) -> ArgumentParser:
        words = " ".join((run.__doc__ or "").split())
        added = commands.add_parser(
            run.__name__.strip("_"), help=words.partition(";")[0].rstrip("."), description=words, allow_abbrev=False
        )
        added.set_defaults(run=run)
        return added

    _full_screen(command)
    _scriptable(command)
    return top


def _full_screen(command: Callable[[Callable[[Namespace], ExitCode]], ArgumentParser]) -> None:
    connecting = command(_connect)
    connecting.add_argument("address", metavar="HOST[:PORT]", help="or chat+unix:PATH")
    _add_name(connecting)
    _add_name(command(_here))
    showing = command(_demo)
    showing.add_argument("--name", default="you", help="who to be")
    showing.add_argument("--seed", type=int, default=1, help="the same number, the same talk")
    showing.add_argument("--still", action="store_true", help="let the bots fall silent after what they said before")


def _scriptable(command: Callable[[Callable[[Namespace], ExitCode]], ArgumentParser]) -> None:
    target = "#channel or @user (in a shell with quotes: '#channel')"

    sending = command(_send)
    sending.add_argument("target", metavar="TARGET", help=target)
    sending.add_argument("text", metavar="TEXT", nargs="?", default="-", help="-: standard input, a line a message")
    _add_server(sending)
    sending.add_argument(
        "--timeout", type=_seconds, default=30.0, metavar="S", help="seconds without progress to give up after [30]"
    )
    sending.add_argument("--key", metavar="K", help="makes it repeatable: run again, nothing is sent twice")

    tailing = command(_tail)
    tailing.add_argument("targets", metavar="TARGET", nargs="+", help=target)
    _add_server(tailing)
    tailing.add_argument("--json", action="store_true", help="one JSON object a line")
    tailing.add_argument(
        "--since", metavar="SEQ", help="begin behind this seq (0: from the beginning); of several targets '#a:17,#b:0'"
    )
    tailing.add_argument("--count", type=_count, metavar="N", help="leave after so many lines")
    tailing.add_argument("--events", action="store_true", help="other events too")

    looking = command(_history)
    looking.add_argument("target", metavar="TARGET", help=target)
    _add_server(looking)
    looking.add_argument("--json", action="store_true", help="one JSON object a line")
    looking.add_argument("--last", type=_count, default=50, metavar="N", help="how many [50]")


def _add_server(command: ArgumentParser) -> None:
    command.add_argument(
        "--server", metavar="ADDRESS", help="or `here`: this computer's own [the one used last, else here]"
    )
    _add_name(command)


def _add_name(command: ArgumentParser) -> None:
    command.add_argument("--name", help="who to be [the name used there, else your login name]")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise ArgumentTypeError(f"'{text}' is no number of seconds above 0")
    return seconds


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < len(text) < 16 and int(text) > 0:
        return int(text)
    raise ArgumentTypeError(f"'{text}' is no whole number above 0")


# --- full-screen


def _start(options: Namespace) -> ExitCode:
    return _run_screens(None, None, options.theme)


def _connect(options: Namespace) -> ExitCode:
    """Open the full-screen client on a server."""
    address = options.address if options.address == HERE else str(parse_address(options.address))
    return _run_screens(address, options.name, options.theme)


def _here(options: Namespace) -> ExitCode:
    """Open the full-screen client on this computer's own server; starts it if need be."""
    return _run_screens(HERE, options.name, options.theme)


def _demo(options: Namespace) -> ExitCode:
    """Open the full-screen client among lively bots; in a world of its own that is gone afterwards."""
    name = check_account_name(options.name)
    _check_terminal()
    from chat_tui.demo.world import World
    from chat_tui.embedded import Embedded, throw_away_folder

    with (
        throw_away_folder("chat-demo-") as folder,
        World(Embedded(folder).address, name, seed=options.seed, still=options.still),
    ):
        return _run_screens(HERE, name, options.theme, world=folder)


def _run_screens(address: str | None, name: str | None, theme: str, *, world: Path | None = None) -> ExitCode:
    """Run the full-screen client.

    Args:
        address: where to go at once, well-formed; None: the start screen.
        name: as whom; None: as the last time.
        theme: name of a look; empty: the default.
        world: folder to use instead of the user's own ones.
    """
    _check_terminal()
    # What is made while everything is imported and drawn first is kept anyway: looking through it takes time.
    gc.disable()
    from chat_tui.app import ChatApp, log_to
    from chat_tui.screens.visit import Choice
    from chat_tui.themes import THEMES

    names = [each.name for each in THEMES]
    if theme not in ("", *names):
        raise UsageFault(f"There is no theme '{theme}'; there are {' and '.join(names)}.")
    log_to(log_file())
    choice = Choice(address, _name(name, address)) if address is not None else None
    screens = ChatApp(
        choice,
        config=world or config_folder(),
        data=world or data_folder(),
        theme=theme,
        title="the demo" if world else "",
        on_settled=_settle_memory,
    )
    _end_on_signals(screens.exit_from_anywhere)
    screens.run()
    return ExitCode.INTERNAL if screens.return_code else ExitCode.OK


def _end_on_signals(leave: Callable[[], None]) -> None:
    """Leave when told to from outside, in good order if that goes quickly.

    Where the terminal is gone or takes nothing, the toolkit waits for it for ever, and so would we.
    """

    def end(number: int, _frame: object) -> None:
        hard = threading.Timer(END_WITHIN_S, os._exit, (128 + number,))
        hard.daemon = True
        hard.start()
        leave()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _settle_memory() -> None:
    """Keep the garbage collector from going through all that stays: it would stop the screen for 0.1 s now and then."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def _check_terminal() -> None:
    """See to it that there is a terminal, and that it has room.

    Raises:
        SystemExit: neither, or not enough.
    """
    from chat_tui.views.columns import LEAST_HEIGHT, LEAST_WIDTH

    if not (sys.stdin.isatty() and sys.stderr.isatty()) or os.environ.get("TERM") == "dumb":
        sentence = "The full-screen client needs a terminal; for scripts there are send, tail and history."
        sys.exit(_fail(sentence, ExitCode.FAILED))
    width, height = os.get_terminal_size(sys.stderr.fileno())
    if (width, height) != (0, 0) and (width < LEAST_WIDTH or height < LEAST_HEIGHT):
        least = f"{LEAST_WIDTH}x{LEAST_HEIGHT}"
        sentence = f"This terminal is {width}x{height}; the full-screen client needs {least} at least: make it larger."
        sys.exit(_fail(sentence, ExitCode.FAILED))


# --- for scripts


def _send(options: Namespace) -> ExitCode:
    """Send a message, or lines; prints the address of each once it is on the server's disk."""
    from chat_tui.plain.running import run
    from chat_tui.plain.send import send

    address, name = _server(options.server, options.name)
    text = None if options.text == "-" else options.text
    return run(send(address, name, options.target, text, timeout_s=options.timeout, key=options.key))


def _tail(options: Namespace) -> ExitCode:
    """Print messages as they come; each once, in order."""
    from chat_tui.plain.running import run
    from chat_tui.plain.tail import parse_since, tail

    try:
        since = parse_since(options.targets, options.since)
    except ValueError as error:
        raise UsageFault(str(error)) from error
    address, name = _server(options.server, options.name)
    return run(tail(address, name, since, json=options.json, count=options.count, events=options.events))


def _history(options: Namespace) -> ExitCode:
    """Print the newest messages; oldest first."""
    from chat_tui.plain.history import history
    from chat_tui.plain.running import run

    address, name = _server(options.server, options.name)
    return run(history(address, name, options.target, last=options.last, json=options.json))


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


def _fail(sentence: str, code: ExitCode) -> ExitCode:
    print(line_for_terminal(sentence), file=sys.stderr)
    return code
