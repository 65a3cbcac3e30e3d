"""The main screen as it is seen: which widget stands where, what is shown and has the focus. Draws nothing itself.

What the user does with it, and what is said in it, is the business of the parts that `chat` puts into it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import NULL_REGION, Region
from textual.widget import Widget
from typing_extensions import override

from chat_core.base.clock import Clock
from chat_core.base.names import name_key
from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Message as Said
from chat_tui.bridge import Bridge
from chat_tui.config import Settings
from chat_tui.keys import Keymap
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.drafting import Drafting
from chat_tui.screens.filtering import Filtering
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.places import Places
from chat_tui.views.columns import BREAKPOINTS
from chat_tui.views.link import knows_others
from chat_tui.widgets.answer import AnswerPanel
from chat_tui.widgets.banner import Banner
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.composer import Composer
from chat_tui.widgets.conversation_list import ConversationList
from chat_tui.widgets.find_bar import FindBar
from chat_tui.widgets.header import Header
from chat_tui.widgets.hints import WELCOME, WELCOME_ALONE, Hints
from chat_tui.widgets.listing import Listing
from chat_tui.widgets.member_list import MemberList
from chat_tui.widgets.pane_bar import PaneBar
from chat_tui.widgets.select_bar import SelectBar
from chat_tui.widgets.status import StatusLine
from chat_tui.widgets.tabs import Tabs
from chat_tui.widgets.thread_panel import ThreadPanel
from chat_tui.widgets.tiles import Tiles
from chat_tui.widgets.timeline import Marks, Timeline

if TYPE_CHECKING:
    from chat_tui.commands.completing import Known


_OVER = ("-list-shown", "-members-shown")


class Questions(Struct, frozen=True):
    """What widgets ask for, while one writes or looks for something."""

    known: Callable[[], Known]
    """Names for completion."""
    last_own: Callable[[], Said | None]
    """The message that can be written anew without looking for it."""
    select_above: Callable[[], bool]
    """A message to be selected, if somebody reads further up; returns whether it is."""
    find_words: Callable[[], None]
    """Other words than before to be looked for."""


class ChatView(BaseScreen):
    """Conversations, one of them open, and the composer.

    Args:
        bridge: to the server.
        title: where one is, for people.
        settings: what the user has set.
        keymap: the keys in use.
        places: where one is.
        neighbours: the other servers that are open.
        drafting: what is written elsewhere.
        filtering: lines that are hidden.
        marked: returns which marks are in a conversation.
        questions: answered for the widgets.
        clock: the time.
        alone: whether nobody else can come to this server.
    """

    AUTO_FOCUS = "#composer"

    DEFAULT_CSS = """
    ChatView { layers: base over cover; }
    ChatView CompletionPopup { layer: over; }
    ChatView #composer-bar { height: auto; background: $panel; border-left: outer $own; }
    ChatView.-thread #composer-bar { border-left: outer $thread; }
    ChatView.-short Composer, ChatView.-short Composer:focus { max-height: 3; }
    ChatView.-tall Composer, ChatView.-tall Composer:focus { max-height: 5; }
    ChatView.-high Composer, ChatView.-high Composer:focus { max-height: 10; }
    ChatView.-selecting SelectBar, ChatView.-finding FindBar, ChatView.-tiling PaneBar { display: block; }
    ChatView.-selecting #status, ChatView.-finding #status, ChatView.-selecting FindBar { display: none; }
    ChatView.-tiling #status { display: none; }
    """

    def __init__(
        self,
        bridge: Bridge,
        *,
        title: str,
        settings: Settings,
        keymap: Keymap,
        places: Places,
        neighbours: Neighbours,
        drafting: Drafting,
        filtering: Filtering,
        marked: Marks,
        questions: Questions,
        clock: Clock,
        alone: bool,
    ) -> None:
        super().__init__()
        self.bridge = bridge
        """To the server."""
        self.title_here = title
        """What the server is called, for people."""
        self.keymap = keymap
        """The keys in use."""
        self.places = places
        """Where one is."""
        self.neighbours = neighbours
        """The other servers that are open."""
        self.drafting = drafting
        """What is written elsewhere."""
        self.filtering = filtering
        """Lines that are hidden."""
        self.popup = CompletionPopup(id="popup")
        """Completions."""
        self.composer = Composer(
            self.popup,
            questions.known,
            last_own=questions.last_own,
            select_above=questions.select_above,
            settings=settings,
            id="composer",
        )
        """What is being written."""
        hints = WELCOME_ALONE if alone else WELCOME
        self.tiles = Tiles(
            lambda id: Timeline(hints=hints, clock=clock, filters=filtering.of, marks=marked, id=id), id="tiles"
        )
        """What was said in the conversation, and in those beside it."""
        self.aside = ThreadPanel(clock=clock, id="thread")
        """What was said in the thread that is open."""
        self.pane_bar = PaneBar(frozenset(keymap.pressed("panes")), id="pane-keys")
        """What can be done with the panes."""
        self.select_bar = SelectBar(id="select")
        """What can be done with a selected message."""
        self.find_bar = FindBar(questions.find_words, id="find")
        """What is looked for."""
        self.hints = Hints(id="hints")
        """The few keys that matter, or how much more a message can hold."""
        self.banner = Banner(id="banner")
        """What is written, when it is no plain message."""
        self.answers = AnswerPanel(id="answer")
        """What this person only is told."""
        self._list = ConversationList(id="conversations", clock=clock)
        self._tabs = Tabs(id="tabs")
        self._header = Header(id="header")
        self.status = StatusLine(clock, lambda: self.answers.title, id="status")
        """How the connection is."""
        self._members = MemberList(id="members")

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        with Horizontal(id="panes"):
            yield self._list
            with Vertical(id="main"):
                yield self._tabs
                yield self._header
                with Horizontal(id="body"):
                    yield self.tiles
                    yield self.aside
                yield self.answers
                yield self.status
                yield self.pane_bar
                yield self.select_bar
                yield self.find_bar
                yield self.banner
                with Horizontal(id="composer-bar"):
                    yield self.composer
                    yield self.hints
            yield self._members
        yield self.popup
        yield self.cover()

    @property
    def mainline(self) -> Timeline:
        """What was said in the conversation that is open."""
        return self.tiles.timeline

    @property
    def timeline(self) -> Timeline:
        """What one reads: the thread that is open, else the conversation."""
        return self.aside.timeline if self.composer.thread else self.mainline

    @property
    def bars(self) -> Region:
        """Where the line is that says how the connection is, and all below it, with what is written.

        Nowhere, before the screen knows how wide it is: its first layout is one without panes at the sides.
        """
        if not self.has_class(max(each for each in BREAKPOINTS if each[0] <= self.size.width)[1]):
            return NULL_REGION
        return Region.from_union([self.status.region, self.query_one("#composer-bar").region])

    def draw_all(self) -> None:
        """Draw all of the screen again."""
        self.refresh(layout=True)

    @property
    def listings(self) -> Sequence[Listing]:
        """The lists that are on the screen."""
        return [each for each in self.query(Listing) if each.display and each.region.width]

    def open_conversation(self) -> ConversationState | None:
        """Return the conversation that is on the screen, as it is now."""
        return self.bridge.state.conversations.get(self.places.shown or 0)

    # --- focus and modes

    def focus_on(self, widget: Widget) -> None:
        """Give a widget the focus."""
        self.set_focus(widget, scroll_visible=False)

    def is_focused(self, widget: Widget) -> bool:
        """Return whether a widget has the focus."""
        return self.focused is widget

    @property
    def selecting(self) -> bool:
        """Whether a message is selected."""
        return self.has_class("-selecting")

    @property
    def finding(self) -> bool:
        """Whether words are looked for."""
        return self.has_class("-finding")

    def show_mode(self, mode: str, *, on: bool) -> None:
        """Lay out what belongs to `selecting`, `finding`, `tiling` or `thread`, or no longer."""
        self.set_class(on, f"-{mode}")

    # --- lists, which lie over what one reads where there is no room beside it

    @property
    def covered(self) -> bool:
        """Whether a list lies over what one reads."""
        return any(self.has_class(each) for each in _OVER)

    def uncover(self) -> None:
        """Take such lists away."""
        self.remove_class(*_OVER)

    def hide_list(self) -> None:
        """Take the list of conversations away, if it lies over what one reads."""
        if self.has_class("-list-shown"):
            self.remove_class("-list-shown")
            self.show_around()

    def toggle(self, listing: str, *, beside: bool) -> None:
        """Show or hide a list: `list` or `members`; `beside`: there is room for it beside what one reads."""
        self.toggle_class(f"-{listing}-hidden" if beside else f"-{listing}-shown")
        self.show_around()

    # --- telling the widgets

    def show_around(self) -> None:
        """Show everything but the timeline as it is now."""
        state, shown, conversation = self.bridge.state, self.places.shown, self.open_conversation()
        others = self.neighbours.others if self.neighbours.shown else ()
        self._list.show(state, shown, self.title_here, self.drafting.numbers(state), others)
        self._tabs.show(state, shown, self.places.tabs(state))
        self._header.show(conversation, connected=knows_others(state.link))
        self.tiles.show_titles(state)
        note, loses = self.filtering.note(), self.bridge.loses
        self.status.show(state, shown, self.title_here if others else "", others, note, loses=loses)
        self._members.show(conversation, state.me)
        self.neighbours.noted()

    def read_by_sending(self, conversation: int, thread: int) -> None:
        """Take what stands in a conversation, or in a thread of it, as read, where that is what counts."""
        there = self.bridge.state.conversations.get(conversation)
        if self.reads != "sent" or there is None:
            return
        if thread:
            self.bridge.mark_thread_read(conversation, thread, there.position.seq)
        else:
            self.bridge.mark_read(conversation, there.position.seq)

    def show_in(self, timeline: Timeline, conversation: ConversationState | None) -> None:
        """Show a conversation somewhere as one that was just opened; None: nothing."""
        state = self.bridge.state
        channels = {name_key(each.info.name) for each in state.conversations.values() if not each.info.personal}
        timeline.show(conversation, state.me, channels, state.ignored, state.bookmarks, state.conversations)
