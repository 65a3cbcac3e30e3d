"""The main screen as it is seen: which widget stands where, and which of them is told what. Draws nothing itself.

What the user does with it is in `chat`; where one can go from here is `Places`' business.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from typing_extensions import override

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.names import name_key
from chat_core.client.state.changes import Batch, PutOut, SendGivenUp
from chat_core.client.state.model import ClientState, ConversationState
from chat_tui import visits
from chat_tui.bridge import Bridge
from chat_tui.commands import registry
from chat_tui.commands.completing import Known, knowledge
from chat_tui.commands.context import Answer
from chat_tui.commands.line import Say
from chat_tui.config import Settings
from chat_tui.keys import Keymap
from chat_tui.live_page import LivePage
from chat_tui.screens.asking import Asking
from chat_tui.screens.desk import DeskScreen
from chat_tui.screens.drafting import Drafting, place_of
from chat_tui.screens.errands import Errands
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.offering import Offering
from chat_tui.screens.pages import Pages
from chat_tui.screens.places import Places
from chat_tui.views.broadcasts import broadcasts
from chat_tui.views.clean import drawable_line
from chat_tui.views.given_up import given_up
from chat_tui.views.lines import Line, Span
from chat_tui.views.order import news
from chat_tui.widgets.answer import AnswerPanel
from chat_tui.widgets.banner import Banner
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.composer import Composer
from chat_tui.widgets.conversation_list import ConversationList
from chat_tui.widgets.find_bar import FindBar
from chat_tui.widgets.header import Header
from chat_tui.widgets.hints import WELCOME, Hints
from chat_tui.widgets.member_list import MemberList
from chat_tui.widgets.pane_bar import PaneBar
from chat_tui.widgets.select_bar import SelectBar
from chat_tui.widgets.status import StatusLine
from chat_tui.widgets.tabs import Tabs
from chat_tui.widgets.thread_panel import ThreadPanel
from chat_tui.widgets.tiles import Tiles
from chat_tui.widgets.timeline import Timeline

ANOTHER_ACCOUNT = "The server has another store now, and you another account in it: what was here before is gone."


class ChatView(DeskScreen):
    """Conversations, one of them open, and the composer."""

    AUTO_FOCUS = "#composer"

    DEFAULT_CSS = """
    ChatView { layers: base over cover; }
    ChatView CompletionPopup { layer: over; }
    ChatView #composer-bar { height: auto; background: $panel; border-left: outer $own; }
    ChatView.-thread #composer-bar { border-left: outer $thread; }
    ChatView.-short Composer, ChatView.-short Composer:focus { max-height: 3; }
    ChatView.-selecting SelectBar, ChatView.-finding FindBar, ChatView.-tiling PaneBar { display: block; }
    ChatView.-selecting #status, ChatView.-finding #status, ChatView.-selecting FindBar { display: none; }
    ChatView.-tiling #status { display: none; }
    """

    def __init__(
        self,
        bridge: Bridge,
        *,
        title: str,
        page: LivePage,
        settings: Settings,
        keymap: Keymap | None = None,
        memory: Path | None = None,
        servers: Sequence[str] = (),
        neighbours: Neighbours | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Make the screen, empty until the first batch.

        Args:
            bridge: to the server.
            title: where one is, for people.
            page: gets everything that is shown.
            settings: what the user has set.
            keymap: the keys in use.
            memory: folder for drafts and visits of this server; None: they end with the screen.
            servers: known addresses, for completion.
            neighbours: the other servers that are open; None: there are none.
            clock: the time.
        """
        super().__init__()
        self.bridge = bridge
        """To the server."""
        self.page = page
        """Gets everything that is shown."""
        self.neighbours = neighbours or Neighbours()
        """The other servers that are open."""
        self.places = Places(self.neighbours.walk, self.neighbours.number)
        """Where one is."""
        self._clock = clock or SystemClock()
        self.offering = Offering()
        """A line that can still be said."""
        self.asking = Asking(self._clock)
        """What was asked."""
        told = (bridge.call, bridge.read_file, self._clock)
        self.pages = Pages(page, self.asking, lambda: bridge.state, self.answer, *told)
        """The same page for commands."""
        self.title_here = title
        """What the server is called, for people."""
        self._servers = servers
        self.moving = 0
        """Commands under way that lead to another conversation: what is written meanwhile belongs there."""
        self.typed_ahead: deque[Composer.Entered] = deque()
        """Lines entered while one of them is."""
        self.keymap = keymap or Keymap()
        """The keys in use."""
        self.drafting = Drafting(memory, lambda sentence: self.answer(Answer(sentence, fault=True)))
        """What is written elsewhere."""
        self._memory = memory
        self.visits = visits.load(memory) if memory is not None else visits.Visits()
        """Where one goes often."""
        self._me: int | None = None
        self._motd = ""
        self._channels: tuple[str, ...] = ()
        self._names_of: tuple[ClientState, int | None, tuple[str, ...]] | None = None
        self._names = Known()
        self.errands = Errands(bridge, self, self._clock)
        """What is under way."""
        self.popup = CompletionPopup(id="popup")
        """Completions."""
        self.composer = Composer(
            self.popup,
            self.known,
            last_own=self.last_own,
            select_above=self.select_above,
            settings=settings,
            id="composer",
        )
        """What is being written."""
        if settings.commands.classic_forms:
            self.composer.classic = self._classic
        self.tiles = Tiles(lambda id: Timeline(hints=WELCOME, clock=self._clock, id=id), id="tiles")
        """What was said in the conversation, and in those beside it."""
        self.aside = ThreadPanel(clock=self._clock, id="thread")
        """What was said in the thread that is open."""
        self.pane_bar = PaneBar(frozenset(self.keymap.pressed("panes")), id="pane-keys")
        """What can be done with the panes."""
        self.select_bar = SelectBar(id="select")
        """What can be done with a selected message."""
        self.find_bar = FindBar(self.find_words, id="find")
        """What is looked for."""
        self.hints = Hints(id="hints")
        """The few keys that matter, or how much more a message can hold."""
        self.banner = Banner(id="banner")
        """What is written, when it is no plain message."""
        self.answers = AnswerPanel(id="answer")
        """What this person only is told."""
        self._list = ConversationList(id="conversations")
        self._tabs = Tabs(id="tabs")
        self._header = Header(id="header")
        self._status = StatusLine(self._clock, id="status")
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
                yield self._status
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

    class Drawn(Message):
        """The screen was painted for the first time."""

        def __init__(self, view: ChatView) -> None:
            super().__init__()
            self.view = view
            """It."""

    def on_mount(self) -> None:
        """Show what there is: where one is, and that the connection is being made."""
        self.take(Batch(state=self.bridge.state, changes=()))
        self.call_after_refresh(self.post_message, self.Drawn(self))

    async def on_unmount(self) -> None:
        """Leave nothing running, and nothing that is written."""
        self._keep_draft()
        await self.errands.stop()
        await self.drafting.close()
        if self._memory is not None:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(visits.save, self._memory, self.visits)

    @property
    def mainline(self) -> Timeline:
        """What was said in the conversation that is open."""
        return self.tiles.timeline

    @property
    def timeline(self) -> Timeline:
        """What one reads: the thread that is open, else the conversation."""
        return self.aside.timeline if self.composer.thread else self.mainline

    # --- what comes

    def take(self, batch: Batch) -> None:
        """Show what a batch changed."""
        state = batch.state
        self._note(batch)
        if not self.is_mounted or not self.timeline.is_attached:  # not yet, or no longer: what comes while one leaves
            return
        lost = [change for change in batch.changes if isinstance(change, SendGivenUp)]
        if lost:
            self.answer(Answer(*given_up(lost), fault=True))
        elif self._me is not None and state.me is not None and state.me.id != self._me:
            self.answer(Answer(ANOTHER_ACCOUNT, fault=True))
        elif state.motd != self._motd:
            self._motd = state.motd
            if state.motd:
                self.answer(Answer(state.motd))
        if state.me is not None:
            self._me = state.me.id
            self.drafting.open(self._me, state.epoch)
        wanted = self.places.wanted
        self.tiles.apply(batch)
        if wanted is not None and wanted in state.conversations:
            self.go(wanted)
        elif self.places.shown not in state.conversations:
            if not any(isinstance(change, PutOut) for change in batch.changes):
                self._say_gone()
            self._go_somewhere()
        else:
            self.show_around()
        self._say_news(batch)

    def _note(self, batch: Batch) -> None:
        """Note what came, whether it can be shown or not."""
        if self.neighbours.shown:
            self.page.take(batch)
        self.places.take(batch)

    def _say_news(self, batch: Batch) -> None:
        """Tell what others did to this account, and said to everybody."""
        for announcement in broadcasts(batch, self.places.shown):
            self.bridge.show_broadcast(self.places.shown or 0, announcement)
        told = [drawable_line(sentence) for sentence in news(batch.changes, self._clock.wall_ms())]
        if told:
            put_out = any(isinstance(change, PutOut) for change in batch.changes)
            self.answer(Answer(told[0], [Line((Span(sentence),)) for sentence in told[1:]], fault=put_out))

    def answer(self, answer: Answer) -> None:
        """Show something to this person only."""
        if self.neighbours.shown:
            self.page.tell(answer.title, "\n".join(line.text.rstrip() for line in answer.lines), fault=answer.fault)
        self.answers.show(answer)
        self.composer.give_way()

    def learn_channels(self, names: Sequence[str]) -> None:
        """Remember names of channels for the completion."""
        self._channels = tuple(names)
        self.composer.names_changed()

    # --- where one is

    def go(self, number: int) -> None:
        """Show a conversation that the state has."""
        self.remove_class("-list-shown", "-members-shown")
        if number == self.places.shown:
            self.places.wanted = None
            self.show_around()
            return
        stays = bool(self.composer.text) and (self.places.shown is None or self.moving > 0)
        if not stays:
            self._keep_draft()
        self.arrive(number, stays=stays)

    def arrive(self, number: int, *, stays: bool) -> None:
        """Show a conversation, and let what was written there be gone on with, unless what is written now `stays`."""
        self.places.go(number)
        target = self.bridge.state.conversations[number].target
        self.visits = self.visits.visited(target, self._clock.wall_ms())
        with self.app.batch_update():
            if self.mainline.conversation != number:
                self._show_open()
            self.show_around()
            self.composer.conversation = number
            if not stays:
                self.composer.draft = self.drafting.get(number, target)

    def open_soon(self, number: int) -> None:
        """Show a conversation, now or as soon as the state has it."""
        self.places.went_by_hand()
        if number in self.bridge.state.conversations:
            self.go(number)
        else:
            self.places.wanted = number

    def close_tab(self, number: int) -> None:
        """Put a tab away and show something else."""
        there = self.places.close(self.bridge.state, number)
        if number == self.places.shown and there is not None:
            self.go(there)
        self.show_around()

    def _say_gone(self) -> None:
        """Say what became of the conversation that was open, unless the user has done it here."""
        history, shown = self.mainline.history, self.places.shown
        if history is not None and history.conversation.id == shown and not self.bridge.was_left_here(shown):
            target = history.conversation.target
            self.answer(Answer(f"You left {target} on another device. /join {target} brings you back."))

    def _go_somewhere(self) -> None:
        there = self.places.fallback(self.bridge.state)
        if there is not None:
            self.go(there)
            return
        self._keep_draft()
        self.places.shown = self.composer.conversation = None
        self._show_open()
        self.show_around()

    def _keep_draft(self) -> None:
        """Keep what is written for when one comes back here."""
        conversation = self.open_conversation()
        if conversation is not None:
            draft = self.composer.draft
            self.drafting.keep(*place_of(conversation, self.composer.thread), draft)
            if draft.text:
                self.bridge.typing(conversation.id, active=False)

    # --- telling the widgets

    def show_around(self) -> None:
        """Show everything but the timeline."""
        state, shown, conversation = self.bridge.state, self.places.shown, self.open_conversation()
        others = self.neighbours.others if self.neighbours.shown else ()
        self._list.show(state, shown, self.title_here, self.drafting.numbers(state), others)
        self._tabs.show(state, shown, self.places.tabs(state))
        self._header.show(conversation)
        self.tiles.show_titles(state.conversations)
        self._status.show(state, shown, self.title_here if others else "", others)
        self._members.show(conversation, state.me)
        if conversation is not None:
            self.errands.freshen_members(conversation)

    def open_conversation(self) -> ConversationState | None:
        """Return the conversation that is on the screen, as it is now."""
        return self.bridge.state.conversations.get(self.places.shown or 0)

    def _show_open(self) -> None:
        """Show the conversation as one that was just opened."""
        self.show_in(self.mainline, self.open_conversation())

    def show_in(self, timeline: Timeline, conversation: ConversationState | None) -> None:
        """Show a conversation somewhere as one that was just opened; None: nothing."""
        state = self.bridge.state
        channels = {name_key(each.info.name) for each in state.conversations.values() if not each.info.personal}
        timeline.show(conversation, state.me, channels, state.ignored, state.bookmarks)

    def known(self) -> Known:
        """Return the names for completion; the same ones as long as nothing has changed."""
        made_of = (self.bridge.state, self.places.shown, self._channels)
        if self._names_of is None or any(old is not new for old, new in zip(self._names_of, made_of, strict=True)):
            self._names_of = made_of
            self._names = knowledge(*made_of, self._servers)
        return self._names

    def now_ms(self) -> int:
        """Return the time, in milliseconds since 1970."""
        return self._clock.wall_ms()

    def _classic(self, line: str) -> registry.Bound | Say | None:
        """Return what a line of an earlier system means here. Raises: UsageFault."""
        me = self.bridge.state.me
        return registry.classic(line, me.name if me is not None else "")
