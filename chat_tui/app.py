"""The full-screen client: joins screens, this computer's own server and what is remembered. Wiring only.

The first frame is drawn before anything is connected.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual import events
from textual.screen import Screen
from typing_extensions import override

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.tasks import spawn
from chat_core.client.errors import Untrusted
from chat_core.client.state.model import ClientState
from chat_core.protocol.requests.session import Welcome
from chat_core.transport.urls import parse_invitation
from chat_tui import storage
from chat_tui.app_base import AppBase
from chat_tui.bridge import KNOWN, Way
from chat_tui.commands.context import Answer
from chat_tui.config import Settings
from chat_tui.embedded import Embedded
from chat_tui.keys import Keymap
from chat_tui.keys.repair import repair
from chat_tui.live_page import LivePage, NotOurs, PageWanted
from chat_tui.screens.base import BaseScreen, HelpWanted
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.chat_view import ChatView
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.signing_in import SignInScreen
from chat_tui.screens.start import StartScreen
from chat_tui.screens.start_parts import in_words
from chat_tui.screens.trust import StopScreen, TrustScreen
from chat_tui.screens.visit import Choice, Visit, asks_first, trust
from chat_tui.storage import HERE
from chat_tui.views.clean import drawable_line
from chat_tui.views.columns import BREAKPOINTS, HEIGHTS
from chat_tui.views.lines import Line, Span

_log = logging.getLogger(__name__)


class ChatApp(AppBase, inherit_bindings=False):
    """The application."""

    TITLE = "chat"
    CSS_PATH = Path(__file__).parent / "styles" / "main.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(
        self,
        choice: Choice | None,
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

        Raises:
            UsageFault: the data folder's path is too long.
        """
        repair()
        super().__init__(config, settings or Settings(), theme)
        self._keys = keymap or Keymap()
        self.set_keymap(self._keys.changed)
        self._conflicts = self._keys.conflicts
        self._outbox = outbox
        self._servers = storage.load(config)
        self._embedded = Embedded(data)
        self._choice = choice
        self._way = KNOWN
        self._title_here = title
        self._on_settled = on_settled
        self._page = LivePage(self._page_fault)
        self._page_wanted = page
        self._visit: Visit | None = None
        self._own_loop: asyncio.AbstractEventLoop | None = None

    # --- what the toolkit asks for

    @override
    def get_default_screen(self) -> Screen[Any]:
        """See App."""
        screen = self._start_screen() if self._choice is None else self._first_screen(self._choice)
        # The toolkit gives this to every screen but the first, and takes it from each that is switched away.
        screen._push_result_callback(screen, None)
        return screen

    @override
    async def on_event(self, event: events.Event) -> None:
        """See App: what is typed shows that somebody is there, and goes where one writes, come what may.

        The toolkit gives the focus to nothing while the window has none, also on screens that come in the meantime.
        """
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.app_focus = True
            self.alerter.key_pressed()
            if isinstance(self.screen, BaseScreen):
                self.screen.regain_focus()
            if self._visit is not None:
                self._visit.bridge.key_pressed()
                self._visit.idling.key()
        await super().on_event(event)

    def on_app_blur(self) -> None:
        """Note that nobody looks."""
        self.alerter.focus(has=False)

    def on_app_focus(self) -> None:
        """Look after the connection when somebody comes back to the window."""
        self.alerter.focus(has=True)
        if self._visit is not None:
            self._visit.bridge.wake()

    async def on_mount(self) -> None:
        """Know the loop, for `exit_from_anywhere`, and begin the live page."""
        self._own_loop = asyncio.get_running_loop()
        wanted = self._page_wanted
        if wanted is not None:
            try:
                await self._page.begin(wanted.file, ClientState(), over=wanted.over)
            except ChatError as fault:
                self._page_fault(str(fault))

    def exit_from_anywhere(self) -> None:
        """Leave in good order, with the terminal as it was; may be called by a signal or another thread."""
        if self._own_loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._own_loop.call_soon_threadsafe(self.exit)

    async def on_unmount(self) -> None:
        """Say goodbye."""
        if self._visit is not None:
            await self._visit.end()
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
                self._page_wanted = wanted._replace(over=False)
                event.screen.say(f"{fault} Enter again writes over it.")
                return
            except ChatError as fault:
                event.screen.say(str(fault))
                return
        self._go(Choice(event.address, event.name, event.link))

    def on_trust_screen_decided(self, event: TrustScreen.Decided) -> None:
        """Go to a server that was unknown, or back."""
        choice = self._choice
        if not event.trusted or choice is None:
            self._go_back("")
            return
        try:
            trust(self._config, choice.address, event.pin)
        except ChatError as fault:
            self._go_back(str(fault))
        else:
            self._go(choice, self._way)

    def on_sign_in_screen_wanted(self, event: SignInScreen.Wanted) -> None:
        """Go there in that way."""
        assert self._choice is not None, "it was asked for a server"
        self._go(self._choice._replace(name=event.name), event.way)

    def on_sign_in_screen_left(self) -> None:
        """Go back to where one chooses."""
        self._go_back("")

    def on_stop_screen_left(self) -> None:
        """Go back to where one chooses."""
        self._go_back("")

    def on_chat_screen_sign_in_wanted(self, event: ChatScreen.SignInWanted) -> None:
        """Be somebody else on the same server, or choose whom."""
        if event.name and self._choice is not None:
            self._choice = Choice(self._choice.address, event.name)
            if event.register:
                self._ask("", self._visit.bridge.welcome if self._visit is not None else None, Way("register"))
            else:
                self._go(self._choice)
        else:
            self._go_back("")

    def on_chat_screen_sign_out_wanted(self, event: ChatScreen.SignOutWanted) -> None:
        """Be nobody."""
        visit, self._visit = self._visit, None
        if visit is not None:
            spawn("sign out", visit.sign_out())
        self._go_back("", note="You are signed out.")

    def on_chat_screen_server_wanted(self, event: ChatScreen.ServerWanted) -> None:
        """Go to another server, or to the start screen to choose one."""
        if not event.server:
            self._go_back("")
            return
        try:
            link = None if event.server == HERE else parse_invitation(event.server)
        except UsageFault as fault:
            if self._visit is not None:
                self._visit.screen.answer(Answer(str(fault), fault=True))
            return
        address = HERE if link is None else str(link.address)
        self._go(Choice(address, self._servers.name_for(address), link))

    @override
    def tell_setting(self, sentence: str, *, fault: bool = False) -> None:
        """See AppBase: where one looks."""
        if self._visit is not None and self.screen is self._visit.screen:
            self._visit.screen.answer(Answer(sentence, fault=fault))
        else:
            super().tell_setting(sentence, fault=fault)

    def on_help_wanted(self, event: HelpWanted) -> None:
        """Show the help."""
        self.push_screen(HelpScreen(event.topic, self._keys.keys))

    def on_chat_view_drawn(self, event: ChatView.Drawn) -> None:
        """Connect, now that there is something to look at."""
        if self._visit is not None and event.view is self._visit.screen:
            spawn("visit", self._visit.begin())
            for title, faults in (("Keys that mean two things:", self._conflicts), ("Themes:", self.theme_faults)):
                if faults:
                    lines = [Line((Span(drawable_line(each), "muted"),)) for each in faults]
                    self._visit.screen.answer(Answer(title, lines, fault=True))
            self._conflicts = self.theme_faults = ()

    def _go(self, choice: Choice, way: Way = KNOWN) -> None:
        self._choice, self._way = choice, way
        self._part()
        self.switch_screen(self._first_screen(choice))

    def _first_screen(self, choice: Choice) -> BaseScreen:
        """Return the form where a link invites somebody who is not in yet, else the screen of a visit."""
        if self._way.kind == "known" and asks_first(choice, self._config):
            return SignInScreen(choice, None, Way("register"))
        self._page.moved(f"Connecting to {in_words(choice.address)} as {choice.name}.")
        return self._visiting(choice).screen

    def _ask(self, complaint: str, welcome: Welcome | None, way: Way | None = None) -> None:
        """Let the user say how to get in."""
        assert self._choice is not None, "a visit has begun with one"
        way = way or self._way
        self._part()
        self._way = KNOWN
        if complaint:
            self._page.tell(complaint, fault=True)
        self.switch_screen(SignInScreen(self._choice, welcome, way, complaint))

    def _go_back(self, complaint: str, note: str = "") -> None:
        self._part()
        self._way = KNOWN
        if complaint or note:
            self._page.tell(complaint or note, fault=bool(complaint))
        self.switch_screen(self._start_screen(complaint, note))

    def _page_fault(self, sentence: str) -> None:
        if self._visit is not None:
            self._visit.screen.answer(Answer(sentence, fault=True))
        else:
            self.notify(sentence, severity="error")

    def _distrust(self, why: Untrusted) -> None:
        """Let the user decide about a server that is not known; stop at one that is not the right one."""
        assert self._choice is not None, "a visit has begun with one"
        self._part()
        self.switch_screen(TrustScreen(self._choice.address, why.pin) if why.unknown else StopScreen(str(why)))

    def _part(self) -> None:
        visit, self._visit = self._visit, None
        if visit is not None:
            spawn("end visit", visit.end())

    def _visiting(self, choice: Choice) -> Visit:
        self._visit = Visit(
            choice,
            self._embedded,
            self._servers,
            page=self._page,
            settings=self._settings,
            title=self._title_here if choice.address == HERE else "",
            on_known=self._remember,
            on_end=self._go_back,
            on_untrusted=self._distrust,
            on_asked=self._ask,
            way=self._way,
            config=self._config,
            outbox=self._outbox,
            keymap=self._keys,
        )
        return self._visit

    def _start_screen(self, complaint: str = "", note: str = "") -> StartScreen:
        tried = self._choice
        return StartScreen(
            self._servers,
            complaint=complaint,
            note=note,
            file=str(self._page.path or ""),
            address=tried.address if tried is not None else None,
            name=tried.name if tried is not None else "",
        )

    def _remember(self, name: str) -> None:
        """Remember where one is and as whom."""
        if self._visit is None:
            return
        self._choice, self._way = Choice(self._visit.choice.address, name), KNOWN
        self._servers = self._servers.used(self._choice.address, name)
        try:
            storage.save(self._config, self._servers)
        except OSError as error:
            sentence = f"{self._config} cannot be written ({error.strerror}): this server will not be remembered."
            self._visit.screen.answer(Answer(sentence, fault=True))
        if self._on_settled is not None:
            self.call_after_refresh(self._on_settled)
            self._on_settled = None
