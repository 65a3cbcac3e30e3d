"""The application as it names the terminal's window after what is on the screen and what needs the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from typing_extensions import override

from chat_core.base.settings import Entry, Key
from chat_tui.app_servers import AppServers
from chat_tui.views.window_title import window_title

AT_ONCE_S: Final = 0.1
"""For so long what changes is taken together: nobody reads faster, and a terminal is not to be kept busy with it."""


class AppTitles(AppServers):
    """It."""

    window_title = ""
    """What the title is to be; empty: the terminal's own."""
    _title_soon = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._row.on_change = self._title_changed

    def on_ready(self) -> None:
        """Begin with the program's own name."""
        self._title_changed()

    @override
    def _change(self, key: Key, value: Any) -> Sequence[Entry]:
        """See AppBase."""
        entries = super()._change(key, value)
        self._title_changed()
        return entries

    def _title_changed(self) -> None:
        """Look what the title is, in a moment."""
        if not self._title_soon and self.is_running:
            self._title_soon = True
            self.set_timer(AT_ONCE_S, self._name_window)

    def _name_window(self) -> None:
        self._title_soon = False
        chat = self._row.shown.chat if self._row.shown is not None else None
        here = chat.open_conversation() if chat is not None else None
        self.window_title = window_title(self._row.views(), here) if self._settings.look.title else ""
        show = getattr(self._driver, "show_title", None)
        if show is not None:  # a browser and a test have none
            show(self.window_title)
