"""What commands may do to the main screen, as far as that is the business of its further layers; see `context.Desk`."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.client.state.model import ConversationState
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import Message, SearchHit
from chat_tui.commands.context import More, PaneDesk
from chat_tui.screens.secret import SecretAsking
from chat_tui.views.alerts import Rule


class DeskScreen(SecretAsking):
    """Promises these; who inherits from it keeps them."""

    def show_found(self, query: str, found: SearchResults, more: More | None = None) -> None:
        """Show what a search, or something like it, found."""
        raise NotImplementedError

    def show_kept(self, title: str, hits: Sequence[SearchHit]) -> None:
        """Show messages that were put aside."""
        raise NotImplementedError

    @property
    def panes(self) -> PaneDesk:
        """What commands may do to the panes of messages."""
        raise NotImplementedError

    @property
    def selected_seq(self) -> int:
        """The number of the selected message; 0: none is selected."""
        raise NotImplementedError

    @property
    def has_keys(self) -> bool:
        """Whether messages can be selected and keys pressed here: always."""
        return True

    def open_thread(self, conversation: int, seq: int) -> None:
        """Show the thread that hangs on a message, or that a message is in."""
        raise NotImplementedError

    def write_also(self) -> None:
        """Let what is written in the open thread be for the conversation besides, or no longer. Raises: UsageFault."""
        raise NotImplementedError

    def last_own(self) -> Message | None:
        """Return the message that can be written anew without looking for it."""
        raise NotImplementedError

    def find_words(self) -> None:
        """Look for other words than before."""
        raise NotImplementedError

    def select_above(self) -> bool:
        """Select a message if somebody reads further up; return whether it is so."""
        raise NotImplementedError

    def show_help(self, topic: str) -> None:
        """Show the help, at a command if one is given."""
        raise NotImplementedError

    async def alert_by(self, conversation: ConversationState, rule: Rule | None) -> None:
        """Tell what of a conversation alerts, or let it be otherwise from now on."""
        raise NotImplementedError

    def leave_for(self, server: str) -> None:
        """Ask for another server; empty: for the start screen."""
        raise NotImplementedError

    def show_servers(self) -> None:
        """Show which servers are open."""
        raise NotImplementedError

    def go_to_named(self, name: str) -> None:
        """Go to a server that is open. Raises: UsageFault: none is called so."""
        raise NotImplementedError

    def close_server(self, name: str) -> None:
        """Leave a server that is open; empty: this one. Raises: UsageFault: none is called so."""
        raise NotImplementedError

    def sign_in_as(self, name: str, *, register: bool = False) -> None:
        """Ask to be somebody else; empty: for the start screen."""
        raise NotImplementedError

    def sign_out(self) -> None:
        """Ask for the start screen."""
        raise NotImplementedError

    def leave(self) -> None:
        """Leave the program, having asked where something would be lost."""
        raise NotImplementedError
