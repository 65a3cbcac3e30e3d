"""A small application in a real terminal, which asks that how wide it draws emoji: `python -m tests.support.measured`.

Arguments: an empty folder, and for how many seconds answers are waited for.
"""

from __future__ import annotations

import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from chat_tui import terminal_measuring
from chat_tui.app_base import AppBase
from chat_tui.config import Settings, load

SAID = "a\u2764\ufe0fb \U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd end"


class Measured(AppBase, App[None]):
    """It."""

    def compose(self) -> ComposeResult:
        """See App."""
        yield Static(SAID)
        yield Input()
        yield Static("ready")

    def on_mount(self) -> None:
        """Ask, now that something is drawn."""
        self.query_one(Input).focus()
        self.call_after_refresh(self.measure_emoji)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what was typed."""
        self.query(Static).last().update(f"typed {event.value!r}")


if __name__ == "__main__":
    terminal_measuring.ANSWERS_WITHIN_S = float(sys.argv[2])  # type: ignore[misc]
    folder = Path(sys.argv[1])
    settings: Settings = load(folder, {}).settings
    Measured(folder, settings).run()
