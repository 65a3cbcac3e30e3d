"""A message in a page: whose it is, when, what was said and what hangs on it. Pure; what is given is escaped here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from chat_core.protocol.reactions import Reaction
from chat_tui.exports.html_style import NAMES
from chat_tui.views.clean import drawable_line
from chat_tui.views.programs import MARK


class Speaker(NamedTuple):
    """Whose a line is."""

    name: str
    """Safe to draw."""
    account: int
    """Their number, for a colour."""
    mine: bool = False
    """Whether it is oneself."""
    bot: bool = False
    """Whether it is a program."""

    @property
    def color(self) -> str:
        """The class of their colour."""
        return "own" if self.mine else f"name-{self.account % NAMES + 1}"

    @property
    def html(self) -> str:
        """Their name; `bdi`, so that no text turns what stands beside it around."""
        mark = f' <span class="bot">{MARK}</span>' if self.bot else ""
        return f'<b class="{self.color}"><bdi>{escape(self.name)}</bdi></b>{mark}'


def line(id: str, kind: str, who: Speaker | None, time: str, inside: str) -> str:
    """Return a line of a page.

    Args:
        id: its own, made by us.
        kind: classes besides, made by us; empty: none.
        who: whose it is; None: it goes on with the line before, or is nobody's.
        time: when, as HTML.
        inside: what was said, as HTML.
    """
    if who is None:
        return f'<div id="{id}" class="{f"line {kind}".rstrip()}">{time} {inside}</div>\n'
    letter = escape(next((char for char in who.name if char.isalnum()), "?").upper()[:1])
    return (
        f'<div id="{id}" class="{f"line head {kind}".rstrip()}">'
        f'<span class="avatar {who.color}" data-letter="{letter}"></span>'
        f'<p class="who">{who.html} {time}</p> {inside}</div>\n'
    )


def chips(file: str, reactions: Iterable[Reaction], replies: int) -> str:
    """Return what hangs on a message: its file, reactions, how many answers; empty: nothing.

    Args:
        file: what is shown for it, safe to draw; empty: none.
        reactions: in their order.
        replies: messages in its thread.
    """
    pieces = [f'<span class="file">{escape(file)}</span>'] if file else []
    for each in reactions:
        mine = ' class="mine"' if each.mine else ""
        pieces.append(f"<span{mine}>{escape(drawable_line(each.emoji))} {each.count:,}</span>")
    if replies:
        words = "1 reply" if replies == 1 else f"{replies:,} replies"
        pieces.append(f'<span class="thread">{words}</span>')
    return f'<div class="chips">{" ".join(pieces)}</div>' if pieces else ""
