"""What the full-screen client can be told, in one TOML file or the environment. How that is found, `settings` knows.

Nothing of it is needed: without a file everything is as it is meant to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base.settings import Loaded, Loading, SettingsFault, read_toml

CONFIG_FILE: Final = "chat-tui.toml"
"""Name of the file, in the folder where the client remembers its servers."""
PREFIX: Final = "CHAT_TUI_"
"""What the names of environment variables begin with."""


class CommandsSection(msgspec.Struct, frozen=True, kw_only=True):
    """How lines in the composer are taken."""

    classic_forms: bool = True
    """Whether commands of earlier systems that begin with no slash (`HELP`, `log out`) are commands here too, where
    they are the whole line."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of a client: what the file can hold."""

    commands: CommandsSection = CommandsSection()


def load(folder: Path, environment: Mapping[str, str]) -> Loaded[Settings]:
    """Gather the settings: defaults, then the file, then the environment.

    Args:
        folder: where the file would be.
        environment: the process's variables.

    Raises:
        SettingsFault: anything is wrong, with all that is.
    """
    loading = Loading(Settings, PREFIX)
    loading.take_environment(environment)
    file = folder / CONFIG_FILE
    try:
        loading.take_file(file, read_toml(file))
    except SettingsFault as fault:
        if not isinstance(fault.__cause__, FileNotFoundError):
            loading.complain(fault.faults)
    return loading.finish()
