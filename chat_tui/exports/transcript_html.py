"""A conversation as one HTML page that needs nothing but itself. Pure; its words are escaped here.

Its policy lets nothing run, and nothing be loaded but pictures that stand in the page itself.
"""

from __future__ import annotations

from datetime import date, tzinfo
from html import escape
from itertools import groupby
from typing import Final

from typing_extensions import override

from chat_core.protocol.values import Message
from chat_tui.exports.embedding import data_url
from chat_tui.exports.html import NAMES, hashed
from chat_tui.exports.html_parts import ROOT
from chat_tui.exports.transcript import About, Answered, Form
from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.code import highlighted
from chat_tui.views.drawing import file_chip
from chat_tui.views.formatting import Block, Looks, block, formatted
from chat_tui.views.inline import BOLD, ITALIC, SPOILER, STRIKE, laid_over
from chat_tui.views.lines import Span
from chat_tui.views.names import shown_name
from chat_tui.views.programs import MARK, author_of
from chat_tui.views.when import day_in_words, local

_LOOKS: Final = Looks(revealed=True)
_TAGS: Final = ((BOLD, "strong"), (ITALIC, "em"), (STRIKE, "del"))

STYLE: Final = (
    ROOT
    + """
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--foreground);
  font: 15px/1.5 ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
header { position: sticky; top: 0; display: flex; gap: 1.5em; padding: .5em 1em; overflow: hidden;
  background: var(--surface); border-bottom: 1px solid var(--line); white-space: nowrap; }
header span { color: var(--muted); overflow: hidden; text-overflow: ellipsis; }
header span:last-child { margin-left: auto; }
main { max-width: 120ch; margin: 0 auto; padding: 0 1em 2em; }
h2 { display: flex; align-items: center; gap: 1em; margin: 1.2em 0 .6em; font-size: 1em; font-weight: normal;
  color: var(--muted); }
h2::before, h2::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.message { display: grid; grid-template-columns: 3.2em 16ch minmax(0, 1fr); column-gap: 1em; scroll-margin-top: 4em; }
.message:target { background: var(--panel); }
time { color: var(--muted); }
time a { color: inherit; text-decoration: none; }
.message > b { text-align: right; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.said { overflow-wrap: anywhere; white-space: pre-wrap; }
.said > div { min-height: 1.5em; }
.answered { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted);
  text-decoration: none; }
blockquote { margin: 0; padding-left: 1ch; border-left: 2px solid var(--faint); color: var(--muted); }
.entry { display: flex; gap: 1ch; }
.entry > span:first-child { color: var(--muted); white-space: pre; }
code, pre, .spoiler { background: var(--panel); }
pre { width: fit-content; max-width: 100%; margin: .15em 0; padding: .3em 1ch; overflow-x: auto; font: inherit;
  white-space: pre; }
code { font: inherit; padding: 0 .2em; }
pre code { padding: 0; }
a { color: var(--link); }
.channel { color: var(--link); }
.mention { color: var(--accent); font-weight: bold; }
.spoiler { color: transparent; cursor: pointer; }
.spoiler * { visibility: hidden; }
.spoiler:hover, .spoiler:focus { color: inherit; }
.spoiler:hover *, .spoiler:focus * { visibility: visible; }
i { color: var(--muted); }
img { display: block; max-width: 100%; max-height: 30em; margin: .3em 0; }
.chips span { background: var(--panel); padding: 0 1ch; margin-right: 1ch; }
.thread { color: var(--thread); }
.bot { color: var(--muted); font-weight: normal; }
footer { padding: 1em; color: var(--muted); text-align: center; }
.own { color: var(--own); }
"""
    + "".join(f".name-{number} {{ color: var(--name-{number}); }}\n" for number in range(1, NAMES + 1))
    + "".join(
        f".code-{part} {{ color: var(--code-{part}); }}\n"
        for part in ("keyword", "name", "string", "number", "comment", "removed")
    )
    + """@media (max-width: 70ch) {
  .message { grid-template-columns: 3.2em minmax(0, 1fr); }
  .message > b { text-align: left; }
  .said { grid-column: 1 / -1; padding-left: 1ch; }
}
@media print { header { position: static; } .spoiler, .spoiler * { color: inherit; visibility: visible; } }
"""
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
        return f"<h2>{day_in_words(day, 0)}</h2>\n"

    @override
    def message(self, message: Message, head: bool, answered: Answered | None) -> str:
        """See Form."""
        color = "own" if message.author == self._me else f"name-{message.author % NAMES + 1}"
        bot = f' <span class="bot">{MARK}</span>' if message.bot else ""
        name = f'<b class="{color}"><bdi>{escape(shown_name(author_of(message)))}</bdi>{bot}</b>' if head else "<b></b>"
        if message.style == "action":
            name = "<b>·</b>"
        parts = [_answered(answered) if answered is not None else "", _thread(message), self._said(message, color)]
        parts.append(self._pictured(message))
        parts.append(_chips(message))
        return (
            f'<div class="message" id="m{message.seq}">{self._time(message, head)}{name}'
            f'<div class="said">{"".join(parts)}</div></div>\n'
        )

    @override
    def end(self, count: int) -> str:
        """See Form."""
        words = "1 message" if count == 1 else f"{count:,} messages"
        return f"</main>\n<footer>{words}</footer>\n</body>\n</html>\n"

    def _time(self, message: Message, head: bool) -> str:
        moment = local(message.ts, self._zone)
        shown = f"{moment:%H:%M}" if head else ""
        return f'<time datetime="{moment.isoformat(timespec="seconds")}"><a href="#m{message.seq}">{shown}</a></time>'

    def _pictured(self, message: Message) -> str:
        seq, data = self._picture
        url = data_url(data) if seq == message.seq and message.file is not None else ""
        self._picture = 0, b""
        if not url or message.file is None:
            return ""
        return f'<img src="{url}" alt="{escape(drawable_line(message.file.name))}" loading="lazy">'

    def _said(self, message: Message, color: str) -> str:
        if message.deleted or not message.body:
            return "<i>message deleted</i>"
        text = drawable(message.body)
        if message.style == "action":
            name = f'<b class="{color}"><bdi>{escape(shown_name(author_of(message)))}</bdi></b> '
            said = f'<div dir="auto">{name}{_inside(block("text", text, _LOOKS))}</div>'
        else:
            said = "".join(_block(each) for each in formatted(text, _LOOKS))
        if not message.edits:
            return said
        before = said.removesuffix("</div>") if said.endswith("</div>") else said
        return f"{before} <i>(edited)</i>{said[len(before) :]}"


def _thread(message: Message) -> str:
    """Return a line that leads to what a message's thread hangs on; empty: it is in none."""
    if message.thread is None:
        return ""
    return f'<a class="thread" href="#m{message.thread}">↳ in the thread of {message.thread}</a><br>'


def _chips(message: Message) -> str:
    """Return the line of a message's reactions, of its file, and of how many answers hang on it."""
    file = [] if message.file is None else [file_chip(message.file)]
    counts = [f"{drawable_line(each.emoji)} {each.count}" for each in message.reactions]
    pieces = "".join(f"<span>{escape(words)}</span>" for words in (*file, *counts))
    chips = f'<div class="chips">{pieces}</div>' if pieces else ""
    if message.replies:
        words = "1 reply" if message.replies == 1 else f"{message.replies:,} replies"
        chips += f'<div class="thread">{words}</div>'
    return chips


def _answered(answered: Answered) -> str:
    words = f"↳ {answered.name}  {answered.text or 'message deleted'}" if answered.name else "↳ an older message"
    return f'<a class="answered" href="#m{answered.seq}"><bdi>{escape(words)}</bdi></a>'


def _block(made: Block) -> str:
    match made.kind:
        case "code":
            pieces = highlighted(made.text, made.language.lower())
            inside = "".join(_classed(role, escape(made.text[start:end])) for start, end, role in pieces)
            return f"<pre><code>{inside}</code></pre>"
        case "quote":
            return f'<blockquote dir="auto">{_inside(made)}</blockquote>'
        case "entry":
            return f'<div class="entry"><span>{escape(made.lead)}</span><span dir="auto">{_inside(made)}</span></div>'
        case "text":
            return f'<div dir="auto">{_inside(made)}</div>'


def _inside(made: Block) -> str:
    parts: list[str] = []
    spans = laid_over(made.text, 0, len(made.text), made.marks, "text")
    for hidden, run in groupby(spans, key=lambda span: bool(span.emphasis & SPOILER)):
        text = "".join(map(_span, run))
        parts.append(f'<span class="spoiler" tabindex="0">{text}</span>' if hidden else text)
    return "".join(parts)


def _span(span: Span) -> str:
    text = escape(span.text)
    match span.role:
        case "link" if span.link:
            text = f'<a href="{escape(span.link)}" rel="noopener noreferrer nofollow">{text}</a>'
        case "code":
            text = f"<code>{text}</code>"
        case "channel" | "mention":
            text = _classed(span.role, text)
        case _:
            pass
    for kind, tag in _TAGS:
        if span.emphasis & kind:
            text = f"<{tag}>{text}</{tag}>"
    return text


def _classed(role: str, text: str) -> str:
    return text if role == "code" else f'<span class="{role}">{text}</span>'
