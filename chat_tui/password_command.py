"""A command that prints the password for a server, or a token, in its first line: for who has it in a password manager.

It runs without a shell, without a terminal and for a limited time, in the loop of whoever asks. What it prints is
handed on and nothing else: never shown, never logged, and a fault of it tells the exit code, not its words.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from typing_extensions import override

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.settings import SettingsFault

WITHIN_S: Final = 60.0
"""Time for the command, and for a person whom it asks to open something, in seconds."""
_END_WITHIN_S: Final = 1.0
"""Time until it is gone, once it was ended, in seconds."""
_MOST_BYTES: Final = 64 * 1024
"""What it may print."""


class NoPassword(UsageFault):
    """The command gives no password; whoever knows it gets in all the same."""


class PasswordCommand:
    """It, for a client: called when a password is needed.

    Args:
        arguments: the program and what it is given.
        what: what it is called where a fault is told.
        on_fault: told why there is no password, where a person can be asked for it instead; None: nobody can.
        within_s: time it has, in seconds.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        what: str,
        on_fault: Callable[[ChatError], None] | None = None,
        within_s: float = WITHIN_S,
    ) -> None:
        self._arguments = arguments
        self._what = what
        self._on_fault = on_fault
        self._within_s = within_s
        self.running = False
        """Whether it is being waited for."""
        self.gave = False
        """Whether it has given something."""

    async def __call__(self) -> str:
        """Return the first line of what it prints; empty: none, and that was told. Raises: NoPassword."""
        self.running = True
        try:
            found = await self._run()
            self.gave = True
            return found
        except NoPassword as fault:
            if self._on_fault is None:
                raise
            self._on_fault(fault)
            return ""
        finally:
            self.running = False

    async def _run(self) -> str:
        try:
            transport, output = await asyncio.get_running_loop().subprocess_exec(
                _Output,
                *self._arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # it has no terminal then, over which it could write
            )
        except (OSError, ValueError) as error:
            raise self._fault(f"cannot be run ({getattr(error, 'strerror', None) or 'it has a NUL in it'})") from error
        try:
            async with asyncio.timeout(self._within_s):
                await output.enough.wait()
            code = transport.get_returncode()
        except TimeoutError as error:
            raise self._fault(f"did not end within {self._within_s:g} s") from error
        finally:
            await _end(transport, output)
        if len(output.printed) > _MOST_BYTES:
            raise self._fault("prints too much")
        if code:
            how = f"ended with code {code}" if code > 0 else f"was ended by signal {-code}"
            raise self._fault(f"{how}, not with a password")
        return self._first_line(bytes(output.printed))

    def _first_line(self, printed: bytes) -> str:
        line = printed.partition(b"\n")[0].rstrip(b"\r")
        if not line:
            raise self._fault("prints an empty line, or nothing")
        with contextlib.suppress(UnicodeDecodeError):  # the fault is none of its kin: that one holds what was printed
            return line.decode()
        raise self._fault("prints what is no text")

    def _fault(self, how: str) -> NoPassword:
        return NoPassword(f"{self._what} {how}: try it in a terminal.")


class _Output(asyncio.SubprocessProtocol):
    """What a process prints."""

    def __init__(self) -> None:
        self.printed = bytearray()
        """It, and not much more than may be printed."""
        self.enough = asyncio.Event()
        """Set once it is all there, and the process is gone; or it is too much."""
        self.ended = asyncio.Event()
        """Set once the process is gone."""
        self.over = asyncio.Event()
        """Set once nobody can print any more, either."""

    @override
    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """See SubprocessProtocol."""
        if len(self.printed) <= _MOST_BYTES:
            self.printed += data
        else:
            self.enough.set()

    @override
    def process_exited(self) -> None:
        """See SubprocessProtocol."""
        self.ended.set()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """See SubprocessProtocol."""
        self.over.set()
        self.enough.set()


async def _end(transport: asyncio.SubprocessTransport, output: _Output) -> None:
    """End a process that still runs, with what it has started."""
    if transport.get_returncode() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(transport.get_pid(), signal.SIGKILL)
        # To close the transport of a process that has just died would take its end from the thread that waits for it,
        # which would say so on the screen.
        await _shortly(output.ended)
    transport.close()
    await _shortly(output.over)


async def _shortly(event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_END_WITHIN_S):
            await event.wait()


def of_server(folder: Path, address: str, on_fault: Callable[[ChatError], None]) -> PasswordCommand | None:
    """Return the command that the settings name for a server, for a client that can also ask a person; None: no such.

    Args:
        folder: of the settings.
        address: of the server, as an `Address` is spelled.
        on_fault: told why there is no password.
    """
    from chat_tui.config import password_command

    try:
        arguments = password_command(folder, address)
    except SettingsFault:  # which is said at each start
        return None
    return PasswordCommand(arguments, f"password_cmd of {address}", on_fault) if arguments else None
