"""A terminal with a person at it: GNU readline edits the line, in a thread of its own, so that the loop goes on.

What arrives while somebody types is said by that thread, between two keys: readline looks for it ten times a second
(`PyOS_InputHook`), and draws what is being written anew below it. Nothing but newlines, carriage returns and text is
written for that, so that a screen reader or a terminal without any means reads the same. Two functions of readline that
Python does not pass on are called through ctypes; where they are missing there is no `Keyboard`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import getpass
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from shutil import get_terminal_size
from typing import Final

from chat_tui.plain.console import Complete
from chat_tui.plain.running import OutputGone, emit

try:
    import readline
except ImportError:  # a Python that was built without it
    readline = None  # type: ignore[assignment]

PROMPT: Final = "> "
"""What stands before the line while anything can be written; a line that arrives covers it."""


class Keyboard:
    """See the module's head, and `Console`. There is one in a process at most.

    Args:
        library: readline's own functions.
    """

    is_interactive: Final = True

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._waiting: deque[str] = deque()
        self._reading = threading.Event()
        self._clear = False
        self._gone: OutputGone | None = None
        self._found: Sequence[str] = ()
        self._complete: Complete = lambda text, cursor: ()
        self._prompt = PROMPT
        self._hook = ctypes.CFUNCTYPE(ctypes.c_int)(self._between_keys)  # as long as it may be called, it must be held
        hook = ctypes.c_void_p.in_dll(ctypes.pythonapi, "PyOS_InputHook")
        hook.value = ctypes.cast(self._hook, ctypes.c_void_p).value
        readline.set_auto_history(False)
        readline.set_completer_delims(" \t\n")
        readline.set_completer(self._completer)
        readline.parse_and_bind("tab: complete")

    @classmethod
    def here(cls) -> Keyboard | None:
        """Return the one of this terminal; None: this Python cannot have one."""
        if "GNU" not in str(getattr(readline, "__doc__", "")):
            return None
        try:
            library = ctypes.CDLL(getattr(readline, "__file__", None))
            for name in ("rl_on_new_line", "rl_kill_full_line", "rl_deprep_terminal"):
                getattr(library, name)
        except (OSError, AttributeError):
            return None
        return cls(library)

    def say(self, line: str) -> None:
        """See Console."""
        if self._gone is not None:
            raise self._gone
        self._waiting.append(line)
        if not self._reading.is_set():
            self._flush()

    async def read(self, prompt: str = "") -> str | None:
        """See Console."""
        if len(prompt) > get_terminal_size().columns // 2:
            # Where a terminal cannot go up a line, readline shows nothing but the end of a prompt that is too long.
            self.say(prompt.rstrip())
            prompt = PROMPT
        line = await self._in_thread(input, prompt or PROMPT)
        if line is not None and line.strip() and not prompt:
            readline.add_history(line)
        return line

    async def secret(self, prompt: str) -> str:
        """See Console."""
        return await self._in_thread(getpass.getpass, prompt) or ""

    def offer(self, complete: Complete) -> None:
        """See Console; it is called between two keys, in the thread that reads."""
        self._complete = complete

    def clear(self) -> bool:
        """See Console."""
        written = self._reading.is_set() and bool(readline.get_line_buffer())
        self._clear = written
        return written

    def close(self) -> None:
        """See Console; the thread may still wait for a key, and waits until the process has ended."""
        if self._reading.is_set():
            self._library.rl_deprep_terminal()
            self._reading.clear()
            with contextlib.suppress(OutputGone):
                emit("")

    async def _in_thread(self, ask: Callable[[str], str], prompt: str) -> str | None:
        """Ask in a thread that nobody has to wait for at the end."""
        self._prompt = prompt
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def settle(line: str | None, fault: BaseException | None = None) -> None:
            if answer.done():
                return
            if fault is not None:
                answer.set_exception(fault)
            else:
                answer.set_result(line)

        def work() -> None:
            line, fault = None, None
            try:
                line = ask(prompt)
            except EOFError:
                pass
            except Exception as error:
                fault = error
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(settle, line, fault)

        self._reading.set()
        threading.Thread(target=work, name="keyboard", daemon=True).start()
        try:
            return await answer
        finally:
            if answer.done() and not answer.cancelled():
                self._reading.clear()
                self._flush()

    def _flush(self) -> None:
        while self._waiting:
            emit(self._waiting.popleft())

    def _between_keys(self) -> int:
        """Say what has arrived, and draw what is being written below it."""
        if self._clear:
            self._clear = False
            self._library.rl_kill_full_line(0, 0)
            readline.redisplay()
        if self._waiting and self._reading.is_set():
            written = readline.get_line_buffer()
            try:
                # What is being written stays where it is, above: no sequence that takes it back is known to all.
                sys.stdout.write("\n" if written or self._prompt != PROMPT else "\r")
                self._flush()
            except (OSError, OutputGone) as error:
                self._gone = error if isinstance(error, OutputGone) else OutputGone()
            self._library.rl_on_new_line()
            readline.redisplay()
        return 0

    def _completer(self, text: str, index: int) -> str | None:
        if index == 0:
            try:
                self._found = self._complete(readline.get_line_buffer(), readline.get_endidx())
            except Exception:  # whatever it is, a key must not end the program
                self._found = ()
        return self._found[index] + " " if index < len(self._found) else None
