"""Beginning where the screen shows already how it was left: that stays until what was said is there once more.

Until then only the bars at the bottom are drawn, so that nothing vanishes to come again a moment later. They say that
it is being connected, and take what is typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from textual.geometry import Region
from typing_extensions import override

from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, LinkStatus
from chat_tui.bridge import Bridge
from chat_tui.screens.parts import Part
from chat_tui.widgets.compositor import SparingCompositor
from chat_tui.widgets.tiles import Tiles

LONGEST_S: Final = 5.0
"""So long after it was drawn for the first time it is shown as it is; so long a server has to let one in, too."""
LONGEST_ONLINE_S: Final = 1.0
"""The same, after one was let in."""
_IN_VAIN: Final = frozenset({LinkStatus.WAITING, LinkStatus.REFUSED})


class Opened(Protocol):
    """The screen."""

    bridge: Bridge
    """To the server."""
    tiles: Tiles
    """What was said."""
    compositor: SparingCompositor
    """What draws it."""

    @property
    def bars(self) -> Region:
        """Where the bars at the bottom are."""
        ...

    def draw_all(self) -> None:
        """Draw all of it."""
        ...

    def has_class(self, name: str) -> bool:
        """Return whether it is laid out in some way."""
        ...

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call a function after a delay in seconds."""
        ...


class Opening(Part):
    """See the module's head.

    Args:
        screen: it.
    """

    def __init__(self, screen: Opened) -> None:
        self._screen = screen
        self._online = False

    @property
    def under_way(self) -> bool:
        """Whether the screen shows how it was left."""
        return self._screen.compositor.only is not None

    def begin(self) -> None:
        """Leave what is shown where it is; before the first frame."""
        self._screen.compositor.only = lambda: self._screen.bars

    def wait(self) -> None:
        """See to it that it ends, whatever comes."""
        if self.under_way:
            self._screen.set_timer(LONGEST_S, self.end_it)

    def end_it(self) -> None:
        """Show the screen as it is."""
        if self.under_way:
            self._screen.compositor.only = None
            self._screen.draw_all()

    @override
    def take(self, batch: Batch) -> None:
        """See Part."""
        if not self.under_way:
            return
        status = batch.state.link.status
        if status in _IN_VAIN or self.complete(batch.state):
            self.end_it()
        elif status is LinkStatus.ONLINE and not self._online:
            self._online = True
            self._screen.set_timer(LONGEST_ONLINE_S, self.end_it)

    def complete(self, state: ClientState) -> bool:
        """Return whether all that is on the screen is there, as far as one sees: what was said, and who is there."""
        tiles = self._screen.tiles
        shown = [state.conversations.get(tiles.of(tile).conversation or 0) for tile in tiles.shown().boxes]
        there = all(each is not None and (each.timeline.count or each.timeline.at_start) for each in shown)
        here = state.conversations.get(tiles.timeline.conversation or 0)
        members = not self._screen.has_class("-wide") or (here is not None and bool(here.members.members))
        return bool(shown) and there and members and state.link.status is LinkStatus.ONLINE
