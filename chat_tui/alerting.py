"""Gets an alert to whoever is not looking, through the terminal and the desktop. What alerts, others decide."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Final

from msgspec.structs import replace as replace_fields

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault
from chat_core.base.tasks import spawn
from chat_tui.config import NotifySection
from chat_tui.views.alerts import Alert, Way, is_quiet, quiet_hours, sequence, way_for, way_of

AWAY_AFTER_S: Final = 60.0
"""Without a key for so long nobody is looking, where the terminal does not tell of its focus, in seconds."""
PROGRAM: Final = "notify-send"
TMUX: Final = ("tmux", "display-message", "-p", "#{client_termtype} #{client_termname}")
"""Tells in which terminal one sees what runs in tmux."""
ASKED_EVERY_S: Final = 30.0
"""For so long the answer of tmux holds, in seconds: one may attach from elsewhere."""
_PROGRAM_WITHIN_S: Final = 5.0


class Alerter:
    """Tells.

    Args:
        environment: the process's variables, which say what terminal it is.
        write: writes to the terminal.
        clock: the time.
        zone: time zone; None: the computer's own.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        write: Callable[[str], object],
        clock: Clock,
        zone: tzinfo | None = None,
    ) -> None:
        self._way = way_for(environment)
        self._outer: Way = "none"
        self._tmux = "TMUX" in environment
        self._write = write
        self._clock = clock
        self._zone = zone
        self._focus_told = False
        self._focused = True
        self._key_s = clock.monotonic()
        self._asked_s = float("-inf")
        self._asking = asyncio.Lock()

    def key_pressed(self) -> None:
        """Note that somebody is there."""
        self._key_s = self._clock.monotonic()

    def focus(self, *, has: bool) -> None:
        """Note that the terminal told of its focus."""
        self._focus_told, self._focused = True, has

    @property
    def watched(self) -> bool:
        """Whether somebody is looking at the window, as far as one can know."""
        if self._focus_told:
            return self._focused
        return self._clock.monotonic() - self._key_s < AWAY_AFTER_S

    def tell(self, alert: Alert, settings: NotifySection) -> None:
        """Tell of something, unless somebody is looking or wants quiet."""
        if self.watched or self._quiet(settings):
            return
        if not settings.text:
            alert = replace_fields(alert, body="wrote something")
        if settings.terminal == "auto" and self._way == "none" and self._tmux:
            spawn("ask tmux", self._ask_and_write(alert, bell=settings.bell))
        else:
            way: Way = self._way if settings.terminal == "auto" else settings.terminal
            self._put(alert, way, bell=settings.bell)
        if settings.desktop and (program := shutil.which(PROGRAM)) is not None:
            spawn("desktop notification", _show(program, alert))

    def _put(self, alert: Alert, way: Way, *, bell: bool) -> None:
        told = sequence(alert, way, bell=bell, tmux=self._tmux)
        if told:
            self._write(told)

    async def _ask_and_write(self, alert: Alert, *, bell: bool) -> None:
        """Write as the terminal takes it that tmux is seen in; what comes while it is asked waits for the answer."""
        async with self._asking:
            now = self._clock.monotonic()
            if now - self._asked_s >= ASKED_EVERY_S:
                self._outer = way_of(await _run(*TMUX))
                self._asked_s = now
            self._put(alert, self._outer, bell=bell)

    def _quiet(self, settings: NotifySection) -> bool:
        now = datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC).astimezone(self._zone)
        try:
            return is_quiet(quiet_hours(settings.quiet), now.hour * 60 + now.minute)
        except UsageFault:
            return False


async def _show(program: str, alert: Alert) -> None:
    """Let the desktop show it; what it says to that is of no interest."""
    # Behind -- nothing is an option. A body may be markup to the desktop, and a backslash more than one to the program.
    import html  # has all names of letters in it

    body = html.escape(alert.body, quote=False).replace("\\", "\\\\")
    await _run(program, "--app-name=chat-tui", "--", alert.title.replace("\\", "\\\\"), body)


async def _run(*command: str) -> str:
    """Return what a program says; empty where it is not there, or says nothing in time."""
    nowhere, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    with contextlib.suppress(OSError, TimeoutError):
        process = await asyncio.create_subprocess_exec(*command, stdin=nowhere, stdout=pipe, stderr=nowhere)
        try:
            async with asyncio.timeout(_PROGRAM_WITHIN_S):
                said, _ = await process.communicate()
                return said.decode(errors="replace")
        finally:
            if process.returncode is None:
                process.kill()
    return ""
