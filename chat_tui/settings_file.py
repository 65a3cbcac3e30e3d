"""The user's settings file, changed one value at a time: comments, order and everything else in it stay as they are.

How settings are found and checked, `chat_core.base.settings` knows; this module owns how a value gets into the text.
"""

from __future__ import annotations

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from chat_core.base.errors import ChatError
from chat_core.base.settings import Key
from chat_tui import storage
from chat_tui.config import CONFIG_FILE


class NotWritten(ChatError):
    """A setting could not be put into the file; the text says why."""


def with_setting(text: str, key: Key, value: object) -> str:
    """Return the text of a TOML file in which a setting has a value.

    Args:
        text: the file's; may be empty.
        key: which setting.
        value: what it is to be, already checked; what is the default is taken out where nothing else explains it.

    Raises:
        NotWritten: the text is no TOML, or the section is no table in it.
    """
    try:
        document = tomlkit.parse(text)
        section = document.get(key.section)
        if section is None:
            section = tomlkit.table()
            if document.as_string().strip():
                document.add(tomlkit.nl())
            document.add(key.section, section)
        if not isinstance(section, Table):
            raise NotWritten(f"{key.section} is no section there: put a line [{key.section}] into the file by hand.")
        section[key.name] = value
    except TOMLKitError as error:
        raise NotWritten(f"the file is no TOML: {error}") from error
    return document.as_string()


def write(folder: Path, key: Key, value: object) -> None:
    """Put a setting into the file of a folder; it and the folder are made if need be.

    Raises:
        NotWritten: it could not be done; the file is as it was.
    """
    file = folder / CONFIG_FILE
    try:
        text = file.read_text(encoding="utf-8-sig") if file.exists() else ""
        changed = with_setting(text, key, value)
        # Where the file is a link, as in a folder of dotfiles, what it leads to changes and the link stays.
        target = file.resolve()
        storage.replace(target.parent, target.name, changed.encode())
    except (OSError, UnicodeDecodeError) as error:
        raise NotWritten(f"{file} cannot be changed: {getattr(error, 'strerror', None) or error}.") from error
    except NotWritten as fault:
        raise NotWritten(f"{file} cannot be changed: {fault}") from fault
