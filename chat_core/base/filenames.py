"""Names of files that somebody else has chosen: what may travel, and what may be given to a file here. Pure."""

from __future__ import annotations

from typing import Final

from chat_core.base.text import clean_line, line_for_terminal

LONGEST: Final = 120
"""Longest name, in characters: a file system takes 255 bytes, and there must be room for a number."""
_ENDING: Final = 20
NO_NAME: Final = "file"
"""What a file is called of whose name nothing is left."""
_TAKEN: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"com{number}" for number in range(10)), *(f"lpt{number}" for number in range(10)))
)
"""Names that mean a device to some systems, whatever their ending."""
_FORBIDDEN: Final = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def file_name(raw: str) -> str:
    """Return a name that can be a file's anywhere, and reads as what it is: no folder, nothing that does not print.

    It does not begin with a dot or a dash, means no device, and is no longer than `LONGEST`; its ending stays.
    """
    last = raw.replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = line_for_terminal(clean_line(last)).translate(_FORBIDDEN).strip(" .").lstrip("-")
    name = _short(name) or NO_NAME
    return f"_{name}" if name.partition(".")[0].strip().lower() in _TAKEN else name


def _short(name: str) -> str:
    if len(name) <= LONGEST and len(name.encode("utf-8", "replace")) <= 2 * LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _ENDING:
        stem, dot, ending = name, "", ""
    room = LONGEST - len(dot + ending)
    while len(stem) > room or len((stem + dot + ending).encode("utf-8", "replace")) > 2 * LONGEST:
        stem = stem[:-1]
    return (stem.rstrip(" .") + dot + ending).strip()


def numbered(name: str, number: int) -> str:
    """Return another name for a file whose own one is taken: `report (2).pdf`."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}){dot}{ending}" if stem else f"{name} ({number})"


def size_in_words(size: int) -> str:
    """Return a number of bytes for people: `812 B`, `1.2 MB`."""
    if size < 1000:
        return f"{size} B"
    value, units = size / 1000, ["kB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        del units[0]
    unit = units[0]
    return f"{value:.0f} {unit}" if value >= 99.5 else f"{value:.1f} {unit}"
