"""A line that was found to be a command, with what it was given. Knows no command by itself."""

from __future__ import annotations

from typing import Self

from msgspec import Struct
from msgspec.structs import replace as replace_fields

from chat_tui.commands.arguments import Argument
from chat_tui.commands.arguments_of_rest import Body
from chat_tui.commands.command import Command
from chat_tui.commands.emoji import with_emoji


class Bound(Struct, frozen=True):
    """A command with what it was given, ready to run."""

    command: Command
    """Which."""
    given: tuple[Argument, ...]
    """With what."""

    def with_emoji(self) -> Self:
        """Return the same, with emoji for their shortcodes in what is to be said."""
        return replace_fields(
            self, given=tuple(Body(with_emoji(each)) if isinstance(each, Body) else each for each in self.given)
        )
