"""What is kept of a screen for the next start, and beginning where that is shown: the application on a real server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.geometry import Size
from typing_extensions import override

from chat_core.client.state.model import LinkStatus
from chat_tui.app import ChatApp
from chat_tui.app_glances import Origin
from chat_tui.config import LookSection, Settings
from chat_tui.glance import files
from chat_tui.glance.asked import asked
from chat_tui.glance.picture import Picture
from chat_tui.glance.showing import Start
from chat_tui.screens import leaving_view
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.leaving_view import OPENING
from chat_tui.widgets.compositor import SparingCompositor
from tests.support.ports import free_port
from tests.tui.support.frames import frame
from tests.tui.support.visiting import Sitting, other, say, unique

SIZE = (80, 24)
PAINTS = Compositor.render_update
"""Which the tests of screens do without else."""


class Glanced(ChatApp):
    """The application on a terminal that shows already how it was left."""

    @property
    @override
    def _found(self) -> Size:
        return Size(*SIZE)


class Left:
    """Somebody who starts the client with one command line, again and again.

    Args:
        server: its address.
        home: an empty folder.
    """

    def __init__(self, server: str, home: Path) -> None:
        self.server, self.home, self.name = server, home, unique("me")
        self.line = ["connect", server, "--name", self.name]
        self.environment = {"CHAT_CONFIG": str(home / "config"), "TERM": "xterm"}

    @property
    def folder(self) -> Path:
        """Where pictures are."""
        return self.home / "config" / "glances"

    def picture(self, size: tuple[int, int] = SIZE) -> Picture | None:
        """Return what the next start would show."""
        found = files.load(str(self.folder), size, self.line)
        return None if found is None else found[0]

    def text(self) -> str:
        """Return it as text."""
        picture = self.picture()
        assert picture is not None
        return "\n".join("".join(text for _, text, _ in row) for row in picture.rows)

    def goals(self) -> Sequence[Goal]:
        """Return where the command line leads."""
        return [Goal(self.server, self.name)]

    @asynccontextmanager
    async def here(self, *, glanced: bool = False, size: tuple[int, int] = SIZE, **more: Any) -> AsyncIterator[Sitting]:
        """Start it.

        Args:
            glanced: whether the terminal shows already how it was left.
            size: of the terminal.
            more: of the application.
        """
        config = self.home / "config"
        app = (Glanced if glanced else ChatApp)(
            Goal(self.server, self.name), config=config, data=self.home / "here", outbox=config / "outbox", **more
        )
        wanted = asked(self.line)
        assert wanted is not None
        app.origin = Origin(Start(wanted, self.line, self.environment), self.goals)
        async with app.run_test(size=size) as pilot:
            yield Sitting(app, pilot, self.name)


async def complete(me: Sitting) -> None:
    """Wait until all is there."""
    await me.until(lambda: isinstance(me.app.screen, ChatScreen), "the main screen")
    await me.until(lambda: leaving_view.is_at_rest(me.chat), "all is there")


async def leave(me: Sitting) -> None:
    """Leave, as Ctrl+Q does."""
    me.app.exit()
    await me.until(lambda: me.app._exit)


async def test_screen_is_kept_as_it_was_but_for_its_bars_when_one_leaves(server: str, home: Path) -> None:
    left = Left(server, home)
    async with other(server) as bob, left.here() as me:
        await complete(me)
        await say(bob, "#general", mark := unique("hello, 会議 👍 "), family := unique("👨‍👩‍👧 "))
        await me.sees(mark, family)
        await me.write("a draft")
        shown = [line[1:-1].ljust(SIZE[0]) for line in frame(me.app).splitlines()]
        await leave(me)

    kept = left.text().splitlines()
    assert [line.rstrip() for line in kept[:-3]] == [line.rstrip() for line in shown[:-3]]
    without = shown[-3].replace(family.split(" ")[0], "  ")
    assert kept[-3].rstrip() == without.rstrip(), "what cannot be printed by itself is left blank"
    assert OPENING in kept[-2] and shown[-2].split()[-1] not in kept[-2]
    assert (kept[-1].strip(), "a draft" in shown[-1], "F1 help" in shown[-1]) == ("▌", True, True)
    picture = left.picture()
    assert picture is not None and (picture.width, picture.height) == SIZE
    assert all(text.isprintable() for row in picture.rows for _, text, _ in row)


@pytest.mark.parametrize("keys", ["ctrl+s", "f1", "ctrl+k", "pageup", "f7"])
async def test_picture_before_stays_when_one_leaves_from_somewhere_else(server: str, home: Path, keys: str) -> None:
    left = Left(server, home)
    async with other(server) as bob:
        await say(bob, "#general", *(f"line {number} of {left.name}" for number in range(60)))
    async with left.here() as me:
        await complete(me)
        await me.sees(f"line 59 of {left.name}")
        await me.press(keys)
        await me.until(lambda: me.app.screen is not me.app.row.shown.chat or not leaving_view.is_at_rest(me.chat))  # type: ignore[union-attr]
        await leave(me)

    assert left.picture() is None


async def test_nothing_is_kept_when_the_next_start_would_lead_elsewhere(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Left(server, home)
    monkeypatch.setattr(left, "goals", lambda: [Goal(server, "somebody")])
    async with left.here() as me:
        await complete(me)
        await leave(me)

    assert left.picture() is None


@pytest.mark.parametrize("look", [LookSection(opening="blank"), LookSection(frames="whole"), LookSection(theme="mono")])
async def test_nothing_is_kept_when_settings_do_not_have_it_or_would_change_it(
    server: str, home: Path, look: LookSection
) -> None:
    left = Left(server, home)
    left.environment |= {"CHAT_TUI_LOOK_OPENING": look.opening, "CHAT_TUI_LOOK_FRAMES": look.frames}
    async with left.here(settings=Settings(look=look)) as me:
        await complete(me)
        await leave(me)

    assert left.picture() is None


async def test_pictures_go_when_one_signs_out_or_wants_none(server: str, home: Path) -> None:
    left = Left(server, home)
    async with left.here() as me:
        await complete(me)
        me.app._keep(me.app._glance() or b"", me.app._times_forgotten)
        assert left.picture() is not None
        await me.enter("/set look.opening blank")
        await me.until(lambda: left.picture() is None, "it is gone")

        await me.enter("/set look.opening last")
        await me.press("escape")
        await complete(me)
        me.app._keep(me.app._glance() or b"", me.app._times_forgotten)
        assert left.picture() is not None
        being_written = me.app._glance() or b"", me.app._times_forgotten
        await me.enter("/logout")
        await me.until(lambda: left.picture() is None, "it is gone")
        me.app._keep(*being_written)
        assert left.picture() is None, "what was begun before is not put back"
        await leave(me)
    assert left.picture() is None


async def test_screen_stays_as_it_was_left_when_nothing_is_there_yet(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Left(server, home)
    drawn: list[tuple[bool, Any]] = []
    update = SparingCompositor.render_update

    def noted(compositor: SparingCompositor, *given: Any, **named: Any) -> Any:
        drawn.append((compositor.only is not None, found := update(compositor, *given, **named)))
        return found

    monkeypatch.setattr(Compositor, "render_update", PAINTS)
    monkeypatch.setattr(SparingCompositor, "render_update", noted)
    async with left.here(glanced=True) as me:
        await complete(me)
        await me.until(lambda: any(not veiled and found is not None for veiled, found in drawn), "all of it is drawn")

    before = [found for veiled, found in drawn if veiled and found is not None]
    rows = {int(y) for found in before for y in re.findall(r"\x1b\[(\d+);\d+H", found.render_segments(me.app.console))}
    assert before and rows <= {SIZE[1] - 1, SIZE[1]}


async def test_screen_is_drawn_at_once_when_the_window_changes_its_size(home: Path) -> None:
    left = Left(f"chat://127.0.0.1:{free_port()}", home)
    async with left.here(glanced=True, size=(SIZE[0] + 1, SIZE[1])) as me:
        assert not me.chat.opening.under_way


@pytest.mark.parametrize("key", ["pageup", "f1", "escape"])
async def test_screen_is_drawn_at_once_when_a_key_does_more_than_to_write(home: Path, key: str) -> None:
    left = Left(f"chat://127.0.0.1:{free_port()}", home)
    async with left.here(glanced=True) as me:
        screen = me.chat
        assert screen.opening.under_way
        await me.press("x")
        await me.press(key)
        assert not screen.opening.under_way


async def test_screen_is_drawn_as_it_is_when_the_server_cannot_be_reached(home: Path) -> None:
    left = Left(f"chat://127.0.0.1:{free_port()}", home)
    async with left.here(glanced=True) as me:
        screen = me.chat
        await me.until(lambda: not screen.opening.under_way, "it is drawn")
        await me.until(lambda: screen.bridge.state.link.status is LinkStatus.WAITING)
        await leave(me)

    assert left.picture() is None
