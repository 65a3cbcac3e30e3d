"""A real terminal, which has an opinion of its own on widths and backgrounds, shows the same when lines are moved."""

from __future__ import annotations

import random
from pathlib import Path

from chat_tui.terminal_cells import Cells
from tests.support.moving import HEIGHT, LINES, NAMES, STYLES, WIDTH, Scene
from tests.support.screens import Shown, shown_in
from tests.support.terminal import Terminal

SEED = 7
STEPS = 150


def test_tmux_shows_the_same_when_lines_are_moved_as_when_all_is_written(tmp_path: Path) -> None:
    frames = story(random.Random(SEED))
    cells = Cells()
    spared = [cells.changed(frame) for frame in frames]

    assert sum("M\x1b[r" in one or "L\x1b[r" in one for one in spared) > STEPS // 4
    assert screen_after(spared, tmp_path, "spared") == screen_after(frames, tmp_path, "whole")


def story(chance: random.Random) -> list[str]:
    """Return frames in which lines come and go between things that stay."""
    scene = Scene()
    scene.names = [chance.choice(NAMES) for _ in range(HEIGHT)]
    frames = [scene.frame(beside=True, rows=range(HEIGHT))]
    for _ in range(STEPS):
        coming = [(chance.choice(LINES), chance.choice(STYLES)) for _ in range(4)]
        scene.move(chance.choice((1, 1, 2, 3, -1, -3)), 1, HEIGHT, coming)
        beside = chance.random() < 0.5
        if beside:
            scene.names[chance.randrange(HEIGHT)] = chance.choice(NAMES)
            scene.bar = chance.randrange(HEIGHT)
        frames.append(scene.frame(beside=beside, rows=range(HEIGHT)))
    return frames


def screen_after(writes: list[str], folder: Path, name: str) -> Shown:
    """Return what a terminal shows after all that, with its colours; those of blanks as far as one sees them."""
    written = folder / name
    end = f"\x1b[{HEIGHT + 1};1Hat the end"
    written.write_text("\x1b[?7l" + "".join(writes) + end, newline="")
    command = ["sh", "-c", f"cat '{written}'; exec sleep 60"]
    with Terminal(command, width=WIDTH, height=HEIGHT + 2, folder=folder) as terminal:
        terminal.wait_for("at the end")
        return shown_in(WIDTH, HEIGHT, ["\r\n".join(terminal.screen(escapes=True).splitlines()[:HEIGHT])])
