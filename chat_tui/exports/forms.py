"""The forms a conversation can be exported in, by name. A new one is a class and a line here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import PurePath
from typing import Final

from typing_extensions import override

from chat_core.protocol.values import Message
from chat_tui.exports.lines import as_json, as_text, of_message
from chat_tui.exports.transcript import About, Answered, Form
from chat_tui.exports.transcript_html import HtmlForm
from chat_tui.exports.transcript_markdown import MarkdownForm


class JsonForm(Form):
    """One JSON object a line, as `history --json` prints it."""

    _target = ""

    @override
    def begin(self, about: About) -> str:
        """See Form."""
        self._target = about.target
        return ""

    @override
    def day(self, day: date) -> str:
        """See Form."""
        return ""

    @override
    def message(self, message: Message, head: bool, answered: Answered | None) -> str:
        """See Form."""
        return as_json(of_message(self._target, message)) + "\n"

    @override
    def end(self, count: int) -> str:
        """See Form."""
        return ""


class TextForm(JsonForm):
    """Lines of text, as `history` prints them."""

    _about: About | None = None

    @override
    def begin(self, about: About) -> str:
        """See Form."""
        self._about = about
        return super().begin(about)

    @override
    def message(self, message: Message, head: bool, answered: Answered | None) -> str:
        """See Form."""
        zone = self._about.zone if self._about is not None else None
        return as_text(of_message(self._target, message), zone) + "\n"


FORMS: Final[dict[str, Callable[[], Form]]] = {
    "html": HtmlForm,
    "md": MarkdownForm,
    "json": JsonForm,
    "txt": TextForm,
}
"""Every form, by what its files end in."""


def form_of(file: str) -> str:
    """Return the form that a file's name asks for; empty: none that there is."""
    ending = PurePath(file).suffix[1:].lower()
    ending = {"htm": "html", "markdown": "md", "jsonl": "json", "text": "txt", "log": "txt"}.get(ending, ending)
    return ending if ending in FORMS else ""
