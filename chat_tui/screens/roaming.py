"""Going to other servers that are open: from the list, by keys, by name, by what needs one."""

from __future__ import annotations

from functools import partial
from typing import Final, Protocol

from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, LinkStatus
from chat_tui.commands.context import Answer
from chat_tui.messages import ServerChosen
from chat_tui.screens.asking import Asking
from chat_tui.screens.entering import Entering
from chat_tui.screens.going import Going
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.parts import Part
from chat_tui.screens.quitting import Quitting
from chat_tui.screens.scene import Scene
from chat_tui.screens.walk import exists, waiting
from chat_tui.screens.walking import Walking
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span
from chat_tui.views.link import link_trouble
from chat_tui.views.servers import Elsewhere, table

_PUT_BACK: Final = "put back"
"""What is noted as if it was asked, so that it counts for a moment."""


class Neighbouring(Scene, Protocol):
    """The screen of one of several servers."""

    title_here: str
    """What the server is called, for people."""
    asking: Asking
    """What was asked."""
    neighbours: Neighbours
    """The other servers that are open."""
    entering: Entering
    """Lines that are entered."""
    going: Going
    """Goes to a conversation."""
    walking: Walking
    """Gets about on this server."""
    quitting: Quitting
    """Leaves it."""


class Roaming(Part):
    """What belongs to that.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Neighbouring) -> None:
        self._scene = scene
        self._trouble: Answer | None = None
        """What was said last of a server that is not reached."""

    @override
    def take(self, batch: Batch) -> None:
        """See Part."""
        self._say_trouble(batch.state)
        self._scene.neighbours.changed()

    def _say_trouble(self, state: ClientState) -> None:
        """Say whole why nothing can be shown of this server, and how to leave it; once for each reason."""
        scene = self._scene
        waits = scene.neighbours.patient and not state.conversations
        trouble = link_trouble(state.link) if waits else ""
        if trouble and (self._trouble is None or self._trouble.title != trouble):
            self._trouble = Answer(trouble, [Line((Span(self._way_out(), "muted"),))], fault=True)
            scene.answer(self._trouble)
        elif self._trouble is not None and (state.conversations or state.link.status is LinkStatus.ONLINE):
            if scene.answers.answer is self._trouble:
                scene.answers.dismiss()
            self._trouble = None

    def _way_out(self) -> str:
        if len(self._scene.neighbours.all) < 2:
            return "It is tried again; /disconnect leaves."
        key = self._scene.keymap.label("conversations.next_server").split(",")[0]
        return f"It is tried again; /disconnect leaves, {key} shows the next server."

    def on_server_chosen(self, event: ServerChosen) -> None:
        """Go there."""
        event.stop()
        self.go_to_server(event.server, event.conversation)

    def go_to_server(self, server: int, conversation: int | None = None) -> None:
        """Go to another server by hand: the walk through what needs one is over."""
        self._scene.places.went_by_hand()
        self._scene.neighbours.go(server, conversation)

    def action_go_to_server(self, server: int) -> None:
        """Go to a server by its number; for what can be clicked."""
        self.go_to_server(server)

    def action_step_server(self, by: int) -> None:
        """Show the next server (1) or the previous one (-1); what is typed next is for the other one already."""
        scene = self._scene
        if len(scene.neighbours.all) > 1:
            scene.composer.behind = 0
            scene.places.went_by_hand()
            scene.neighbours.step(by)
        else:
            scene.answer(Answer("No other server is open; /connect opens one."))

    def action_next_unread(self) -> None:
        """Go where something is new, on whichever server; when nothing is left, back to where it began.

        Threads that one follows are gone to on this server.
        """
        scene = self._scene
        if scene.walking.go_to_thread():
            return
        here = Elsewhere(scene.places.server, "", scene.bridge.state, begun=scene.places.begun)
        everywhere = (here, *scene.neighbours.others)
        there = scene.places.walk.step(scene.places.spot, waiting(everywhere, here.number), partial(exists, everywhere))
        if there is None:
            scene.answer(Answer("Nothing is new elsewhere."))
        elif there.server == scene.places.server:
            scene.composer.behind = 0
            scene.going.go(there.conversation)
        else:
            scene.neighbours.go(there.server, there.conversation or None)

    def put_back(self) -> None:
        """Note that another server was left by itself for this one: who wants to leave may not have seen it."""
        self._scene.asking.ask(_PUT_BACK)

    # --- for commands

    def show_servers(self) -> None:
        """See Desk."""
        everything = self._scene.neighbours.all
        words = "1 server is open" if len(everything) == 1 else f"{len(everything)} servers are open"
        self._scene.answer(Answer(f"{words}; /server NAME goes to one, /connect opens another", table(everything)))

    def go_to_named(self, name: str) -> None:
        """See Desk."""
        neighbours = self._scene.neighbours
        number = neighbours.find(name).number
        self._scene.entering.leads_to = number if number != neighbours.number else 0
        self.go_to_server(number)

    def close_server(self, name: str) -> None:
        """See Desk."""
        from chat_tui.commands.line import PREFIX

        neighbours = self._scene.neighbours
        number = neighbours.find(name).number if name else neighbours.number
        if number == neighbours.number and not name and self._scene.asking.meant(_PUT_BACK):
            question = f"This is {drawable_line(self._scene.title_here)}: {PREFIX}disconnect again leaves it, too."
            self._scene.ask("disconnect", question, lambda: neighbours.close(number))
        elif number == neighbours.number:
            self._scene.quitting.go_away("disconnect", lambda: neighbours.close(number))
        else:
            neighbours.close(number)
