"""The focus, led from part to part of the screen: composer, timeline, conversations, members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual.widget import Widget

from chat_tui.screens.finding import Finding
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Layout, Scene
from chat_tui.screens.selecting import Selecting
from chat_tui.widgets.listing import Listing


class Stage(Scene, Layout, Protocol):
    """The screen."""

    selection: Selecting
    """What is selected."""
    finder: Finding
    """What is looked for."""

    @property
    def focused(self) -> Widget | None:
        """What has the focus."""
        ...

    @property
    def listings(self) -> Sequence[Listing]:
        """The lists that are on the screen."""
        ...


class Focusing(Part):
    """What the keys for that do.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Stage) -> None:
        self._scene = scene

    def action_focus_part(self, by: int) -> None:
        """Give the focus to the next (1) or the previous (-1) part that is on the screen."""
        scene, listings = self._scene, self._scene.listings
        at = self._part(listings)
        if scene.selecting:
            scene.selection.action_stop_selecting()
        if scene.finding:
            scene.finder.action_stop_finding()
        at = (at + by) % (2 + len(listings))
        if at == 1:
            scene.selection.action_select()
        else:
            scene.focus_on(listings[at - 2] if at else scene.composer)

    def _part(self, listings: Sequence[Listing]) -> int:
        """Return which part has the focus: 0 the composer, 1 the timeline, then the lists."""
        focused = self._scene.focused
        if isinstance(focused, Listing) and focused in listings:
            return 2 + listings.index(focused)
        return int(self._scene.selecting)
