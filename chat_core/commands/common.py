"""What commands of an operator share: options for which server is meant, how a fault is told, a list of commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

Data = Annotated[Path | None, typer.Option("--data", help="Data folder [default: in the user's data folder].")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Configuration [default: chat-core.toml in the data folder, if there].")
]
_WHOLE = 1000
"""Characters of help: more than any sentence has."""


class Commands(TyperGroup):
    """Commands below one name; what each does is listed as a whole sentence, on as many lines as that takes."""

    @override
    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """See TyperGroup, which cuts sentences off at the end of a line."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(_WHOLE)) for name, each in self.commands.items()])


def default_data() -> Path:
    """Return the data folder of a server that is not told another one."""
    from chat_core.server.folder import default_folder

    return default_folder()


def data_folder(data: Path | None, config: Path | None) -> Path:
    """Return the data folder that a server of this configuration has. Raises: typer.Exit: it is wrong, and told."""
    from chat_core.base.exit_codes import ExitCode
    from chat_core.base.settings import SettingsFault
    from chat_core.server.config import Given, load, serve_options

    if data is not None:
        return data
    try:
        return serve_options(load(Given(config=config), os.environ, default_data()), default_data()).data
    except SettingsFault as fault:
        raise told(fault, ExitCode.CONFIG) from None


def told(fault: Exception, code: int) -> typer.Exit:
    """Print why a command was not carried out; return what ends it."""
    print(fault, file=sys.stderr)
    return typer.Exit(int(code))
