"""The command `chat-tui`. Each command imports what it needs when it runs: the scriptable ones never load a screen.

Made with argparse: typer takes 0.15 s and 10 MB to read a line, half of what a start may take.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Sequence
from functools import cache
from typing import NoReturn

from chat_core import __version__
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.faults import report_harmlessly
from chat_tui.cli import full_screen
from chat_tui.cli.common import Run, fail
from chat_tui.cli.plain import add_plain


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and exit; what goes wrong on purpose is one sentence and an exit code."""
    report_harmlessly()
    words = sys.argv[1:] if arguments is None else arguments
    # What is declared takes time, and the full-screen client is what people wait for.
    options = parser(whole=bool(words) and words[0] not in full_screen.COMMANDS).parse_args(words)
    try:
        code: ExitCode = options.run(options)
    except UsageFault as fault:
        code = _wrong(fault)
    except ChatError as fault:
        code = fail(str(fault), ExitCode.UNREACHABLE)
    sys.exit(code)


def _wrong(fault: UsageFault) -> ExitCode:
    """Say what is wrong, which may be several lines about the settings, and return the exit code."""
    from chat_core.base.settings import SettingsFault  # the commands for scripts have none

    if isinstance(fault, SettingsFault):
        print(fault, file=sys.stderr)
        return ExitCode.CONFIG
    return fail(str(fault), ExitCode.USAGE)


@cache
def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns - 2  # as HelpFormatter has it


class _Formatter(HelpFormatter):
    """One that does not ask for the terminal's width anew: argparse makes one for each argument that is declared."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_width())


def parser(*, whole: bool = True) -> ArgumentParser:
    """Return the parser of the whole command, or of just those that open the full-screen client."""
    top = ArgumentParser(
        prog="chat-tui",
        description="The terminal client: full-screen, line by line (--plain), and commands for scripts. "
        'Without a command: the servers that were open last, else the start screen, with "this computer" in it.',
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    top.add_argument("--version", action="version", version=f"chat-tui {__version__}")
    top.add_argument(
        "--theme",
        default="",
        help="look of the full-screen client: chat-dark, chat-light, dusk, forest, contrast, mono, paper or your own",
    )
    add_plain(top, top=True)
    top.set_defaults(run=full_screen.start)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    def command(run: Run) -> ArgumentParser:
        words = " ".join((run.__doc__ or "").split())
        added = commands.add_parser(
            run.__name__.strip("_"),
            help=words.partition(";")[0].rstrip("."),
            description=words,
            allow_abbrev=False,
            formatter_class=_Formatter,
        )
        added.set_defaults(run=run)
        return added

    full_screen.declare(command)
    if whole:
        from chat_tui.cli import bench, changing, scriptable, signing_in, trusting, web

        for group in (scriptable, changing, trusting, signing_in, web, bench):
            group.declare(command)
    return top
