"""A screen of three columns, of which the middle one moves up and down, as frames of the toolkit."""

from __future__ import annotations

from rich.cells import set_cell_size

WIDTH, HEIGHT = 60, 9
BESIDE, BAR = 12, 2
"""Cells of what stands left and right of the lines that move."""
LINES = tuple(
    set_cell_size(line, WIDTH - BESIDE - BAR)
    for line in (
        "12:40  ann  has anyone tried the new build?",
        "12:41  bob  works here",
        "            and here, too, as far as I can see",
        "─────────────── Tuesday 21 November ───────────────",
        "12:52  joe  会議は三時です",
        "12:53  ann  👍 yes, and e\u0301 too",
        "",
        "",
        "12:54  ann  has anyone tried the new build?",
        "            ✓ shipped │ ● up │ ○ down",
    )
)
STYLES = ("", "31;44", "1;38;2;200;201;202;48;2;1;2;3", "4", "7;38;5;9")
NAMES = ("#general", "#dev", "● ann", "○ 会議", "", "#release 2", "👍")


class Scene:
    """It."""

    def __init__(self) -> None:
        self.lines = [(LINES[0], "")] * HEIGHT
        """Text and style of the middle column."""
        self.names = [""] * HEIGHT
        """What stands left of it."""
        self.bar = 0
        """The row in which there is something right of it."""

    def move(self, by: int, top: int, bottom: int, new: list[tuple[str, str]]) -> None:
        """Move the lines between two of them up, or down if negative, and put others where they came from."""
        region = self.lines[top:bottom]
        by = max(-len(region), min(by, len(region)))
        coming = (new * HEIGHT)[: abs(by)]
        self.lines[top:bottom] = region[by:] + coming if by >= 0 else coming + region[:by]

    def frame(self, *, beside: bool, rows: range) -> str:
        """Return some of its rows; with what stands beside them, or without."""
        pieces = []
        for y in rows:
            text, style = self.lines[y]
            cells = [f"\x1b[{y + 1};{BESIDE + 1}H" + (f"\x1b[{style}m{text}\x1b[0m" if style else text)]
            if beside:
                name = set_cell_size(self.names[y], BESIDE)
                cells.insert(0, f"\x1b[{y + 1};1H\x1b[36m{name}\x1b[0m")
                ground = "45" if y == self.bar else "40"
                cells.append(f"\x1b[{y + 1};{WIDTH - BAR + 1}H\x1b[{ground}m{' ' * BAR}\x1b[0m")
            pieces.append("".join(cells))
        return "\n".join(pieces) + "\x1b[1;1H"
