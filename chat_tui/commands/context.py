"""What a command may touch: the client's calls, the state, and a few verbs of the screen. Knows neither behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace as replace_fields
from typing_extensions import Unpack

from chat_core.base.errors import UsageFault
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.requests.base import Reply
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import SearchHit, Style
from chat_tui.views.alerts import Rule
from chat_tui.views.lines import Line
from chat_tui.views.link import nothing_open
from chat_tui.views.tiling import Side
from chat_tui.views.where import Where

if TYPE_CHECKING:
    from chat_core.client.files.progress import Progress
    from chat_core.protocol.requests.base import Request
    from chat_tui.commands.desks import DraftDesk, FilterDesk, MarkDesk
    from chat_tui.views.source import Source


R = TypeVar("R", bound=Reply)


More = Callable[[bytes], Awaitable[SearchResults]]
"""Asks for the page behind a cursor."""

TITLE_CHARS: Final = 600
"""Longest title that answers are put together to, in characters."""


class Looked(SearchResults, frozen=True, kw_only=True):
    """What is left of what a search found, where the client leaves some of it out; the server never sends it."""

    looked: int = 0
    """Messages that were looked at for it."""


class Answer(Struct, frozen=True):
    """What a command tells the person at the keyboard, and nobody else."""

    title: str
    """A few words."""
    lines: Sequence[Line] = ()
    """More, if there is more; safe to draw."""
    fault: bool = False
    """Whether something went wrong."""
    unasked: bool = False
    """Whether it answers nothing that was entered: it stands beside what nobody has read yet, not in its place."""

    def and_also(self, more: Answer) -> Answer:
        """Return this answer with the sentence of another one, unless that is in it, or they are too much together."""
        if more.title in self.title:
            return self
        if len(self.title) + len(more.title) > TITLE_CHARS:
            return more
        return replace_fields(self, title=f"{self.title} {more.title}", fault=self.fault or more.fault)


class Calls(Protocol):
    """The client as commands use it; each call ends when the server has answered.

    All of them raise `CallFailed` and `Disconnected` (both `ChatError`s, made for people).
    """

    @property
    def state(self) -> ClientState:
        """The newest state on the screen."""
        ...

    async def call(self, request: Request[R]) -> R:
        """Call the server."""
        ...

    async def join(self, channel: str) -> int:
        """Join a channel, make it if there is none; return its number."""
        ...

    async def open_direct(self, name: str) -> int:
        """Find or make the direct conversation with an account; return its number."""
        ...

    async def leave(self, conversation: int) -> None:
        """Leave a channel."""
        ...

    async def search(self, query: str) -> SearchResults:
        """Find messages, the newest first."""
        ...

    async def upload(self, conversation: int, path: Path, tell: Progress) -> None:
        """Send a file and post its message; `tell` is called now and then."""
        ...

    async def download(self, conversation: int, seq: int, to: Path, tell: Progress) -> Path:
        """Save the file of a message in a folder; return where it is."""
        ...

    def post(self, conversation: int, body: str, *, style: Style = "text", **where: Unpack[Where]) -> None:
        """Queue a message; it is sent by itself."""
        ...

    def retry(self, cid: bytes) -> None:
        """Send a refused message again."""
        ...

    def discard(self, cid: bytes) -> None:
        """Forget a refused message."""
        ...

    def wake(self) -> None:
        """Look at once whether the connection is alive, or try at once to get one."""
        ...


class PageDesk(Protocol):
    """Files for others: the live page, with all that comes, and exports. Each verb says what it did."""

    async def begin(self, file: str) -> None:
        """Begin one, having asked whether a file of somebody else may give way.

        Raises:
            ChatError: it cannot be written.
        """
        ...

    async def end(self) -> None:
        """Write it no more."""
        ...

    def tell(self) -> None:
        """Say which it is."""
        ...

    async def export(self, conversation: ConversationState, file: str) -> None:
        """Write all of a conversation into a file, having asked whether one that is there may give way.

        Raises:
            ChatError: it cannot be read or written.
        """
        ...


class PaneDesk(Protocol):
    """Panes of messages, one of them the active one. All of it raises UsageFault where something cannot be done."""

    def split(self, side: Side | None, conversation: int | None) -> None:
        """Show another pane.

        Args:
            side: of the active one; None: where there is room.
            conversation: what it shows; None: where one was before.
        """
        ...

    def close(self, *, others: bool = False) -> None:
        """Close the active one, or all others."""
        ...

    def zoom(self) -> None:
        """Let the active one hide the others, or no longer."""
        ...


class Desk(Protocol):
    """The screen as commands use it."""

    def open_soon(self, conversation: int) -> None:
        """Show a conversation, as soon as the state has it."""
        ...

    def open_thread(self, conversation: int, seq: int) -> None:
        """Show the thread that hangs on a message, or that a message is in."""
        ...

    def write_also(self) -> None:
        """Let what is written in the open thread be for the conversation besides, or no longer.

        Raises:
            UsageFault: none is open.
        """
        ...

    def close_tab(self, conversation: int) -> None:
        """Put a direct conversation's tab away; it comes back with its next message."""
        ...

    def answer(self, answer: Answer) -> None:
        """Show something to this person only."""
        ...

    def show_found(self, query: str, found: SearchResults, more: More | None = None) -> None:
        """Show what a search found; or what something else did, of which `more` returns the next page by its cursor."""
        ...

    def show_kept(self, title: str, hits: Sequence[SearchHit]) -> None:
        """Show messages that were put aside."""
        ...

    @property
    def selected_seq(self) -> int:
        """The number of the selected message; 0: none is selected."""
        ...

    @property
    def has_keys(self) -> bool:
        """Whether messages can be selected and keys pressed there, so that one may speak of them."""
        ...

    def act(self, action: str, seq: int) -> None:
        """Do to a message of the open conversation what a key does, by the name of that action. Raises: UsageFault."""
        ...

    def show_source(self, source: Source) -> None:
        """Show a message's text as it was sent, and what else is known of it."""
        ...

    def copy(self, text: str) -> bool:
        """Put a text into the clipboard; return whether there may be one."""
        ...

    def clear(self) -> None:
        """Put away what was answered, and draw the screen anew."""
        ...

    def show_help(self, topic: str) -> None:
        """Show the help; empty: from its beginning, else at a command."""
        ...

    def show_settings(self, setting: str = "", value: str | None = None) -> None:
        """Show all settings, or one (`look.theme`); with a value, as typed: give it that one."""
        ...

    @property
    def words(self) -> str:
        """The highlight words, as the setting `notify.highlight` has them."""
        ...

    async def alert_by(self, conversation: ConversationState, rule: Rule | None) -> None:
        """Tell what of a conversation alerts; with a rule: let it be so from now on. Raises: ChatError."""
        ...

    def leave_for(self, server: str) -> None:
        """Go to another server, too; empty: to the start screen."""
        ...

    def show_servers(self) -> None:
        """Show which servers are open."""
        ...

    def go_to_named(self, name: str) -> None:
        """Go to a server that is open, by its place in the row or the beginning of its name. Raises: UsageFault."""
        ...

    def close_server(self, name: str) -> None:
        """Leave a server that is open; empty: this one. Raises: UsageFault: none is called so."""
        ...

    def sign_in_as(self, name: str, *, register: bool = False) -> None:
        """Be somebody else on this server, or make that account; empty: choose whom on the start screen."""
        ...

    async def secrets(self, title: str, labels: tuple[str, ...]) -> tuple[str, ...] | None:
        """Ask for passwords in a form of their own, the last one twice; None: the person went back.

        Args:
            title: what they are for.
            labels: what each is called.
        """
        ...

    def sign_out(self) -> None:
        """Sign out of this server, and go to another one that is open, or to the start screen."""
        ...

    @property
    def pages(self) -> PageDesk:
        """The live page."""
        ...

    @property
    def panes(self) -> PaneDesk:
        """The panes of messages."""
        ...

    @property
    def filters(self) -> FilterDesk:
        """Lines that are hidden."""
        ...

    @property
    def drafts(self) -> DraftDesk:
        """What is written and not sent."""
        ...

    @property
    def marks(self) -> MarkDesk:
        """Places with a name."""
        ...

    def learn_channels(self, names: Sequence[str]) -> None:
        """Remember names of channels (without `#`) for the completion."""
        ...

    def leave(self) -> None:
        """End the program."""
        ...

    def now_ms(self) -> int:
        """Return the time, in milliseconds since 1970."""
        ...


class Context(Struct, frozen=True):
    """What a command is given."""

    calls: Calls
    """The server."""
    desk: Desk
    """The screen."""
    current: int | None
    """The conversation that was on the screen when the line was entered."""
    thread: int = 0
    """The thread that was open there, by the seq of what it hangs on; 0: none."""

    @property
    def state(self) -> ClientState:
        """What the client knows."""
        return self.calls.state

    @property
    def here(self) -> ConversationState:
        """The conversation on the screen.

        Raises:
            UsageFault: there is none.
        """
        found = self.state.conversations.get(self.current or 0)
        if found is None:
            raise UsageFault(nothing_open(self.state.link))
        return found

    def find(self, target: str) -> ConversationState:
        """Return a conversation that one is in, by its TARGET.

        Raises:
            UsageFault: one is not.
        """
        found = self.state.by_target(target)
        if found is None:
            raise UsageFault(f"You are not in {target}.")
        return found
