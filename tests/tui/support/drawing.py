"""What widgets are to draw, put off until somebody waits for the screen: what is drawn in between, nobody sees.

A screen is drawn anew a dozen times while it comes up, as fast as the machine lets it; a terminal would show some of
them. Here all of what is to be drawn is drawn once, as soon as a test waits, and nothing is put together of it: a
headless driver throws it away. A fault in a widget's drawing then ends the test where it waits.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen

_owed: WeakKeyDictionary[Compositor, tuple[set[Region], list[Screen[Any]]]] = WeakKeyDictionary()


def put_off(compositor: Compositor, below: list[Screen[Any]]) -> None:
    """Remember what a screen has to draw.

    Args:
        compositor: of the screen.
        below: the screens that shine through.
    """
    regions, _ = _owed.get(compositor, (set(), below))
    regions |= compositor._dirty_regions
    compositor._dirty_regions.clear()
    if regions:
        _owed[compositor] = (regions, below)


def draw(app: App[Any]) -> bool:
    """Draw what was put off of the screen that is shown; tells whether there was any."""
    compositor = app.screen._compositor if app.screen_stack else None
    if compositor is None or compositor not in _owed:
        return False
    dirty, below = _owed.pop(compositor)
    visible_screen_stack.set(below)
    for widget, (region, clip) in list(compositor.visible_widgets.items()):
        shown = region.intersection(clip)
        if any(shown.overlaps(each) for each in dirty) and widget.is_attached:
            widget.render_lines(shown - region.offset)
    return True
