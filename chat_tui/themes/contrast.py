"""How well a colour can be read on another one, after WCAG 2. Pure; knows no theme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

READABLE: Final = 4.5
"""Contrast that text must have if somebody has to read it."""

_STEPS: Final = 64


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue (0 to 255) of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 (black) to 1 (white)."""
    red, green, blue = (_linear(value / 255) for value in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, ground: str) -> float:
    """Return the contrast of two colours, 1 (none) to 21."""
    low, high = sorted((luminance(colour), luminance(ground)))
    return (high + 0.05) / (low + 0.05)


def raised(
    colour: str,
    towards: str,
    grounds: tuple[str, ...],
    least: float = READABLE,
    shown: Callable[[str], str] | None = None,
) -> str:
    """Return the first colour on the way from `colour` to `towards` that can be read on all the grounds.

    Args:
        colour: where to begin, `#rrggbb`.
        towards: where the way ends; returned itself if nothing before it will do.
        grounds: what is behind the text.
        least: wanted contrast.
        shown: returns what a colour is where not all can be shown; None: all can.
    """
    start, end = channels(colour), channels(towards)
    for step in range(_STEPS):
        mixed = (round(a + (b - a) * step / _STEPS) for a, b in zip(start, end, strict=True))
        tried = "#" + "".join(f"{value:02x}" for value in mixed)
        tried = shown(tried) if shown is not None else tried
        if all(contrast(tried, ground) >= least for ground in grounds):
            return tried
    return towards


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
