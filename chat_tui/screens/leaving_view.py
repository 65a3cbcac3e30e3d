"""What the main screen looks like where one leaves it, as a picture for the next start; none, where one is astray.

What the next start would not show is not in it either: of the bars at the bottom only their place, with a word that
says that the program is not there yet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip

from chat_tui.glance.picture import Picture, Run
from chat_tui.screens.chat import ChatScreen
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span, spread

OPENING: Final = "opening…"
"""What is said instead of how the connection is."""
_STYLE: Final = re.compile(r"\x1b\[([\d;]*)m")


def is_at_rest(screen: ChatScreen) -> bool:
    """Return whether the next start would show the same: one reads the newest, and does nothing else."""
    state, answers = screen.bridge.state, screen.answers
    astray = (
        screen.covered
        or screen.selecting
        or screen.finding
        or any(screen.has_class(each) for each in ("-tiling", "-list-hidden", "-members-hidden"))
        or screen.composer.thread
        or screen.popup.display
        or screen.banner.display
        or screen.composer.region.height != 1
        or (answers.display and answers.title != drawable_line(state.motd))
    )
    tiles = screen.tiles
    following = all(tiles.of(tile).following for tile in tiles.shown().boxes)
    return not astray and following and not screen.opening.under_way and screen.opening.complete(state)


def picture_of(screen: ChatScreen, console: Console) -> Picture:
    """Return what the screen looks like.

    Args:
        screen: laid out and drawn.
        console: knows how many colours the terminal has.
    """
    strips = screen.compositor.render_strips()
    for region in (screen.composer.region, screen.hints.region):
        for y in region.line_range:
            strips[y] = _put(strips[y], region, _blank(strips[y].crop(*region.column_span)))
    status = screen.status.region
    words = Line(spread((), (Span(f"◌ {OPENING}", "muted"), Span(" ")), status.width))
    said = screen.status.painted(words, status.width)
    strips[status.y] = _put(strips[status.y], status, _filtered(said, screen.status.get_line_filters(), screen))
    styles: dict[str, int] = {}
    rows = [_runs(strip, styles, console) for strip in strips]
    return Picture(screen.size.width, list(styles), rows)


def _put(strip: Strip, region: Region, part: Strip) -> Strip:
    begin, end = region.column_span
    return Strip.join([strip.crop(0, begin), part, strip.crop(end)])


def _blank(strip: Strip) -> Strip:
    """Return nothing, on the ground of its last cell: that of the first one may be the cursor's."""
    style = next((each.style for each in reversed(list(strip)) if each.style is not None), Style())
    return Strip([Segment(" " * strip.cell_length, Style(bgcolor=style.bgcolor))], strip.cell_length)


def _filtered(strip: Strip, filters: Sequence[LineFilter], screen: ChatScreen) -> Strip:
    for each in filters:
        strip = strip.apply_filter(each, screen.status.behind)
    return strip


def _runs(strip: Strip, styles: dict[str, int], console: Console) -> list[Run]:
    """Return a row as texts in styles."""
    runs: list[Run] = []
    for segment in strip:
        found = _STYLE.search(Strip([segment]).render(console))
        number = styles.setdefault(found[1] if found else "", len(styles))
        text = _printable(segment.text)
        if runs and runs[-1][0] == number and runs[-1][1].isascii() and text.isascii():
            _, before, _ = runs.pop()
            text = before + text
        runs.append((number, text, cell_len(text)))
    return [run for run in runs if run[2]]


def _printable(text: str) -> str:
    """Return a text in which words are left blank that hold what cannot be printed by itself."""
    if text.isprintable():
        return text
    return " ".join(word if word.isprintable() else " " * cell_len(word) for word in text.split(" "))
