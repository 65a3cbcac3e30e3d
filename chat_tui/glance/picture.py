"""A screen as text in styles: written as JSON, read again with suspicion, drawn. Pure.

What is read may have been tampered with, or be half of what was written. Nothing of it reaches a terminal but letters
that can be printed and parameters of styles, each of which is looked at; the sequences around them are made here.
"""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Final

MOST_BYTES: Final = 500_000
"""Of a file; a screen full of pictures in half blocks takes some 300,000."""
_MOST_COLUMNS: Final = 1_000
_MOST_ROWS: Final = 500
_MOST_STYLES: Final = 20_000
_MARKS: Final = 8
"""Letters in a cell, most of which are marks on the first one."""
_STYLE: Final = re.compile(r"(?:[0-9]{1,3}(?:;[0-9]{1,3}){0,20})?", re.ASCII)
"""Parameters of "select graphic rendition", which changes nothing but how letters look."""

Run = tuple[int, str, int]
"""The number of a style, a text, and how many cells that takes."""


class UnusableError(Exception):
    """What was read is no picture."""


class Picture:
    """It.

    Args:
        width: cells of each row.
        styles: parameters of styles, as they stand between `ESC [` and `m`; empty: none.
        rows: from top to bottom, each of them as wide as the picture.
    """

    __slots__ = ("rows", "styles", "width")

    def __init__(self, width: int, styles: Sequence[str], rows: Sequence[Sequence[Run]]) -> None:
        self.width = width
        self.styles = styles
        self.rows = rows

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def frame(self) -> str:
        """Return it as the toolkit writes frames, whole rows: for who wants to know what stands where."""
        return "".join(
            f"\x1b[{y};1H" + "".join(self._written(style, text) for style, text, _ in row)
            for y, row in enumerate(self.rows, start=1)
        )

    def drawing(self) -> str:
        """Return what draws it; what follows letters that a terminal may draw wider or narrower is put in its place."""
        out: list[str] = []
        now = ""
        for y, row in enumerate(self.rows, start=1):
            out.append(f"\x1b[{y};1H")
            x, sure = 1, True
            for style, text, width in row:
                if not sure:
                    out.append(f"\x1b[{x}G")
                if self.styles[style] != now:
                    now = self.styles[style]
                    out.append(f"\x1b[0m\x1b[{now}m" if now else "\x1b[0m")
                out.append(text)
                x += width
                sure = text.isascii()
        out.append("\x1b[0m")
        return "".join(out)

    def _written(self, style: int, text: str) -> str:
        parameters = self.styles[style]
        return f"\x1b[{parameters}m{text}\x1b[0m" if parameters else text


def packed(picture: Picture, about: dict[str, Any]) -> bytes:
    """Return a picture as the content of a file.

    Args:
        picture: it.
        about: what it is a picture of, as JSON has it.
    """
    rows = [[part for run in row for part in run] for row in picture.rows]
    content = {"about": about, "width": picture.width, "styles": picture.styles, "rows": rows}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def unpacked(content: bytes) -> tuple[Picture, dict[str, Any]]:
    """Return a picture, and what it is a picture of.

    Raises:
        UnusableError: it is none, or one that would do anything but stand there.
    """
    try:
        # Whatever is wrong with it, deep nesting included, it is the same to us.
        said = json.loads(content.decode("utf-8"))
        width, styles, rows = said["width"], said["styles"], said["rows"]
        about = said["about"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnusableError from error
    if not (isinstance(about, dict) and _is_number(width, _MOST_COLUMNS) and width):
        raise UnusableError
    if not (isinstance(styles, list) and len(styles) <= _MOST_STYLES and all(map(_is_style, styles))):
        raise UnusableError
    if not (isinstance(rows, list) and 0 < len(rows) <= _MOST_ROWS):
        raise UnusableError
    return Picture(width, styles, [_row(row, width, len(styles)) for row in rows]), about


def _row(said: Any, width: int, styles: int) -> list[Run]:
    """Return a row. Raises: UnusableError."""
    if not isinstance(said, list) or len(said) % 3:
        raise UnusableError
    runs: list[Run] = list(zip(said[::3], said[1::3], said[2::3], strict=True))
    left = width
    for style, text, cells in runs:
        if not (_is_number(style, styles - 1) and _is_number(cells, left) and _takes(text, cells)):
            raise UnusableError
        left -= cells
    if left:
        raise UnusableError
    return runs


def _takes(text: Any, cells: int) -> bool:
    """Return whether something is text that can be printed and may take so many cells."""
    if not (isinstance(text, str) and text.isprintable()):
        return False
    return len(text) == cells if text.isascii() else 0 < cells <= 2 * len(text) and len(text) <= _MARKS * cells


def _is_style(said: Any) -> bool:
    return isinstance(said, str) and _STYLE.fullmatch(said) is not None


def _is_number(said: Any, most: int) -> bool:
    return type(said) is int and 0 <= said <= most
