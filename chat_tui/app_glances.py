"""The application as it keeps what its screen looks like, for the next start, and begins where that is shown already.

It is kept when one leaves, and now and then before, so that not much is old after a crash. It is kept only where the
next start would come to the same place; and forgotten where somebody signs out, or is asked who they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from textual import events
from textual.geometry import Size
from textual.screen import Screen
from typing_extensions import override

from chat_core.base.errors import ChatError
from chat_core.base.settings import Entry, Key
from chat_core.base.tasks import spawn
from chat_tui.app_titles import AppTitles
from chat_tui.config import load
from chat_tui.glance import files
from chat_tui.glance.asked import conditions
from chat_tui.glance.picture import packed
from chat_tui.glance.showing import Start
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.desk import SignOutWanted
from chat_tui.screens.goal import Goal
from chat_tui.screens.open_servers import OpenServer
from chat_tui.screens.visit import Visit

KEEP_EVERY_S: Final = 60.0
"""Distance of the times at which what is shown is kept, in seconds."""


class Origin(NamedTuple):
    """How this program was started."""

    start: Start
    """What it was asked for."""
    goals: Callable[[], Sequence[Goal]]
    """Returns where the same start would lead now. Raises: ChatError."""


class AppGlances(AppTitles):
    """It."""

    origin: Origin | None = None
    """Set before it runs; None: nothing is kept."""
    _times_forgotten = 0
    lets_keys_in = True
    """Whether it tells the driver when there is a screen that takes keys."""

    async def on_mount(self) -> None:
        """Keep it now and then; or forget it, if that is wished."""
        if self.origin is None:
            return
        if self._settings.look.opening == "blank":
            self._forget_glances()
        self.set_interval(KEEP_EVERY_S, self._keep_soon)

    def on_ready(self) -> None:
        """Let keys in, now that there is a screen; the toolkit calls what AppTitles does about it besides."""
        self.call_after_refresh(getattr(self._driver, "let_keys_in", lambda: None))

    def go_on_in(self, screen: Screen[Any]) -> None:
        """Leave on the terminal what a start has put there, for as long as a screen that is about to come has less."""
        if isinstance(screen, ChatScreen) and self._found is not None:
            screen.opening.begin()

    @override
    def exit(self, result: None = None, return_code: int = 0, message: Any = None) -> None:
        """See App."""
        if (found := self._glance()) is not None:
            self._keep(found, self._times_forgotten)
        super().exit(result, return_code, message)

    @override
    async def on_event(self, event: events.Event) -> None:
        """See App: whoever does more than to write sees what there is, and so does who changes the window's size."""
        if isinstance(event, events.Key):
            more = not event.is_printable
        elif isinstance(event, events.Resize):
            more = event.size != self._found
        else:
            more = isinstance(event, events.MouseDown | events.MouseScrollDown | events.MouseScrollUp)
        if more:
            self._open_now()
        await super().on_event(event)

    @override
    def on_sign_out_wanted(self, event: SignOutWanted) -> None:
        """Forget what its screen looked like; the toolkit calls what AppServers does about it after this."""
        self._forget_glances()

    @override
    def _change(self, key: Key, value: Any) -> Sequence[Entry]:
        """See AppBase."""
        entries = super()._change(key, value)
        if self._settings.look.opening == "blank":
            self._forget_glances()
        return entries

    @override
    def _give(self, server: OpenServer, screen: BaseScreen, visit: Visit | None = None) -> None:
        """See AppServers: who has to say who they are may be somebody else."""
        if screen.QUESTION:
            self._forget_glances()
        super()._give(server, screen, visit)

    @override
    def draw_anew(self) -> None:
        """See AppBase."""
        self._open_now()
        super().draw_anew()

    @property
    def _found(self) -> Size | None:
        """The size of what the terminal showed when this began; None: nothing."""
        found: Size | None = getattr(self._driver, "found", None)
        return found

    def _open_now(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, ChatScreen):
                screen.opening.end_it()

    # --- keeping

    def _keep_soon(self) -> None:
        if (found := self._glance()) is not None:
            spawn("glance", asyncio.to_thread(self._keep, found, self._times_forgotten))

    def _keep(self, content: bytes, times_forgotten: int) -> None:
        """Put it into a file; may take its time. If all were forgotten since it was made, it stays in none.

        Args:
            content: of the file.
            times_forgotten: as it was when the content was made.
        """
        assert self.origin is not None, "else there is nothing to be kept"
        width, height = self.size
        files.keep(self.origin.start.folder, (width, height), self.origin.start.arguments, content)
        if self._times_forgotten != times_forgotten:
            files.remove_all(self.origin.start.folder)

    def _forget_glances(self) -> None:
        self._times_forgotten += 1  # first: what is being written at this moment looks at it afterwards
        if self.origin is not None:
            files.remove_all(self.origin.start.folder)

    def _glance(self) -> bytes | None:
        """Return what is to be kept; None: the next start would not look like that."""
        from chat_tui.screens.leaving_view import is_at_rest, picture_of

        shown, origin = self._row.shown, self.origin
        chat = shown.chat if shown is not None else None
        if origin is None or shown is None or chat is None or self.screen is not chat or not is_at_rest(chat):
            return None
        start = origin.start
        about = conditions(start.arguments, start.environment, start.config)
        try:
            goals, settings = origin.goals(), load(self._config, start.environment).settings
        except ChatError:
            return None
        kept = settings.look.opening == "last" and settings.look.frames == "changes"
        if not goals or not kept or settings.look != self._settings.look:
            return None
        if (goals[0].address, goals[0].name) != (shown.choice.address, shown.choice.name):
            return None
        about["goals"] = [[goal.address, goal.name] for goal in goals]
        return packed(picture_of(chat, self.console), about)
