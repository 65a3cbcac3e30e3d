"""A screen with lines to be filled in: what the start screen, signing in and asking for passwords share."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from typing_extensions import override

from chat_tui.screens.base import BaseScreen
from chat_tui.screens.start_parts import Field


class GoingField(Field):
    """A field whose Enter is carried out before the next key: what follows it belongs to the next field."""

    @override
    async def action_submit(self) -> None:
        """See Input."""
        await self.run_action("screen.go")


class FormScreen(BaseScreen):
    """A screen with a few lines to be filled in, in the middle."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("escape", "go_back", show=False),
    ]

    DEFAULT_CSS = """
    FormScreen { align: center middle; }
    FormScreen #form { width: 60; max-width: 100%; height: auto; }
    FormScreen .title { height: 2; }
    FormScreen Input, FormScreen Input:focus {
        border: none; height: 1; width: 100%; padding: 0 1; margin: 0 0 1 1; background: $panel; color: $foreground;
        & > .input--cursor { background: $own; color: $background; text-style: none; }
        & > .input--placeholder { color: $read-hint; }
    }
    """
