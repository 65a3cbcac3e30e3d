"""Children that end with the checker, however it ends, and are only ever ended by their pid."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from chat_core.base.errors import WorldFault

END_WITHIN_S: Final = 10.0
_PR_SET_PDEATHSIG: Final = 1


async def start(
    command: Sequence[str], errors: Path, env: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """Start a child with pipes for its input and output.

    Args:
        command: what to run.
        errors: file that its standard error is appended to.
        env: added to the environment.

    Raises:
        WorldFault: it cannot be started.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        # A stopped child would outlive a checker that is killed: it cannot hear that its input has ended.
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    try:
        with errors.open("ab") as file:
            return await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=file,
                env={**os.environ, **(env or {})},
                preexec_fn=prepare,
            )
    except OSError as error:
        raise WorldFault(f"A process of the checker cannot be started: {error.strerror}.") from error


def send(process: asyncio.subprocess.Process, number: signal.Signals) -> bool:
    """Send a signal; False: it is gone."""
    if process.returncode is not None:
        return False
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)
        return True
    return False


async def kill(process: asyncio.subprocess.Process) -> None:
    """End a child with `kill -9`, and wait until it is gone."""
    send(process, signal.SIGKILL)
    await process.wait()


async def end(process: asyncio.subprocess.Process, within_s: float = END_WITHIN_S) -> int:
    """End a child in order, or else by force; return its exit code."""
    send(process, signal.SIGCONT)
    send(process, signal.SIGTERM)
    try:
        async with asyncio.timeout(within_s):
            await process.wait()
    except TimeoutError:
        await kill(process)
    return process.returncode or 0
