"""The main screen, giving text and mouse to the terminal: the bare view, and the switch of the mouse."""

from __future__ import annotations

from chat_tui.commands.context import Answer
from chat_tui.screens.bare import AROUND, BareScreen
from chat_tui.screens.threading import Threading
from chat_tui.views.bare import bare_texts
from chat_tui.views.names import called
from chat_tui.widgets.mouse import mouse_is_on, switch_mouse


class Baring(Threading):
    """What the keys for that do."""

    def action_bare(self) -> None:
        """Show what one reads as plain text."""
        timeline, me = self.timeline, self.bridge.state.me
        history = timeline.history
        if history is None or not history.view.items:
            self.answer(Answer("Nothing is open that could be copied."))
            return
        bottom = timeline.bottom_item()
        start = max(0, bottom - AROUND)
        items = history.view.items[start : bottom + AROUND]
        texts = bare_texts(items, called(me) if me is not None else "", self.bridge.state.ignored, None)
        self.app.push_screen(BareScreen(list(texts), bottom - start))

    def action_mouse(self) -> None:
        """Leave the mouse to the terminal, or take it back."""
        on = not mouse_is_on(self.app)
        switch_mouse(self.app, on=on)
        key = self.keymap.label("window.mouse").split(",")[0]
        words = (
            "The mouse is the client's again."
            if on
            else f"The mouse is the terminal's: it selects text. {key} ends it."
        )
        self.answer(Answer(words))
