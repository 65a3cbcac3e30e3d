"""The main screen while words are looked for in the conversation: in what is here, page by page in what is older.

The server's own search is asked through the command for it (`SEARCH`), if there is one.
"""

from __future__ import annotations

from typing import Final

from typing_extensions import override

from chat_tui.commands.line import PREFIX
from chat_tui.commands.registry import BY_NAME
from chat_tui.screens.selecting import Selecting
from chat_tui.views.pointing import has_words, nearest

SEARCH: Final = "search"
"""Name of the command that asks the server, given the words."""
PAGES_AT_ONCE: Final = 10
"""Pages of older messages that one key has fetched while nothing is found."""

_CLASS: Final = "-finding"


class Finding(Selecting):
    """What the keys for that do."""

    _pages_left = 0

    @property
    def finding(self) -> bool:
        """Whether words are looked for."""
        return self.has_class(_CLASS)

    def action_find(self) -> None:
        """Begin to look; again: go on writing."""
        if self.finding:
            self.action_stop_finding()
            return
        self.leave_selection()
        self.answers.dismiss()
        label = self.keymap.label
        older, newer, server, close = (
            label(f"finding.{name}").split(",")[0] for name in ("older", "newer", "server", "close")
        )
        self.find_bar.open(f"{older} older · {newer} newer · {server} server · {close}")
        self.add_class(_CLASS)
        self.set_focus(self.find_bar, scroll_visible=False)
        if self.find_bar.words:
            self._tell()

    def action_stop_finding(self) -> None:
        """Go on writing; what was found stays in view."""
        self.remove_class(_CLASS)
        self._pages_left = 0
        if not self.selecting:
            self.timeline.point(None)
            self.set_focus(self.composer, scroll_visible=False)

    def find_on(self) -> None:
        """Go on looking: older messages have come."""
        if self.finding and self._pages_left > 0 and not self._at(-1):
            self._fetch()

    @override
    def find_words(self) -> None:
        """Go to the newest match from where one reads."""
        self._pages_left = 0
        history, test = self.timeline.history, has_words(self.find_bar.words)
        index = self.timeline.pointed_at
        if history is None:
            return
        if index is None or not test(history.view.items[index]):
            start = (index if index is not None else self.timeline.bottom_item()) + 1
            self.timeline.point(nearest(history.view.items, start, -1, test))
        self._tell()

    def action_find_next(self, by: int) -> None:
        """Go to the match before (-1), if need be in older messages, or to the one after (1)."""
        if not self.find_bar.words.strip() or self._at(by):
            return
        if by > 0:
            self.find_bar.tell("no newer one")
        elif self._all_here:
            self.find_bar.tell("no older one: this is the beginning")
        else:
            self._pages_left = PAGES_AT_ONCE
            self._fetch()

    def action_find_on_server(self) -> None:
        """Let the server look."""
        words = self.find_bar.words.strip()
        if SEARCH not in BY_NAME:
            self.find_bar.tell("this server cannot search yet")
        elif words:
            self.action_stop_finding()
            self.run_line(f"{PREFIX}{SEARCH} {words}")

    def action_select_found(self) -> None:
        """Select what was found."""
        self.action_select()
        self.action_stop_finding()

    @property
    def _all_here(self) -> bool:
        history = self.timeline.history
        return history is None or history.conversation.timeline.at_start

    def _at(self, by: int) -> bool:
        """Go to the next match; return whether there is one."""
        found = self.timeline.point_next(by, has_words(self.find_bar.words))
        if found:
            self._pages_left = 0
            self._tell()
        return found

    def _fetch(self) -> None:
        history = self.timeline.history
        if history is None or self._all_here:
            self._pages_left = 0
            self.find_bar.tell("no older one: this is the beginning")
            return
        self._pages_left -= 1
        if self._pages_left:
            self.find_bar.tell("looking in older messages…")
            self.bridge.reading(*self.tiles.read_back(), history.conversation.id)
            self.errands.load_older(history.conversation.id, self._cannot_fetch)
        else:
            self.find_bar.tell("not in what is here; the same key goes on")

    def _cannot_fetch(self) -> None:
        self._pages_left = 0
        self.find_bar.tell("older messages cannot be fetched now")

    def _tell(self) -> None:
        """Say how many there are, and which of them this is."""
        history = self.timeline.history
        if history is None or not self.find_bar.words.strip():
            self.find_bar.tell("")
            return
        test, items = has_words(self.find_bar.words), history.view.items
        found = [at for at, item in enumerate(items) if test(item)]
        index = self.timeline.pointed_at
        if index in found:
            self.find_bar.tell(f"{len(found) - found.index(index)} of {len(found)}")
        else:
            self.find_bar.tell(f"{len(found)} newer" if found else "not in what is here")

    def run_line(self, line: str) -> None:
        """Do what a line does that is entered; for subclasses."""
        raise NotImplementedError
