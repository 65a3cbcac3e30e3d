"""Words that are looked for in the conversation: in what is here, page by page in what is older.

The server's own search is asked through the command for it (`SEARCH`), if there is one.
"""

from __future__ import annotations

from typing import Final, Protocol

from typing_extensions import override

from chat_core.client.state.changes import Batch, MessagesPrepended
from chat_tui.screens.entering import Entering
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.widgets.find_bar import FindBar
from chat_tui.widgets.tiles import Tiles

SEARCH: Final = "search"
"""Name of the command that asks the server, given the words."""
PAGES_AT_ONCE: Final = 10
"""Pages of older messages that one key has fetched while nothing is found."""

_MODE: Final = "finding"


class Searched(Scene, Layout, Protocol):
    """The screen on which one looks for something."""

    find_bar: FindBar
    """What is looked for."""
    tiles: Tiles
    """What was said in the conversation, and in those beside it."""
    selection: Selecting
    """What is selected."""
    entering: Entering
    """Lines that are entered."""


class Finding(Part):
    """What the keys for that do.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Searched) -> None:
        self._scene = scene
        self._pages_left = 0

    def action_find(self) -> None:
        """Begin to look; again: go on writing."""
        scene = self._scene
        if scene.finding:
            self.action_stop_finding()
            return
        scene.selection.leave()
        scene.answers.dismiss()
        label = scene.keymap.label
        older, newer, server, close = (
            label(f"finding.{name}").split(",")[0] for name in ("older", "newer", "server", "close")
        )
        scene.find_bar.open(f"{older} older · {newer} newer · {server} server · {close}")
        scene.show_mode(_MODE, on=True)
        scene.focus_on(scene.find_bar)
        if scene.find_bar.words:
            self._tell()

    def action_stop_finding(self) -> None:
        """Go on writing; what was found stays in view."""
        scene = self._scene
        scene.show_mode(_MODE, on=False)
        self._pages_left = 0
        if not scene.selecting:
            scene.timeline.point(None)
            scene.focus_on(scene.composer)

    @override
    def take(self, batch: Batch) -> None:
        """See Part: go on looking, when older messages have come."""
        more = any(isinstance(change, MessagesPrepended) for change in batch.changes)
        if more and self._scene.finding and self._pages_left > 0 and not self._at(-1):
            self._fetch()

    def find_words(self) -> None:
        """Go to the newest match from where one reads."""
        from chat_tui.views.pointing import has_words, nearest

        self._pages_left = 0
        timeline = self._scene.timeline
        history, test = timeline.history, has_words(self._scene.find_bar.words)
        index = timeline.pointed_at
        if history is None:
            return
        if index is None or not test(history.view.items[index]):
            start = (index if index is not None else timeline.bottom_item()) + 1
            timeline.point(nearest(history.view.items, start, -1, test))
        self._tell()

    def action_find_next(self, by: int) -> None:
        """Go to the match before (-1), if need be in older messages, or to the one after (1)."""
        bar = self._scene.find_bar
        if not bar.words.strip() or self._at(by):
            return
        if by > 0:
            bar.tell("no newer one")
        elif self._all_here:
            bar.tell("no older one: this is the beginning")
        else:
            self._pages_left = PAGES_AT_ONCE
            self._fetch()

    def action_find_on_server(self) -> None:
        """Let the server look."""
        from chat_tui.commands.line import PREFIX
        from chat_tui.commands.registry import BY_NAME

        words = self._scene.find_bar.words.strip()
        if SEARCH not in BY_NAME:
            self._scene.find_bar.tell("this server cannot search yet")
        elif words:
            self.action_stop_finding()
            self._scene.entering.run_line(f"{PREFIX}{SEARCH} {words}")

    def action_select_found(self) -> None:
        """Select what was found."""
        self._scene.selection.action_select()
        self.action_stop_finding()

    @property
    def _all_here(self) -> bool:
        history = self._scene.timeline.history
        return history is None or history.conversation.timeline.at_start

    def _at(self, by: int) -> bool:
        """Go to the next match; return whether there is one."""
        from chat_tui.views.pointing import has_words

        found = self._scene.timeline.point_next(by, has_words(self._scene.find_bar.words))
        if found:
            self._pages_left = 0
            self._tell()
        return found

    def _fetch(self) -> None:
        scene = self._scene
        history = scene.timeline.history
        if history is None or self._all_here:
            self._pages_left = 0
            scene.find_bar.tell("no older one: this is the beginning")
            return
        self._pages_left -= 1
        if self._pages_left:
            scene.find_bar.tell("looking in older messages…")
            scene.bridge.reading(*scene.tiles.read_back(), history.conversation.id)
            scene.errands.load_older(history.conversation.id, self._cannot_fetch)
        else:
            scene.find_bar.tell("not in what is here; the same key goes on")

    def _cannot_fetch(self) -> None:
        self._pages_left = 0
        self._scene.find_bar.tell("older messages cannot be fetched now")

    def _tell(self) -> None:
        """Say how many there are, and which of them this is."""
        from chat_tui.views.pointing import has_words

        history, bar = self._scene.timeline.history, self._scene.find_bar
        if history is None or not bar.words.strip():
            bar.tell("")
            return
        test, items = has_words(bar.words), history.view.items
        found = [at for at, item in enumerate(items) if test(item)]
        index = self._scene.timeline.pointed_at
        if index in found:
            bar.tell(f"{len(found) - found.index(index)} of {len(found)}")
        else:
            bar.tell(f"{len(found)} newer" if found else "not in what is here")
