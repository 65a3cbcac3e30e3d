"""What a file holds, in a few lines below its message: which files have such a preview, and how it is drawn. Pure.

A preview is small whatever it was made of: the beginning of a text, or a picture of at most `CELLS` by `ROWS` cells in
half blocks. It is safe to draw. How a picture becomes one is the business of `pictures`, where bytes come from that of
the screen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec
from msgspec import Struct
from rich.cells import cell_len

from chat_core.protocol.values import FileInfo
from chat_tui.views.clean import drawable
from chat_tui.views.code import ENDINGS
from chat_tui.views.columns import Columns
from chat_tui.views.lines import Line, Span, elide

CELLS: Final = 40
"""Width of a picture at most, in cells."""
ROWS: Final = 12
"""Its height at most, in lines; each holds two pixels, one above the other, so that pixels are square."""
TEXT_LINES: Final = 8
"""Lines of a text that are shown."""

_LINE_CHARS: Final = 400
"""Characters of one of them that are looked at."""
_PAD: Final = 2
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_TEXTS: Final = ("application/json", "application/xml", "application/javascript", "application/x-sh")
_TEXT_ENDINGS: Final = frozenset(
    ("txt", "log", "md", "rst", "csv", "tsv", "conf", "cfg", "env", "service", "h", "hpp", "tex", "tf", *ENDINGS)
)

Kind = Literal["text", "picture"]
"""What can be shown of a file."""


class Wish(Struct, frozen=True):
    """Which previews somebody wants to see."""

    texts: bool = False
    """Those of texts."""
    pictures: bool = False
    """Those of pictures: the terminal can draw them, too, and there is what decodes them."""
    most_bytes: int = 0
    """Size of a file above which it has none."""


class Preview(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Root of all previews; one is equal to itself only."""


class Excerpt(Preview, frozen=True, eq=False, gc=False):
    """The beginning of a text."""

    lines: tuple[str, ...]
    """Its first lines, safe to draw."""
    total: int
    """How many it has."""
    language: str
    """What it is written in, as `code` knows it; anything else is not highlighted."""


class Picture(Preview, frozen=True, eq=False, gc=False):
    """A picture made small."""

    width: int
    """In pixels."""
    height: int
    """In pixels."""
    pixels: bytes
    """Line by line, four bytes a pixel: red, green, blue, opacity."""


class NoPreview(Preview, frozen=True, eq=False, gc=False):
    """A file that should have a preview and has none."""

    sentence: str
    """Why."""


def kind_of(file: FileInfo, wish: Wish) -> Kind | None:
    """Return what is to be shown of a file, by what it is called and said to be; None: nothing."""
    if not 0 < file.size <= wish.most_bytes:
        return None
    ending = _ending(file.name)
    if file.type in _PICTURES:
        return "picture" if wish.pictures else None
    if ending in _TEXT_ENDINGS or file.type.startswith("text/") or file.type in _TEXTS:
        return "text" if wish.texts else None
    return None


def excerpt_of(data: bytes, name: str) -> Excerpt | NoPreview:
    """Return the beginning of a text, if it is one.

    Args:
        data: all of the file.
        name: what it is called.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return NoPreview("no preview: this is no text in UTF-8")
    if "\0" in text:
        return NoPreview("no preview: this is no text")
    head = "\n".join(line[:_LINE_CHARS] for line in text.split("\n", TEXT_LINES)[:TEXT_LINES])
    shown = drawable(head).split("\n")[:TEXT_LINES]
    while len(shown) > 1 and not shown[-1].strip():
        shown.pop()
    total = text.count("\n") + (not text.endswith("\n"))
    return Excerpt(tuple(shown), max(total, len(shown)), _ending(name))


def preview_lines(preview: Preview, where: Columns, offset: int) -> tuple[Line, ...]:
    """Return the lines of a preview. None of them is copied with the message: nobody said it.

    Args:
        preview: it.
        where: the columns.
        offset: where in the message's text they stand, for whoever keeps a place in it.
    """
    from chat_tui.views.edge import hanging

    match preview:
        case Excerpt():
            made = _excerpt(preview, where)
        case Picture():
            made = _picture(narrowed(preview, where.text), where)
        case NoPreview():
            made = iter([hanging((Span(elide(preview.sentence, where.text), "quiet"),), where)])
        case _:
            raise TypeError(preview)
    return tuple(
        line._replace(offset=offset + at, tail=len(line.text) - line.gutter, joint="\n") for at, line in enumerate(made)
    )


def lines_of(preview: Preview, cells: int) -> int:
    """Return how many lines a preview takes, cheaply, where a line has so many cells."""
    match preview:
        case Excerpt():
            return len(preview.lines) + (preview.total > len(preview.lines))
        case Picture():
            return (_height(preview, cells) + 1) // 2
        case _:
            return 1


def narrowed(picture: Picture, cells: int) -> Picture:
    """Return a picture that has room in so many cells: itself, or each pixel the nearest one of it."""
    if picture.width <= cells:
        return picture
    height = _height(picture, cells)
    columns = [at * picture.width // cells for at in range(cells)]
    made = bytearray()
    for row in range(height):
        start = row * picture.height // height * picture.width
        for column in columns:
            at = 4 * (start + column)
            made += picture.pixels[at : at + 4]
    return Picture(cells, height, bytes(made))


def _height(picture: Picture, cells: int) -> int:
    if picture.width <= cells:
        return picture.height
    return max(1, round(picture.height * cells / picture.width))


def _excerpt(excerpt: Excerpt, where: Columns) -> Iterator[Line]:
    from chat_tui.views.code import code_lines
    from chat_tui.views.edge import hanging

    room = max(2, where.text - _PAD)
    text = "\n".join(elide(line, room) for line in excerpt.lines)
    for line, _ in code_lines(text, excerpt.language, where.text, most=TEXT_LINES):
        made = hanging(line.spans, where)
        yield made
    shown = len(excerpt.lines)
    if excerpt.total > shown:
        words = f"{shown} of {excerpt.total:,} lines"
        yield hanging((Span(elide(words, where.text), "quiet"),), where)


def _picture(picture: Picture, where: Columns) -> Iterator[Line]:
    from chat_tui.views.edge import hanging

    for row in range(0, picture.height, 2):
        spans: list[Span] = []
        for column in range(picture.width):
            char, colours = _cell(_pixel(picture, column, row), _pixel(picture, column, row + 1))
            last = spans[-1] if spans else None
            if last is not None and last.colours == colours and last.text[0] == char:
                spans[-1] = last._replace(text=last.text + char)
            else:
                spans.append(Span(char, colours=colours))
        yield hanging(tuple(spans), where)


def _pixel(picture: Picture, column: int, row: int) -> int:
    """Return a pixel's colour, 0xRRGGBB; -1: one sees through it, or the picture has ended."""
    if row >= picture.height:
        return -1
    at = 4 * (row * picture.width + column)
    red, green, blue, opacity = picture.pixels[at : at + 4]
    return -1 if opacity < 128 else (red << 16) + (green << 8) + blue


def _cell(top: int, bottom: int) -> tuple[str, tuple[int, int] | None]:
    """Return the character of two pixels, one above the other, its own colour and that of its ground."""
    if top < 0:
        return (" ", None) if bottom < 0 else ("▄", (bottom, -1))
    return "▀", (top, bottom)


def _ending(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem and cell_len(ending) < 12 else name.lower()
