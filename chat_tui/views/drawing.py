"""Items become lines: messages with their time and name, and by way of `between` all the rest. Pure.

Only our own words stand in the gutter, so no text of a user can pass for a notice or for somebody else's line.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import tzinfo
from typing import Final, NamedTuple

from chat_core.base.filenames import file_name, size_in_words
from chat_core.protocol.values import FileInfo, Message
from chat_tui.views.between import gap, ruled, told, welcome
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.columns import Columns
from chat_tui.views.edge import hanging, laid_out
from chat_tui.views.inline import Mark, marks
from chat_tui.views.items import (
    DayItem,
    GapItem,
    Item,
    MessageItem,
    NoticeItem,
    OlderItem,
    Quoted,
    UnreadItem,
    UnsentItem,
    WelcomeItem,
)
from chat_tui.views.lines import Line, Role, Span, cropped, elide, right
from chat_tui.views.names import called, name_role, shown_name, soft_role
from chat_tui.views.reactions import chips
from chat_tui.views.when import clock, day_in_words

MAX_LINES: Final = 60
"""Lines of a message that are drawn; more of one message is not a conversation."""
MAX_CHARS: Final = 4_000
"""Characters of a message that are drawn."""

_ACTION_MARK: Final = "·"
_EDITED: Final = "(edited)"
_PINNED: Final = "(pinned)"
_DELETED: Final = "message deleted"
_IGNORED: Final = "somebody whom you ignore"


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
    display: str = ""
    """What one is shown as; empty: that name."""
    ignored: frozenset[int] = frozenset()
    """Accounts that one ignores."""


def draw(item: Item, where: Columns, reader: Reader) -> tuple[Line, ...]:
    """Return the lines of an item, one or more, each at most `where.width` cells wide."""
    match item:
        case MessageItem(message=message):
            if message.author in reader.ignored:
                return _message(message, item.head, where, reader)
            lines = (*_message(message, item.head, where, reader), *chips(message.reactions, where))
            return lines if item.quoted is None else (_quoted(item.quoted, where, reader), *lines)
        case UnsentItem():
            lines = _unsent(item, where, reader)
            return lines if item.quoted is None else (_quoted(item.quoted, where, reader), *lines)
        case DayItem():
            return (ruled(day_in_words(item.day, item.year), where, "rule", "muted"),)
        case UnreadItem():
            since = f" since {item.since}" if item.since else ""
            return (ruled(f"{item.count:,} new{since}", where, "accent", "accent"),)
        case NoticeItem():
            return told(item.notices, where)
        case OlderItem():
            words = "fetching earlier messages…" if item.loading else "earlier messages are not here yet"
            return (ruled(words, where, "rule", "quiet"),)
        case GapItem():
            return (gap(item, where),)
        case WelcomeItem():
            return welcome(item, where)
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
    if message.author in reader.ignored:
        return (_folded(message, where),)
    if message.deleted or not message.body:  # an empty one was deleted: its deletion is still to come from the log
        return _gone(message, head, where, reader)
    chip = "" if message.file is None else file_chip(message.file)
    text, missing = _shown(message.body if message.file is None or message.body != message.file.name else "")
    found = marks(text, reader.name if message.author != reader.account else "", reader.channels)
    who = (called(message), name_role(message.author, reader.account))
    if message.style == "action":
        text, found = _acted(text, found, who)
    heading = _heading(message.ts, who, message.style == "action", where, reader) if head else ()
    if chip:
        text = f"{text}\n{chip}" if text else chip
        found = [*found, Mark(len(text) - len(chip), len(text), "link")]
    said = len(text)
    marks_behind = " ".join(words for words, on in ((_EDITED, message.edits), (_PINNED, message.pinned)) if on)
    if marks_behind and missing:
        missing = f"{missing} {marks_behind}"
    elif marks_behind:
        text, found = _behind(text, found, marks_behind, "quiet")
    lines = laid_out(text, found, where, heading, said)
    if missing:
        lines.append(hanging((Span(missing, "quiet"),), where, said))
    return tuple(lines)


def file_chip(file: FileInfo) -> str:
    """Return what is drawn for a file that hangs on a message: `📎 report.pdf · 1.2 MB`."""
    return f"📎 {file_name(file.name)} · {size_in_words(file.size)}"


def _quoted(quoted: Quoted, where: Columns, reader: Reader) -> Line:
    """Return the line above an answer: what it answers."""
    if not quoted.account:
        spans: tuple[Span, ...] = (Span("↳ an older message", "quiet"),)
    else:
        text = _IGNORED if quoted.account in reader.ignored else drawable_line(quoted.text) or _DELETED
        name = Span(f"↳ {shown_name(quoted.name)}", soft_role(quoted.account, reader.account))
        spans = (name, Span(f"  {text}", "quiet"))
    spans = cropped(spans, where.text)
    # None of it is said here: it is not copied with what is.
    return hanging(spans, where)._replace(tail=sum(len(span.text) for span in spans))


def _folded(message: Message, where: Columns) -> Line:
    """Return the one faint line that stands for whatever somebody says whom one ignores."""
    words = elide(f"a message of {shown_name(called(message))}, whom you ignore", where.text)
    return hanging((Span(words, "faint"),), where)


def _gone(message: Message, head: bool, where: Columns, reader: Reader) -> tuple[Line, ...]:
    """Return the lines of a message whose text was deleted: when and who stay."""
    who = (called(message), name_role(message.author, reader.account))
    heading = _heading(message.ts, who, False, where, reader) if head else ()
    return tuple(laid_out(_DELETED, [Mark(0, len(_DELETED), "quiet")], where, heading))


def _behind(text: str, found: list[Mark], words: str, role: Role) -> tuple[str, list[Mark]]:
    """Put words of ours behind a text."""
    return f"{text} {words}", [*found, Mark(len(text), len(text) + 1 + len(words), role)]


def _unsent(item: UnsentItem, where: Columns, reader: Reader) -> tuple[Line, ...]:
    unsent = item.unsent
    text, _ = _shown(unsent.body)
    found = marks(text, "", reader.channels)
    who: tuple[str, Role] = (called(reader), "own")
    if unsent.style == "action":
        text, found = _acted(text, found, who)
    said = len(text)
    words, role = _fate(item)
    if words:
        text, found = _behind(text, found, words, role)
    heading = _heading(unsent.ts, who, unsent.style == "action", where, reader) if item.head else ()
    return tuple(laid_out(text, found, where, heading, said))


def _fate(item: UnsentItem) -> tuple[str, Role]:
    unsent = item.unsent
    why = drawable_line(unsent.text or unsent.code).removesuffix(".")
    if unsent.status == "failed":
        return f"✕ failed: {why} · /retry or /discard", "error"
    if unsent.status == "sending":
        return ("" if item.fresh else "◌ sending"), "notice"
    return (f"◌ queued: {why}" if why else "◌ queued"), "notice"


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
