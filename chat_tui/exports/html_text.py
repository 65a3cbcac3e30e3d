"""What somebody said, as HTML: blocks with what is marked in them, every word escaped. Pure."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import Final

from chat_tui.views.code import highlighted
from chat_tui.views.formatting import Block, Looks, block, formatted
from chat_tui.views.inline import BOLD, ITALIC, SPOILER, STRIKE, laid_over
from chat_tui.views.lines import Span

_LOOKS: Final = Looks(revealed=True)
_TAGS: Final = ((BOLD, "strong"), (ITALIC, "em"), (STRIKE, "del"))


def text_html(text: str, edited: str = "") -> str:
    """Return a text as HTML.

    Args:
        text: safe for a terminal.
        edited: words of ours behind it, as HTML; empty: none.
    """
    said = "".join(_block(each) for each in formatted(text, _LOOKS))
    if not edited:
        return said
    before = said.removesuffix("</div>") if said.endswith("</div>") else said
    return f"{before} {edited}{said[len(before) :]}"


def line_html(text: str) -> str:
    """Return a text as HTML within a line: only what stands within lines counts."""
    return _inside(block("text", text, _LOOKS))


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
