"""Settings in words: what one can be, and what somebody wrote instead. Knows none of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import inspect as types

_SHOWN: Final = 60
"""Longest piece of a wrong value in a sentence, in characters."""
NUMBER_BITS: Final = 63
"""Widest whole number that is looked at; TOML has no bound, and no setting needs more."""


def quoted(value: object) -> str:
    """Return a value as TOML spells it; text with nothing in it that a terminal would obey."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(map(_escaped, value)) + '"'
    return str(value)


def in_words(info: types.Type) -> str:
    """Return what a setting can be, as a sentence says it.

    Raises:
        TypeError: settings cannot have this type.
    """
    match info:
        case types.Metadata():
            return "a path" if (info.extra or {}).get("path") else in_words(info.type)
        case types.BoolType():
            return "true or false"
        case types.IntType():
            return f"a whole number{_bounds(info.ge, info.le)}"
        case types.FloatType():
            return f"a number{_bounds(info.ge, info.le)}"
        case types.StrType():
            return ("text" if info.min_length is None else "text that is not empty") + _longest(info.max_length)
        case types.LiteralType():
            return "one of " + ", ".join(quoted(value) for value in info.values)
        case _:
            raise TypeError(f"settings cannot be of the type {info!r} yet")


def _bounds(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f", {least} to {most}"
    if least is not None:
        return f", at least {least}"
    return "" if most is None else f", at most {most}"


def _longest(most: int | None) -> str:
    return "" if most is None else f", at most {most} characters"


def nearest_of(wrong: str, known: Iterable[str]) -> str:
    """Return what might have been meant."""
    names = list(known)
    import difflib

    near = difflib.get_close_matches(wrong[:_SHOWN], names, n=1)
    return f"the nearest one is {near[0]}" if near else f"there are {', '.join(names)}"


def key_in_words(key: str) -> str:
    """Return a key as a sentence says it."""
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else value_in_words(key)


def value_in_words(raw: object) -> str:
    """Return a value as a sentence says it."""
    match raw:
        case dict():
            return "a table"
        case list():
            return "an array"
        case str():
            return quoted(raw if len(raw) <= _SHOWN else raw[: _SHOWN - 1] + "…")
        case bool() | float():
            return quoted(raw)
        case int():
            return str(raw) if raw.bit_length() <= NUMBER_BITS else "a number that is too large"
        case _:
            return "a date or a time"


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
