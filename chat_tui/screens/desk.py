"""What commands may do to the main screen, each thing by the part whose subject it is; see `commands.context.Desk`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from textual.message import Message

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault
from chat_core.base.text import for_terminal
from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import SearchHit
from chat_tui.actions.action import Acting, Hands, Subject
from chat_tui.actions.registry import BY_NAME
from chat_tui.commands.context import Answer, More, PageDesk, PaneDesk
from chat_tui.live_page import LivePage
from chat_tui.screens.alerting import Alerting
from chat_tui.screens.base import HelpWanted
from chat_tui.screens.draft_list import ScreenDrafts
from chat_tui.screens.filtering import Filtering
from chat_tui.screens.going import Going
from chat_tui.screens.knowing import Knowing
from chat_tui.screens.marks import ScreenMarks
from chat_tui.screens.pages import Pages
from chat_tui.screens.quitting import Quitting
from chat_tui.screens.results import Results
from chat_tui.screens.roaming import Roaming
from chat_tui.screens.scene import Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.screens.splitting import Splitting
from chat_tui.screens.threading import Threading
from chat_tui.views.alerts import Rule
from chat_tui.views.here import message_here

if TYPE_CHECKING:
    from chat_core.protocol.requests.search import SearchResults
    from chat_tui.commands.desks import DraftDesk, FilterDesk, MarkDesk
    from chat_tui.views.source import Source


class SignInWanted(Message):
    """The user wants to be somebody else on this server."""

    def __init__(self, name: str, *, register: bool = False) -> None:
        super().__init__()
        self.name = name
        """Well-formed; empty: the start screen, to choose one."""
        self.register = register
        """Whether to make an account of that name."""


class SignOutWanted(Message):
    """The user wants to be nobody here."""


class ServerWanted(Message):
    """The user wants to be on another server, too."""

    def __init__(self, server: str) -> None:
        super().__init__()
        self.server = server
        """As typed; empty: the start screen, to choose one."""


class Commanded(Scene, Protocol):
    """The screen on which commands are entered, and its parts."""

    page: LivePage
    """Gets everything that is shown."""
    pages: Pages
    """The same page for commands."""
    knowing: Knowing
    """Names for completion."""
    alerts: Alerting
    """What is worth a sound."""
    going: Going
    """Goes to a conversation."""
    roaming: Roaming
    """Goes to another server."""
    results: Results
    """Shows what was found."""
    quitting: Quitting
    """Leaves."""
    selection: Selecting
    """What is selected."""
    splits: Splitting
    """Panes of messages."""
    threads: Threading
    """The thread that is open."""
    filtering: Filtering
    """Lines that are hidden."""
    marks: ScreenMarks
    """Places with a name."""
    drafts: ScreenDrafts
    """What is written and not sent."""

    @property
    def words(self) -> str:
        """The highlight words."""
        ...

    def show_settings(self, setting: str = "", value: str | None = None) -> None:
        """Ask for all settings, or one, or give it a value."""
        ...

    @property
    def hands(self) -> Hands:
        """What actions on a message may do."""
        ...

    def action_redraw(self) -> None:
        """Draw everything again."""
        ...

    def post_message(self, message: Message) -> bool:
        """Tell the application something."""
        ...


class ScreenDesk:
    """See the module's head.

    Args:
        scene: the screen.
        clock: the time.
    """

    has_keys = True
    """See Desk."""

    def __init__(self, scene: Commanded, clock: Clock) -> None:
        self._scene = scene
        self._clock = clock

    # --- telling and showing

    def answer(self, answer: Answer) -> None:
        """See Desk."""
        self._scene.answer(answer)

    def show_found(self, query: str, found: SearchResults, more: More | None = None) -> None:
        """See Desk."""
        self._scene.results.show_found(query, found, more)

    def show_kept(self, title: str, hits: Sequence[SearchHit]) -> None:
        """See Desk."""
        self._scene.results.show_kept(title, hits)

    def show_servers(self) -> None:
        """See Desk."""
        self._scene.roaming.show_servers()

    def show_help(self, topic: str) -> None:
        """See Desk."""
        from chat_tui.screens.help_lines import help_lines

        text = "\n".join(line.text.rstrip() for line in help_lines(topic))
        self._scene.page.tell(f"/help {topic}".rstrip(), text)
        self._scene.post_message(HelpWanted(topic))

    def show_settings(self, setting: str = "", value: str | None = None) -> None:
        """See Desk."""
        self._scene.show_settings(setting, value)

    async def secrets(self, title: str, labels: tuple[str, ...]) -> tuple[str, ...] | None:
        """See Desk."""
        from chat_tui.screens.secret import ask_secrets

        return await ask_secrets(self._scene.app, title, labels)

    # --- what there is

    @property
    def words(self) -> str:
        """See Desk."""
        return self._scene.words

    @property
    def selected_seq(self) -> int:
        """See Desk."""
        return self._scene.selection.seq

    @property
    def pages(self) -> PageDesk:
        """See Desk."""
        return self._scene.pages

    @property
    def panes(self) -> PaneDesk:
        """See Desk."""
        return self._scene.splits

    @property
    def filters(self) -> FilterDesk:
        """See Desk."""
        return self._scene.filtering

    @property
    def drafts(self) -> DraftDesk:
        """See Desk."""
        return self._scene.drafts

    @property
    def marks(self) -> MarkDesk:
        """See Desk."""
        return self._scene.marks

    def now_ms(self) -> int:
        """See Desk."""
        return self._clock.wall_ms()

    def learn_channels(self, names: Sequence[str]) -> None:
        """See Desk."""
        self._scene.knowing.learn_channels(names)
        self._scene.composer.names_changed()

    async def alert_by(self, conversation: ConversationState, rule: Rule | None) -> None:
        """See Desk."""
        await self._scene.alerts.alert_by(conversation, rule)

    def act(self, action: str, seq: int) -> None:
        """See Desk. Raises: UsageFault: it is not here."""
        scene = self._scene
        conversation = scene.open_conversation()
        message = message_here(conversation, scene.composer.thread, seq) if conversation is not None else None
        if conversation is None or message is None:
            raise UsageFault(f"Message {seq} is not here; scroll to where it was said first.")
        state = scene.bridge.state
        subject = Subject(conversation, message, state.me, state.conversations)
        BY_NAME[action].run(Acting(subject, scene.hands, 0))

    def show_source(self, source: Source) -> None:
        """See Desk."""
        self._scene.hands.show_source(source)

    def copy(self, text: str) -> bool:
        """See Desk."""
        self._scene.app.copy_to_clipboard(for_terminal(text))
        return True

    def clear(self) -> None:
        """See Desk."""
        self._scene.answers.dismiss()
        self._scene.action_redraw()

    # --- going

    def open_soon(self, conversation: int) -> None:
        """See Desk."""
        self._scene.going.open_soon(conversation)

    def open_thread(self, conversation: int, seq: int) -> None:
        """See Desk."""
        self._scene.threads.open_thread(conversation, seq)

    def write_also(self) -> None:
        """See Desk."""
        self._scene.threads.write_also()

    def close_tab(self, conversation: int) -> None:
        """See Desk."""
        self._scene.going.close_tab(conversation)

    def go_to_named(self, name: str) -> None:
        """See Desk."""
        self._scene.roaming.go_to_named(name)

    def close_server(self, name: str) -> None:
        """See Desk."""
        self._scene.roaming.close_server(name)

    def leave_for(self, server: str) -> None:
        """See Desk."""
        self._scene.post_message(ServerWanted(server))

    def sign_in_as(self, name: str, *, register: bool = False) -> None:
        """See Desk."""
        wanted = SignInWanted(name, register=register)
        self._scene.quitting.go_away("register" if register else "login", partial(self._scene.post_message, wanted))

    def sign_out(self) -> None:
        """See Desk."""
        self._scene.quitting.go_away("logout", partial(self._scene.post_message, SignOutWanted()))

    def leave(self) -> None:
        """See Desk."""
        self._scene.quitting.action_quit_asking()
