"""The main screen among those of other servers: going to them, from the list, by keys, by name, by what needs one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, LinkStatus
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import SearchHit
from chat_tui.commands.context import Answer, More
from chat_tui.messages import ServerChosen
from chat_tui.screens.choices import Choice
from chat_tui.screens.found import FoundScreen
from chat_tui.screens.kept import KeptScreen
from chat_tui.screens.quitting import Quitting
from chat_tui.screens.walk import Spot
from chat_tui.views.conversations import urgencies
from chat_tui.views.lines import Line, Span
from chat_tui.views.link import link_trouble
from chat_tui.views.servers import table


class Roaming(Quitting):
    """What belongs to that."""

    leads_to = 0
    """Number of the other server to which the command that is under way leads; 0: to none."""
    _trouble: Answer | None = None
    """What was said last of a server that is not reached."""

    @override
    def take(self, batch: Batch) -> None:
        """See ChatView."""
        super().take(batch)
        self._say_trouble(batch.state)
        self.neighbours.changed()

    def _say_trouble(self, state: ClientState) -> None:
        """Say whole why nothing can be shown of this server, and how to leave it; once for each reason."""
        trouble = "" if state.conversations else link_trouble(state.link)
        if trouble and (self._trouble is None or self._trouble.title != trouble):
            self._trouble = Answer(trouble, [Line((Span(self._way_out(), "muted"),))], fault=True)
            self.answer(self._trouble)
        elif self._trouble is not None and (state.conversations or state.link.status is LinkStatus.ONLINE):
            if self.answers.answer is self._trouble:
                self.answers.dismiss()
            self._trouble = None

    def _way_out(self) -> str:
        if len(self.neighbours.all) < 2:
            return "It is tried again; /disconnect leaves."
        key = self.keymap.label("conversations.next_server").split(",")[0]
        return f"It is tried again; /disconnect leaves, {key} shows the next server."

    def on_server_chosen(self, event: ServerChosen) -> None:
        """Go there."""
        event.stop()
        self.go_to_server(event.server, event.conversation)

    def go_to_server(self, server: int, conversation: int | None = None) -> None:
        """Go to another server by hand: the walk through what needs one is over."""
        self.places.went_by_hand()
        self.neighbours.go(server, conversation)

    def action_go_to_server(self, server: int) -> None:
        """Go to a server by its number; for what can be clicked."""
        self.go_to_server(server)

    @override
    def action_step_server(self, by: int) -> None:
        """See BaseScreen; what is typed next is for the other one already."""
        if len(self.neighbours.all) > 1:
            self.composer.behind = 0
            self.places.went_by_hand()
            self.neighbours.step(by)
        else:
            self.answer(Answer("No other server is open; /connect opens one."))

    @override
    def action_next_unread(self) -> None:
        """See Walking: on whichever server it is; threads are gone to on this one."""
        if self.go_to_thread():
            return
        everywhere = {each.number: each.state for each in self.neighbours.others}
        everywhere[self.places.server] = self.bridge.state

        def exists(spot: Spot) -> bool:
            return spot.server in everywhere and spot.conversation in everywhere[spot.server].conversations

        there = self.places.walk.step(self.places.spot, self._waiting(), exists)
        if there is None:
            self.answer(Answer("Nothing is new elsewhere."))
        elif there.server == self.places.server:
            self.composer.behind = 0
            self.go(there.conversation)
        else:
            self.neighbours.go(there.server, there.conversation)

    def _waiting(self) -> Iterable[tuple[int, Spot]]:
        """Yield what needs one: of what is as urgent, that of this server comes first."""
        own = self.places.server
        for number, urgency in urgencies(self.bridge.state, self.places.begun):
            yield urgency, Spot(own, number)
        for each in self.neighbours.others:
            for number, urgency in urgencies(each.state, each.begun):
                yield urgency, Spot(each.number, number)

    def go_elsewhere(self, choice: Choice) -> None:
        """Go to what was chosen on another server."""
        self.go_to_server(choice.server, choice.number or None)

    # --- for commands

    def show_servers(self) -> None:
        """See Desk."""
        everything = self.neighbours.all
        words = "1 server is open" if len(everything) == 1 else f"{len(everything)} servers are open"
        self.answer(Answer(f"{words}; /server NAME goes to one, /connect opens another", table(everything)))

    def go_to_named(self, name: str) -> None:
        """See Desk."""
        number = self.neighbours.find(name).number
        self.leads_to = number if number != self.neighbours.number else 0
        self.go_to_server(number)

    def close_server(self, name: str) -> None:
        """See Desk."""
        number = self.neighbours.find(name).number if name else self.neighbours.number
        if number == self.neighbours.number:
            self.go_away("disconnect", lambda: self.neighbours.close(number))
        else:
            self.neighbours.close(number)

    @override
    def show_found(self, query: str, found: SearchResults, more: More | None = None) -> None:
        """See ChatView."""
        if self.neighbours.shown:
            self.app.push_screen(FoundScreen(self.bridge, query, found, self.open_soon, more))
        else:  # it would lie over another server's screen
            self.answer(Answer("The search is done: the same again shows what it found."))

    @override
    def show_kept(self, title: str, hits: Sequence[SearchHit]) -> None:
        """See ChatView."""
        if self.neighbours.shown:
            self.app.push_screen(KeptScreen(self.bridge, title, hits, self.open_soon))
