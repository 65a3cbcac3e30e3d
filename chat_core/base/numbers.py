"""Whole numbers as people write them. Pure."""

from __future__ import annotations

from typing import Final

LARGEST: Final = 10**15 - 1
"""The largest number that is read; what there is of anything is numbered far below. Python itself refuses to read
thousands of digits, with an error that nobody expects."""


def number_in(text: str, most: int = LARGEST) -> int | None:
    """Return the number that a text is, in digits of ASCII; None: it is none, or larger than `most`."""
    digits = text.lstrip("0") or text[:1]
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most))):
        return None
    number = int(digits)
    return number if number <= most else None
