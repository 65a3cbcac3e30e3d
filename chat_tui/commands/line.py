"""What a line in the composer means: something to say, a command, or nothing. Pure; knows no command by itself.

A line whose first visible character is a slash is never said: a mistyped ` /quit` must not be published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

PREFIX: Final = "/"
"""Begins a command; twice, it is said once."""


class Say(Struct, frozen=True):
    """A message."""

    body: str
    """What is sent, without the white space at its end."""


class Run(Struct, frozen=True):
    """A command."""

    name: str
    """As typed, without the slash; may be empty."""
    rest: str
    """What follows it, without the space between."""


class Nothing(Struct, frozen=True):
    """A line without anything in it."""


class Word(Struct, frozen=True):
    """A word of a line and its place there."""

    text: str
    """Its characters."""
    start: int
    """First character."""
    end: int
    """Behind the last one."""


def parse(text: str) -> Say | Run | Nothing:
    """Return what a line means."""
    text = text.rstrip()  # the line end of what was pasted counts for nothing, also not for the length
    stripped = text.lstrip()
    if not stripped:
        return Nothing()
    if not stripped.startswith(PREFIX):
        return Say(text)
    if stripped.startswith(PREFIX * 2):
        return Say(text.replace(PREFIX * 2, PREFIX, 1))
    first = words(stripped)[0]
    return Run(first.text[len(PREFIX) :], stripped[first.end :].strip())


def as_typed(body: str) -> str:
    """Return how a message is typed: with a slash more where it begins with one."""
    return body.replace(PREFIX, PREFIX * 2, 1) if body.lstrip().startswith(PREFIX) else body


def words(text: str) -> list[Word]:
    """Return the words of a text, which white space divides, with their places."""
    found: list[Word] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append(Word(word, start, at))
    return found


def arguments(rest: str, count: int, *, rest_at_end: bool) -> list[str]:
    """Divide what follows a command's name.

    Args:
        rest: what follows.
        count: arguments that the command takes.
        rest_at_end: whether the last of them takes everything that is left, white space included.

    Returns:
        As many as there are, which may be more or fewer than `count`.
    """
    found = words(rest)
    if rest_at_end and len(found) >= count > 0:
        last = found[count - 1]
        return [*(word.text for word in found[: count - 1]), rest[last.start :].rstrip()]
    return [word.text for word in found]


def resolve(name: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Find the commands that a typed name may mean.

    Args:
        name: without the slash, in any case.
        known: the command behind each name and alias.

    Returns:
        One command: that is meant. None: there is no such command. Several: it is the beginning of each of them.
    """
    name = name.casefold()
    if name in known:
        return (known[name],)
    if not name:
        return ()
    return _in_order(command for spelled, command in known.items() if spelled.startswith(name))


def _in_order(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
