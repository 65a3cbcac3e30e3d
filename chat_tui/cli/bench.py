"""The command that measures the full-screen client. Imports what measures only when it runs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from chat_core.base.errors import UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_tui.cli.common import Declare


def declare(command: Declare) -> None:
    """Declare it."""
    measuring: ArgumentParser = command(_bench)
    measuring.add_argument(
        "--against", choices=("weechat",), default="", help="the same with another program, in turns"
    )
    measuring.add_argument("--rounds", type=int, default=3, help="how often everything is done [3]")
    measuring.add_argument("--quick", action="store_true", help="little of everything, only to see that it works")
    measuring.add_argument("--json", action="store_true", help="print one line of JSON with the values of all rounds")
    measuring.add_argument("--into", metavar="FILE", type=Path, help="put the table into its place in a document, too")


def _bench(options: Namespace) -> ExitCode:
    """Measure the full-screen client in a terminal, on a server of its own; takes some minutes."""
    from chat_tui.bench.report import as_json, as_markdown, put_into
    from chat_tui.bench.run import run

    if not 1 <= options.rounds <= 100:
        raise UsageFault(f"--rounds {options.rounds}: there can be 1 to 100.")
    figures, machine = run(options.rounds, options.against, _tell, quick=options.quick)
    medians = {name: each.medians() for name, each in figures.items()}
    table = as_markdown(medians, machine, judged=not options.quick)
    print(as_json({name: each.values for name, each in figures.items()}, machine) if options.json else table)
    if options.into is not None:
        try:
            changed = put_into(options.into.read_text(encoding="utf-8"), table)
            if changed is None:
                raise UsageFault(f"{options.into} has no place for the table.")
            options.into.write_text(changed, encoding="utf-8")
        except OSError as error:
            raise UsageFault(f"{options.into}: {error.strerror}.") from error
    return ExitCode.OK


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
