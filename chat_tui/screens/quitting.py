"""The main screen, being left: what is not sent yet is asked about first, that of the other servers, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, LinkStatus
from chat_tui.commands.context import Answer
from chat_tui.commands.line import PREFIX
from chat_tui.screens.neighbours import Unsent
from chat_tui.screens.panes import Panes

ARRIVES_WITHIN_S: Final = 0.5
"""Time that messages on their way have to arrive before leaving is asked about, in seconds."""


class Quitting(Panes):
    """What belongs to that."""

    _leaving = False

    @property
    def unsent(self) -> Unsent:
        """What is not sent yet on this server."""
        return unsent_of(self.bridge.state, keeps=self.bridge.keeps)

    @override
    def action_cancel(self) -> None:
        """Copy what is selected; else clear what is written; else ask whether to leave."""
        selected = self.get_selected_text() or self.composer.selected_text
        if selected:
            self.app.copy_to_clipboard(selected)
            self.clear_selection()
            self.answer(Answer("Copied."))
        elif self.composer.text:
            self.composer.give_up()
        else:
            self.ask("quit", f"{self._unsent_everywhere()}Ctrl+C again quits.", self.app.exit)

    @override
    def action_quit_asking(self) -> None:
        """Leave the program, at once unless something is not sent yet; what is on its way gets a moment to arrive."""
        unsent = self.unsent + self.neighbours.unsent
        if not unsent.messages:
            self.app.exit()
        elif self._leaving or not unsent.arrives:
            self._ask_to_quit()
        else:
            self._leaving = True
            self.set_timer(ARRIVES_WITHIN_S, self._quit_or_ask)

    @override
    def take(self, batch: Batch) -> None:
        """See ChatView."""
        super().take(batch)
        if self._leaving and not self._unsent_everywhere():
            self.app.exit()

    def go_away(self, command: str, go: Callable[[], object]) -> None:
        """Leave this server, having asked if something is not sent yet; what is written waits in its drafts."""
        if unsent := in_words(self.unsent):
            self.ask(command, f"{unsent}{PREFIX}{command} again goes.", go)
        else:
            go()

    def _quit_or_ask(self) -> None:
        self._leaving = False
        if self._unsent_everywhere():
            self._ask_to_quit()
        else:
            self.app.exit()

    def _ask_to_quit(self) -> None:
        self._leaving = False
        self.ask("quit", f"{self._unsent_everywhere()}Ctrl+Q again quits.", self.app.exit)

    def _unsent_everywhere(self) -> str:
        return in_words(self.unsent + self.neighbours.unsent)


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
    if not unsent.messages:
        return ""
    what, wait = ("1 message is", "waits") if unsent.messages == 1 else (f"{unsent.messages} messages are", "wait")
    return f"{what} not sent yet and {f'{wait} for your return' if unsent.keeps else 'would be lost'}. "
