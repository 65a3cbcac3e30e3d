"""Real servers for all tests of the full-screen client; each test uses names that no other one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.pilot import Pilot
from textual.screen import Screen

from tests.support.processes import ServerProcess
from tests.tui.support.typing import quiet


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server; yield its address."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process.address


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run another server; yield its address."""
    with ServerProcess(tmp_path_factory.mktemp("second") / "data") as process:
        yield process.address


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pilot's pause, and what is made of it (clicks, resizes), wait until all is done instead of for a while."""

    async def pause(self: Pilot[Any], delay: float | None = None) -> None:
        assert delay is None, "wait for something"
        await quiet(self.app)

    monkeypatch.setattr(Pilot, "pause", pause)


_parsed: dict[tuple[object, ...], list[RuleSet]] = {}


@pytest.fixture(autouse=True)
def parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let applications share what was parsed of the same style sheet with the same variables: it is only read."""
    parse = Stylesheet._parse_rules

    def parse_rules(self: Stylesheet, css: str, read_from: CSSLocation, *more: Any, **named: Any) -> list[RuleSet]:
        key = (css, read_from, more, *named.values(), *self._variables.values())
        if key not in _parsed:
            _parsed[key] = parse(self, css, read_from, *more, **named)
        return _parsed[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_rules)


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
