"""Standard input as lines, for a loop that goes on meanwhile. Knows nothing of what the lines are for."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import errno
import os
import sys
import threading
from collections.abc import AsyncIterator
from typing import Final

_READ_BYTES: Final = 64 * 1024


async def stdin_lines() -> AsyncIterator[str]:
    """Yield the lines of standard input without their ends; bytes that are no UTF-8 become U+FFFD. Raises: OSError."""
    rest = b""
    async for chunk in _stdin_chunks():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield _decode(line)
    if rest:
        yield _decode(rest)


async def _stdin_chunks() -> AsyncIterator[bytes]:
    """Yield what standard input gives, until its end. Raises: OSError.

    A daemon thread reads: the loop's own executor would wait for a blocked read at the end, a regular file cannot be
    polled, and a non-blocking terminal would be non-blocking for our output too.
    """
    if sys.stdin is None:  # closed by the caller; its number may be another file's by now
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    descriptor = sys.stdin.fileno()
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[bytes | OSError] = asyncio.Queue(4)

    def read() -> None:
        chunk: bytes | OSError = b"begin"
        with contextlib.suppress(RuntimeError, concurrent.futures.CancelledError):
            while chunk and not isinstance(chunk, OSError):
                try:
                    chunk = os.read(descriptor, _READ_BYTES)
                except OSError as fault:
                    chunk = fault
                asyncio.run_coroutine_threadsafe(chunks.put(chunk), loop).result()

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while chunk := await chunks.get():
        if isinstance(chunk, OSError):
            raise chunk
        yield chunk


def _decode(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
