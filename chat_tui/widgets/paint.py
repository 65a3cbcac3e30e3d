"""Roles become colours, lines become strips: the one place where a view meets the toolkit.

Colours come from the variables of the theme in use; a theme from elsewhere gets our own values for what it lacks.
Text is put into segments as it is: there is no markup on this way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from chat_tui.themes import DEFAULTS
from chat_tui.themes.tokens import DARK
from chat_tui.views.inline import BOLD, ITALIC, SPOILER, STRIKE
from chat_tui.views.lines import Line, Role

Gate = Callable[[list[Segment]], list[Segment]]


class _Look(Struct, frozen=True):
    """How a role is drawn: names of variables, and weight."""

    color: str = "foreground"
    ground: str = ""
    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None


_LOOKS: Final[Mapping[Role, _Look]] = {
    "text": _Look(),
    "strong": _Look(bold=True),
    "muted": _Look("read-muted"),
    "typing": _Look("read-muted", italic=True),
    "quiet": _Look("read-faint"),
    "faint": _Look("faint"),
    "notice": _Look("read-faint", italic=True),
    "time": _Look("read-faint"),
    "heading": _Look("read-faint", bold=True),
    "rule": _Look("line"),
    "separator": _Look("line"),
    "accent": _Look("read-accent"),
    "attention": _Look("read-accent", bold=True),
    "mention": _Look("read-accent", bold=True),
    "badge": _Look("background", ground="accent", bold=True),
    "bar": _Look("accent"),
    "own": _Look("read-own", bold=True),
    "thread": _Look("read-thread"),
    "link": _Look("read-link", underline=True),
    "channel": _Look("read-link"),
    "error": _Look("read-error"),
    "ok": _Look("read-ok"),
    "away": _Look("read-accent"),
    "chip": _Look("read-hint", ground="panel"),
    "chip-key": _Look("foreground", ground="panel", bold=True),
    "code": _Look(ground="panel"),
    "code-keyword": _Look("code-keyword", ground="panel"),
    "code-name": _Look("code-name", ground="panel"),
    "code-string": _Look("code-string", ground="panel"),
    "code-number": _Look("code-number", ground="panel"),
    "code-comment": _Look("code-comment", ground="panel"),
    "code-removed": _Look("code-removed", ground="panel"),
    "quote": _Look("read-muted"),
    "quote-bar": _Look("faint"),
    "spoiler": _Look("line", ground="line"),
    "spoiler-open": _Look(ground="panel"),
    "chip-own": _Look("read-accent", ground="panel", bold=True),
    "selected": _Look(bold=True, ground="background"),
    "soft-own": _Look("read-own"),
    "soft-1": _Look("read-name-1"),
    "soft-2": _Look("read-name-2"),
    "soft-3": _Look("read-name-3"),
    "soft-4": _Look("read-name-4"),
    "soft-5": _Look("read-name-5"),
    "name-1": _Look("read-name-1", bold=True),
    "name-2": _Look("read-name-2", bold=True),
    "name-3": _Look("read-name-3", bold=True),
    "name-4": _Look("read-name-4", bold=True),
    "name-5": _Look("read-name-5", bold=True),
}


_EMPHASIS: Final = tuple(
    Style(bold=bool(kinds & BOLD) or None, italic=bool(kinds & ITALIC) or None, strike=bool(kinds & STRIKE) or None)
    for kinds in range(2 * SPOILER)
)
"""Styles by sums of kinds of emphasis."""


@lru_cache(maxsize=1_000)
def _linked(url: str) -> Style:
    """Return what makes a link of a text; the same for all its pieces, so that a terminal shows them as one."""
    return Style(link=url)


@lru_cache(maxsize=4_000)
def _coloured(colours: tuple[int, int]) -> Style:
    """Return the style of a piece of a picture."""
    text, ground = (f"#{colour:06x}" if colour >= 0 else None for colour in colours)
    return Style(color=text, bgcolor=ground)


class Painter:
    """Paints lines in the colours of one theme."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Take colours from a theme.

        Args:
            variables: its CSS variables, by name, as `#rrggbb`; what is missing or no plain colour is ours.
        """
        self._variables = variables
        self._styles = {role: self._style(look) for role, look in _LOOKS.items()}
        self._grounds = {name: Style(bgcolor=self._color(name)) for name in ("panel", "surface", "background")}

    def uses(self, variables: Mapping[str, str]) -> bool:
        """Whether these are the variables it takes its colours from."""
        return variables is self._variables

    def style(self, role: Role) -> Style:
        """Return the style of a role."""
        return self._styles[role]

    def paint(self, line: Line, width: int, base: Style, gate: Gate | None = None) -> Strip:
        """Return a line as a strip of exactly `width` cells.

        Args:
            line: what to paint.
            width: cells of the strip.
            base: the ground of the widget, for lines and spans that have none of their own.
            gate: has the last word on its segments.
        """
        segments: list[Segment] = []
        used = 0
        ground = self._grounds[line.ground] if line.ground else base
        for text, role, link, emphasis, _, colours in line.spans:
            style = self._styles[role] if colours is None else _coloured(colours)
            if emphasis:
                style += _EMPHASIS[emphasis]
            if style.bgcolor is None:
                style += ground
            if link:
                style += _linked(link)
            segments.append(Segment(text, style))
            used += cell_len(text)
        if used < width:
            segments.append(Segment(" " * (width - used), ground))
        strip = Strip(segments if gate is None else gate(segments), max(used, width))
        return strip if used <= width else strip.adjust_cell_length(width)

    def _style(self, look: _Look) -> Style:
        return Style(
            color=self._color(look.color),
            bgcolor=self._color(look.ground) if look.ground else None,
            bold=look.bold,
            italic=look.italic,
            underline=look.underline,
        )

    def _color(self, name: str) -> str:
        value = self._variables.get(name, "")
        if len(value) == 7 and value.startswith("#"):
            return value
        return DEFAULTS.get(name) or DARK[name]


class Painted(Widget):
    """A widget that draws lines in the theme's colours, and knows when those changed."""

    _painter: Painter | None = None
    _ground: Style | None = None
    _stale = True
    behind = Color(0, 0, 0, 0)
    """What the widget is drawn on."""
    gate: Gate | None = None
    """Has the last word on what is painted; for subclasses."""

    def painted(self, line: Line, width: int) -> Strip:
        """Return a line on this widget's own ground."""
        self.look_again()
        assert self._painter is not None and self._ground is not None
        return self._painter.paint(line, width, self._ground, self.gate)

    def look_again(self) -> None:
        """Notice when colours are others than before; what was painted is forgotten then."""
        variables = self.app.theme_variables
        if self._painter is None or not self._painter.uses(variables):
            self._painter = _painter(variables)
            self._stale = True
            self.forget_strips()
        if self._stale:
            self._stale = False
            self.behind = self.background_colors[1]
            ground = Style(bgcolor=self.rich_style.bgcolor)
            if ground != self._ground:
                self._ground = ground
                self.forget_strips()

    def forget_strips(self) -> None:
        """Drop what was painted; for those who keep some."""

    @override
    def notify_style_update(self) -> None:
        """See Widget: the ground may be another one."""
        super().notify_style_update()
        self._stale = True


_newest: list[Painter] = []


def _painter(variables: Mapping[str, str]) -> Painter:
    """Return the one painter for a theme's variables: widgets share it, only the newest is kept."""
    if not _newest or not _newest[0].uses(variables):
        _newest[:] = [Painter(variables)]
    return _newest[0]
