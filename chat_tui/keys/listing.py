"""Keys for the lists of conversations and members, while one of them has the focus."""

from __future__ import annotations

from typing import Final

from chat_tui.keys.key import Key

LISTING: Final[tuple[Key, ...]] = (
    Key("lists.up", "up", "move(-1)", "the row above", "list"),
    Key("lists.down", "down", "move(1)", "the row below", "list"),
    Key("lists.choose", "enter", "choose", "go to the conversation, or write to the member", "list"),
    Key("lists.leave", "escape", "leave", "go on writing; so does any letter", "list"),
)
"""Bindings of the lists."""
