"""Leaving: what is not sent yet is asked about first, that of the other servers, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, LinkStatus
from chat_tui.commands.context import Answer
from chat_tui.screens.entering import Entering
from chat_tui.screens.neighbours import Neighbours, Unsent
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene

ARRIVES_WITHIN_S: Final = 0.5
"""Time that messages on their way have to arrive before leaving is asked about, in seconds."""

_SOON_S: Final = 0.02


class Left(Scene, Protocol):
    """The screen that is left."""

    entering: Entering
    """Lines that are entered."""

    @property
    def neighbours(self) -> Neighbours:
        """The other servers that are open."""
        ...

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call a function after a delay in seconds."""
        ...

    def get_selected_text(self) -> str | None:
        """Return the text that is selected with the mouse."""
        ...

    def clear_selection(self) -> None:
        """Have no text selected."""
        ...


class Quitting(Part):
    """What belongs to that.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Left) -> None:
        self._scene = scene
        self._leaving = False

    @property
    def unsent(self) -> Unsent:
        """What is not sent yet on this server."""
        bridge, waiting = self._scene.bridge, self._scene.entering.waiting
        online = bridge.state.link.status is LinkStatus.ONLINE
        found = unsent_of(bridge.state, keeps=bridge.keeps)
        if bridge.posting:
            found += Unsent(bridge.posting, bridge.keeps, online)
        if waiting:
            found += Unsent(waiting, keeps=False, arrives=online)
        if saving := self._scene.entering.saving:
            found += Unsent(arrives=online, edits=saving)
        return found

    def action_cancel(self) -> None:
        """Copy what is selected; else clear what is written; else ask whether to leave."""
        scene = self._scene
        selected = scene.get_selected_text() or scene.composer.selected_text
        if selected:
            scene.app.copy_to_clipboard(selected)
            scene.clear_selection()
            scene.answer(Answer("Copied."))
        elif scene.composer.text:
            scene.composer.give_up()
        else:
            scene.ask("quit", f"{self._unsent_everywhere()}Ctrl+C again quits.", scene.app.exit)

    def action_quit_asking(self) -> None:
        """Leave the program, at once unless something is not sent yet; what is on its way gets a moment to arrive."""
        unsent = self._all_unsent
        if self._scene.composer.entering:
            self._scene.set_timer(_SOON_S, self.action_quit_asking)  # what was entered is to be asked about, too
        elif not unsent.total:
            self._scene.app.exit()
        elif self._leaving or not unsent.arrives:
            self._ask_to_quit()
        else:
            self._leaving = True
            self._scene.set_timer(ARRIVES_WITHIN_S, self._quit_or_ask)

    @override
    def take(self, batch: Batch) -> None:
        """See Part: leave once everything has arrived."""
        if self._leaving and not self._unsent_everywhere():
            self._scene.app.exit()

    def go_away(self, command: str, go: Callable[[], object]) -> None:
        """Leave this server, having asked if something is not sent yet; what is written waits in its drafts."""
        from chat_tui.commands.line import PREFIX

        if unsent := in_words(self.unsent):
            self._scene.ask(command, f"{unsent}{PREFIX}{command} again goes.", go)
        else:
            go()

    def _quit_or_ask(self) -> None:
        self._leaving = False
        if self._unsent_everywhere():
            self._ask_to_quit()
        else:
            self._scene.app.exit()

    def _ask_to_quit(self) -> None:
        self._leaving = False
        self._scene.ask("quit", f"{self._unsent_everywhere()}Ctrl+Q again quits.", self._scene.app.exit)

    @property
    def _all_unsent(self) -> Unsent:
        return self.unsent + self._scene.neighbours.unsent

    def _unsent_everywhere(self) -> str:
        return in_words(self._all_unsent)


def unsent_of(state: ClientState, *, keeps: bool) -> Unsent:
    """Return what is not sent yet on a server.

    Args:
        state: what is known of it.
        keeps: whether that survives the end of the program.
    """
    unsent = [each for conversation in state.conversations.values() for each in conversation.unsent]
    arrives = state.link.status is LinkStatus.ONLINE and all(each.status != "failed" for each in unsent)
    return Unsent(len(unsent), keeps, arrives) if unsent else Unsent()


def in_words(unsent: Unsent) -> str:
    """Return in words what is not sent, and what becomes of it; empty: nothing."""
    return "".join(f"{each}. " for each in (_messages_in_words(unsent), _edits_in_words(unsent.edits)) if each)


def _messages_in_words(unsent: Unsent) -> str:
    if not unsent.messages:
        return ""
    what, wait = ("1 message is", "waits") if unsent.messages == 1 else (f"{unsent.messages} messages are", "wait")
    return f"{what} not sent yet and {f'{wait} for your return' if unsent.keeps else 'would be lost'}"


def _edits_in_words(count: int) -> str:
    if not count:
        return ""
    return f"{'1 edit is' if count == 1 else f'{count} edits are'} not saved yet and would be lost"
