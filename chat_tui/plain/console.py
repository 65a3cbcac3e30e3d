"""Where the line mode is spoken with: lines out, lines in. `Pipes` for what is no terminal; `keyboard` has the other.

What is said is cleaned before it comes here, but for a bell; a line that arrives while somebody types destroys nothing.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, Protocol

from chat_core.base.errors import UsageFault
from chat_tui.plain.running import emit
from chat_tui.plain.stdin import stdin_lines

BELL: Final = "\a"

Complete = Callable[[str, int], Sequence[str]]
"""Returns what the word before the cursor may become, of all that is written and the cursor's place."""


class Console(Protocol):
    """It."""

    @property
    def is_interactive(self) -> bool:
        """Whether a person can be asked something."""
        ...

    def say(self, line: str) -> None:
        """Say a line. Raises: OutputGone."""
        ...

    async def read(self, prompt: str = "") -> str | None:
        """Return the next line, None: the input is at its end.

        Args:
            prompt: what is asked; empty: nothing, whatever the person wants to write.

        Raises:
            OSError: it cannot be read.
        """
        ...

    async def secret(self, prompt: str) -> str:
        """Ask for a password, which is not shown. Raises: UsageFault (nobody can be asked)."""
        ...

    def offer(self, complete: Complete) -> None:
        """Let Tab ask what a word may become."""
        ...

    def clear(self) -> bool:
        """Take back what is being written; return whether there was anything."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class Pipes:
    """A console that is no terminal, or one without the means to edit a line."""

    def __init__(self) -> None:
        self._lines: AsyncIterator[str] | None = None

    @property
    def is_interactive(self) -> bool:
        """See Console."""
        return sys.stdin is not None and sys.stdin.isatty()

    def say(self, line: str) -> None:
        """See Console; bells are for terminals."""
        emit(line if sys.stdout.isatty() else line.removeprefix(BELL))

    async def read(self, prompt: str = "") -> str | None:
        """See Console."""
        if prompt:
            self.say(prompt.rstrip())
        if self._lines is None:
            self._lines = stdin_lines()
        return await anext(self._lines, None)

    async def secret(self, prompt: str) -> str:
        """See Console."""
        if not self.is_interactive:
            raise UsageFault("There is no terminal to ask for the password at: sign in once with `chat-tui login`.")
        return await asyncio.to_thread(getpass.getpass, prompt)

    def offer(self, complete: Complete) -> None:
        """See Console; there is no Tab."""

    def clear(self) -> bool:
        """See Console; the terminal does it by itself."""
        return False

    def close(self) -> None:
        """See Console; nothing was changed."""
