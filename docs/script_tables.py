"""The generated parts of docs/scripting.md: the commands, the fields of a line, the exit codes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Final

from chat_core.base.exit_codes import EXPLAINED, ExitCode
from chat_core.client import Bot
from chat_tui.cli.common import Run
from chat_tui.cli.scriptable import declare
from chat_tui.exports.lines import FileLine, Line
from docs.struct_tables import field_table, one_line, table

_CODES: Final = (
    ExitCode.OK, ExitCode.FAILED, ExitCode.USAGE, ExitCode.REFUSED, ExitCode.NO_TARGET, ExitCode.UNREACHABLE,
    ExitCode.IO, ExitCode.NOT_ACKNOWLEDGED, ExitCode.UNTRUSTED, ExitCode.INTERRUPTED,
)  # fmt: skip
"""Those that a script meets."""


def commands() -> str:
    """Return each command with its options, as `--help` tells them."""
    found: list[str] = []

    def command(run: Run) -> ArgumentParser:
        name = run.__name__.lstrip("_").replace("_", "-")
        parser = ArgumentParser(prog=f"chat-tui {name}", description=one_line(run.__doc__ or ""), add_help=False)
        parsers.append(parser)
        return parser

    parsers: list[ArgumentParser] = []
    declare(command)
    for parser in parsers:
        rows = [
            (f"`{', '.join(action.option_strings) or action.metavar}`", one_line(action.help or ""))
            for action in parser._actions
        ]
        found.append(f"### {parser.prog}\n\n{parser.description}\n\n{table(('argument', 'what it is'), rows)}")
    return "\n\n".join(found)


def line_table() -> str:
    """Return the fields of a line of JSON."""
    return f"{field_table(Line)}\n\n#### FileLine\n\n{field_table(FileLine)}"


def exit_codes() -> str:
    """Return the exit codes that scripts meet."""
    return table(("code", "when"), [(str(code.value), EXPLAINED[code]) for code in _CODES])


def decorators() -> str:
    """Return what a bot can be made of."""
    methods = (Bot.on_message, Bot.command, Bot.on_join, Bot.ready, Bot.stop, Bot.serve, Bot.run)
    rows = [(f"`{method.__name__}`", one_line((method.__doc__ or "").partition("\n")[0])) for method in methods]
    return table(("of a `Bot`", "what it does"), rows)


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "script-commands": commands,
    "script-lines": line_table,
    "script-exit-codes": exit_codes,
}
BOT_PARTS: Final[Mapping[str, Callable[[], str]]] = {"bot-methods": decorators}
