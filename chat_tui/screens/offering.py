"""Lines of earlier systems that were taken for commands, and can still be said: Enter again does. Knows no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace as replace_fields

from chat_tui.commands.context import Answer
from chat_tui.views.clean import drawable_line
from chat_tui.views.lines import Line, Span

if TYPE_CHECKING:
    from chat_tui.commands.command import Command


class Offer(Struct, frozen=True):
    """A line that can still be said."""

    text: str
    """It."""
    conversation: int | None
    """Where it was entered."""


class Offering:
    """What is on offer: one line, or none."""

    def __init__(self) -> None:
        self._offer: Offer | None = None

    def begin(self, text: str, command: Command, conversation: int | None) -> Answer | None:
        """Note a line that was taken for a command; return what to tell of it.

        Args:
            text: all that was written.
            command: what it was taken for.
            conversation: where.

        Returns:
            None: it is an ordinary command, and nothing is on offer.
        """
        from chat_tui.commands.line import PREFIX

        text = text.rstrip()
        self._offer = None if text.lstrip().startswith(PREFIX) else Offer(text, conversation)
        return None if self._offer is None else Answer(f"{text} was taken as {PREFIX}{command.name}.")

    def end(self) -> Offer | None:
        """Take the offer back; return it."""
        offer, self._offer = self._offer, None
        return offer

    def hinted(self, answer: Answer) -> Answer:
        """Return an answer with a line that tells of the offer."""
        if self._offer is None:
            return answer
        hint = Line((Span(f"Enter again says it instead: {drawable_line(self._offer.text)}", "quiet"),))
        return replace_fields(answer, lines=(*answer.lines, hint))
