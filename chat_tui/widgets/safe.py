"""The last gate before the terminal: whatever a widget drew, no control reaches it. And text for the toolkit's widgets.

Views clean what they draw. This is for all the rest: a dialog, a toast, an input, a completion, a bug. A segment's text
is replaced character by character with one of the same width, so that nothing on the line moves.
"""

from __future__ import annotations

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from typing_extensions import override

from chat_tui.views.clean import drawable, drawable_line
from chat_tui.views.inline import is_link

# The toolkit counts a control or a bidirectional mark as no cell, a surrogate as one.
_NO_CELL: Final = "\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"
_STEERS: Final = re.compile(f"[{_NO_CELL}\ud800-\udfff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class ControlFilter(LineFilter):
    """Takes what could steer a terminal out of every line of every widget; for `App.get_line_filters`."""

    @override
    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without controls, and without links that a terminal must not be given."""
        for text, style, control in segments:
            if control or _STEERS.search(text) or (style is not None and style.link and not is_link(style.link)):
                return [_harmless(segment) for segment in segments]
        return segments


def plain(text: str, style: str = "") -> Content:
    """Return anybody's text as one line for a widget of the toolkit; never markup."""
    return Content(drawable_line(text), None) if not style else Content.styled(drawable_line(text), style)


def lines(text: str, style: str = "") -> Content:
    """Return anybody's text, of several lines perhaps, for a widget of the toolkit; never markup."""
    return Content(drawable(text), None) if not style else Content.styled(drawable(text), style)


def _harmless(segment: Segment) -> Segment:
    text, style, control = segment
    if control:
        return Segment("", style)
    text = _STEERS.sub("", _SURROGATE.sub("\ufffd", text))
    if style is not None and style.link and not is_link(style.link):
        style = style.update_link(None)
    return Segment(text, style)
