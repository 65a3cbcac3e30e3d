"""Real servers for all tests of the full-screen client; each test uses names that no other one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from textual import constants
from textual._compositor import Compositor
from textual._styles_cache import StylesCache
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.pilot import Pilot
from textual.screen import Screen

from chat_core.client import Invitation, parse_invitation
from tests.support.processes import ServerProcess
from tests.tui.support.drawing import draw, put_off
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


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Invitation]:
    """Run a server with TLS for the whole run; yield the link to it."""
    with ServerProcess(tmp_path_factory.mktemp("secured") / "data", "--tls", "on") as process:
        yield parse_invitation(process.address)


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pilot's pause, and what is made of it (clicks, resizes), wait until all is done instead of for a while."""

    async def pause(self: Pilot[Any], delay: float | None = None) -> None:
        assert delay is None, "wait for something"
        await quiet(self.app)

    monkeypatch.setattr(Pilot, "pause", pause)


@pytest.fixture(autouse=True)
def every_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let applications have all colours, whatever the terminal has in which the tests run."""
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "truecolor")


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
def forgotten() -> Iterator[None]:
    """Let nothing of an application outlive it: the toolkit remembers how widgets looked, with all that they drew."""
    yield
    StylesCache.get_inner_outer.cache_clear()


@pytest.fixture(autouse=True)
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let widgets draw what is to be painted when somebody waits for it, and paint nothing of it (see `drawing`)."""
    whole, shut = Compositor.render_update, App._shutdown

    def render_update(
        self: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
    ) -> object:
        if full or simplify:
            return whole(self, full, screen_stack, simplify)
        put_off(self, screen_stack or [])
        return None

    async def shutdown(self: App[Any]) -> None:
        try:
            if self.is_running and self._exception is None:
                draw(self)
        finally:
            await shut(self)

    monkeypatch.setattr(Compositor, "render_update", render_update)
    monkeypatch.setattr(App, "_shutdown", shutdown)
