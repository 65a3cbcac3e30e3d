"""What a message that is to be sent belongs to. Pure."""

from __future__ import annotations

from typing import TypedDict


class Where(TypedDict, total=False):
    """What a message belongs to, besides its conversation."""

    reply_to: int | None
    """seq of the message it answers."""
    thread: int | None
    """seq of the message whose thread it is for."""
    in_channel: bool
    """With that: whether it stands in the conversation besides."""
