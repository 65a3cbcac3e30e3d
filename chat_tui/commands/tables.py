"""What commands list, as lines to draw. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len

from chat_core.protocol.values import Account, ChannelSummary, Member
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span, elide
from chat_tui.views.names import called, name_role, shown_name
from chat_tui.views.presence import dot
from chat_tui.views.pressing import entering

_WIDEST: Final = 30
"""Cells of a first column."""


def channel_lines(channels: Sequence[ChannelSummary]) -> list[Line]:
    """Return a line for each channel: name, members, topic; a click goes there."""
    names = [elide("#" + drawable_line(channel.name), _WIDEST) for channel in channels]
    cells = max(map(cell_len, names), default=0)
    digits = max((len(f"{channel.members:,}") for channel in channels), default=0)
    words = ["member " if channel.members == 1 else "members" for channel in channels]
    return [
        Line(
            (
                Span(
                    _padded(name, cells),
                    "channel" if channel.joined else "strong",
                    act=entering(f"/join #{channel.name}"),
                ),
                Span(f"  {channel.members:>{digits},} {word}  ", "muted"),
                Span(drawable_line(channel.topic), "muted"),
            )
        )
        for channel, name, word in zip(channels, names, words, strict=True)
    ]


def member_lines(members: Iterable[Member], me: Account | None) -> list[Line]:
    """Return a line for each member: those that are online first, then by name; a click writes to them."""
    own = me.id if me else None
    return [
        Line(
            (
                dot(member.online, member.state),
                Span(
                    shown_name(called(member)),
                    name_role(member.account, own) if member.online else "muted",
                    act=entering(f"/dm @{member.name}") if member.account != own else "",
                ),
                Span(f"  @{shown_name(member.name)}" if member.display else "", "muted"),
                Span("  you" if member.account == own else "", "muted"),
            )
        )
        for member in sorted(members, key=lambda member: not member.online)
    ]


def pair_lines(pairs: Sequence[tuple[str, str]]) -> list[Line]:
    """Return a line for each pair: a term, and what there is to say about it."""
    cells = max((cell_len(term) for term, _ in pairs), default=0)
    return [Line((Span(_padded(term, cells), "strong"), Span("  " + text, "muted"))) for term, text in pairs]


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - cell_len(text))
