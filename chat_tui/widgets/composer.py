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
from textual.binding import BindingType
from textual.message import Message
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.protocol.limits import BODY_BYTES
from chat_tui.commands.completing import Known
from chat_tui.commands.line import Nothing, Run, Say, parse
from chat_tui.commands.registry import Bound, bind
from chat_tui.keys import bindings
from chat_tui.widgets.completing_area import CompletingArea
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.recall import Recall

MAX_PASTE: Final = 64_000
"""Characters of a paste that are taken; more than any message can hold."""

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Draft(NamedTuple):
    """What is written and not sent."""

    text: str = ""
    """It."""
    cursor: tuple[int, int] = (0, 0)
    """Line and column of the cursor."""


class Composer(CompletingArea):
    """The text that is being written."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("composer")]

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

    class EnteredNothing(Message):
        """Enter was pressed, and nothing is written."""

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
        super().__init__(popup, known, id=id)
        self.conversation: int | None = None
        """Where what is written belongs; set by the screen together with the draft."""
        self.classic: Callable[[str], Bound | Say | None] = lambda text: None
        """Takes lines of earlier systems first; set by the screen. Raises: UsageFault."""
        self._recall = Recall()
        self._wrote = False

    # --- what is written

    @property
    def draft(self) -> Draft:
        """What is written now."""
        return Draft(self.text, self.cursor_location)

    @draft.setter
    def draft(self, draft: Draft) -> None:
        self._wrote = False
        self._recall.reset()
        self.load(draft.text, draft.cursor)

    def give_up(self) -> None:
        """Take away what is written; it can be recalled."""
        self._recall.add(self.text)
        self.draft = Draft()

    # --- keys

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
        self.edited(text, *self.selection)

    def action_send(self) -> None:
        """Say what was entered, and begin anew; a line that means nothing stays to be mended."""
        text = self.text
        try:
            line = self.classic(text) or _meaning(text)
        except UsageFault as fault:
            self.post_message(self.Refused(str(fault)))
            return
        if line is not None:
            self.give_up()
            self.post_message(self.Entered(line, text, self.conversation))
        else:
            self.post_message(self.EnteredNothing())

    def action_newline(self) -> None:
        """Begin a new line."""
        self.edited("\n", *self.selection)

    def action_recall(self, by: int) -> None:
        """Show a line that was sent before."""
        line = self._recall.go(by, self.text)
        if line is not None:
            self.load(line)

    @override
    def action_cursor_line_end(self, select: bool = False) -> None:
        """Go to the end of the line; when nothing is written, leave the key to the timeline."""
        if not self.text:
            raise SkipAction()
        super().action_cursor_line_end(select)

    # --- following

    def on_text_area_changed(self) -> None:
        """Tell whether somebody is writing a message."""
        if not self.was_typed:
            return
        writes = bool(self.text.strip()) and not self.text.lstrip().startswith("/")
        if writes or self._wrote:
            self.post_message(self.Writing(writes))
        self._wrote = writes


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
