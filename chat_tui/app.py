"""The full-screen client: joins screens, this computer's own server and what is remembered. Wiring only.

The first frame is drawn before anything is connected.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as replace_fields
from textual import events
from textual.app import App
from textual.screen import Screen
from typing_extensions import override

from chat_core.base.errors import ChatError
from chat_core.client.state.model import ClientState
from chat_tui.app_glances import AppGlances
from chat_tui.commands.context import Answer
from chat_tui.config import Settings
from chat_tui.keys import Keymap
from chat_tui.keys.repair import repair
from chat_tui.live_page import NotOurs, PageWanted
from chat_tui.screens.base import BaseScreen, HelpWanted
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.walk import AT_THE_DOOR, Spot, exists, waiting
from chat_tui.views.clean import drawable_line
from chat_tui.views.columns import BREAKPOINTS, HEIGHTS
from chat_tui.views.lines import Line, Span

if TYPE_CHECKING:
    from chat_tui.screens.start import StartScreen

_log = logging.getLogger(__name__)


class ChatApp(AppGlances, App[None], inherit_bindings=False, inherit_css=False):
    """The application."""

    # In place of the toolkit's, which is for what is maximized, disabled, or drawn in the terminal's own colours.
    DEFAULT_CSS = "ChatApp { background: $background; color: $foreground; }"

    TITLE = "chat"
    CSS_PATH = Path(__file__).parent / "styles" / "main.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(
        self,
        choice: Goal | None,
        *,
        config: Path,
        data: Path,
        outbox: Path,
        theme: str = "",
        title: str = "",
        page: PageWanted | None = None,
        settings: Settings | None = None,
        keymap: Keymap | None = None,
        on_settled: Callable[[], object] | None = None,
        further: Sequence[Goal] = (),
        reopened: bool = False,
    ) -> None:
        """Make the application.

        Args:
            choice: where to go at once; None: the start screen.
            config: folder for what is remembered.
            data: folder of this computer's own server.
            outbox: folder for messages that are not sent yet.
            theme: name of a look; empty: the default.
            title: what to call this computer's own server; empty: that.
            page: the live page to begin at once; None: none.
            settings: what the user has set; None: nothing.
            keymap: the keys in use; None: the default ones.
            on_settled: called once, when somebody was let in and that was drawn: what there is now stays.
            further: servers to open besides, in the background.
            reopened: whether all of them were open at the end of the program before.

        Raises:
            UsageFault: the data folder's path is too long.
        """
        repair()
        keymap = keymap or Keymap()
        super().__init__(config, settings or Settings(), theme, data=data, outbox=outbox, keymap=keymap, title=title)
        self.set_keymap(keymap.changed)
        self._conflicts = keymap.conflicts
        self._choice = choice
        self._later = further
        self._reopened = reopened
        self._on_settled = on_settled
        self._page_wanted = page
        self._own_loop: asyncio.AbstractEventLoop | None = None
        self._told_to_leave = False

    # --- what the toolkit asks for

    @override
    def get_default_screen(self) -> Screen[Any]:
        """See App."""
        screen = self._first_screen()
        # The toolkit gives this to every screen but the first, and takes it from each that is switched away.
        screen._push_result_callback(screen, None)
        self.go_on_in(screen)
        return screen

    @override
    async def on_event(self, event: events.Event) -> None:
        """See App: what is typed shows that somebody is there, and goes where one writes, come what may.

        The toolkit gives the focus to nothing while the window has none, also on screens that come in the meantime.
        """
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.app_focus = True
            self.alerter.key_pressed()
            if self._hush.drops(event):
                return
            if isinstance(self.screen, BaseScreen):
                self.screen.regain_focus()
            for server in self._row:
                if server.visit is not None:
                    server.visit.idling.key()
            if self._row.shown is not None and self._row.shown.visit is not None:
                self._row.shown.visit.bridge.key_pressed()
        await super().on_event(event)

    def on_app_blur(self) -> None:
        """Note that nobody looks."""
        self.alerter.focus(has=False)

    def on_app_focus(self) -> None:
        """Look after the connection when somebody comes back to the window."""
        self.alerter.focus(has=True)
        for server in self._row:
            if server.visit is not None:
                server.visit.bridge.wake()

    @override
    async def on_mount(self) -> None:
        """Know the loop, for `exit_from_anywhere`, and begin the live page."""
        self._own_loop = asyncio.get_running_loop()
        if self._told_to_leave:
            self.exit()
        wanted = self._page_wanted
        if wanted is not None:
            try:
                await self._page.begin(wanted.file, ClientState(), over=wanted.over)
            except ChatError as fault:
                self._say(str(fault), fault=True)

    def exit_from_anywhere(self) -> None:
        """Leave in good order, with the terminal as it was; may be called too early, by a signal, or by a thread."""
        self._told_to_leave = True
        if self._own_loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._own_loop.call_soon_threadsafe(self.exit)

    async def on_unmount(self) -> None:
        """Say goodbye."""
        await asyncio.gather(*(each.visit.end() for each in self._row if each.visit is not None))
        await self._page.end()
        self._embedded.let_go()

    # --- where to

    async def on_start_screen_chosen(self, event: StartScreen.Chosen) -> None:
        """Go there, with a page if one was asked for."""
        if event.file and (self._page.path is None or event.file != str(self._page.path)):
            wanted = PageWanted(event.file, over=self._page_wanted == PageWanted(event.file))
            try:
                await self._page.begin(wanted.file, ClientState(), over=wanted.over)
            except NotOurs as fault:
                self._page_wanted = replace_fields(wanted, over=False)
                event.screen.say(f"{fault} Enter again writes over it.")
                return
            except ChatError as fault:
                event.screen.say(str(fault))
                return
        self.open_server(Goal(event.address, event.name, event.link))

    def on_help_wanted(self, event: HelpWanted) -> None:
        """Show the help."""
        from chat_tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(event.topic, self._keys.keys))

    def on_next_wanted(self) -> None:
        """Go to what needs the user next, from a screen that asks something."""
        servers, shown = self._row.views(), self._row.shown
        here = Spot(shown.number, AT_THE_DOOR) if shown is not None else None
        there = self._row.walk.step(here, waiting(servers), partial(exists, servers))
        if there is None:
            self._say("Nothing is new elsewhere.")
        else:
            self._row.go(there.server, there.conversation or None)

    @override
    def on_chat_screen_drawn(self, event: ChatScreen.Drawn) -> None:
        """Tell what is wrong with the settings, now that there is a place for it. AppServers' is called, too."""
        for title, faults in (("Keys that mean two things:", self._conflicts), ("Themes:", self.theme_faults)):
            if faults:
                lines = [Line((Span(drawable_line(each), "muted"),)) for each in faults]
                event.screen.answer(Answer(title, lines, fault=True))
        self._conflicts = self.theme_faults = ()

    def _first_screen(self) -> BaseScreen:
        """Return the screen of the first server to go to, else the start screen."""
        if self._choice is None:
            return self._start_screen()
        server = self._row.add(self._choice)
        server.lasts = self._reopened
        server.patient = self._reopened and bool(self._later)
        self._enter(server, begin=False)
        self._row.show(server)
        assert server.screen is not None, "it was given one"
        return server.screen
