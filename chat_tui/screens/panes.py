"""The main screen, its focus led from part to part: composer, timeline, conversations, members."""

from __future__ import annotations

from chat_tui.screens.splitting import Splitting
from chat_tui.widgets.listing import Listing


class Panes(Splitting):
    """What the keys for that do."""

    def action_pane(self, by: int) -> None:
        """Give the focus to the next (1) or the previous (-1) pane that is on the screen."""
        listings = [each for each in self.query(Listing) if each.display and each.region.width]
        at = self._pane(listings)
        if self.selecting:
            self.action_stop_selecting()
        if self.finding:
            self.action_stop_finding()
        at = (at + by) % (2 + len(listings))
        if at == 1:
            self.action_select()
        else:
            self.set_focus(listings[at - 2] if at else self.composer, scroll_visible=False)

    def _pane(self, listings: list[Listing]) -> int:
        """Return which pane has the focus: 0 the composer, 1 the timeline, then the lists."""
        if isinstance(self.focused, Listing) and self.focused in listings:
            return 2 + listings.index(self.focused)
        return int(self.selecting)
