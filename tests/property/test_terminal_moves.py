"""Whatever moves up and down between things that stay: the terminal shows the same as when all of it is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chat_tui.terminal_cells import Cells
from tests.support.moving import BAR, BESIDE, HEIGHT, LINES, NAMES, STYLES, WIDTH, Scene
from tests.support.screens import shown_in


@st.composite
def stories(draw: st.DrawFn) -> list[str]:
    """Draw what is written, one frame after another; the first one is the whole screen."""
    scene = Scene()
    scene.names = [draw(st.sampled_from(NAMES)) for _ in range(HEIGHT)]
    scene.lines = [(draw(st.sampled_from(LINES)), draw(st.sampled_from(STYLES))) for _ in range(HEIGHT)]
    frames = [scene.frame(beside=True, rows=range(HEIGHT))]
    for _ in range(draw(st.integers(1, 6))):
        top = draw(st.integers(0, 3))
        bottom = draw(st.integers(HEIGHT - 3, HEIGHT))
        coming = st.tuples(st.sampled_from(LINES), st.sampled_from(STYLES))
        scene.move(draw(st.integers(-4, 4)), top, bottom, draw(st.lists(coming, min_size=1, max_size=4)))
        beside = draw(st.booleans())
        if beside:
            scene.bar = draw(st.integers(0, HEIGHT - 1))
            scene.names[draw(st.integers(0, HEIGHT - 1))] = draw(st.sampled_from(NAMES))
        frames.append(scene.frame(beside=beside, rows=range(HEIGHT) if beside else range(top, bottom)))
    return frames


@given(frames=stories())
def test_a_terminal_shows_the_same_when_lines_are_moved(frames: list[str]) -> None:
    cells = Cells()
    spared = [cells.changed(frame) for frame in frames]

    assert all(cell_len(line) == WIDTH - BESIDE - BAR for line in LINES)
    assert shown_in(WIDTH, HEIGHT, spared) == shown_in(WIDTH, HEIGHT, frames)


def test_stories_move_lines_for_otherwise_they_show_nothing() -> None:
    scene, cells = Scene(), Cells()
    scene.lines = [(line, "31;44") for line in LINES[:HEIGHT]]
    cells.changed(scene.frame(beside=True, rows=range(HEIGHT)))
    scene.move(2, 0, HEIGHT, [(LINES[1], ""), (LINES[5], "4")])

    assert "\x1b[2M" in cells.changed(scene.frame(beside=False, rows=range(HEIGHT)))
