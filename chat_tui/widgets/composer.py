"""Where one writes: lines, completions, lines sent before. Says what was entered; never sends or runs it.

What is typed is never disturbed: nothing but the keyboard, the mouse and a change of conversation touches the text.
The keys are bindings of `chat_tui.keys`, so that they can be given to others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Final, NamedTuple

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.protocol.limits import BODY_BYTES
from chat_tui.commands.completing import Completion, Known, complete
from chat_tui.commands.line import Nothing, Run, Say, parse
from chat_tui.commands.registry import Bound, bind
from chat_tui.keys import bindings
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.ordered import carry_out
from chat_tui.widgets.recall import Recall

MAX_PASTE: Final = 64_000
"""Characters of a paste that are taken; more than any message can hold."""

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_MOVES: Final = ("cursor_up", "cursor_down", "cursor_left", "cursor_right")
_EDITING: Final[list[BindingType]] = [
    *(Binding(move.removeprefix("cursor_"), move, show=False) for move in _MOVES),
    *(Binding(f"shift+{move.removeprefix('cursor_')}", f"{move}(True)", show=False) for move in _MOVES),
    Binding("ctrl+shift+left", "cursor_word_left(True)", show=False),
    Binding("ctrl+shift+right", "cursor_word_right(True)", show=False),
    Binding("shift+home", "cursor_line_start(True)", show=False),
    Binding("shift+end", "cursor_line_end(True)", show=False),
    Binding("backspace", "delete_left", show=False),
    Binding("delete,ctrl+d", "delete_right", show=False),
    Binding("ctrl+x", "cut", show=False),
    Binding("ctrl+v", "paste", show=False),
]
"""What every editor does; not worth a row in the help."""


class Draft(NamedTuple):
    """What is written and not sent."""

    text: str = ""
    """It."""
    cursor: tuple[int, int] = (0, 0)
    """Line and column of the cursor."""


class _Cycle(NamedTuple):
    """A completion that Tab goes through."""

    completion: Completion
    original: str
    at: int
    result: str


class Composer(TextArea, inherit_bindings=False):
    """The text that is being written."""

    BINDINGS: ClassVar[list[BindingType]] = [*_EDITING, *bindings("composer")]

    DEFAULT_CSS = """
    Composer, Composer:focus {
        height: auto; min-height: 1; max-height: 8; width: 1fr; border: none; padding: 0 1;
        background: $panel; color: $foreground; scrollbar-size: 1 1;
        & .text-area--cursor { background: $own; color: $background; }
        & .text-area--selection { background: $line; }
        & .text-area--placeholder { color: $read-hint; }
    }
    """

    class Entered(Message):
        """Enter was pressed on a line that means something; it was taken out of the composer."""

        def __init__(self, line: Say | Bound, text: str, conversation: int | None) -> None:
            super().__init__()
            self.line = line
            """What it means."""
            self.text = text
            """What was written."""
            self.conversation = conversation
            """Where."""

    class Refused(Message):
        """Enter was pressed on a line that means nothing; it stays."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence
            """Why, and what to do."""

    class Writing(Message):
        """Somebody writes a message, or has stopped without sending it."""

        def __init__(self, active: bool) -> None:
            super().__init__()
            self.active = active
            """False: stopped."""

    def __init__(self, popup: CompletionPopup, known: Callable[[], Known], *, id: str | None = None) -> None:
        """Make an empty composer.

        Args:
            popup: where completions are shown.
            known: returns the names there are.
            id: the widget's.
        """
        super().__init__(id=id, compact=True, highlight_cursor_line=False, tab_behavior="focus")
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.conversation: int | None = None
        """Where what is written belongs; set by the screen together with the draft."""
        self._popup = popup
        self._known = known
        self._recall = Recall()
        self._cycle: _Cycle | None = None
        self._dismissed: int | None = None
        self._wrote = False
        self._loaded: str | None = None
        self._offered = ("", 0)

    # --- what is written

    @property
    def draft(self) -> Draft:
        """What is written now."""
        return Draft(self.text, self.cursor_location)

    @draft.setter
    def draft(self, draft: Draft) -> None:
        self._cycle = self._dismissed = None
        self._wrote = False
        self._loaded = draft.text
        self._recall.reset()
        self.load_text(draft.text)
        self.move_cursor(draft.cursor)
        self._popup.hide()

    def give_up(self) -> None:
        """Take away what is written; it can be recalled."""
        self._recall.add(self.text)
        self.draft = Draft()

    @property
    def index(self) -> int:
        """Place of the cursor as an index in the text."""
        row, column = self.cursor_location
        return sum(len(self.document.get_line(line)) + 1 for line in range(row)) + column

    # --- keys

    async def _on_key(self, event: events.Key) -> None:
        """See Widget."""
        await carry_out(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert pasted text, whatever is in it, and send nothing."""
        event.prevent_default()
        event.stop()
        text = _CONTROLS.sub("", _NEWLINES.sub("\n", event.text))
        if len(text) > MAX_PASTE:
            self.post_message(
                self.Refused(f"{len(text):,} characters are too many to paste; `chat-tui send` takes whole files.")
            )
            return
        self._edited(text, *self.selection)

    def action_send(self) -> None:
        """Say what was entered, and begin anew; a line that means nothing stays to be mended."""
        text = self.text
        try:
            line = _meaning(text)
        except UsageFault as fault:
            self.post_message(self.Refused(str(fault)))
            return
        if line is not None:
            self.give_up()
            self.post_message(self.Entered(line, text, self.conversation))

    def action_newline(self) -> None:
        """Begin a new line."""
        self._edited("\n", *self.selection)

    def action_recall(self, by: int) -> None:
        """Show a line that was sent before."""
        line = self._recall.go(by, self.text)
        if line is not None:
            self._loaded = line
            self.load_text(line)
            self.move_cursor(self.document.end)
            self._popup.hide()

    @override
    def action_cursor_up(self, select: bool = False) -> None:
        """Go through the candidates if there are any, else up."""
        if not select and self._popup.candidates:
            self.action_complete(-1)
        else:
            super().action_cursor_up(select)

    @override
    def action_cursor_down(self, select: bool = False) -> None:
        """Go through the candidates if there are any, else down."""
        if not select and self._popup.candidates:
            self.action_complete(1)
        else:
            super().action_cursor_down(select)

    @override
    def action_cursor_line_end(self, select: bool = False) -> None:
        """Go to the end of the line; when nothing is written, leave the key to the timeline."""
        if not self.text:
            raise SkipAction()
        super().action_cursor_line_end(select)

    # --- completion

    def action_complete(self, by: int = 1) -> None:
        """Put a candidate into the text; again: the next one, and at last what was written before."""
        cycle = self._cycle
        if cycle is None or cycle.result != self.text:
            completion = complete(self.text, self.index, self._known(), asked=True)
            if not completion.candidates:
                return
            if len(completion.candidates) == 1:
                self._put(completion, completion.candidates[0].text, space=True)
                return
            original = self.text[completion.start : completion.end]
            cycle = _Cycle(completion, original, -1 if by > 0 else 0, self.text)
        self._step(cycle, by)

    def dismiss_completion(self) -> bool:
        """Close the popup, and take back a candidate that Tab has put; return whether there was one."""
        if not self._popup.display:
            return False
        cycle, self._cycle = self._cycle, None
        if cycle is not None and cycle.result == self.text:
            self._put(cycle.completion, cycle.original)
        self._dismissed = complete(self.text, self.index, self._known()).start
        self._popup.hide()
        return True

    def pick(self, index: int) -> None:
        """Put a candidate of the popup into the text."""
        completion = self._cycle.completion if self._cycle is not None else None
        if completion is None:
            completion = complete(self.text, self.index, self._known(), asked=True)
        if index < len(completion.candidates):
            self._put(completion, completion.candidates[index].text, space=True)
        self.focus()

    def _step(self, cycle: _Cycle, by: int) -> None:
        count = len(cycle.completion.candidates)
        # One place more than there are candidates: what was written before.
        index = (cycle.at + by) % (count + 1)
        text = cycle.original if index == count else cycle.completion.candidates[index].text
        self._put(cycle.completion, text)
        self._cycle = cycle._replace(at=index, result=self.text)
        self._show(cycle.completion, None if index == count else index)

    def _put(self, completion: Completion, text: str, *, space: bool = False) -> None:
        """Replace what a completion is about, up to the cursor."""
        start = self._location(completion.start)
        self._cycle = None
        if space and self.text[self.index : self.index + 1] != " ":
            text += " "
        self._edited(text, start, self.cursor_location)

    def _location(self, index: int) -> tuple[int, int]:
        before = self.text[:index]
        return before.count("\n"), len(before) - (before.rfind("\n") + 1)

    def _edited(self, text: str, start: tuple[int, int], end: tuple[int, int]) -> None:
        result = self._replace_via_keyboard(text, *sorted((start, end)))
        if result is not None:
            self.move_cursor(result.end_location)

    def _show(self, completion: Completion, marked: int | None = None) -> None:
        self._popup.show(completion, marked)
        if self._popup.display:
            word_x = self.cursor_screen_offset.x - (self.index - completion.start) - 1
            x = self.region.x if completion.usage else word_x
            self._popup.place(x, self.region.y, self.app.size.width)

    # --- following

    def on_text_area_changed(self) -> None:
        """Look what could stand at the cursor now, and whether somebody is writing a message."""
        if self._cycle is not None and self._cycle.result != self.text:
            self._cycle = None
        self._offer()
        if self.text == self._loaded:
            return
        self._loaded = None
        writes = bool(self.text.strip()) and not self.text.lstrip().startswith("/")
        if writes or self._wrote:
            self.post_message(self.Writing(writes))
        self._wrote = writes

    def on_text_area_selection_changed(self) -> None:
        """Look again when only the cursor has moved."""
        self._offer()

    def names_changed(self) -> None:
        """Look again: there are more names now."""
        self._offered = ("", -1)
        if self.text:
            self._offer()

    def _offer(self) -> None:
        now = self.text, self.index
        if self._cycle is not None or now == self._offered:
            return
        self._offered = now
        completion = complete(*now, self._known()) if self.text != self._loaded else Completion(0, 0)
        if completion.start == self._dismissed:
            return
        self._dismissed = None
        self._show(completion)


def _meaning(text: str) -> Say | Bound | None:
    """Return what a text means; None: nothing.

    Raises:
        UsageFault: it is a command that cannot be run, or more than a message can hold.
    """
    match parse(text):
        case Nothing():
            return None
        case Run() as run:
            return bind(run)
        case Say() as say:
            size = len(say.body.encode("utf-8", "surrogatepass"))
            if size > BODY_BYTES:
                raise UsageFault(f"This is {size:,} bytes long; a message holds {BODY_BYTES:,}. Send it in parts.")
            return say
