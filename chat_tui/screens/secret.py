"""A form for passwords: each is masked, and none of them gets into a line, a history, a draft or a log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Vertical
from typing_extensions import override

from chat_tui.screens.form import FormScreen, GoingField
from chat_tui.screens.start_parts import Complaint, Heading
from chat_tui.views.clean import drawable_line

LONGEST = 1024
"""Characters that a field takes."""
_AGAIN = "the same again"
_HINTS = "Enter goes · Esc goes back · Tab moves"


class SecretScreen(FormScreen):
    """Asks for passwords.

    Args:
        title: what they are for.
        labels: of the fields; the last one is asked for twice.
        given: told what was filled in, one for each label; None: somebody went back.
    """

    AUTO_FOCUS = "#secret-0"
    DEFAULT_CSS = """
    SecretScreen Complaint { height: 2; }
    """

    def __init__(self, title: str, labels: Sequence[str], given: Callable[[tuple[str, ...] | None], None]) -> None:
        super().__init__()
        self._heading = Heading(drawable_line(title), classes="title")
        self._fields = [
            GoingField(placeholder=label, password=True, max_length=LONGEST, id=f"secret-{index}")
            for index, label in enumerate((*labels, _AGAIN))
        ]
        self._given = given
        self._complaint = Complaint("", _HINTS)

    @override
    def compose(self) -> ComposeResult:
        """See Widget."""
        with Vertical(id="form"):
            yield self._heading
            yield from self._fields
            yield self._complaint
        yield self.cover()

    def action_go(self) -> None:
        """Hand over what was filled in; go on to what is still empty."""
        *asked, again = self._fields
        empty = next((field for field in self._fields if not field.value), None)
        if empty is not None:
            self.set_focus(empty)
        elif again.value != asked[-1].value:
            again.value = ""
            self._complaint.say("The two passwords are not the same: write them again.")
            self.set_focus(asked[-1])
        else:
            self._leave(tuple(field.value for field in asked))

    def action_go_back(self) -> None:
        """Hand over nothing."""
        self._leave(None)

    def _leave(self, given: tuple[str, ...] | None) -> None:
        self.app.pop_screen()
        self._given(given)


async def ask_secrets(app: App[Any], title: str, labels: tuple[str, ...]) -> tuple[str, ...] | None:
    """Ask for passwords in a form of their own, the last one twice; None: the person went back.

    Args:
        app: the application.
        title: what they are for.
        labels: what each is called.
    """
    given: asyncio.Future[tuple[str, ...] | None] = asyncio.get_running_loop().create_future()
    app.push_screen(SecretScreen(title, labels, given.set_result))
    return await given
