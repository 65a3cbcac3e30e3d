"""Pictures that stand in a page itself: which files are some, and how their bytes are written there. Pure.

What a picture is, its first bytes say; what its sender called it decides nothing. A browser decodes them, in a page
whose policy lets nothing run.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from chat_core.protocol.values import Message

MOST_BYTES: Final = 5_000_000
"""Size of a picture above which only its name stands in a page."""
MOST_TOGETHER: Final = 100_000_000
"""The same for all pictures of a page."""

_TYPES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")


def is_picture(message: Message) -> bool:
    """Return whether a message says that its file is a picture that a page can hold."""
    file = message.file
    return file is not None and file.type in _TYPES and 0 < file.size <= MOST_BYTES


def data_url(data: bytes) -> str:
    """Return the address of a picture that holds all of it; empty: it is none."""
    kind = _type(data)
    return f"data:{kind};base64,{b64encode(data).decode()}" if kind else ""


def _type(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""
