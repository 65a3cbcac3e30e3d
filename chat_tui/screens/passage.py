"""A visit to a message in the past: it, and what was said around it, as far as one scrolls. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_core.client.state import passage as passages
from chat_core.client.state.passage import Passage
from chat_core.protocol.requests.messages import History
from chat_tui.bridge import Bridge
from chat_tui.messages import LinkChosen
from chat_tui.screens.base import BaseScreen
from chat_tui.screens.fetching import Fetching
from chat_tui.screens.whole import WholeScreen
from chat_tui.views.formatting import Looks
from chat_tui.views.found import foot_line, title_line
from chat_tui.views.lines import Line
from chat_tui.views.names import called, shown_name
from chat_tui.widgets.bars import Bar
from chat_tui.widgets.passage_pane import PassagePane

MORE: Final = 100
"""Messages that are read at once when an end comes near."""

_KEYS: Final = "PgUp PgDn scroll · v all of it · Enter goes to {target} · Esc back to what was found"


class _Title(Bar):
    """Where one is."""

    DEFAULT_CSS = "_Title { width: 100%; height: 1; }"

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = target

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return title_line(self._target, "as it was said", width)


class _Foot(Bar):
    """Keys, or what went wrong."""

    DEFAULT_CSS = "_Foot { width: 100%; height: 1; }"

    words = ""
    fault = False

    @override
    def line(self, width: int) -> Line:
        """See Bar."""
        return foot_line(self.words, width, fault=self.fault)


class PassageScreen(BaseScreen):
    """A passage with one message marked.

    Args:
        bridge: to the server.
        passage: what was read first.
        seq: of the marked message.
        leave_for: told to show the conversation itself, when this screen is gone.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("enter", "go", show=False),
        Binding("v", "view", show=False),
        Binding("up,k", "scroll('line_up')", show=False),
        Binding("down,j", "scroll('line_down')", show=False),
        Binding("pageup", "scroll('page_up')", show=False),
        Binding("pagedown,space", "scroll('page_down')", show=False),
        Binding("home,ctrl+home", "scroll('first')", show=False),
        Binding("end,ctrl+end", "scroll('last')", show=False),
    ]

    def __init__(self, bridge: Bridge, passage: Passage, seq: int, leave_for: Callable[[int], None]) -> None:
        super().__init__()
        self._bridge = bridge
        self._passage = passage
        self._leave_for = leave_for
        known = bridge.state
        bookmarks = known.bookmarks.get(passage.info.id, frozenset())
        self.pane = PassagePane(seq, known.me, bookmarks=bookmarks, ignored=known.ignored)
        """What was said."""
        self._foot = _Foot()
        self._foot.words = _KEYS.format(target=passage.info.target)
        self._fetching = Fetching(self._complain)

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        yield _Title(self._passage.info.target)
        yield self.pane
        yield self._foot
        yield self.cover()

    def on_mount(self) -> None:
        """Show what was read first."""
        self.pane.show(self._passage)

    async def on_unmount(self) -> None:
        """Leave nothing running."""
        await self._fetching.stop()

    # --- keys

    def action_close(self) -> None:
        """Go back to what was found."""
        self.dismiss()

    @override
    def action_cancel(self) -> None:
        """See BaseScreen: copy what is selected, else go back."""
        selected = self.get_selected_text()
        if selected:
            self.app.copy_to_clipboard(selected)
            self.clear_selection()
        else:
            self.dismiss()

    def action_go(self) -> None:
        """Go to the conversation itself."""
        number = self._passage.info.id
        if number not in self._bridge.state.conversations:
            self._complain(f"You are not in {self._passage.info.target}: /join it first.")
            return
        self._leave_for(number)
        self.dismiss()

    def action_view(self) -> None:
        """Show all of the marked message."""
        message, me = self._passage.timeline.find(self.pane.seq), self._bridge.state.me
        if message is not None and message.body:
            looks = Looks(me.name if me is not None and me.id != message.author else "", revealed=True)
            words = f"{self._passage.info.target}:{message.seq}"
            self.app.push_screen(WholeScreen(shown_name(called(message)), words, message.body, looks))

    def action_scroll(self, move: str) -> None:
        """Scroll."""
        getattr(self.pane, f"action_{move}")()

    # --- what the pane says

    def on_passage_pane_more_wanted(self, event: PassagePane.MoreWanted) -> None:
        """Fetch it."""
        event.stop()
        self._fetching.start("older" if event.older else "newer", self._older if event.older else self._newer)

    def on_link_chosen(self, event: LinkChosen) -> None:
        """Copy the address."""
        event.stop()
        self.app.copy_to_clipboard(event.url)

    # --- how

    async def _older(self) -> None:
        if not self._passage.timeline.at_start:
            first = self._passage.timeline.known_from
            ask = History(conversation=self._passage.info.id, anchor="before", seq=first, limit=MORE)
            page = await self._bridge.call(ask)
            self._passage = passages.with_older(self._passage, page)
            self.pane.show(self._passage)

    async def _newer(self) -> None:
        if not self._passage.at_end:
            last = self._passage.timeline.last_seq
            ask = History(conversation=self._passage.info.id, anchor="after", seq=last, limit=MORE)
            page = await self._bridge.call(ask)
            self._passage = passages.with_newer(self._passage, page)
            self.pane.show(self._passage)

    def _complain(self, sentence: str) -> None:
        self._foot.words, self._foot.fault = sentence, True
        self._foot.changed()
