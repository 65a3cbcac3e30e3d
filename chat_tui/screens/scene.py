"""The main screen as its parts see it. A part that needs more says so in its own file, in a Protocol made of these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App
from textual.widget import Widget

from chat_core.client.state.model import ConversationState
from chat_tui.bridge import Bridge
from chat_tui.commands.context import Answer
from chat_tui.keys import Keymap
from chat_tui.screens.errands import Errands
from chat_tui.screens.places import Places
from chat_tui.widgets.answer import AnswerPanel
from chat_tui.widgets.composer import Composer
from chat_tui.widgets.timeline import Timeline


class Scene(Protocol):
    """What nearly every part needs: what is on the screen, and a way to say something."""

    bridge: Bridge
    """To the server."""
    keymap: Keymap
    """The keys in use."""
    places: Places
    """Where one is."""
    errands: Errands
    """What is under way."""
    composer: Composer
    """What is being written."""
    answers: AnswerPanel
    """What this person only was told."""

    @property
    def app(self) -> App[Any]:
        """The application: clipboard, further screens, the end."""
        ...

    @property
    def timeline(self) -> Timeline:
        """What one reads: the thread that is open, else the conversation."""
        ...

    @property
    def reads(self) -> str:
        """What counts as read: what was `seen`, what one has answered to (`sent`), or what one says is (`asked`)."""
        ...

    def open_conversation(self) -> ConversationState | None:
        """Return the conversation that is on the screen, as it is now."""
        ...

    def answer(self, answer: Answer) -> None:
        """Show something to this person only."""
        ...

    def ask(self, topic: str, question: str, act: Callable[[], object]) -> None:
        """Ask; act if the same was asked about a moment ago."""
        ...


class Layout(Protocol):
    """What a part may do to layout and focus, which are the screen's."""

    @property
    def selecting(self) -> bool:
        """Whether a message is selected."""
        ...

    @property
    def finding(self) -> bool:
        """Whether words are looked for."""
        ...

    def show_mode(self, mode: str, *, on: bool) -> None:
        """Lay out what belongs to `selecting`, `finding`, `tiling` or `thread`, or no longer."""
        ...

    def focus_on(self, widget: Widget) -> None:
        """Give a widget the focus."""
        ...

    def is_focused(self, widget: Widget) -> bool:
        """Return whether a widget has the focus."""
        ...

    @property
    def covered(self) -> bool:
        """Whether a list lies over what one reads."""
        ...

    def uncover(self) -> None:
        """Take such lists away."""
        ...

    def show_around(self) -> None:
        """Show everything but the timeline as it is now."""
        ...
