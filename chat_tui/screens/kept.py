"""What was put aside - pins, bookmarks - over the conversation: choose one, see it where it was said, come back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from typing_extensions import override

from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import SearchHit
from chat_tui.bridge import Bridge
from chat_tui.screens.found import FoundScreen

_KEYS: Final = "↑ ↓ choose · Enter shows it where it was said · Esc closes"


class KeptScreen(FoundScreen):
    """It.

    Args:
        bridge: to the server.
        title: what these are.
        hits: they.
        go: shows a conversation on the main screen.
    """

    def __init__(self, bridge: Bridge, title: str, hits: Sequence[SearchHit], go: Callable[[int], None]) -> None:
        super().__init__(bridge, title, SearchResults(hits=tuple(hits)), go)

    @override
    def action_rank(self) -> None:
        """Leave the order as it is: there is no other."""

    @override
    def _show(self) -> None:
        count = len(self._hits)
        self._list.show(self._hits, "1 message" if count == 1 else f"{count} messages")
        self._list.say(_KEYS)
