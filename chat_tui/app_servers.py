"""The application and the servers that are open in it: opening, showing, asking, leaving, and remembering them.

One of them is on the screen, or the start screen is. The others stay as they are, with their screens, and whatever
becomes of one of them is told where somebody looks, in a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from typing_extensions import override

from chat_core.base.clock import SystemClock
from chat_core.base.errors import UsageFault
from chat_core.base.tasks import spawn
from chat_core.transport.urls import Invitation, parse_invitation
from chat_tui import storage
from chat_tui.app_base import AppBase
from chat_tui.bridge import KNOWN, Way
from chat_tui.commands.context import Answer
from chat_tui.config import Settings
from chat_tui.embedded import Embedded
from chat_tui.keys import Keymap
from chat_tui.live_page import LivePage
from chat_tui.messages import AlertWanted
from chat_tui.paths import HERE
from chat_tui.screens.asking import Asking
from chat_tui.screens.base import BaseScreen, QuitWanted, ServerStepped
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.desk import ServerWanted, SignInWanted, SignOutWanted
from chat_tui.screens.door import Door
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.hush import Hush
from chat_tui.screens.later import start_screen
from chat_tui.screens.open_servers import Beside, OpenServer, OpenServers
from chat_tui.screens.quitting import in_words as unsent_in_words
from chat_tui.screens.visit import Visit, asks_first, other_key
from chat_tui.storage import KnownServer
from chat_tui.views.alerts import with_server
from chat_tui.views.clean import drawable_line

if TYPE_CHECKING:
    from chat_tui.screens.signing_in import SignInScreen
    from chat_tui.screens.start import StartScreen
    from chat_tui.screens.trust import StopScreen, TrustScreen


class AppServers(AppBase):
    """See the module's head.

    Args: see `ChatApp`.

    Raises:
        UsageFault: the data folder's path is too long.
    """

    def __init__(
        self, config: Path, settings: Settings, theme: str, *, data: Path, outbox: Path, keymap: Keymap, title: str
    ) -> None:
        super().__init__(config, settings, theme)
        self._keys = keymap
        self._outbox = outbox
        self._title_here = title
        self._embedded = Embedded(data)
        self._servers = storage.load(config)
        self._row = OpenServers(self._show, self._close)
        self._later: Sequence[Goal] = ()
        self._reopened = False
        self._page = LivePage(partial(self._say, fault=True))
        self._door = Door(self._row, config, self._page, give=self._give, enter=self._enter, close=self._close)
        self._asking, self._hush = Asking(SystemClock()), Hush(SystemClock())
        self._on_settled: Callable[[], object] | None = None

    @property
    def row(self) -> OpenServers:
        """The servers that are open."""
        return self._row

    # --- where to

    def on_server_wanted(self, event: ServerWanted) -> None:
        """Go to another server, or to the start screen to choose one."""
        if not event.server:
            self._show_start()
            return
        try:
            link = None if event.server == HERE else parse_invitation(event.server)
        except UsageFault as fault:
            self._say(str(fault), fault=True)
            return
        address = HERE if link is None else str(link.address)
        found = self._row.at(address)
        if found is not None:
            self._revisit(found, link)
        else:
            self.open_server(Goal(address, self._servers.name_for(address), link))

    def open_server(self, choice: Goal, *, show: bool = True, reopened: bool = False) -> None:
        """Go to a server, which is opened if it is not open under that name.

        Args:
            choice: where, and as whom.
            show: whether it is to be on the screen.
            reopened: whether it was open at the end of the program before; it is waited for, then.
        """
        found = self._row.at(choice.address, choice.name)
        if found is not None:
            self._revisit(found, choice.link)
            return
        server = self._row.add(choice)
        server.lasts = server.patient = reopened
        try:
            self._enter(server)
        except UsageFault as fault:  # what is remembered is no address
            self._row.remove(server)
            self._say(str(fault), fault=True)
            return
        if show:
            self._show(server)

    def on_trust_screen_decided(self, event: TrustScreen.Decided) -> None:
        """Go to a server that was unknown, or leave it."""
        self._door.decided(event)

    def on_sign_in_screen_wanted(self, event: SignInScreen.Wanted) -> None:
        """Go there in that way."""
        self._door.wanted(event)

    def on_sign_in_screen_left(self, event: SignInScreen.Left | StopScreen.Left) -> None:
        """Leave the server that asked, or that was stopped at."""
        self._door.left(event)

    on_stop_screen_left = on_sign_in_screen_left

    def on_start_screen_left(self) -> None:
        """Go back to where one was, if that is anywhere."""
        if self._row.latest is not None:
            self._show(self._row.latest)

    def on_sign_in_wanted(self, event: SignInWanted) -> None:
        """Be somebody else on the same server, or choose whom."""
        server = self._row.shown
        if server is None:
            return
        there = self._row.at(server.choice.address, event.name) if event.name else None
        if not event.name:
            self._close(server, start=True)
        elif there is not None and there is not server and not event.register:
            self._close(server)
            self._show(there)
        else:
            server.choice = Goal(server.choice.address, event.name)
            if event.register:
                welcome = server.visit.bridge.welcome if server.visit is not None else None
                self._door.ask(server, "", welcome, way=Way("register"))
            else:
                server.way = KNOWN
                self._enter(server)

    def on_sign_out_wanted(self, event: SignOutWanted) -> None:
        """Be nobody on that server."""
        server = self._row.shown
        if server is not None:
            visit, server.visit = server.visit, None
            if visit is not None:
                spawn("sign out", visit.sign_out())
            self._close(server, note="You are signed out.")

    def on_server_stepped(self, event: ServerStepped) -> None:
        """Go to the next or previous server in the row."""
        if len(self._row) > 1 or self._row.shown is None:
            self._row.step(event.by, self._row.shown)

    def on_chat_screen_drawn(self, event: ChatScreen.Drawn) -> None:
        """Connect, now that there is something to look at; then those that are not looked at."""
        for server in self._row:
            if server.visit is not None and server.visit.screen is event.screen:
                spawn("visit", server.visit.begin())
        later, self._later = self._later, ()
        for choice in later:
            self.open_server(choice, show=False, reopened=self._reopened)

    # --- leaving

    def on_quit_wanted(self, event: QuitWanted) -> None:
        """Leave the program, having asked if something is not sent yet."""
        unsent = unsent_in_words(self._row.unsent())
        if unsent and not self._asking.meant("quit"):
            self._asking.ask("quit")
            self._say(f"{unsent}The same key again quits.")
        else:
            self.exit()

    # --- telling

    @override
    def on_alert_wanted(self, event: AlertWanted) -> None:
        """Say where it was, if that can be several servers; the toolkit calls what AppBase does about it after this."""
        if len(self._row) > 1:
            event.alert = with_server(event.alert, event.server)

    @override
    def tell_setting(self, sentence: str, *, fault: bool = False) -> None:
        """See AppBase: where one looks."""
        if self._row.shown is not None and self.screen is self._row.shown.chat:
            self._say(sentence, fault=fault)
        else:
            super().tell_setting(sentence, fault=fault)

    def _say(self, sentence: str, *, fault: bool = False) -> None:
        """Say something where one looks."""
        chat = self._row.shown.chat if self._row.shown is not None else None
        if chat is not None:
            chat.answer(Answer(drawable_line(sentence), fault=fault, unasked=fault))
        elif isinstance(self.screen, BaseScreen):
            self.screen.tell(sentence)

    @override
    def kept_screens(self) -> Sequence[Screen[Any]]:
        """See AppBase: those of the servers that are not on the screen, too."""
        hidden = [each.screen for each in self._row if each.screen is not None and each.screen.is_running]
        return [*self.screen_stack, *(screen for screen in hidden if screen not in self.screen_stack)]

    # --- how

    def _show(self, server: OpenServer, conversation: int | None = None) -> None:
        """Have a server on the screen, and a conversation of it."""
        before, screen = self._row.shown, server.screen
        if screen is not None and (before is not server or screen not in self.screen_stack):
            self._row.show(server)
            if server.chat is not None and screen.is_running:
                self._page.turn_to(server.state, f"At {server.title} as {server.choice.name}.")
                server.chat.show_around()
            self._put_on_screen(screen)
        if conversation is not None and server.chat is not None and conversation in server.state.conversations:
            server.chat.going.go(conversation)

    def _show_start(self, complaint: str = "", note: str = "", tried: Goal | None = None) -> None:
        if tried is None and self._row.shown is not None:
            tried = self._row.shown.choice
        self._row.show(None)
        if complaint or note:
            self._page.tell(complaint or note, fault=bool(complaint))
        self._put_on_screen(self._start_screen(complaint, note, tried))

    def _put_on_screen(self, screen: BaseScreen) -> None:
        while len(self.screen_stack) > 1:  # what lies over a screen belongs to it
            self.pop_screen()
        self.switch_screen(screen)

    def _start_screen(self, complaint: str = "", note: str = "", tried: Goal | None = None) -> StartScreen:
        back = len(self._row) > 0
        return start_screen(self._servers, tried, self._page.path, complaint=complaint, note=note, back=back)

    def _revisit(self, server: OpenServer, link: Invitation | None) -> None:
        """Go to a server that is open, and where a link leads there."""
        if link is not None and link.pin and (wrong := other_key(self._config, link)):
            self._say(wrong, fault=True)
            return
        self._show(server)
        if link is not None and link.channel and server.chat is not None:
            server.chat.errands.join(link.channel)

    def _enter(self, server: OpenServer, *, begin: bool = True) -> None:
        """Begin a stay, or ask for more where a link invites somebody who is not in yet.

        Args:
            server: where.
            begin: whether it connects by itself; else when its screen was drawn.

        Raises:
            UsageFault: there can be no such address.
        """
        choice = server.choice
        if server.way.kind == "known" and asks_first(choice, self._config):
            self._door.ask(server, "", None, way=Way("register"))
            return
        visit = Visit(
            choice,
            self._embedded,
            self._servers,
            page=self._page,
            settings=self._settings,
            title=self._title_here if choice.address == HERE else "",
            on_known=partial(self._remember, server),
            on_end=partial(self._close, server),
            on_untrusted=partial(self._door.distrust, server),
            on_asked=partial(self._door.ask, server),
            way=server.way,
            config=self._config,
            outbox=self._outbox,
            keymap=self._keys,
            neighbours=Beside(self._row, server),
            patient=server.patient,
        )
        self._page.moved(f"Connecting to {in_words(choice.address)} as {choice.name}.")
        self._give(server, visit.screen, visit)
        if begin:
            spawn("visit", self._begin(server, visit))

    async def _begin(self, server: OpenServer, visit: Visit) -> None:
        """Connect as soon as what comes finds a screen, whether that is looked at or not."""
        if server.visit is visit:
            await self._get_screen(visit.screen)[1]  # mounts it, if that is not done yet
            await visit.begin()

    def _give(self, server: OpenServer, screen: BaseScreen, visit: Visit | None = None) -> None:
        """Give a server another screen, and end the stay that it showed before."""
        before, server.screen = server.screen, screen
        old, server.visit = server.visit, visit
        # Else the toolkit would take it away as soon as another one is shown.
        self.install_screen(screen, f"server {server.number} {id(screen)}")
        if old is not None:
            spawn("end visit", old.end())
        if self._row.shown is server:
            self._put_on_screen(screen)
        if before is not None:
            self._drop(before)
        self._row.changed(server)

    def _drop(self, screen: BaseScreen) -> None:
        """Let go of the screen of a server."""
        self.uninstall_screen(screen)
        if screen not in self.screen_stack and screen.is_running:
            screen.remove()

    def _close(self, server: OpenServer, complaint: str = "", note: str = "", *, start: bool = False) -> None:
        """Leave a server for the one before it, or for the start screen if there is none, and say why."""
        was_shown = self._row.shown is server
        visit, screen = server.visit, server.screen
        self._row.remove(server)
        if visit is not None:
            spawn("end visit", visit.end())
        self._note_open()
        there = None if start else self._row.latest
        if was_shown and there is None:
            self._show_start(complaint, note, server.choice)
        elif was_shown and there is not None:
            self._show(there)
            self._hush.begin(unasked=bool(complaint))
            if complaint and there.chat is not None:
                there.chat.roaming.put_back()
        if screen is not None:
            self._drop(screen)
        if (complaint or note) and not (was_shown and there is None):
            self._say(f"Left {in_words(server.choice.address)}: {complaint or note}", fault=bool(complaint))
        self._row.changed(None)

    def _remember(self, server: OpenServer, name: str) -> None:
        """Remember that somebody is there, and as whom."""
        server.choice, server.way, server.lasts = Goal(server.choice.address, name), KNOWN, True
        # Read again: another window of the same person may have been somewhere meanwhile.
        self._servers = storage.load(self._config).used(server.choice.address, name)
        self._note_open()
        self.call_after_refresh(self.measure_emoji)
        if self._on_settled is not None:
            self.call_after_refresh(self._on_settled)
            self._on_settled = None

    def _note_open(self) -> None:
        """Remember which servers are open."""
        lasting = [KnownServer(each.choice.address, each.choice.name) for each in self._row if each.lasts]
        self._servers = self._servers.with_those_of(storage.load(self._config)).opened(lasting)
        try:
            storage.save(self._config, self._servers)
        except OSError as error:
            sentence = f"{self._config} cannot be written ({error.strerror}): this server will not be remembered."
            self._say(sentence, fault=True)
