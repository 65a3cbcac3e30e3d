"""Looks that users made: a TOML file each, in the folder `themes` beside the configuration. Reads; draws nothing.

A file names colours by the tokens of `tokens.py` and may leave out any: they come from the look it is based on. Its
name is the theme's. What is wrong in one is said with file, key and what was expected, and that theme is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from chat_core.base.settings import SettingsFault, read_toml
from chat_core.base.text import line_for_terminal
from chat_tui.themes.contrast import luminance
from chat_tui.themes.tokens import DARK

FOLDER: Final = "themes"
"""Name of the folder with users' looks."""
BASE: Final = "base"
"""Key that names the look a file begins with."""
DEFAULT_BASE: Final = "chat-dark"

_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class Look(Struct, frozen=True):
    """A look with its name."""

    name: str
    """What it is chosen by."""
    colours: Mapping[str, str]
    """Every token, as `#rrggbb`."""

    @property
    def dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return luminance(self.colours["background"]) < luminance(self.colours["foreground"])


def own_looks(folder: Path, known: Mapping[str, Mapping[str, str]]) -> tuple[tuple[Look, ...], tuple[str, ...]]:
    """Return the looks of a configuration's folder by name, and a sentence for each thing that is wrong in them.

    Args:
        folder: the configuration's; neither it nor `themes` in it need exist.
        known: looks that a file can be based on; their names are taken.
    """
    looks: list[Look] = []
    faults: list[str] = []
    try:
        files = sorted((folder / FOLDER).glob("*.toml"))
    except OSError as error:
        return (), (f"{folder / FOLDER} cannot be read ({error.strerror}).",)
    for file in files:
        wrong, colours = _read(file, known)
        if wrong:
            faults += wrong
        else:
            looks.append(Look(file.stem, colours))
    return tuple(looks), tuple(line_for_terminal(fault) for fault in faults)


def _read(file: Path, known: Mapping[str, Mapping[str, str]]) -> tuple[list[str], Mapping[str, str]]:
    if file.stem in known:
        return [f"{file}: the name {file.stem} is taken by a theme that comes with the client; rename the file."], {}
    if not _NAME.fullmatch(file.stem):
        return [f"{file}: a theme's name is made of small letters, digits, - and _ (32 at most); rename the file."], {}
    try:
        content = read_toml(file)
    except SettingsFault as fault:
        return list(fault.faults), {}
    base = content.pop(BASE, DEFAULT_BASE)
    if not isinstance(base, str) or base not in known:
        return [f"{file}: {BASE} is {base!r}; expected one of {', '.join(known)}."], {}
    faults = [sentence for key, value in content.items() if (sentence := _wrong(file, key, value))]
    return faults, {**known[base], **content}


def _wrong(file: Path, key: str, value: Any) -> str:
    if key not in DARK:
        return f"{file}: there is no colour {key}; expected {BASE} or one of {', '.join(DARK)}."
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        return f'{file}: {key} is {str(value)[:30]!r}; expected a colour like "#f0b35e".'
    return ""
