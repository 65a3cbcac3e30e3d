"""One real server for all tests of the full-screen client; each test uses names that no other one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.processes import ServerProcess
from tests.tui.support.typing import quiet


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server; yield its address."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process.address


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pilot's pause, and what is made of it (clicks, resizes), wait until all is done instead of for a while."""

    async def pause(self: Pilot[Any], delay: float | None = None) -> None:
        assert delay is None, "wait for something"
        await quiet(self.app)

    monkeypatch.setattr(Pilot, "pause", pause)


@pytest.fixture(autouse=True)
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let widgets draw what is to be painted, but do not put it together: a headless driver throws it away."""
    whole = Compositor.render_update

    def render_update(
        self: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
    ) -> object:
        if full or simplify:
            return whole(self, full, screen_stack, simplify)
        visible_screen_stack.set(screen_stack or [])
        dirty = self._dirty_regions.copy()
        self._dirty_regions.clear()
        for widget, (region, clip) in list(self.visible_widgets.items()) if dirty else ():
            shown = region.intersection(clip)
            if any(shown.overlaps(each) for each in dirty):
                widget.render_lines(shown - region.offset)
        return None

    monkeypatch.setattr(Compositor, "render_update", render_update)
