"""The connection in a dot and a few words. Pure: takes the time, reads no clock."""

from __future__ import annotations

import math
from typing import Final

from rich.cells import cell_len

from chat_core.client.state.model import LinkState, LinkStatus
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Span

SENT_LATER: Final = "What you write is sent later"
"""What somebody has to know who writes without a connection, before all else of it."""


def link_dot(link: LinkState) -> Span:
    """Return a dot whose shape, not only its colour, says how the connection is."""
    match link.status:
        case LinkStatus.ONLINE:
            return Span("●", "ok")
        case LinkStatus.CONNECTING:
            return Span("◌", "muted")
        case LinkStatus.WAITING | LinkStatus.OFFLINE:
            return Span("○", "error")
        case LinkStatus.REFUSED:
            return Span("✕", "error")


def link_state(link: LinkState) -> tuple[Span, ...]:
    """Return the dot and one word."""
    words = "reconnecting" if link.status is LinkStatus.WAITING else link.status.value
    return link_dot(link), Span(f" {words}", "ok" if link.status is LinkStatus.ONLINE else "muted")


def link_detail(link: LinkState, now: float, *, short: bool = False) -> tuple[Span, ...]:
    """Return the dot and what is known in numbers: the round trip, or the seconds until the next try.

    Args:
        link: the connection.
        now: monotonic time, in seconds.
        short: whether there is little room, so that a number is all that is said of a try.
    """
    match link.status:
        case LinkStatus.ONLINE:
            known = link.latency_ms is not None
            return link_dot(link), Span(f" {link.latency_ms:.0f} ms" if known else " online", "ok")
        case LinkStatus.WAITING if link.retry_at is not None and link.retry_at > now:
            words = " " if short else " reconnecting in "
            return link_dot(link), Span(f"{words}{math.ceil(link.retry_at - now)} s", "muted")
        case LinkStatus.WAITING | LinkStatus.CONNECTING if short:
            return link_dot(link), Span(" …", "muted")
        case LinkStatus.WAITING | LinkStatus.CONNECTING:
            return link_dot(link), Span(" reconnecting…" if link.attempt else " connecting…", "muted")
        case LinkStatus.OFFLINE:
            return link_dot(link), Span(" offline", "muted")
        case LinkStatus.REFUSED:
            return link_dot(link), Span(" refused", "error")


def nothing_open(link: LinkState) -> str:
    """Return why no conversation is open, and what can be done about it."""
    if link.status is LinkStatus.ONLINE:
        return "No conversation is open here: /join a #channel first."
    return "No conversation is open here: this server is not reached yet. /disconnect leaves it."


def link_trouble(link: LinkState) -> str:
    """Return what is wrong in a sentence, empty when nothing is."""
    return "" if link.status is LinkStatus.ONLINE else drawable_line(link.detail)


def is_apart(link: LinkState) -> bool:
    """Return whether a try has failed and another one follows: what is written is sent by then."""
    return link.status in (LinkStatus.WAITING, LinkStatus.CONNECTING) and link.attempt > 0


def knows_others(link: LinkState) -> bool:
    """Return whether it is known who else is there: while connected, and in the moment in which one comes back."""
    return link.status is LinkStatus.ONLINE or (link.status is LinkStatus.CONNECTING and link.attempt == 0)


def sent_later(link: LinkState, cells: int) -> str:
    """Return what becomes of what is written while `is_apart`, and why it is so, as much of it as fits.

    Args:
        link: the connection.
        cells: room there is.
    """
    head = f"{'Connection lost' if link.lost else 'Not connected yet'}: {SENT_LATER[:1].lower()}{SENT_LATER[1:]}."
    longest_first = (f"{head} {link_trouble(link)}".rstrip(), head, SENT_LATER)
    return next((each for each in longest_first if cell_len(each) <= cells), "Sent later")
