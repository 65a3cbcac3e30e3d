"""The main screen, put together: of what is seen, and of a part for each thing that one does there.

All parts are made here. What each of them does, and what of the screen it touches, stands in its own file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.message import Message
from typing_extensions import override

from chat_core.base.clock import Clock, SystemClock
from chat_core.client.state.changes import Batch
from chat_tui.bridge import Bridge
from chat_tui.commands.context import Answer
from chat_tui.config import Settings
from chat_tui.highlighter import Highlighter
from chat_tui.kept_names import is_about_list
from chat_tui.keys import Keymap, bindings
from chat_tui.live_page import LivePage
from chat_tui.messages import AlertWanted
from chat_tui.screens.alerting import Alerting
from chat_tui.screens.asking import Asking
from chat_tui.screens.baring import Baring
from chat_tui.screens.chat_view import ChatView, Questions
from chat_tui.screens.desk import ScreenDesk
from chat_tui.screens.draft_list import ScreenDrafts
from chat_tui.screens.drafting import Drafting
from chat_tui.screens.entering import Entering
from chat_tui.screens.errands import Errands
from chat_tui.screens.filtering import Filtering
from chat_tui.screens.finding import Finding
from chat_tui.screens.focusing import Focusing
from chat_tui.screens.going import Going
from chat_tui.screens.hands import ScreenHands
from chat_tui.screens.knowing import Knowing
from chat_tui.screens.looking import Looking
from chat_tui.screens.marks import ScreenMarks
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.offering import Offering
from chat_tui.screens.opening import Opening
from chat_tui.screens.pages import Pages
from chat_tui.screens.parts import Part, of_parts
from chat_tui.screens.places import Places
from chat_tui.screens.previewing import Previewing
from chat_tui.screens.quitting import Quitting
from chat_tui.screens.results import Results
from chat_tui.screens.roaming import Roaming
from chat_tui.screens.selecting import Selecting
from chat_tui.screens.splitting import Splitting
from chat_tui.screens.switching import Switching
from chat_tui.screens.telling import Telling
from chat_tui.screens.threading import Threading
from chat_tui.screens.tiled import Tiled
from chat_tui.screens.walking import Walking
from chat_tui.screens.writing import Writing
from chat_tui.views.alerts import Alert
from chat_tui.views.columns import BREAKPOINTS
from chat_tui.widgets.timeline_pane import TimelinePane, known_previews

_WIDTHS: Final = {name: width for width, name in BREAKPOINTS}


@of_parts
class ChatScreen(ChatView):
    """The main screen, empty until the first batch.

    Args:
        bridge: to the server.
        title: where one is, for people.
        page: gets everything that is shown.
        settings: what the user has set.
        keymap: the keys in use.
        memory: folder for what is kept of this server: drafts, visits, rules; None: it ends with the screen.
        servers: known addresses, for completion.
        neighbours: the other servers that are open; None: there are none.
        clock: the time.
        alone: whether nobody else can come to this server.
    """

    class Drawn(Message):
        """The screen was painted for the first time."""

        def __init__(self, screen: ChatScreen) -> None:
            super().__init__()
            self.screen = screen
            """It."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("chat")]

    page: LivePage
    """Gets everything that is shown."""
    pages: Pages
    """The same page for commands."""
    knowing: Knowing
    """Names for completion."""
    asking: Asking
    """What was asked."""
    offering: Offering
    """A line that can still be said."""
    errands: Errands
    """What is under way."""
    hands: ScreenHands
    """What actions on a message may do."""
    telling: Telling
    """What is told of what came."""

    entering: Entering
    """Lines that are entered."""
    writing: Writing
    """What is being written."""
    going: Going
    """To a conversation of this server."""
    tiled: Tiled
    """Which conversation is in which pane."""
    walking: Walking
    """Keys that lead about on this server."""
    roaming: Roaming
    """To another server."""
    switching: Switching
    """The switcher."""
    selection: Selecting
    """A message that is selected."""
    finder: Finding
    """Words that are looked for."""
    results: Results
    """What was found or put aside."""
    looking: Looking
    """Links."""
    threads: Threading
    """The thread that is open."""
    splits: Splitting
    """Panes, split and closed."""
    focusing: Focusing
    """The focus, led from part to part."""
    previews: Previewing
    """What is in files."""
    alerts: Alerting
    """What is worth a sound."""
    baring: Baring
    """Text and mouse for the terminal."""
    filtering: Filtering
    """Lines that are hidden."""
    marks: ScreenMarks
    """Places with a name."""
    drafts: ScreenDrafts
    """What is written and not sent."""
    quitting: Quitting
    """Leaving."""
    opening: Opening
    """The screen as it was left."""

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
        alone: bool = False,
    ) -> None:
        clock, neighbours = clock or SystemClock(), neighbours or Neighbours()
        places = Places(neighbours.walk, neighbours.number)
        knowing = Knowing(lambda: bridge.state, places, servers)
        super().__init__(
            bridge,
            title=title,
            settings=settings,
            keymap=keymap or Keymap(),
            places=places,
            neighbours=neighbours,
            drafting=Drafting(memory, lambda sentence: self.answer(Answer(sentence, fault=True, unasked=True))),
            filtering=Filtering(self, memory),
            marked=lambda conversation: self.marks.kept.at(conversation),
            questions=Questions(
                knowing.known,
                last_own=lambda: self.writing.last_own(),
                select_above=lambda: self.selection.select_above(),
                find_words=lambda: self.finder.find_words(),
            ),
            clock=clock,
            alone=alone,
        )
        self.knowing = knowing
        if settings.commands.classic_forms:
            self.composer.classic = knowing.classic
        self.page = page
        self.asking = Asking(clock)
        self.offering = Offering()
        self.pages = Pages(page, self.asking, lambda: bridge.state, self.answer, bridge.call, bridge.read_file, clock)
        self.errands = Errands(bridge, ScreenDesk(self, clock), clock)
        self.hands = ScreenHands(self)
        self.telling = Telling(self, clock.wall_ms)
        self._make_parts(memory, clock)

    def _make_parts(self, memory: Path | None, clock: Clock) -> None:
        self.entering = Entering(self)
        self.going = Going(self, memory, clock, lambda: self.tiled.arrived(), lambda: self.tiled.go_beside())
        self.tiled = Tiled(self, memory)
        self.selection = Selecting(self)
        self.finder = Finding(self)
        self.results = Results(self)
        self.threads = Threading(self)
        self.writing = Writing(self)
        self.marks = ScreenMarks(self, memory, clock)
        self.drafts = ScreenDrafts(self)
        self.knowing.marks = lambda: self.marks.kept.all
        self.walking = Walking(self)
        self.quitting = Quitting(self)
        self.roaming = Roaming(self)
        self.switching = Switching(self)
        self.looking = Looking(self, self.hands.open_link)
        self.splits = Splitting(self)
        self.focusing = Focusing(self)
        self.baring = Baring(self)
        self.previews = Previewing(
            self.bridge.read_file, lambda: known_previews(self.app), lambda: self.query(TimelinePane)
        )
        self.alerts = Alerting(memory, lambda: self.words, self.answer, self._alert, self.filtering.in_use)
        self.opening = Opening(self)
        self.bridge.lens = Highlighter(lambda: self.words).seen
        self._following: tuple[Part, ...] = (
            self.filtering, self.tiled, self.alerts, self.quitting, self.roaming, self.threads, self.selection,
            self.finder, self.writing, self.marks, self.opening,
        )  # fmt: skip

    def on_mount(self) -> None:
        """Show what there is: where one is, and that the connection is being made."""
        self.take(Batch(state=self.bridge.state, changes=()))
        self.call_after_refresh(self.post_message, self.Drawn(self))
        self.opening.wait()

    async def on_unmount(self) -> None:
        """Leave nothing running, and nothing that is written."""
        await self.previews.end()
        await self.tiled.end()
        self.going.keep_draft()
        await self.errands.stop()
        await self.drafting.close()
        await self.going.end()
        await self.alerts.end()

    # --- what comes

    def take(self, batch: Batch) -> None:
        """Show what a batch changed."""
        if self.neighbours.shown:
            self.page.take(batch, self.title_here)
        self.places.take(batch)
        if self.is_mounted and self.timeline.is_attached:  # else not yet, or no longer: what comes while one leaves
            self._show(batch)
        for part in self._following:
            part.take(batch)

    def _show(self, batch: Batch) -> None:
        self.telling.before(batch)
        self.writing.before(batch)
        if batch.state.me is not None:
            self.drafting.open(batch.state.me.id, batch.state.epoch)
            if is_about_list(batch):
                self.drafting.follow(batch.state)
        self.tiles.apply(batch)
        self.going.follow(batch)
        self.telling.after(batch)

    @override
    def show_around(self) -> None:
        """See ChatView; what is shown of members is asked for."""
        super().show_around()
        conversation = self.open_conversation()
        if conversation is not None:
            self.errands.freshen_members(conversation)

    def leave_here(self) -> None:
        """Leave what belongs to the conversation alone: selection, thread, what is looked for."""
        self.threads.action_close_thread()
        self.selection.leave()
        if self.finding:
            self.finder.action_stop_finding()
        if self.focused in (self.select_bar, self.find_bar, self.pane_bar):
            self.focus_on(self.composer)

    # --- telling

    def answer(self, answer: Answer) -> None:
        """Show something to this person only."""
        answer = self.offering.hinted(answer)
        if self.neighbours.shown:
            self.page.tell(answer.title, "\n".join(line.text.rstrip() for line in answer.lines), fault=answer.fault)
        self.answers.show(answer)
        self.composer.give_way()

    @override
    def tell(self, sentence: str) -> None:
        """See BaseScreen."""
        self.answer(Answer(sentence, fault=True))

    def ask(self, topic: str, question: str, act: Callable[[], object]) -> None:
        """Ask; act if the same was asked about a moment ago."""
        if self.asking.meant(topic):
            act()
        else:
            self.asking.ask(topic)
            self.answer(Answer(question))

    def _alert(self, alert: Alert) -> None:
        if self.is_mounted:
            self.post_message(AlertWanted(alert, self.title_here))

    # --- keys for the layout

    def action_escape(self) -> None:
        """Close the topmost thing that is open, else go to the newest message, else take everything here as read."""
        covered = self.covered
        if self.composer.dismiss_completion() or self.selection.leave_clicked():
            return
        if self.answers.dismiss() or self.composer.leave_mode():
            return
        if covered:
            self.uncover()
            self.show_around()
        elif self.timeline.pointed is not None or not self.timeline.following:
            self.walking.action_last()
        elif self.composer.thread:
            self.threads.leave()
        elif not self.composer.text:
            self.timeline.mark_read()

    def action_toggle_list(self) -> None:
        """Show or hide the conversations."""
        self.toggle("list", beside=self.app.size.width >= _WIDTHS["-mid"])

    def action_toggle_members(self) -> None:
        """Show or hide the members."""
        self.toggle("members", beside=self.app.size.width >= _WIDTHS["-wide"])
