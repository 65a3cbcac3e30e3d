"""The settings as rows: a section's heading, a line for each with its value, and all about the chosen one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import inspect as types

from chat_core.base.settings import Entry, Origin
from chat_core.base.settings_words import in_words, quoted
from chat_tui.views.clean import drawable_line
from chat_tui.views.columns import WIDE_FROM
from chat_tui.views.lines import ELLIPSIS, Line, Span, cropped, elide
from chat_tui.views.wrap import wrap

NAME_CELLS: Final = 18
"""Cells that a setting's name takes."""
_VALUE_CELLS: Final = 14
ABOUT_LINES: Final = 4
"""Lines about the chosen setting that are kept free; it takes more if it needs them."""

Choices = Mapping[tuple[str, str], Sequence[str]]
"""What settings that are any text to the schema are chosen from, by section and name."""


def choices_of(entry: Entry, more: Choices) -> tuple[Any, ...]:
    """Return what a setting is chosen from, in their order; empty: it is typed."""
    if (given := more.get((entry.key.section, entry.key.name))) is not None:
        return tuple(given)
    info = entry.key.type
    info = info.type if isinstance(info, types.Metadata) else info
    match info:
        case types.BoolType():
            return (False, True)
        case types.LiteralType():
            return tuple(info.values)
        case _:
            return ()


def shown(value: object) -> str:
    """Return a value for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return drawable_line(str(value)) if value != "" else "nothing"


def setting_rows(
    entries: Sequence[Entry], chosen: int, width: int, meaning: Callable[[Entry], str] = lambda _: ""
) -> tuple[list[Line], int]:
    """Return the rows of all settings, and which row is the chosen one's.

    Args:
        entries: the settings, section by section.
        chosen: index of the chosen one.
        width: cells of a row; with many, what a setting means stands in it, too.
        meaning: returns what one means.
    """
    rows: list[Line] = []
    at = 0
    section = ""
    for index, entry in enumerate(entries):
        if entry.key.section != section:
            section = entry.key.section
            rows += [Line()] * bool(rows) + [Line((Span(f"  {section.upper()}", "heading"),))]
        if index == chosen:
            at = len(rows)
        told = _told(meaning(entry)) if width >= WIDE_FROM else ""
        rows.append(_row(entry, width, told, chosen=index == chosen))
    return rows, at


def _told(meaning: str) -> str:
    """Return the first sentence of what a setting means, for its row."""
    return drawable_line(meaning.replace("`", "").partition(". ")[0].removesuffix("."))


def _row(entry: Entry, width: int, told: str, *, chosen: bool) -> Line:
    name = entry.key.name.replace("_", " ")
    changed = entry.origin is not Origin.DEFAULT
    spans = (
        Span("▌" if chosen else " ", "own"),
        Span(f" {elide(name, NAME_CELLS):<{NAME_CELLS}} ", "strong" if chosen else "text"),
        Span(f"{shown(entry.value):<{_VALUE_CELLS if told else 0}}", "own" if changed else "muted"),
        Span(f"  set by {drawable_line(entry.where)}" if entry.origin > Origin.FILE else f"  {told}", "quiet"),
    )
    return Line(cropped(spans, width - bool(told)), ground="panel" if chosen else "")


def about_lines(entry: Entry, meaning: str, choices: Sequence[Any], width: int, most: int = ABOUT_LINES) -> list[Line]:
    """Return what is said about a setting: its meaning, what it can be, and what it is if nobody sets it.

    Where that is too long, less is said of what it means: what it can be is told nowhere else.

    Args:
        entry: the setting.
        meaning: its sentence, as documented.
        choices: what it is chosen from; empty: it is typed.
        width: cells of a line.
        most: lines there is room for.
    """
    can_be = " · ".join(shown(each) for each in choices) if choices else in_words(entry.key.type)
    rest = f"It can be: {can_be}. Without a setting: {shown(entry.key.default)}."
    longest_first = [_wrapped(words, width) for words in (f"{meaning} {rest}", f"{_told(meaning)}. {rest}", rest)]
    lines = next((each for each in longest_first if len(each) <= most), longest_first[-1])
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} {ELLIPSIS}"]
    return [Line((Span(f"  {line}", "muted"),)) for line in lines]


def _wrapped(words: str, width: int) -> list[str]:
    words = drawable_line(words.replace("`", ""))
    return [words[piece.start : piece.end] for piece in wrap(words, max(10, width - 4))]


def as_said(entry: Entry) -> str:
    """Return a setting as a sentence names it: `look.theme = "dusk"`."""
    return f"{entry.key.section}.{entry.key.name} = {quoted(entry.value)}"
