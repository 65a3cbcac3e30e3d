"""Where one writes: a message, another text for one, an answer. Says what was entered; never sends or runs it.

What is typed is never disturbed: nothing but the keyboard, the mouse and a change of conversation touches the text.
The keys are bindings of `chat_tui.keys`, so that they can be given to others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea
from typing_extensions import override

from chat_core.base.errors import UsageFault
from chat_core.protocol.limits import BODY_BYTES
from chat_core.protocol.values import Message as Said
from chat_tui.config import Settings
from chat_tui.drafts import MOST_CHARS, Draft
from chat_tui.keys import bindings
from chat_tui.widgets.completing_area import EDITING
from chat_tui.widgets.completion import CompletionPopup
from chat_tui.widgets.outside import write_outside
from chat_tui.widgets.recalling_area import RecallingArea

if TYPE_CHECKING:
    from chat_tui.commands.bound import Bound
    from chat_tui.commands.completing import Known
    from chat_tui.commands.line import Say


MAX_PASTE: Final = MOST_CHARS
"""Characters of a paste that are taken; more than any message can hold."""

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NEAR: Final = BODY_BYTES * 4 // 5


class Composer(RecallingArea, TextArea, inherit_bindings=False, inherit_css=False):
    """The text that is being written.

    The toolkit's styles of an editor, for line numbers, brackets and eight states, take longer to read than the rest
    of the screen's: what is needed of them stands here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*EDITING, *bindings("composer")]

    COMPONENT_CLASSES = TextArea.COMPONENT_CLASSES
    DEFAULT_CSS = """
    Composer, Composer:focus {
        height: auto; min-height: 1; max-height: 8; width: 1fr; border: none; padding: 0 1;
        background: $panel; color: $foreground; pointer: text; overflow: auto auto; scrollbar-size: 1 1;
        scrollbar-background: $scrollbar-background; scrollbar-background-hover: $scrollbar-background-hover;
        scrollbar-background-active: $scrollbar-background-active; scrollbar-color: $scrollbar;
        scrollbar-color-hover: $scrollbar-hover; scrollbar-color-active: $scrollbar-active;
        scrollbar-corner-color: $scrollbar-corner-color;
        & .text-area--cursor { background: $own; color: $background; text-style: $input-cursor-text-style; }
        & .text-area--selection { background: $line; color: $input-selection-foreground; }
        & .text-area--placeholder { color: $read-hint; }
    }
    """

    class Entered(Message):
        """Enter was pressed on a line that means something; it was taken out of the composer."""

        def __init__(
            self, line: Say | Bound, draft: Draft, conversation: int | None, thread: int = 0, also: bool = False
        ) -> None:
            super().__init__()
            self.thread = thread
            """In which thread, by the seq of what it hangs on; 0: in none."""
            self.also = also
            """With that: whether it is for the conversation besides."""
            self.line = line
            """What it means."""
            self.draft = draft
            """What was written, and what about."""
            self.conversation = conversation
            """Where."""
            self.move = 0
            """Number of a command that leads to another conversation; 0: it leads nowhere."""
            self.behind = 0
            """Number of the one that it was entered behind, and so belongs where that leads; 0: none was under way."""
            self.under_way = False
            """Whether it is counted in `entering`."""

        @property
        def text(self) -> str:
            """What was written."""
            return self.draft.text

    class Refused(Message):
        """Something cannot be done with the line; it stays."""

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

    def __init__(
        self,
        popup: CompletionPopup,
        known: Callable[[], Known],
        *,
        last_own: Callable[[], Said | None] = lambda: None,
        select_above: Callable[[], bool] = lambda: False,
        settings: Settings | None = None,
        id: str | None = None,
    ) -> None:
        """Make an empty composer.

        Args:
            popup: where completions are shown.
            known: returns the names there are.
            last_own: returns the message that Up in an empty line lets edit.
            select_above: selects a message if somebody reads further up; returns whether it did.
            settings: what the user has set.
            id: the widget's.
        """
        super().__init__(popup, known, id=id)
        self.conversation: int | None = None
        """Where what is written belongs; set by the screen together with the draft."""
        self.thread = 0
        """In which thread, by the seq of what it hangs on; 0: in none. Set like that, too."""
        self.also = False
        """Whether what is written in a thread is for the conversation besides."""
        self.behind = 0
        """Number of the command that what is entered now is behind; the screen sets it back when one is elsewhere."""
        self._moves = 0
        self.classic: Callable[[str], Bound | Say | None] = lambda text: None
        """Takes lines of earlier systems first; set by the screen. Raises: UsageFault."""
        self._last_own = last_own
        self._select_above = select_above
        chosen = settings or Settings()
        self._up = chosen.keys.up if chosen.compose.up == "preset" else chosen.compose.up
        self._confirm_lines = chosen.compose.confirm_lines
        self.entering = 0
        """Lines that were entered and are on their way to the screen."""
        self._emoji = chosen.compose.shortcodes
        self._tells = chosen.privacy.typing
        self._about = Draft()
        self._pasted_lines = 0
        self._asked_about: str | None = None
        self._wrote = False

    # --- what is written

    @property
    def draft(self) -> Draft:
        """What is written now."""
        if self._look is not None:
            return replace(self._about, text=self._look.text, cursor=self._look.cursor)
        return replace(self._about, text=self.text, cursor=self.cursor_location)

    @draft.setter
    def draft(self, draft: Draft) -> None:
        self._wrote = False
        self._look = None
        self._pasted_lines = 0
        self._recall.reset()
        self._about = replace(draft, text="", cursor=(0, 0))
        self.load(draft.text, draft.cursor)
        self.post_message(self.ModeChanged())

    @property
    def room(self) -> int | None:
        """Bytes that the message may still grow by, negative: it is too long; None: plenty."""
        if len(self.text) * 4 < _NEAR:
            return None
        size = len(self.text.encode("utf-8", "surrogatepass"))
        return BODY_BYTES - size if size > _NEAR else None

    def give_up(self) -> None:
        """Take away what is written; it can be recalled. What was put aside for it comes back."""
        self._recall.add(self.text)
        self.draft = Draft(self._about.aside) if self._about.edits else Draft()
        self.move_cursor(self.document.end)

    def write_anew(self, message: Said) -> None:
        """Let the text of a message be written anew; what is written now is put aside."""
        from chat_tui.commands.line import as_typed

        before = self.draft
        aside = before.aside if before.edits else before.text
        self.draft = Draft(as_typed(message.body), edits=message.seq, aside=aside)
        self.move_cursor(self.document.end)

    def reply(self, seq: int) -> None:
        """Let what is written be an answer to a message."""
        before = self.draft
        self.draft = Draft(before.aside, (0, len(before.aside))) if before.edits else before
        self._about = replace(self._about, replies_to=seq)
        self.post_message(self.ModeChanged())

    def forget_numbers(self) -> bool:
        """Let what is written be a message of its own: its numbers mean other messages now. Return whether it was none.

        What was put aside for it can be recalled.
        """
        about = self._about
        if not (about.edits or about.replies_to):
            return False
        self.draft = replace(self.draft, edits=0, replies_to=0, aside="")
        self._recall.add(about.aside)
        return True

    def leave_mode(self) -> bool:
        """Go back from editing or answering to writing a message; return whether there was anything to leave."""
        about = self._about
        if about.edits:
            self.give_up()
        elif about.replies_to:
            self._about = Draft()
            self.post_message(self.ModeChanged())
        return bool(about.edits or about.replies_to)

    # --- keys

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert pasted text, whatever is in it, and send nothing."""
        event.prevent_default()
        event.stop()
        self.stop_looking(take=True)
        text = _CONTROLS.sub("", _NEWLINES.sub("\n", event.text))
        if len(text) > MAX_PASTE:
            self.post_message(
                self.Refused(f"{len(text):,} characters are too many to paste; `chat-tui send` takes whole files.")
            )
            return
        self.edited(text, *self.selection)
        self._pasted_lines += text.count("\n")

    def action_send(self) -> None:
        """Say what was entered, and begin anew; a line that means nothing stays to be mended."""
        from chat_tui.commands.line import Say

        draft = self.draft
        try:
            line = self._meaning(draft)
        except UsageFault as fault:
            self.post_message(self.Refused(str(fault)))
            return
        if line is not None:
            self.give_up()
            if not isinstance(line, Say) and draft.replies_to:
                self.reply(draft.replies_to)
            entered = self.entered(line, draft)
            entered.under_way = True
            self.entering += 1
            self.post_message(entered)
        else:
            self.post_message(self.EnteredNothing())

    def entered(self, line: Say | Bound, draft: Draft) -> Entered:
        """Return what tells of a line entered here and now."""
        from chat_tui.commands.line import Say

        entered = self.Entered(line, draft, self.conversation, self.thread, self.also)
        entered.behind = self.behind
        if not isinstance(line, Say) and line.command.moves:
            self._moves += 1
            self.behind = entered.move = self._moves
        return entered

    def _meaning(self, draft: Draft) -> Say | Bound | None:
        """Return what is entered; None: nothing.

        Raises:
            UsageFault: it cannot be, or it has to be asked about first.
        """
        from chat_tui.commands.emoji import with_emoji
        from chat_tui.commands.line import Say

        line = (None if draft.edits else self.classic(draft.text)) or _meaning(draft.text)
        if line is None and draft.edits:
            raise UsageFault("A message cannot become empty: Esc leaves it as it is; Ctrl+S and d delete it.")
        lines = draft.text.rstrip().count("\n") + 1
        limit = self._confirm_lines
        if limit and self._pasted_lines >= limit and lines > limit and self._asked_about != draft.text:
            self._asked_about = draft.text
            raise UsageFault(f"These are {lines:,} lines: Enter again sends them, Ctrl+C takes them away.")
        self._asked_about = None
        if line is None or not self._emoji:
            return line
        return Say(with_emoji(line.body)) if isinstance(line, Say) else line.with_emoji()

    def action_newline(self) -> None:
        """Begin a new line."""
        self.edited("\n", *self.selection)

    def action_up(self) -> None:
        """Through the candidates, a line up, or out of an empty line: to an older message, or to an older text."""
        if self._popup.candidates or self.cursor_location[0]:
            self.action_cursor_up()
        elif self._up == "history" and (not self.text or self._recall.walking):
            self.action_recall(-1)
        elif self.text or self._about.edits or self._select_above():
            self.action_cursor_up()
        elif self._up == "edit" and (message := self._last_own()) is not None:
            self.write_anew(message)

    def action_edit_outside(self) -> None:
        """Go on writing in an editor of one's own."""
        try:
            text = write_outside(self.app, self.text)
        except UsageFault as fault:
            self.post_message(self.Refused(str(fault)))
            return
        if text != self.text:
            self.edited(_CONTROLS.sub("", _NEWLINES.sub("\n", text)), (0, 0), self.document.end)

    def action_attach(self) -> None:
        """Begin the command that sends a file; what is selected is cut instead."""
        if self.selected_text:
            self.action_cut()
        elif self.text:
            self.post_message(self.Refused("A file is a message of its own: send or clear what you write first."))
        else:
            self.edited("/upload ", (0, 0), (0, 0))

    @override
    def action_cursor_line_end(self, select: bool = False) -> None:
        """Go to the end of the line; when nothing is written, leave the key to the timeline."""
        if not self.text:
            raise SkipAction()
        super().action_cursor_line_end(select)

    # --- following

    def on_text_area_changed(self) -> None:
        """Tell whether somebody is writing a message."""
        if not self.text:
            self._pasted_lines = 0
        if not self.was_typed:
            return
        writes = bool(self.text.strip()) and not self.text.lstrip().startswith("/")
        if self._tells and (writes or self._wrote):
            self.post_message(self.Writing(writes))
        self._wrote = writes


def _meaning(text: str) -> Say | Bound | None:
    """Return what a text means; None: nothing.

    Raises:
        UsageFault: it is a command that cannot be run, or more than a message can hold.
    """
    from chat_tui.commands.line import Nothing, Run, Say, parse
    from chat_tui.commands.registry import bind

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
