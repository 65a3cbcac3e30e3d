"""A conversation as plain text, for copying with the terminal's own selection: no gutter, no indent, no marks. Pure.

What a message says stands as it was written, so that code that is copied is code; what is hidden in it stays hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from chat_core.base.filenames import file_name, size_in_words
from chat_tui.views.between import notice_parts
from chat_tui.views.clean import drawable
from chat_tui.views.emphasis import masked
from chat_tui.views.items import DayItem, Item, MessageItem, NoticeItem, UnsentItem
from chat_tui.views.names import shown_name
from chat_tui.views.programs import author_of, marked
from chat_tui.views.when import clock, day_in_words


def bare_text(item: Item, me: str, ignored: frozenset[int], zone: tzinfo | None) -> str:
    """Return an item as text of one or more lines, safe for a terminal; empty: it is nothing to copy.

    Args:
        item: it.
        me: what the reader is called; not safe to draw.
        ignored: accounts that the reader ignores.
        zone: whose clock; None: the computer's own.
    """
    match item:
        case MessageItem():
            return "" if item.message.author in ignored else _said(item, zone)
        case UnsentItem():
            return _line(
                item.unsent.ts, shown_name(me), drawable(item.unsent.body), item.unsent.style == "action", zone
            )
        case DayItem():
            return day_in_words(item.day, item.year)
        case NoticeItem():
            return " · ".join(part for notice in item.notices for part in notice_parts(notice))
        case _:
            return ""


def bare_texts(items: Sequence[Item], me: str, ignored: frozenset[int], zone: tzinfo | None) -> Iterator[str]:
    """Yield the text of each item, as `bare_text` returns it."""
    return (bare_text(item, me, ignored, zone) for item in items)


def _said(item: MessageItem, zone: tzinfo | None) -> str:
    message = item.message
    name = marked(shown_name(author_of(message)), bot=message.bot)
    if message.deleted:
        return _line(message.ts, name, "(message deleted)", False, zone)
    body = drawable(message.body if item.revealed else masked(message.body))
    if message.file is not None:
        chip = f"[file {file_name(message.file.name)}, {size_in_words(message.file.size)}]"
        body = chip if message.body == message.file.name else f"{body} {chip}"
    edited = " (edited)" if message.edits else ""
    return _line(message.ts, name, body + edited, message.style == "action", zone)


def _line(ts: int, name: str, body: str, acts: bool, zone: tzinfo | None) -> str:
    return f"{clock(ts, zone)} * {name} {body}" if acts else f"{clock(ts, zone)} {name}: {body}"
