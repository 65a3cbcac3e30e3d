"""A journal as one HTML page: the words are escaped here, and nowhere else. Pure.

The page needs nothing but itself: its policy lets only this very style and this very script run, and nothing be loaded.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, tzinfo
from html import escape
from itertools import groupby
from typing import Final

from chat_tui.exports.html_parts import SCRIPT, STYLE
from chat_tui.exports.journal import Entry
from chat_tui.views.when import day_in_words, local

MARK: Final = "<!-- A live page of chat-tui, which writes over this file. -->"
"""Stands near the beginning of every page, and says that nobody's work is lost with it."""

NAMES: Final = 5
"""Colours for names."""
_THE_CLIENT: Final = "this client"


def _policy() -> str:
    return (
        f"default-src 'none'; style-src '{hashed(STYLE)}'; script-src '{hashed(SCRIPT)}'; base-uri 'none'; "
        "form-action 'none'"
    )


def hashed(text: str) -> str:
    """Return how a page's policy names a style or a script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page(entries: Sequence[Entry], *, title: str, left_out: bool, live: bool = True, zone: tzinfo | None = None) -> str:
    """Return the page.

    Args:
        entries: oldest first.
        title: what it is called.
        left_out: whether there were older ones.
        live: whether there will be a newer page: then this one looks for it.
        zone: time zone of the stamps; None: the computer's own.
    """
    refresh = '<noscript><meta http-equiv="refresh" content="5"></noscript>\n' if live else ""
    state = "live: it follows the client by itself" if live else "the client has ended"
    older = '<p class="between">Older lines were left out.</p>\n' if left_out else ""
    return (
        f"<!doctype html>\n{MARK}\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="dark light">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{refresh}<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f'<body class="{"live" if live else "ended"}">\n<header>{escape(title)}<span>{state}</span></header>\n'
        f"<main>\n{older}{_body(entries, zone)}</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )


def _body(entries: Iterable[Entry], zone: tzinfo | None) -> str:
    """Return the entries, a section for each run that belongs to one conversation, with the days between."""
    parts: list[str] = []
    day: date | None = None
    for (where, its_day), run in groupby(entries, key=lambda entry: (entry.where, local(entry.ts, zone).date())):
        if its_day != day:
            day = its_day
            parts.append(f'<p class="day">{day_in_words(day, 0)}</p>\n')
        kind = "" if where else ' class="client"'
        lines = "".join(_line(entry, zone) for entry in run)
        parts.append(f"<section{kind}>\n<h2>{escape(where or _THE_CLIENT)}</h2>\n{lines}</section>\n")
    return "".join(parts)


def _line(entry: Entry, zone: tzinfo | None) -> str:
    moment = local(entry.ts, zone)
    stamp = f'<time datetime="{moment.isoformat(timespec="seconds")}">{moment:%H:%M}</time> '
    more = f"\n<pre>{escape(entry.more)}</pre>" if entry.more else ""
    return f'<p id="n{entry.number}" class="{entry.kind}">{stamp}{_said(entry)}</p>{more}\n'


def _said(entry: Entry) -> str:
    """Return who said what; `bdi`, so that no text turns what stands beside it around."""
    color = "own" if entry.mine else f"name-{entry.account % NAMES + 1}"
    who = f'<b class="{color}"><bdi>{escape(entry.name)}</bdi></b> '
    text = f'<span dir="auto">{escape(entry.text)}</span>'
    edited = " <i>(edited)</i>" if entry.edited else ""
    match entry.kind:
        case "message" | "action":
            return f"{who}{text}{edited}"
        case "deleted":
            return f"{who}<i>message deleted</i>"
        case "notice" | "told" | "fault":
            return text
