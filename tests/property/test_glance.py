"""Whatever a screen shows, its picture shows the same; whatever a file holds, nothing of it steers a terminal."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from chat_tui.glance.picture import Picture, UnusableError, packed, unpacked
from chat_tui.terminal_cells import Cells
from tests.property.test_terminal_cells import AGREED, COLOURS
from tests.support.screens import shown_in

WIDTH = 24
STYLES = ("", "1", "2", "3", "4", "7", "9", "1;3;4", *COLOURS, "1;38;2;1;2;3;48;2;9;9;9")
WORDS = st.lists(st.sampled_from(AGREED), min_size=1, max_size=4).map("".join)

_MEANT = re.compile(r"\x1b\[(?:\d+;\d+H|\d+G|[\d;]*m)")
"""All that a drawing may say beside text."""


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Draw a picture: rows that are full."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        row, room = [], WIDTH
        while room:
            style, text = draw(st.integers(0, len(STYLES) - 1)), draw(WORDS)
            text = text if cell_len(text) <= room else set_cell_size(text, room)
            row.append((style, text, cell_len(text)))
            room -= cell_len(text)
        rows.append(row)
    return Picture(WIDTH, STYLES, rows)


@given(pictures(), st.dictionaries(st.text(), st.text()))
def test_picture_is_the_same_when_it_is_read_again(picture: Picture, about: dict[str, Any]) -> None:
    about = {name.encode("utf-8", "replace").decode(): "x" for name in about}

    again, read = unpacked(packed(picture, about))

    assert (again.width, list(again.styles), again.rows) == (picture.width, list(picture.styles), picture.rows)
    assert read == about


@given(pictures())
def test_drawing_shows_what_the_frame_does_when_the_terminal_counts_as_we_do(picture: Picture) -> None:
    drawn, _ = shown_in(WIDTH, picture.height, [picture.drawing()])
    framed, _ = shown_in(WIDTH, picture.height, [picture.frame()])

    assert drawn == framed


@given(pictures())
def test_nothing_is_written_when_the_first_frame_is_the_picture(picture: Picture) -> None:
    cells = Cells()
    cells.changed(picture.frame())

    assert cells.changed(picture.frame()) == ""


ODD = st.text(alphabet=st.sampled_from("a \x1b\x9b\x07\n\r\t\x00\u202e\u200d\u0301\u00a0\ud800会👍;m[]"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.floats(allow_nan=False) | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["rows", "x"]), inner, max_size=2),
    max_leaves=6,
)


@st.composite
def tampered(draw: st.DrawFn) -> bytes:
    """Draw the file of a picture of which something was changed."""
    content: Any = json.loads(packed(draw(pictures()), {}))
    place = draw(st.sampled_from(("width", "styles", "rows", "row", "part", "style", "bytes")))
    if place in ("width", "styles", "rows"):
        content[place] = draw(VALUES)
    elif place == "row":
        content["rows"][0] = draw(VALUES)
    elif place == "part":
        row = content["rows"][0]
        row[draw(st.integers(0, len(row) - 1))] = draw(VALUES)
    elif place == "style":
        content["styles"][draw(st.integers(0, len(STYLES) - 1))] = draw(VALUES)
    written = json.dumps(content).encode()
    if place == "bytes":
        at = draw(st.integers(0, len(written)))
        written = written[:at] + draw(st.binary(max_size=3)) + written[at + draw(st.integers(0, 3)) :]
    return written


@given(st.one_of(tampered(), st.binary(max_size=40), VALUES.map(lambda value: json.dumps(value).encode())))
@example(b"[" * 100_000)
@example(b'{"about":{},"width":4,"styles":[""],"rows":[[0,"\\u001b[2J",4]]}')
@example(b'{"about":{},"width":4,"styles":["2J\\u001b[m"],"rows":[[0,"abcd",4]]}')
@example(b'{"about":{},"width":' + b"9" * 5000 + b',"styles":[],"rows":[[]]}')
def test_nothing_but_text_and_styles_is_drawn_when_a_file_was_tampered_with(content: bytes) -> None:
    try:
        picture, _ = unpacked(content)
    except UnusableError:
        return

    for written in (picture.drawing(), picture.frame()):
        text = _MEANT.sub("", written)
        assert text.isprintable()
        assert all(int(y) <= picture.height for y in re.findall(r"\x1b\[(\d+);1H", written))
