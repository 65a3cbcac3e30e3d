"""Five more looks as plain values. Pure: no toolkit. Each is a whole look: the same tokens as the default ones.

`dusk` is warm and dark, `forest` green and dark, `contrast` black and white with strong colours, `mono` has no colour
but the accent, `paper` is a warm light one. What of a colour could not be read is raised by `tokens.with_readable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DUSK: Final[Mapping[str, str]] = {
    "background": "#1c1714",
    "surface": "#221c18",
    "panel": "#2c2420",
    "line": "#3d322c",
    "foreground": "#e6d9c8",
    "muted": "#a08f7d",
    "faint": "#75675a",
    "accent": "#f2a65a",
    "own": "#a9c77d",
    "thread": "#cfa0d8",
    "link": "#8fb7d9",
    "error": "#ef7d6b",
    "ok": "#a9c77d",
    "name-1": "#e89a8f",
    "name-2": "#9cc0dc",
    "name-3": "#d3c27a",
    "name-4": "#e3b08a",
    "name-5": "#cbb0e0",
    "name-6": "#a9c77d",
}

FOREST: Final[Mapping[str, str]] = {
    "background": "#0f1713",
    "surface": "#141e19",
    "panel": "#1b2822",
    "line": "#2a3b33",
    "foreground": "#d3e0d6",
    "muted": "#80968a",
    "faint": "#586b61",
    "accent": "#f0c75e",
    "own": "#7fd6a2",
    "thread": "#b3a6ee",
    "link": "#7fbdf0",
    "error": "#f08a80",
    "ok": "#8fd27c",
    "name-1": "#f0a8a0",
    "name-2": "#93cbe8",
    "name-3": "#cfd98c",
    "name-4": "#e6bf93",
    "name-5": "#c5b8f2",
    "name-6": "#7fd6a2",
}

CONTRAST: Final[Mapping[str, str]] = {
    "background": "#000000",
    "surface": "#0a0a0a",
    "panel": "#1a1a1a",
    "line": "#5a5a5a",
    "foreground": "#ffffff",
    "muted": "#d0d0d0",
    "faint": "#a8a8a8",
    "accent": "#ffd000",
    "own": "#5ff0e0",
    "thread": "#d7b8ff",
    "link": "#8cc8ff",
    "error": "#ff8a8a",
    "ok": "#8cff7a",
    "name-1": "#ffb0b8",
    "name-2": "#a0d8ff",
    "name-3": "#e8f58c",
    "name-4": "#ffcf9a",
    "name-5": "#dcc8ff",
    "name-6": "#5ff0e0",
}

MONO: Final[Mapping[str, str]] = {
    "background": "#131313",
    "surface": "#171717",
    "panel": "#242424",
    "line": "#343434",
    "foreground": "#dadada",
    "muted": "#929292",
    "faint": "#868686",
    "accent": "#f0b35e",
    "own": "#f4f4f4",
    "thread": "#c4c4c4",
    "link": "#d0d0d0",
    "error": "#f4f4f4",
    "ok": "#c4c4c4",
    "name-1": "#e4e4e4",
    "name-2": "#c8c8c8",
    "name-3": "#d6d6d6",
    "name-4": "#bcbcbc",
    "name-5": "#ededed",
    "name-6": "#f4f4f4",
}

PAPER: Final[Mapping[str, str]] = {
    "background": "#fbf5e8",
    "surface": "#f8f0da",
    "panel": "#e5dac3",
    "line": "#cfc1a5",
    "foreground": "#33291c",
    "muted": "#7a6a52",
    "faint": "#a3937a",
    "accent": "#9a4b00",
    "own": "#1a6a5a",
    "thread": "#6a3f9e",
    "link": "#22578f",
    "error": "#a52714",
    "ok": "#4a6d12",
    "name-1": "#96323a",
    "name-2": "#27598c",
    "name-3": "#5a620e",
    "name-4": "#854d10",
    "name-5": "#5d449c",
    "name-6": "#12675b",
}
