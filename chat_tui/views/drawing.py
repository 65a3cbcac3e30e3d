"""Items become lines: the gutter with time and name, the text on one edge, the lines between messages. Pure.

Only these functions write into the gutter, so no text of a user can pass for a notice or for somebody else's line.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import tzinfo
from typing import Final, NamedTuple

from rich.cells import cell_len

from chat_core.client.state.model import Notice
from chat_core.protocol.values import Message
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.columns import Columns
from chat_tui.views.inline import Mark, laid_over, marks
from chat_tui.views.items import (
    DayItem,
    Item,
    MessageItem,
    NoticeItem,
    OlderItem,
    UnreadItem,
    UnsentItem,
    WelcomeItem,
)
from chat_tui.views.lines import Line, Role, Span, elide, right, rule
from chat_tui.views.names import name_role, shown_name
from chat_tui.views.when import clock, day_in_words
from chat_tui.views.wrap import wrap

MAX_LINES: Final = 60
"""Lines of a message that are drawn; more of one message is not a conversation."""
MAX_CHARS: Final = 4_000
"""Characters of a message that are drawn."""

_TOLD_MAX: Final = 3
"""Comings and goings that are told one by one; of more than that only the first ones are."""

_ACTION_MARK: Final = "·"
_NOTICE_MARK: Final = "–"


class Reader(NamedTuple):
    """Who looks at a timeline."""

    account: int | None
    """Own account."""
    name: str
    """Own name."""
    zone: tzinfo | None
    """Whose clock; None: the computer's own."""
    channels: Container[str] = ()
    """`name_key`s of the channels that are known."""


def draw(item: Item, where: Columns, reader: Reader) -> tuple[Line, ...]:
    """Return the lines of an item, one or more, each at most `where.width` cells wide."""
    match item:
        case MessageItem(message=message):
            return _message(message, item.head, where, reader)
        case UnsentItem():
            return _unsent(item, where, reader)
        case DayItem():
            return (_rule(day_in_words(item.day, item.year), where, "rule", "muted"),)
        case UnreadItem():
            since = f" since {item.since}" if item.since else ""
            return (_rule(f"{item.count} new{since}", where, "accent", "accent"),)
        case NoticeItem():
            return _notices(item.notices, where)
        case OlderItem():
            words = "fetching earlier messages…" if item.loading else "earlier messages are not here yet"
            return (_rule(words, where, "rule", "quiet"),)
        case WelcomeItem():
            return _welcome(item, where)
        case _:
            raise TypeError(item)


def estimated(text: str, cells: int) -> int:
    """Return about how many lines a message's text takes, cheaply."""
    if len(text) <= cells:
        return 1 + text.count("\n")
    return 1 + min(text.count("\n"), MAX_LINES) + min(len(text), MAX_CHARS) // cells


def clipped(text: str) -> tuple[str, str]:
    """Return the part of a text that is drawn, and words for the rest (empty: nothing is missing)."""
    if len(text) <= MAX_CHARS and text.count("\n") < MAX_LINES:
        return text, ""
    cut = -1
    for _ in range(MAX_LINES):
        cut = text.find("\n", cut + 1)
        if cut < 0:
            break
    shown = text[: min(cut if cut >= 0 else len(text), MAX_CHARS)]
    lines = text.count("\n") - shown.count("\n")
    missing = f"+{lines:,} lines" if lines else f"+{len(text) - len(shown):,} characters"
    return shown.rstrip("\n"), f"… {missing}"


def _shown(body: str) -> tuple[str, str]:
    """Return what is drawn of a body and words for the rest. Cleaning can make lines and widen tabs: cut again."""
    text, missing = clipped(body)
    text, more = clipped(drawable(text))
    return text, missing or more


def _message(message: Message, head: bool, where: Columns, reader: Reader) -> tuple[Line, ...]:
    text, missing = _shown(message.body)
    found = marks(text, reader.name if message.author != reader.account else "", reader.channels)
    who = (message.name, name_role(message.author, reader.account))
    if message.style == "action":
        text, found = _acted(text, found, who)
    heading = _heading(message.ts, who, message.style == "action", where, reader) if head else ()
    lines = _laid_out(text, found, where, heading)
    if missing:
        lines.append(_hanging((Span(missing, "quiet"),), where, len(text)))
    return tuple(lines)


def _unsent(item: UnsentItem, where: Columns, reader: Reader) -> tuple[Line, ...]:
    unsent = item.unsent
    text, _ = _shown(unsent.body)
    found = marks(text, "", reader.channels)
    who: tuple[str, Role] = (reader.name, "own")
    if unsent.style == "action":
        text, found = _acted(text, found, who)
    words, role = _fate(item)
    if words:
        found.append(Mark(len(text), len(text) + 1 + len(words), role))
        text = f"{text} {words}"
    heading = _heading(unsent.ts, who, unsent.style == "action", where, reader) if item.head else ()
    return tuple(_laid_out(text, found, where, heading))


def _fate(item: UnsentItem) -> tuple[str, Role]:
    unsent = item.unsent
    if unsent.status == "failed":
        return f"failed: {drawable_line(unsent.text or unsent.code)}", "error"
    if unsent.status == "sending":
        return ("" if item.fresh else "◌ sending"), "notice"
    return "◌ queued", "notice"


def _acted(text: str, found: list[Mark], who: tuple[str, Role]) -> tuple[str, list[Mark]]:
    """Put the name in front of what somebody does."""
    name = shown_name(who[0])
    shift = len(name) + 1
    moved = [Mark(mark.start + shift, mark.end + shift, mark.role, mark.link) for mark in found]
    return f"{name} {text}", [Mark(0, len(name), who[1]), *moved]


def _heading(ts: int, who: tuple[str, Role], acts: bool, where: Columns, reader: Reader) -> tuple[Span, ...]:
    time = clock(ts, reader.zone)
    if where.stacked:
        if acts:
            return (Span(f" {_ACTION_MARK} ", "quiet"),)
        name = elide(shown_name(who[0]), where.name)
        return (Span(" "), Span(name, who[1]), Span(f"  {time}", "time"))
    if acts:
        return (Span(f" {time} ", "time"), Span(right(_ACTION_MARK, where.name) + "  ", "quiet"))
    return (Span(f" {time} ", "time"), Span(right(shown_name(who[0]), where.name) + "  ", who[1]))


def _laid_out(text: str, found: list[Mark], where: Columns, heading: tuple[Span, ...]) -> list[Line]:
    lines: list[Line] = []
    blank: tuple[Span, ...] = (Span(" " * where.text_at),)
    gutter = blank
    if heading:
        if where.stacked and len(heading) > 1:
            lines.append(Line(heading, gutter=_length(heading)))
        else:
            gutter = heading
    for start, end, joint in wrap(text, where.text):
        spans = (*gutter, *laid_over(text, start, end, found, "text"))
        lines.append(Line(spans, gutter=_length(gutter), joint=joint, offset=start))
        gutter = blank
    return lines


def _hanging(spans: tuple[Span, ...], where: Columns, offset: int = 0) -> Line:
    return Line((Span(" " * where.text_at), *spans), gutter=where.text_at, offset=offset)


def _length(spans: tuple[Span, ...]) -> int:
    return sum(len(span.text) for span in spans)


def _rule(label: str, where: Columns, line: Role, words: Role) -> Line:
    return Line((Span(" "), *rule(label, where.width - 1, line, words)), gutter=1)


def _notices(notices: tuple[Notice, ...], where: Columns) -> tuple[Line, ...]:
    mark = " – " if where.stacked else right(_NOTICE_MARK, where.text_at - 2) + "  "
    heading = (Span(mark, "quiet"),)
    told = [part for notice in notices for part in _told(notice)]
    text = _fitted(told, where.text) if len(told) > 1 else told[0] if told else ""
    found = [Mark(0, len(text), "notice")] if text else []
    return tuple(_laid_out(text, found, where, heading))


def _told(notice: Notice) -> list[str]:
    names = [shown_name(name) for name in notice.names]
    text = drawable_line(notice.text)
    match notice.kind:
        case "joined" | "left":
            return [f"{name} {notice.kind}" for name in names]
        case "renamed":
            return [f"{names[0]} is now {names[-1]}"] if names else []
        case "topic":
            who = names[0] if names else "somebody"
            return [f"{who} set the topic: {text}" if text else f"{who} cleared the topic"]
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


def _welcome(item: WelcomeItem, where: Columns) -> tuple[Line, ...]:
    target = drawable_line(item.target)
    if item.kind == "direct":
        words = f"Here begins your conversation with {target.removeprefix('@')}."
    else:
        words = f"This is the very beginning of {target}."
    lines = [_hanging((Span(elide(target, where.text), "strong"),), where)]
    lines += _laid_out(words, [Mark(0, len(words), "muted")], where, ())
    for text in _rows(item.hints, where.text):
        lines += _laid_out(text, [Mark(0, len(text), "muted")], where, ())
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
