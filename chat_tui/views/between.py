"""The lines between messages: days, what is unread, comings and goings, the very beginning. Pure."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len

from chat_core.client.state.model import Notice
from chat_tui.views.clean import drawable_line
from chat_tui.views.columns import Columns
from chat_tui.views.edge import hanging, laid_out
from chat_tui.views.formatting import ours
from chat_tui.views.inline import Mark
from chat_tui.views.items import GapItem, WelcomeItem
from chat_tui.views.lines import Line, Role, Span, elide, right, rule
from chat_tui.views.names import shown_name
from chat_tui.views.order import tell

_TOLD_MAX: Final = 3
"""Comings and goings that are told one by one; of more than that only the first ones are."""

_NOTICE_MARK: Final = "–"

_RULE_LEAST: Final = 9
"""Cells of a line across that its words leave, with the margin."""


def ruled(label: str, where: Columns, line: Role, words: Role) -> Line:
    """Return a line across the timeline with words in its middle."""
    spans = (Span(" "), *rule(label, where.width - 1, line, words))
    return Line(spans, gutter=sum(len(span.text) for span in spans))


def gap(item: GapItem, where: Columns) -> Line:
    """Return the line where messages are missing; the number of events is the most that messages can be."""
    what = f"up to {item.missing:,} messages not loaded" if item.missing > 1 else "1 message may be missing"
    long = f"{what} · {'fetching…' if item.loading else 'scroll to load'}"
    label = long if cell_len(long) <= where.width - _RULE_LEAST else what
    spans = (Span(" "), *rule(label, where.width - 1, "rule", "quiet", torn=True))
    return Line(spans, gutter=sum(len(span.text) for span in spans))


def told(notices: tuple[Notice, ...], where: Columns) -> tuple[Line, ...]:
    """Return the lines of notices that are told together."""
    loud = any(notice.kind == "broadcast" for notice in notices)
    mark = " – " if where.stacked else right(_NOTICE_MARK, where.text_at - 2) + "  "
    heading = (Span(mark, "quiet"),)
    parts = [part for notice in notices for part in notice_parts(notice)]
    text = _fitted(parts, where.text) if len(parts) > 1 else "".join(parts)
    found = [Mark(0, len(text), "strong" if loud else "notice")] if text else []
    return tuple(laid_out([ours(text, found)], where, heading))


def notice_parts(notice: Notice) -> list[str]:
    """Return what a notice tells, a part for each thing that happened."""
    names = [shown_name(name) for name in notice.names]
    text = drawable_line(notice.text)
    match notice.kind:
        case "joined" | "left":
            return [f"{name} {notice.kind}" for name in names]
        case "went":
            return [f"{name} went offline" for name in names]
        case "came":
            return [f"{name} is back" for name in names]
        case "renamed":
            return [f"{names[0]} is now {names[-1]}"] if names else []
        case "topic":
            who = names[0] if names else "somebody"
            return [f"{who} set the topic: {text}" if text else f"{who} cleared the topic"]
        case "order":
            return [drawable_line(tell(notice.event))] if notice.event is not None else []
        case "broadcast":
            return [f"{names[0] if names else 'somebody'} to everybody: {text}"]
        case "away":
            return [f"{names[0] if names else 'somebody'} is {text}"]
        case "reset":
            return [text or "the history was replaced"]


def _fitted(parts: list[str], cells: int) -> str:
    """Return as many of the parts as fit into one line, at least one, and how many more there are."""
    most = len(parts) if len(parts) <= _TOLD_MAX else _TOLD_MAX - 1
    for count in range(most, 1, -1):
        line = _enumerated(parts, count)
        if len(line) <= cells and cell_len(line) <= cells:
            return line
    return _enumerated(parts, 1)


def _enumerated(parts: list[str], count: int) -> str:
    rest = len(parts) - count
    return " · ".join(parts[:count]) + (f" · {rest} more" if rest else "")


def welcome(item: WelcomeItem, where: Columns) -> tuple[Line, ...]:
    """Return the lines of the very beginning of a conversation."""
    target = drawable_line(item.target)
    if item.kind == "direct":
        words = f"Here begins your conversation with {target.removeprefix('@')}."
    elif item.kind == "group":
        words = f"Here begins your group with {target}."
    else:
        words = f"This is the very beginning of {target}."
    lines = [hanging((Span(elide(target, where.text), "strong"),), where)]
    lines += laid_out([ours(words, [Mark(0, len(words), "muted")])], where, ())
    for text in _rows(item.hints, where.text):
        lines += laid_out([ours(text, [Mark(0, len(text), "muted")])], where, ())
    return (*lines, Line(gutter=0))


def _rows(hints: tuple[str, ...], cells: int) -> list[str]:
    """Put hints into rows, as many into each as fit."""
    rows: list[str] = []
    for hint in hints:
        if rows and cell_len(rows[-1]) + 3 + cell_len(hint) <= cells:
            rows[-1] += f" · {hint}"
        else:
            rows.append(hint)
    return rows
