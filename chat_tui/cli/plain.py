"""`--plain`: the client in line mode. Never imports a screen."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence

from chat_core.base.exit_codes import ExitCode
from chat_tui.cli.common import connector_for, name_for, reach
from chat_tui.paths import config_folder, outbox_folder


def add_plain(command: ArgumentParser, *, top: bool = False) -> None:
    """Let a command take `--plain`; what was said before the command holds for it, too."""
    command.add_argument(
        "--plain",
        action="store_true",
        default=False if top else SUPPRESS,
        help="line by line, for screen readers, terminals without any means, and pipes",
    )


def talk(addresses: Sequence[str], name: str | None) -> ExitCode:
    """Run the client in line mode.

    Args:
        addresses: servers to open, as typed, the first of them to begin at; empty: ask.
        name: as whom; None: as the last time.

    Raises:
        UsageFault: the name is ill-formed.
    """
    from chat_tui.plain.running import run
    from chat_tui.plain.talking import Folders, Talk, Ways

    if name is not None:
        name = name_for(name, None)

    async def work() -> ExitCode:
        folders = Folders(config_folder(), outbox_folder())
        return await Talk(folders, Ways(reach, connector_for, lambda address: name_for(None, address))).run(
            addresses, name
        )

    return run(work())
