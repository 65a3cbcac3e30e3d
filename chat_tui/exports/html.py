"""A journal as one HTML page: the words are escaped here and in the modules below, and nowhere else. Pure.

The page needs nothing but itself: its policy lets only this very style and this very script run, and nothing be loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from html import escape
from itertools import groupby
from typing import Final

from chat_tui.exports.html_lines import Speaker, chips, line
from chat_tui.exports.html_parts import SCRIPT, STYLE
from chat_tui.exports.html_style import hashed
from chat_tui.exports.html_text import line_html, text_html
from chat_tui.exports.journal import Entry
from chat_tui.views.building import GROUP_MS
from chat_tui.views.when import day_in_words, local

MARK: Final = "<!-- A live page of chat-tui, which writes over this file. -->"
"""Stands near the beginning of every page, and says that nobody's work is lost with it."""

_THE_CLIENT: Final = "this client"


def _policy() -> str:
    return (
        f"default-src 'none'; style-src '{hashed(STYLE)}'; script-src '{hashed(SCRIPT)}'; base-uri 'none'; "
        "form-action 'none'"
    )


class Pages:
    """Makes one page after another of the same journal; lines that stayed as they were are not made anew.

    Args:
        zone: time zone of the stamps; None: the computer's own.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._known: dict[int, tuple[Entry, bool, str]] = {}

    def page(self, entries: Sequence[Entry], *, title: str, left_out: bool, live: bool = True) -> str:
        """Return the page.

        Args:
            entries: oldest first.
            title: what it is called.
            left_out: whether there were older ones.
            live: whether there will be a newer page: then this one looks for it.
        """
        refresh = '<noscript><meta http-equiv="refresh" content="5"></noscript>\n' if live else ""
        state = "live: it follows the client by itself" if live else "the client has ended"
        older = '<p class="between">Older lines were left out.</p>\n' if left_out else ""
        body = "".join(self._body(entries)) or '<p class="between">Nothing has come yet.</p>\n'
        return (
            f"<!doctype html>\n{MARK}\n"
            '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
            '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="dark light">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"{refresh}<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
            f'<body class="{"live" if live else "ended"}">\n'
            f"<header><b>{escape(title)}</b><span>{state}</span></header>\n"
            f"<main>\n{older}{body}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
        )

    def _body(self, entries: Iterable[Entry]) -> Iterator[str]:
        """Yield the entries, a section for each run that belongs to one conversation, with the days between."""
        known, self._known = self._known, {}
        day: date | None = None
        for (where, its_day), run in groupby(entries, key=lambda each: (each.where, local(each.ts, self._zone).date())):
            if its_day != day:
                day = its_day
                yield f'<p class="day">{day_in_words(day, 0)}</p>\n'
            kind = "" if where else ' class="client"'
            yield f"<section{kind}>\n<h2><span>{escape(where or _THE_CLIENT)}</span></h2>\n"
            before: Entry | None = None
            for entry in run:
                head = _is_head(entry, before)
                before = entry if head or before is None else _since(entry, before)
                made = known.get(entry.number)
                text = made[2] if made is not None and made[:2] == (entry, head) else self._line(entry, head)
                self._known[entry.number] = (entry, head, text)
                yield text
            yield "</section>\n"

    def _line(self, entry: Entry, head: bool) -> str:
        moment = local(entry.ts, self._zone)
        stamp = f'<time datetime="{moment.isoformat(timespec="seconds")}">{moment:%H:%M}</time>'
        kind = " ".join(name for name, on in ((entry.kind, True), ("for-me", entry.for_me)) if on)
        return line(f"n{entry.number}", kind, _speaker(entry) if head else None, stamp, _inside(entry))


def page(entries: Sequence[Entry], *, title: str, left_out: bool, live: bool = True, zone: tzinfo | None = None) -> str:
    """Return one page; see `Pages`."""
    return Pages(zone).page(entries, title=title, left_out=left_out, live=live)


def _speaker(entry: Entry) -> Speaker:
    return Speaker(entry.name, entry.account, entry.mine, entry.bot)


def _is_head(entry: Entry, before: Entry | None) -> bool:
    """Return whether a line says whose it is: somebody said it, and not just the line before."""
    if entry.kind not in ("message", "deleted"):  # what somebody does says who, in its text
        return False
    goes_on = (
        before is not None
        and before.kind in ("message", "deleted")
        and (before.account, before.name) == (entry.account, entry.name)
        and 0 <= entry.ts - before.ts < GROUP_MS
    )
    return not goes_on or bool(entry.answered)


def _since(entry: Entry, before: Entry) -> Entry:
    """Return the line with which the next one is compared: the first of a run."""
    return before if (before.account, before.name) == (entry.account, entry.name) else entry


def _inside(entry: Entry) -> str:
    """Return what was said, or told."""
    match entry.kind:
        case "message" | "action":
            return _said(entry)
        case "deleted":
            return '<div class="said"><i>message deleted</i></div>'
        case "notice" | "told" | "fault":
            more = f'\n<pre class="columns">{escape(entry.more)}</pre>' if entry.more else ""
            return f'<span dir="auto">{escape(entry.text)}</span>{more}'


def _said(entry: Entry) -> str:
    answered = f'<div class="answered"><bdi>{escape(entry.answered)}</bdi></div>' if entry.answered else ""
    aside = '<div class="answered">↳ in a thread</div>' if entry.aside else ""
    edited = "<i>(edited)</i>" if entry.edited else ""
    if entry.kind == "action":
        who = f"{_speaker(entry).html} "
        text = f'<div dir="auto">{who}{line_html(entry.text)}{" " + edited if edited else ""}</div>'
    elif entry.text:
        text = text_html(entry.text, edited)
    else:
        text = ""
    said = f'<div class="said">{text}</div>' if text else ""
    return f"{answered}{aside}{said}{chips(entry.file, entry.reactions, entry.replies)}"
