"""The pane of a timeline: draws line by line what a `History` has in view. Knows neither changes nor accounts.

Each line is painted once and remembered. What the user does to the pane - wheel, scroll bar, selection, a click on a
link - becomes a place in the view, a copied text or a message to the application.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace as replace_fields
from textual import events
from textual.app import App
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from typing_extensions import override

from chat_core.protocol.values import FileInfo, Message
from chat_tui.config import LookSection
from chat_tui.messages import LinkChosen, PartClicked, PreviewWanted
from chat_tui.views.cache import Recent
from chat_tui.views.lines import Line
from chat_tui.widgets.bars import span_at
from chat_tui.widgets.beforehand import Beforehand
from chat_tui.widgets.paint import Painted
from chat_tui.widgets.scroller import Scroller
from chat_tui.widgets.straight import Straight
from chat_tui.widgets.timeline_text import Selected, copied, marked, span_of, word_at

if TYPE_CHECKING:
    from chat_tui.views.drawing import Reader
    from chat_tui.views.history import History
    from chat_tui.views.previews import Preview


_REMEMBERED: Final = 200
"""Painted items that are kept: some screens. Each line of them takes several kilobytes."""

_AT_END_S: Final = 0.3
_READING_S: Final = 0.05
"""After so long without a change the page above is prepared: in a flood, never."""
_AT_ONCE: Final = 5
"""Items that are painted in one go, some 0.1 ms each."""


def known_previews(app: App[Any]) -> Recent[bytes, Preview] | None:
    """Return what an application knows of files, by their SHA-256; None: it keeps nothing of the kind."""
    known: Recent[bytes, Preview] | None = getattr(app, "previews", None)
    return known


class TimelinePane(Scroller, ScrollView, Straight, Painted, can_focus=False):
    """A window onto a history, at its end unless somebody scrolled up."""

    DEFAULT_CSS = """
    TimelinePane { overflow-x: hidden; overflow-y: scroll; scrollbar-size: 1 1; }
    """

    def __init__(self, *, end_key: str = "End", id: str | None = None) -> None:
        super().__init__(id=id)
        self._end_key = end_key
        self._history: History | None = None
        self._strips: Recent[Hashable, list[Strip]] = Recent(_REMEMBERED)
        self._rows: list[tuple[int, int]] = []
        """Item and line of each line in the window."""
        self._previews_wanted: frozenset[bytes] = frozenset()
        self._beforehand = Beforehand(self._prepare)

    @property
    def history(self) -> History | None:
        """What is shown."""
        return self._history

    @property
    def following(self) -> bool:
        """Whether the view is at the end and stays there as more comes."""
        return self._history is None or self._history.view.follow

    # --- looks

    def look_changed(self) -> None:
        """Lay out anew: what is set of the looks is another one now; for subclasses."""

    def looking(self, reader: Reader) -> Reader:
        """Return who reads, with what is set of the looks."""
        from chat_tui.views import pictures
        from chat_tui.views.previews import Wish

        look: LookSection | None = getattr(self.app, "look", None)
        if look is None:
            return reader
        wish = Wish()
        if look.previews == "on":
            drawn = look.symbols == "unicode" and not self.app.no_color and pictures.available()
            wish = Wish(texts=True, pictures=drawn, most_bytes=1_000 * look.preview_max_kb)
        words: str = getattr(self.app, "words", "")
        return replace_fields(
            reader,
            roomy=look.density == "roomy",
            emoji_names=getattr(self.app, "named_emoji", frozenset()),
            previews=wish,
            words=words,
        )

    # --- previews

    def preview_of(self, file: FileInfo) -> Preview | None:
        """Return what is shown of a file, if the application knows it."""
        known = known_previews(self.app)
        return known.get(file.sha256) if known is not None else None

    def wants_preview(self, sha256: bytes) -> bool:
        """Return whether something that is to be shown of a file is missing in the window."""
        return sha256 in self._previews_wanted

    def show_preview(self, sha256: bytes, preview: Preview) -> None:
        """Show what is in a file; whoever reads goes on reading where they are."""
        if self._history is not None and self.window.height:
            self._history.show_preview(sha256, preview)
            self.placed()

    def _want_previews(self, history: History) -> None:
        """Ask for what is to be shown of the files in the window, once for each time they come into it."""
        wanted = {each.file.sha256: each for each in history.wanted_previews() if each.file is not None}
        before, self._previews_wanted = self._previews_wanted, frozenset(wanted)
        for sha256, message in wanted.items():
            if sha256 not in before and message.file is not None:
                # Said during a layout, it would be the screen's own message, and stop there on its way up.
                said = PreviewWanted(history.conversation.id, message.seq, message.file)
                said.set_sender(self)
                self.post_message(said)

    # --- moving

    @override
    def resized(self, size: Size) -> None:
        """See Scroller."""
        first = not self._rows
        self.screen.clear_selection()
        self._lay_out()
        if first:
            self._open()
        else:
            self.placed()

    def _lay_out(self) -> None:
        """Lay out the history for the window's width; for subclasses."""

    def _open(self) -> None:
        """Go where reading begins; for subclasses."""

    def placed(self) -> None:
        """Show what the view has in its window now; to be called after each change of it."""
        history = self._history
        if history is not None and self.window.height:
            self._rows = list(history.view.visible())
            newest = history.view.newest()
            if newest:
                self._rows[-len(newest) :] = newest
            self.place(history.view.total, history.view.top)
            # The scroll bar says where one reads; at the end there is nothing to say, and it recedes.
            self.set_class(not history.view.follow, "-reading")
            self._want_previews(history)
            self._beforehand.after(_AT_END_S if history.view.follow else _READING_S)

    def on_unmount(self) -> None:
        """Leave nothing to be done."""
        self._beforehand.stop()

    def _prepare(self) -> bool:
        """Paint some of the page above, to which one scrolls next; return whether there is more to do."""
        history = self._history
        if history is None or not self.window.height or not self.is_attached or not self.screen.is_current:
            return False
        view = history.view
        if not view.counted_above:
            view.count_above()
            self.renumber(view.total, view.top)
            return True
        self.look_again()
        missing = [index for index in reversed(view.above()) if view.items[index].look not in self._strips]
        for index in missing[:_AT_ONCE]:
            self._strips_of(history, index)
        return len(missing) > _AT_ONCE

    @override
    def moved_to(self, line: int) -> None:
        """See Scroller."""
        if self._history is not None and self.window.height:
            self._history.view.scroll(line)
            self.placed()

    @override
    def page(self, direction: int) -> None:
        """See Scroller.

        What tells of newer ones covers some lines: a page down that ends just one line short of the end, because a
        notice came meanwhile, would show less than the end does.
        """
        history = self._history
        covered = history.view.kept_at_most if history is not None else 0
        self._scroll_by(direction * max(1, self.window.height - 2 - covered))
        if direction > 0 and history is not None and history.view.last_top - history.view.top <= 1:
            self.action_last()

    def action_page_up(self) -> None:
        """Scroll up by a page; two lines stay."""
        self.page(-1)

    def action_page_down(self) -> None:
        """Scroll down by a page; two lines stay."""
        self.page(1)

    def action_line_up(self) -> None:
        """Scroll up by a line."""
        self._scroll_by(-1)

    def action_line_down(self) -> None:
        """Scroll down by a line."""
        self._scroll_by(1)

    def action_first(self) -> None:
        """Go to the oldest message that is known."""
        from chat_tui.views.timeline import START

        self.moved_to(START)

    def action_last(self) -> None:
        """Go to the end, and stay there."""
        if self._history is not None:
            self._history.view.go_to_end()
            self.placed()

    def _scroll_by(self, lines: int) -> None:
        if self._history is not None:
            self.moved_to(self._history.view.top + lines)

    # --- drawing

    @override
    def lines_on_screen(self, lines: range) -> list[Strip]:
        """See Straight. The screen need not know where text stands: that costs a style for each word."""
        self.look_again()
        selection = self.text_selection
        return [self._line(y, selection)[0] for y in lines]

    @override
    def render_line(self, y: int) -> Strip:
        """See Widget: with places for whoever asks for a line by itself, which is to find out what was clicked at."""
        self.look_again()
        strip, number = self._line(y, self.text_selection)
        return strip if number is None else strip.apply_offsets(0, number)

    def _line(self, y: int, selection: Selection | None) -> tuple[Strip, int | None]:
        """Return a line of the window as it is drawn, and the number of its row; None: none of its own."""
        from chat_tui.views.newer import newer_line

        width = self.window.width
        history = self._history
        if history is None:
            return self.painted(Line(), width), None
        if self._is_marker(y):
            unread = history.conversation.unread if history.unread_at() is not None else 0
            line = newer_line(history.below(), width, self._end_key, more=history.gap_below, unread=unread)
            return self.painted(line, width), None
        row = self._row(y)
        if row < 0:
            return self.painted(Line(), width), None
        index, at = self._rows[row]
        strip = self.laid_over(index, self._strips_of(history, index)[at])
        number = self._number(row)
        if selection is not None:
            line = history.view.lines(index)[at]
            span = span_of(selection, number, line)
            if span is not None:
                style = self.screen.get_component_rich_style("screen--selection")
                marking = marked(strip, line, *span, style)
                strip = Strip(self.gate(list(marking)), marking.cell_length)
        return strip, number

    def laid_over(self, _index: int, strip: Strip) -> Strip:
        """Return a line of an item with what does not belong to the item itself; for subclasses."""
        return strip

    @override
    def forget_strips(self) -> None:
        """See Painted."""
        self._strips.clear()

    def _strips_of(self, history: History, index: int) -> list[Strip]:
        look = history.view.items[index].look
        strips = self._strips.get(look)
        if strips is None:
            width = self.window.width
            lines = history.view.lines(index)
            strips = self._strips.put(look, [self.painted(line, width) for line in lines])
        return strips

    def _is_marker(self, y: int) -> bool:
        """Return whether a line of the window is the one that says how much is below what is read."""
        view = self._history.view if self._history is not None else None
        return view is not None and not view.follow and y == view.readable

    def _row(self, y: int) -> int:
        """Return which of the rows is at line `y` of the window, -1: none. A short history stands at the bottom."""
        row = y - max(0, self.window.height - len(self._rows))
        return row if 0 <= row < len(self._rows) else -1

    def _number(self, row: int) -> int:
        """Return a number for a row that it keeps, whatever is put in front of it: selections remember it."""
        assert self._history is not None
        view = self._history.view
        if row > view.readable:  # one of the newest lines, which stand further down
            index, at = self._rows[row]
            return view.heights.top(index) + at - view.shifted
        return view.top + row - view.shifted

    # --- text

    @override
    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """See Widget."""
        history = self._history
        return (copied(self._selected(history, selection)), "\n") if history is not None else None

    @override
    def selection_updated(self, selection: Selection | None) -> None:
        """See Widget."""
        self.refresh()

    def _selected(self, history: History, selection: Selection) -> Iterator[Selected]:
        view = history.view
        first = selection.start.y + view.shifted if selection.start is not None else 0
        last = selection.end.y + view.shifted if selection.end is not None else view.total - 1
        first, last = max(0, first), min(last, view.total - 1)
        if not view.items or last < first:
            return
        index, at = view.heights.at(first)
        number = first
        while number <= last and index < len(view.items):
            for line in view.lines(index)[at:]:
                span = span_of(selection, number - view.shifted, line)
                if span is not None:
                    yield Selected(index, line, *span)
                number += 1
            index, at = index + 1, 0

    def on_click(self, event: events.Click) -> None:
        """Follow a link, reveal what is hidden, go to the end; twice or thrice: select a word, a message."""
        from chat_tui.views.items import seq_of

        history = self._history
        if history is None:
            return
        if self._is_marker(event.y):
            event.stop()
            self.action_last()
            return
        row = self._row(event.y)
        if event.chain > 1:
            # The toolkit would select everything there is.
            event.prevent_default()
            if row >= 0:
                self._select(history, row, event.x if event.chain == 2 else None)
        elif row >= 0:
            index, at = self._rows[row]
            line = history.view.lines(index)[at]
            span = span_at(line, event.x)
            if span is not None and line.spans[span].link:
                event.stop()
                self.post_message(LinkChosen(line.spans[span].link))
            elif span is not None and line.spans[span].act:
                event.stop()
                self._act(history, index, line.spans[span].act)
            elif span is not None and line.spans[span].role == "spoiler":
                event.stop()
                self.reveal(seq_of(history.view.items[index]))

    def _act(self, history: History, index: int, act: str) -> None:
        from chat_tui.views.pointing import message_of

        message = message_of(history.view.items[index])
        if isinstance(message, Message):
            self.post_message(PartClicked(history.conversation.id, message, act))

    def reveal(self, seq: int) -> None:
        """Show what is hidden in a message, or hide it again."""
        if self._history is not None:
            self._history.reveal(seq)
            self.placed()

    def _select(self, history: History, row: int, cell: int | None) -> None:
        """Select the word at a cell of a row, or without one the whole message."""
        index, at = self._rows[row]
        lines = history.view.lines(index)
        number = self._number(row)
        if cell is None:
            start = Offset(lines[0].gutter, number - at)
            end = Offset(len(lines[-1].text), number - at + len(lines) - 1)
        else:
            word = word_at(lines[at], cell)
            if word is None:
                return
            start, end = Offset(word[0], number), Offset(word[1], number)
        self.screen.selections = {self: Selection(start, end)}
