"""What keeps an operator's command from being carried out, in words and as an exit code."""

from __future__ import annotations

from chat_core.base.errors import ChatError
from chat_core.base.exit_codes import ExitCode


class AdminFault(ChatError):
    """A command was not carried out; `str()` says in a sentence or two why, and what to do.

    Args:
        text: for people.
        code: what the command ends with.
    """

    def __init__(self, text: str, code: ExitCode) -> None:
        super().__init__(text)
        self.code = code


def megabytes(size_bytes: int) -> str:
    """Return a size as people read it."""
    return f"{size_bytes / 1e6:,.1f} MB"
