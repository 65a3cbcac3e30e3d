"""Why somebody may not write, enter or be here, in sentences for them: what it is, until when, and the reason. Pure."""

from __future__ import annotations

from chat_core.base.durations import in_words


def still(until_ms: int | None, now_ms: int) -> str:
    """Return how long something still lasts, as the end of a clause."""
    return "" if until_ms is None else f" for another {in_words((until_ms - now_ms) / 1000)}"


def because(reason: str) -> str:
    """Return a reason as the end of a sentence."""
    reason = reason.strip()
    if not reason:
        return "."
    return f": {reason}" if reason[-1] in ".!?…" else f": {reason}."


def muted(where: str, until_ms: int | None, now_ms: int, reason: str) -> str:
    """Return what a muted account is told; `where` is `here`, or `on this server`."""
    return f"You are muted {where}{still(until_ms, now_ms)}{because(reason)}"


def banned(where: str, until_ms: int | None, now_ms: int, reason: str) -> str:
    """Return what a banned account is told; `where` is `#channel`, or `this server`."""
    return f"You are banned from {where}{still(until_ms, now_ms)}{because(reason)}"


def address_banned(until_ms: int | None, now_ms: int, reason: str) -> str:
    """Return what is told to whoever connects from a banned address."""
    return f"Your address is banned from this server{still(until_ms, now_ms)}{because(reason)}"


def kicked(by: str, reason: str) -> str:
    """Return what is told to whom was put off the server."""
    who = f"'{by}'" if by else "a rule of this server"
    return f"You were put off this server by {who}{because(reason)}"


def server_locked(until_ms: int | None, now_ms: int, reason: str) -> str:
    """Return what is told while the whole server is locked down."""
    return f"This server is locked down{still(until_ms, now_ms)}{because(reason)}"


def channel_locked(until_ms: int | None, now_ms: int) -> str:
    """Return what is told while a channel is locked down."""
    return f"This channel is locked down{still(until_ms, now_ms)}; only its operators write here."


ARCHIVED = "This channel is archived: it is kept for reading only."
MODERATED = "This channel is moderated: only its operators, and those who were given a voice, write here."


def slow(wait_s: float, slow_s: int) -> str:
    """Return what is told to whom writes again too soon in a slow channel."""
    return f"This channel takes a message of each member every {in_words(slow_s)}; wait {in_words(wait_s)}."


def closed_door(name: str) -> str:
    """Return what is told to whoever may not even ask somebody; being ignored sounds the same."""
    return f"'{name}' takes no private messages."


def door_on_request(name: str) -> str:
    """Return what is told to whoever has to ask first."""
    return f"'{name}' takes private messages in a private chat only: ask for one first (/chat @{name})."
