"""What commands of an operator share: the options that say which server is meant, and how a fault is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="Data folder [default: in the user's data folder].")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Configuration [default: chat-core.toml in the data folder, if there].")
]


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
