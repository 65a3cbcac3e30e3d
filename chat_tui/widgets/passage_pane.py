"""The pane of a passage: drawn as a timeline is, with one message of it marked; asks for more at its ends."""

from __future__ import annotations

from datetime import tzinfo
from typing import ClassVar, Final

from msgspec.structs import replace as replace_fields
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from typing_extensions import override

from chat_core.base.clock import Clock, SystemClock
from chat_core.client.state.passage import Passage
from chat_core.protocol.values import Account
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader
from chat_tui.views.history import History
from chat_tui.views.items import first_behind, seq_of
from chat_tui.widgets.timeline_pane import TimelinePane

_ABOVE: Final = 3
"""The marked message stands a third of the window below its top."""


class PassagePane(TimelinePane, can_focus=False):
    """A window onto a passage."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"passage-pane--hit"}
    DEFAULT_CSS = """
    PassagePane { width: 100%; height: 1fr; background: $background; }
    PassagePane > .passage-pane--hit { background: $panel; }
    """

    class MoreWanted(Message):
        """The window comes near an end of what was read."""

        def __init__(self, older: bool) -> None:
            super().__init__()
            self.older = older
            """Which end."""

    def __init__(
        self,
        seq: int,
        me: Account | None,
        *,
        bookmarks: frozenset[int] = frozenset(),
        ignored: frozenset[int] = frozenset(),
        zone: tzinfo | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Make an empty pane.

        Args:
            seq: of the marked message.
            me: who reads.
            bookmarks: seqs of the messages at which one has them.
            ignored: accounts whose messages are folded away.
            zone: time zone; None: the computer's own.
            clock: gives the year that goes without saying.
        """
        super().__init__()
        self.seq = seq
        """Of the marked message."""
        self._reader = Reader(None, "", zone) if me is None else Reader(me.id, me.name, zone, display=me.display)
        self._reader = replace_fields(self._reader, bookmarks=bookmarks, ignored=ignored)
        self._clock = clock or SystemClock()
        self._passage: Passage | None = None

    def show(self, passage: Passage) -> None:
        """Show a passage, or more of the same one; what is in view stays there."""
        self._passage = passage
        if self._history is None:
            self._history = History(
                passage.shown,
                me=self._reader.account,
                zone=self._reader.zone,
                now_ms=self._clock.wall_ms(),
                preview=self.preview_of,
            )
            self._open()
            return
        self._history.view.follow = False  # its end was not the end of the log
        self._history.update(passage.shown)
        self._history.view.settle()
        self.placed()

    # --- where it is

    @override
    def placed(self) -> None:
        """See TimelinePane."""
        super().placed()
        history, passage = self._history, self._passage
        if history is None or passage is None or not self._rows:
            return
        view = history.view
        if not passage.timeline.at_start and view.top < view.rows:
            self._ask(older=True)
        if not passage.at_end and view.top + 2 * view.rows > view.total:
            self._ask(older=False)

    @override
    def laid_over(self, index: int, strip: Strip) -> Strip:
        """See TimelinePane: the message it is about stands out."""
        if self._history is None or seq_of(self._history.view.items[index]) != self.seq:
            return strip
        over = Style(bgcolor=self.get_component_rich_style("passage-pane--hit").bgcolor)
        segments = [Segment(text, own + over if own else over) for text, own, _ in strip]
        return Strip(self.gate(segments), strip.cell_length)

    @override
    def look_changed(self) -> None:
        """See TimelinePane."""
        self._lay_out()
        self.placed()

    # --- inside

    @override
    def _open(self) -> None:
        history = self._history
        if history is None or not self.window.height:
            return
        self._lay_out()
        view = history.view
        index = min(first_behind(view.items, self.seq - 1), len(view.items) - 1)
        view.go_below(max(0, index), view.rows // _ABOVE)
        self.placed()

    @override
    def _lay_out(self) -> None:
        history = self._history
        self.forget_strips()
        if history is not None and self.window.height:
            where = columns(self.window.width, self.app.size.width, history.longest_name)
            history.view.lay_out(where, self.window.height, self.looking(self._reader))

    def _ask(self, *, older: bool) -> None:
        # Said during a layout, it would be the screen's own message, and stop there on its way up.
        message = self.MoreWanted(older)
        message.set_sender(self)
        self.post_message(message)
