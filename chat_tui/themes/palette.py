"""The 256 colours of a terminal that has no more, and which of them comes nearest to a colour. Pure; no toolkit.

The toolkit takes dark and pale colours that are not quite grey for black and white, so that all the grounds of a look
were one, and reads the lighter half of the greys one too dark. So a look is made of colours that there are, each
spelled in such a way that the toolkit arrives at it: `as_shown` is what people see, `as_spelled` what it is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import Final

from chat_tui.themes.contrast import channels, luminance

_STEPS: Final = (0, 95, 135, 175, 215, 255)
"""Of each channel in the cube of 216 colours."""
_GREYS: Final = 24
"""How many there are besides the cube."""
_DARKEST, _GREY_STEP = 8, 10
_SPELLED_STEP: Final = 255 / (_GREYS + 1)
"""Between the greys as the toolkit takes them: evenly from black to white."""


@lru_cache(maxsize=1024)
def as_shown(colour: str) -> str:
    """Return the colour there is that comes nearest to `#rrggbb`."""
    wanted = channels(colour)
    red, green, blue = (min(_STEPS, key=partial(_distance, value)) for value in wanted)
    grey = _DARKEST + _GREY_STEP * max(0, min(round((sum(wanted) / 3 - _DARKEST) / _GREY_STEP), _GREYS - 1))
    candidates = [(grey, grey, grey), (0, 0, 0), (255, 255, 255)]
    if not red == green == blue:  # the cube's own greys are none that the toolkit finds
        candidates.append((red, green, blue))
    return _hex(min(candidates, key=lambda each: sum(map(_squared, each, wanted))))


def as_shown_apart(look: Mapping[str, str], grounds: Sequence[str]) -> dict[str, str]:
    """Return the colours of a look that there are, by its names, so that each ground differs from the one before.

    Args:
        look: with a `foreground`, towards which a ground goes that would be like the one before.
        grounds: names of the grounds, from the one behind everything on.
    """
    shown = {name: as_shown(colour) for name, colour in look.items()}
    dark = luminance(shown[grounds[0]]) < luminance(shown["foreground"])
    for below, above in pairwise(grounds):
        if shown[below] == shown[above]:
            on = (max(0, min(value + (_GREY_STEP if dark else -_GREY_STEP), 255)) for value in channels(shown[above]))
            shown[above] = as_shown(_hex(tuple(on)))
    return shown


def as_spelled(shown: str) -> str:
    """Return what the toolkit takes for a colour that there is."""
    red, green, blue = channels(shown)
    if red == green == blue and red not in (0, 255):
        red = green = blue = round(((red - _DARKEST) // _GREY_STEP + 1) * _SPELLED_STEP)
    return _hex((red, green, blue))


def _distance(value: int, step: int) -> int:
    return abs(step - value)


def _squared(one: int, other: int) -> int:
    return (one - other) ** 2


def _hex(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{value:02x}" for value in colour)
