"""Text and mouse for the terminal: the bare view, and the switch of the mouse."""

from __future__ import annotations

from chat_tui.commands.context import Answer
from chat_tui.screens.parts import Part
from chat_tui.screens.scene import Scene
from chat_tui.views.names import called
from chat_tui.widgets.mouse import mouse_is_on, switch_mouse


class Baring(Part):
    """What the keys for that do.

    Args:
        scene: the screen.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def action_bare(self) -> None:
        """Show what one reads as plain text."""
        from chat_tui.screens.bare import AROUND, BareScreen
        from chat_tui.views.bare import bare_texts

        timeline, state = self._scene.timeline, self._scene.bridge.state
        history, me = timeline.history, state.me
        if history is None or not history.view.items:
            self._scene.answer(Answer("Nothing is open that could be copied."))
            return
        bottom = timeline.bottom_item()
        start = max(0, bottom - AROUND)
        items = history.view.items[start : bottom + AROUND]
        texts = bare_texts(items, called(me) if me is not None else "", state.ignored, None)
        self._scene.app.push_screen(BareScreen(list(texts), bottom - start))

    def action_mouse(self) -> None:
        """Leave the mouse to the terminal, or take it back."""
        on = not mouse_is_on(self._scene.app)
        switch_mouse(self._scene.app, on=on)
        key = self._scene.keymap.label("window.mouse").split(",")[0]
        words = (
            "The mouse is the client's again."
            if on
            else f"The mouse is the terminal's: it selects text. {key} ends it."
        )
        self._scene.answer(Answer(words))
