"""A text area that remembers what was entered: Ctrl+Up and Ctrl+Down walk through it, Ctrl+R looks in it.

Looking is as in a shell: letters narrow it down, Ctrl+R again goes to an older line, Enter takes the line and sends
nothing, Esc brings back what was being written, and any other key takes the line and does what it does.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace as replace_fields
from textual import events
from textual.message import Message
from typing_extensions import override

from chat_tui.widgets.completing_area import CompletingArea
from chat_tui.widgets.recall import Recall


class Look(Struct, frozen=True):
    """A search under way."""

    letters: str
    """What is looked for."""
    found: str | None
    """The line that is shown; None: there is none."""
    text: str
    """What was being written before."""
    cursor: tuple[int, int]
    """Where the cursor stood in it."""


class RecallingArea(CompletingArea):
    """See the module's head."""

    class ModeChanged(Message):
        """What is written is another thing than before: a search, another text for a message, an answer, or neither."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._recall = Recall()
        self._look: Look | None = None

    @property
    def look(self) -> Look | None:
        """The search that is under way, if there is one."""
        return self._look

    # --- walking

    def action_recall(self, by: int) -> None:
        """Show a line that was entered before."""
        line = self._recall.go(by, self.text)
        if line is not None:
            self.load(line)

    # --- looking

    def action_search_recall(self) -> None:
        """Begin to look for a line; again: look for an older one."""
        look = self._look
        if look is None:
            look = Look("", None, self.text, self.cursor_location)
        found = self._recall.find(look.letters, look.found) if look.letters else None
        self._show_look(replace_fields(look, found=found or look.found))

    def stop_looking(self, *, take: bool) -> None:
        """End the search, with the line that was found or with what was being written before."""
        look, self._look = self._look, None
        if look is not None:
            if not take or look.found is None:
                self.load(look.text, look.cursor)
            else:
                self._recall.reset()
                self._loaded = None  # it counts as written
            self.post_message(self.ModeChanged())

    async def _on_key(self, event: events.Key) -> None:
        """See Widget; the base class's handler runs by itself."""
        look = self._look
        if look is None or event.key == "ctrl+r":
            return
        match event.key:
            case "escape" | "ctrl+g":
                self.stop_looking(take=False)
            case "enter":
                self.stop_looking(take=True)
            case "backspace":
                self._narrow(look, look.letters[:-1])
            case _ if event.is_printable and event.character and not event.key.startswith("alt+"):
                self._narrow(look, look.letters + event.character)
            case _:
                self.stop_looking(take=True)
                return
        event.prevent_default()
        event.stop()

    def _narrow(self, look: Look, letters: str) -> None:
        self._show_look(replace_fields(look, letters=letters, found=self._recall.find(letters) if letters else None))

    def _show_look(self, look: Look) -> None:
        self._look = look
        if look.found is None:
            self.load(look.text, look.cursor)
        else:
            self.load(look.found)
            at = look.found.casefold().find(look.letters.casefold())
            self.move_cursor(self.location(at))
        self.post_message(self.ModeChanged())

    @override
    def action_cursor_down(self, select: bool = False) -> None:
        """Through the candidates, down, or from the last line of a recalled text to the one entered after it."""
        if not select and self._recall.walking and not self._popup.candidates and self.cursor_at_last_line:
            self.action_recall(1)
        else:
            super().action_cursor_down(select)
