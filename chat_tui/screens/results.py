"""Lists of messages over the conversation: what a search found, what was put aside. Knows no question behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from chat_core.protocol.values import SearchHit
from chat_tui.commands.context import Answer, More
from chat_tui.screens.going import Going
from chat_tui.screens.neighbours import Neighbours
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene

if TYPE_CHECKING:
    from chat_core.protocol.requests.search import SearchResults


class Listing(Scene, Protocol):
    """The screen over which they lie."""

    neighbours: Neighbours
    """The other servers that are open."""
    going: Going
    """Goes to a conversation."""


class Results(Part):
    """What shows them.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Listing) -> None:
        self._scene = scene

    def show_found(self, query: str, found: SearchResults, more: More | None = None) -> None:
        """See Desk."""
        from chat_tui.screens.found import FoundScreen

        scene = self._scene
        if scene.neighbours.shown:
            scene.app.push_screen(FoundScreen(scene.bridge, query, found, scene.going.open_soon, more))
        else:  # it would lie over another server's screen
            scene.answer(Answer("The search is done: the same again shows what it found."))

    def show_kept(self, title: str, hits: Sequence[SearchHit]) -> None:
        """See Desk."""
        from chat_tui.screens.kept import KeptScreen

        scene = self._scene
        if scene.neighbours.shown:
            scene.app.push_screen(KeptScreen(scene.bridge, title, hits, scene.going.open_soon))
