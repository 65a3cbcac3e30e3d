"""What paths begin like one that is being typed. Looks into one folder, and only at names."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import Final

from chat_core.base.text import line_for_terminal

LOOKED_AT: Final = 2000
"""Entries of a folder that are looked at: it is done at a key press."""


def paths(begun: str, most: int) -> list[str]:
    """Return paths that begin so, folders with a slash behind them; hidden ones only where a dot asks for them.

    Names that cannot be typed on one line are left out.
    """
    folder, slash, name = begun.rpartition("/")
    place = Path(folder + slash).expanduser() if slash else Path()
    found: list[str] = []
    try:
        with os.scandir(place) as entries:
            for entry in islice(entries, LOOKED_AT):
                if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
                    end = "/" if entry.is_dir() else ""
                    found.append(f"{folder}{slash}{entry.name}{end}")
    except OSError:
        return []
    return sorted(path for path in found if line_for_terminal(path) == path)[:most]
