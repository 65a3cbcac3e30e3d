"""The servers that are open, in a row: which of them is on the screen, and what each may know of the others.

Shows nothing by itself: whoever has the row is told where somebody wants to go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from typing_extensions import override

from chat_core.client.state.model import ClientState
from chat_tui.bridge import KNOWN, Way
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal, in_words
from chat_tui.screens.neighbours import Neighbours, Unsent
from chat_tui.screens.visit import Visit
from chat_tui.screens.walk import Walk
from chat_tui.views.servers import Elsewhere
from chat_tui.widgets.composer import Composer


class OpenServer:
    """One of them.

    Args:
        number: of it, for as long as the program runs.
        choice: where, and as whom.
        way: how to get in.
    """

    def __init__(self, number: int, choice: Goal, way: Way = KNOWN) -> None:
        self.number = number
        self.choice = choice
        self.way = way
        self.visit: Visit | None = None
        """The stay there; None: there is something to be answered first."""
        self.screen: BaseScreen | None = None
        """What is shown of it: the main screen, or a question."""
        self.lasts = False
        """Whether the next start is to open it, too."""
        self.patient = False
        """Whether it is waited for when nobody can reach it."""

    @property
    def chat(self) -> ChatScreen | None:
        """Its main screen; None: it shows a question."""
        return self.visit.screen if self.visit is not None else None

    @property
    def state(self) -> ClientState:
        """What is known of it."""
        return self.visit.bridge.state if self.visit is not None else ClientState()

    @property
    def title(self) -> str:
        """What it is called, for people."""
        return self.chat.title_here if self.chat is not None else in_words(self.choice.address)

    @property
    def question(self) -> str:
        """What it waits for, a few words; empty: nothing."""
        return self.screen.QUESTION if self.screen is not None else ""


class OpenServers:
    """See the module's head.

    Args:
        go: told to show one, and a conversation there.
        close: told to leave one.
    """

    def __init__(self, go: Callable[[OpenServer, int | None], object], close: Callable[[OpenServer], object]) -> None:
        self._go = go
        self._close = close
        self._servers: list[OpenServer] = []
        self._recent: list[OpenServer] = []
        self._numbers = 0
        self.shown: OpenServer | None = None
        """The one on the screen; None: another screen is."""
        self.walk = Walk()
        """The walk through what needs one, over all of them."""
        self.on_change: Callable[[], object] = lambda: None
        """Told that one of them may be another thing now, or that another one is on the screen."""

    def __iter__(self) -> Iterator[OpenServer]:
        """Iterate over them, in the order in which they were opened."""
        return iter(tuple(self._servers))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._servers)

    def add(self, choice: Goal, way: Way = KNOWN) -> OpenServer:
        """Put one at the end of the row."""
        self._numbers += 1
        server = OpenServer(self._numbers, choice, way)
        self._servers.append(server)
        self._recent.insert(0, server)
        return server

    def remove(self, server: OpenServer) -> None:
        """Take one out of the row."""
        self._servers.remove(server)
        self._recent.remove(server)
        if self.shown is server:
            self.shown = None
        self.on_change()

    def show(self, server: OpenServer | None) -> None:
        """Note which one is on the screen."""
        self.shown = server
        if server is not None:
            self._recent.remove(server)
            self._recent.append(server)
        self.on_change()

    @property
    def latest(self) -> OpenServer | None:
        """The one that was on the screen last; None: there is none."""
        return self._recent[-1] if self._recent else None

    def at(self, address: str, name: str = "") -> OpenServer | None:
        """Return the one at an address, as somebody if a name is given; None: it is not open."""
        found = [each for each in reversed(self._recent) if each.choice.address == address]
        wanted = name.casefold()
        return next((each for each in found if not name or each.choice.name.casefold() == wanted), None)

    def of_screen(self, screen: object) -> OpenServer | None:
        """Return the one that shows a screen; None: none does."""
        return next((each for each in self._servers if each.screen is screen), None)

    def views(self) -> tuple[Elsewhere, ...]:
        """Return all of them as values."""
        return tuple(map(self._view, self._servers))

    def go(self, number: int, conversation: int | None = None) -> None:
        """Show one by its number, if it is still open."""
        for each in self._servers:
            if each.number == number:
                self._go(each, conversation)
                return

    def step(self, by: int, start: OpenServer | None) -> None:
        """Show the one `by` places further in the row than another, around its ends."""
        if self._servers:
            at = self._servers.index(start) if start in self._servers else -1 if by > 0 else 0
            self._go(self._servers[(at + by) % len(self._servers)], None)

    def close(self, number: int) -> None:
        """Leave one by its number, if it is still open."""
        for each in self._servers:
            if each.number == number:
                self._close(each)
                return

    def unsent(self, but: OpenServer | None = None) -> Unsent:
        """Return what is not sent yet, without that of one of them if one is given."""
        total = Unsent()
        for each in self._servers:
            if each is not but and each.chat is not None:
                total += each.chat.quitting.unsent
        return total

    def changed(self, server: OpenServer | None) -> None:
        """Let the one on the screen show what another one is like now."""
        self.on_change()
        if self.shown is not None and self.shown is not server and self.shown.chat is not None:
            self.shown.chat.show_around()

    def _view(self, server: OpenServer) -> Elsewhere:
        double = sum(each.choice.address == server.choice.address for each in self._servers) > 1
        title = f"{server.title} ({server.choice.name})" if double else server.title
        begun = server.chat.places.begun if server.chat is not None else frozenset()
        return Elsewhere(server.number, title, server.state, server.question, begun, server is self.shown)


class Beside(Neighbours):
    """The others, for the screen of one of them.

    Args:
        row: all of them.
        server: the one.
    """

    def __init__(self, row: OpenServers, server: OpenServer) -> None:
        super().__init__()
        self.walk = row.walk
        self.number = server.number
        self._row = row
        self._server = server

    @property
    @override
    def shown(self) -> bool:
        """See Neighbours."""
        return self._row.shown is self._server

    @property
    @override
    def patient(self) -> bool:
        """See Neighbours."""
        return self._server.patient or self._server.state.me is not None

    @property
    @override
    def all(self) -> Sequence[Elsewhere]:
        """See Neighbours."""
        return self._row.views()

    @property
    @override
    def unsent(self) -> Unsent:
        """See Neighbours."""
        return self._row.unsent(but=self._server)

    @override
    def changed(self) -> None:
        """See Neighbours."""
        self._row.changed(self._server)

    @override
    def noted(self) -> None:
        """See Neighbours."""
        self._row.on_change()

    @override
    def go(self, server: int, conversation: int | None = None) -> None:
        """See Neighbours."""
        self._row.go(server, conversation)

    @override
    def hand_on(self, line: Composer.Entered, server: int) -> bool:
        """See Neighbours."""
        there = next((each for each in self._row if each.number == server), None)
        if there is None or there.chat is None:
            return False
        there.chat.entering.take_handed_on(line)
        return True

    @override
    def step(self, by: int) -> None:
        """See Neighbours."""
        self._row.step(by, self._server)

    @override
    def close(self, server: int) -> None:
        """See Neighbours."""
        self._row.close(server)
