"""Where the client's files are. Owns the names of folders, and that of this computer; reads and writes nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

HERE: Final = "here"
"""Stands for this computer's own server wherever an address is given."""

CONFIG_VARIABLE: Final = "CHAT_CONFIG"
"""Environment variable with the folder for what the client remembers."""
DATA_VARIABLE: Final = "CHAT_DATA"
"""Environment variable with the folder for this computer's own server."""


def config_folder() -> Path:
    """Return the folder for what the client remembers; it may not exist."""
    if given := os.environ.get(CONFIG_VARIABLE):
        return Path(given).expanduser().absolute()
    from platformdirs import user_config_path

    return user_config_path("chat-tui", appauthor=False)


def outbox_folder() -> Path:
    """Return the folder for messages that are not sent yet; it may not exist."""
    if given := os.environ.get(CONFIG_VARIABLE):
        return Path(given).expanduser().absolute() / "outbox"
    from platformdirs import user_state_path

    return user_state_path("chat-tui", appauthor=False) / "outbox"


def uploads_folder() -> Path:
    """Return the folder for what is known of files on their way; it may not exist."""
    return outbox_folder().with_name("uploads")


def data_folder() -> Path:
    """Return the folder for the data of this computer's own server; it may not exist."""
    if given := os.environ.get(DATA_VARIABLE):
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("chat-tui", appauthor=False) / "here"


def log_file() -> Path:
    """Return the file for what went wrong inside the client; neither it nor its folder may exist."""
    from platformdirs import user_state_path

    return user_state_path("chat-tui", appauthor=False) / "chat-tui.log"


def downloads_folder() -> Path:
    """Return the folder where files that were sent are saved; it may not exist."""
    from platformdirs import user_downloads_path

    return user_downloads_path()
