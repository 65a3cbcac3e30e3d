"""A conversation as one HTML page that needs nothing but itself. Pure; its words are escaped here.

Its policy lets nothing run, and nothing be loaded but pictures that stand in the page itself.
"""

from __future__ import annotations

from datetime import date, tzinfo
from html import escape
from typing import Final

from typing_extensions import override

from chat_core.protocol.values import Message
from chat_tui.exports.embedding import data_url
from chat_tui.exports.html_lines import Speaker, chips, line
from chat_tui.exports.html_style import BASE, NARROW, hashed
from chat_tui.exports.html_text import line_html, text_html
from chat_tui.exports.transcript import About, Answered, Form
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.drawing import file_chip
from chat_tui.views.names import shown_name
from chat_tui.views.programs import author_of
from chat_tui.views.when import day_in_words, local

STYLE: Final = (
    BASE
    + """
img { display: block; max-width: 100%; max-height: 30em; margin: .3rem 0; border-radius: .5rem; }
.line .thread { font-size: .87rem; }
footer { padding: 1rem; color: var(--muted); text-align: center; }
"""
    + NARROW
)
"""The page's style."""

_POLICY: Final = f"default-src 'none'; style-src '{hashed(STYLE)}'; img-src data:; base-uri 'none'; form-action 'none'"


class HtmlForm(Form):
    """A page with days, names in a column, and answers that lead to what they answer."""

    shows_pictures = True
    _zone: tzinfo | None = None
    _me: int | None = None
    _picture: tuple[int, bytes] = (0, b"")

    @override
    def illustrate(self, seq: int, data: bytes) -> None:
        """See Form."""
        self._picture = seq, data

    @override
    def begin(self, about: About) -> str:
        """See Form."""
        self._zone, self._me = about.zone, about.me
        title = escape(drawable_line(about.target))
        written = f"exported {local(about.ts, about.zone):%Y-%m-%d %H:%M}"
        return (
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="dark light">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f"<header><b>{title}</b><span>{escape(drawable_line(about.topic))}</span><span>{written}</span></header>\n"
            "<main>\n"
        )

    @override
    def day(self, day: date) -> str:
        """See Form."""
        return f'<h2 class="day">{day_in_words(day, 0)}</h2>\n'

    @override
    def message(self, message: Message, head: bool, answered: Answered | None) -> str:
        """See Form."""
        name = shown_name(author_of(message))
        who = Speaker(name, message.author, message.author == self._me, message.bot)
        gone = message.deleted or not message.body
        file = file_chip(message.file) if message.file is not None and not gone else ""
        inside = (
            _answered(answered) if answered is not None else "",
            _thread(message),
            f'<div class="said">{_said(message, who)}</div>',
            self._pictured(message),
            chips(file, message.reactions, message.replies),
        )
        acts = message.style == "action"  # which says who, in its text
        shown = who if head and not acts else None
        return line(f"m{message.seq}", "action" if acts else "", shown, self._time(message), "".join(inside))

    @override
    def end(self, count: int) -> str:
        """See Form."""
        words = "1 message" if count == 1 else f"{count:,} messages"
        return f"</main>\n<footer>{words}</footer>\n</body>\n</html>\n"

    def _time(self, message: Message) -> str:
        moment = local(message.ts, self._zone)
        stamp = moment.isoformat(timespec="seconds")
        return f'<time datetime="{stamp}"><a href="#m{message.seq}">{moment:%H:%M}</a></time>'

    def _pictured(self, message: Message) -> str:
        seq, data = self._picture
        url = data_url(data) if seq == message.seq and message.file is not None else ""
        self._picture = 0, b""
        if not url or message.file is None:
            return ""
        return f'<img src="{url}" alt="{escape(drawable_line(message.file.name))}" loading="lazy">'


def _said(message: Message, who: Speaker) -> str:
    if message.deleted or not message.body:
        return "<i>message deleted</i>"
    text = drawable(message.body)
    edited = "<i>(edited)</i>" if message.edits else ""
    if message.style == "action":
        return f'<div dir="auto">{who.html} {line_html(text)}{" " + edited if edited else ""}</div>'
    return text_html(text, edited)


def _thread(message: Message) -> str:
    """Return a line that leads to what a message's thread hangs on; empty: it is in none."""
    if message.thread is None:
        return ""
    return f'<a class="thread" href="#m{message.thread}">↳ in the thread of {message.thread}</a><br>'


def _answered(answered: Answered) -> str:
    words = f"↳ {answered.name}  {answered.text or 'message deleted'}" if answered.name else "↳ an older message"
    return f'<a class="answered" href="#m{answered.seq}"><bdi>{escape(words)}</bdi></a>'
