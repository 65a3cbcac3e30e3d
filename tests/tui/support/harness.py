"""A bare application around the widgets that draw: no client, no commands, a line of text for a composer."""

from __future__ import annotations

from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.filter import LineFilter
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from typing_extensions import override

from chat_core.base.names import name_key
from chat_core.client.state.changes import Batch, Change
from chat_core.client.state.model import ClientState, ConversationState
from chat_tui import messages
from chat_tui.themes import DEFAULTS, themes
from chat_tui.views.columns import BREAKPOINTS, HEIGHTS
from chat_tui.widgets.conversation_list import ConversationList
from chat_tui.widgets.header import Header
from chat_tui.widgets.hints import WELCOME
from chat_tui.widgets.member_list import MemberList
from chat_tui.widgets.safe import ControlFilter, plain
from chat_tui.widgets.status import StatusLine
from chat_tui.widgets.tabs import Tabs
from chat_tui.widgets.timeline import Timeline
from tests.tui.support.states import ZONE, StoppedClock

STYLES = Path(__file__).parents[3] / "chat_tui" / "styles" / "main.tcss"


class Harness(App[None]):
    """Shows a state and keeps what the widgets say."""

    CSS_PATH = STYLES
    CSS = "#composer { height: 1; background: $panel; } #composer Static { width: 1fr; }"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    VERTICAL_BREAKPOINTS = HEIGHTS
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""

    def __init__(self, state: ClientState, shown: int | None = 1, *, theme: str = "chat-dark", typed: str = "") -> None:
        super().__init__()
        self.state = state
        self.shown = shown
        self.clock = StoppedClock()
        self.said: list[Message] = []
        self._typed = typed
        for each in themes():
            self.register_theme(each)
        self.theme = theme

    @override
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(DEFAULTS)

    @override
    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), ControlFilter()]

    @override
    def compose(self) -> ComposeResult:
        with Horizontal(id="panes"):
            yield ConversationList(id="conversations", clock=self.clock, zone=ZONE)
            with Vertical(id="main"):
                yield Tabs(id="tabs")
                yield Header(id="header")
                yield self.area()
                yield StatusLine(self.clock, id="status")
                yield Static(plain(f"▌ {self._typed}"), id="composer")
            yield MemberList(id="members")

    def area(self) -> Widget:
        """Return what shows the messages."""
        return self.new_timeline("timeline")

    def new_timeline(self, id: str | None) -> Timeline:
        return Timeline(hints=WELCOME, zone=ZONE, clock=self.clock, id=id)

    def on_mount(self) -> None:
        self.show()

    @property
    def timeline(self) -> Timeline:
        return self.query_one(Timeline)

    def current(self) -> ConversationState | None:
        return self.state.conversations.get(self.shown) if self.shown is not None else None

    def show(self, *, state: ClientState | None = None, shown: int | None = None) -> None:
        """Open a conversation in all widgets."""
        self.state = state or self.state
        self.shown = shown or self.shown
        channels = {
            name_key(each.info.name[:500]) for each in self.state.conversations.values() if each.info.kind == "channel"
        }
        self.timeline.show(self.current(), self.state.me, channels)
        self._show_rest()

    def take(self, state: ClientState, *changes: Change) -> None:
        """Hand a batch to all widgets."""
        self.state = state
        self.timeline.apply(Batch(state=state, changes=changes))
        self._show_rest()

    def _show_rest(self) -> None:
        conversation = self.current()
        self.query_one(ConversationList).show(self.state, self.shown, "acme")
        self.query_one(Tabs).show(self.state, self.shown)
        self.query_one(Header).show(conversation)
        self.query_one(StatusLine).show(self.state, self.shown)
        self.query_one(MemberList).show(conversation, self.state.me)

    def on_conversation_chosen(self, event: messages.ConversationChosen) -> None:
        self.said.append(event)

    def on_member_chosen(self, event: messages.MemberChosen) -> None:
        self.said.append(event)

    def on_older_wanted(self, event: messages.OlderWanted) -> None:
        self.said.append(event)

    def on_reading_older(self, event: messages.ReadingOlder) -> None:
        self.said.append(event)

    def on_read_up_to(self, event: messages.ReadUpTo) -> None:
        self.said.append(event)

    def on_link_chosen(self, event: messages.LinkChosen) -> None:
        self.said.append(event)
