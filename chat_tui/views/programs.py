"""How a message of a program is told from one of a person: by its name, and by a mark behind it. Pure."""

from __future__ import annotations

from typing import Final

from chat_core.protocol.events import MessagePosted
from chat_core.protocol.values import Message
from chat_tui.views.names import called

MARK: Final = "BOT"
"""What stands behind the name."""


def author_of(message: Message | MessagePosted) -> str:
    """Return what the author of a message is called in it; not safe to draw."""
    return message.via or called(message)


def marked(name: str, *, bot: bool) -> str:
    """Return a name with the mark of a program, if it is one."""
    return f"{name} {MARK}" if bot else name
