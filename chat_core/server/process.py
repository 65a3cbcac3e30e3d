"""What a server asks of its process and of the system it runs on, beside its work."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import sys
from collections.abc import Callable

from chat_core.server.observe import get_log

log = get_log(__name__)

_SWITCH_S = 0.0005
"""How soon a busy event loop lets the store's threads run, in seconds. With Python's 5 ms a commit waited up to a
second behind a loop that was fanning out; with this, tens of milliseconds."""


def prepare() -> None:
    """Take as many descriptors as there are to be had, and share the processor well among threads."""
    _raise_descriptor_limit()
    sys.setswitchinterval(_SWITCH_S)


def loop_factory() -> type[asyncio.AbstractEventLoop] | None:
    """Return the fastest event loop there is; None: Python's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop


def quiet_collector() -> None:
    """Take what lives for ever out of the garbage collector's sight, and let it run less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def until(condition: Callable[[], bool], deadline: float) -> None:
    """Wait for a condition that nobody signals; only at the end of a server's life, so looking is good enough.

    Args:
        condition: looked at a hundred times a second.
        deadline: on the loop's clock, in seconds; then it is given up.
    """
    loop = asyncio.get_running_loop()
    while not condition() and loop.time() < deadline:  # noqa: ASYNC110  # see above
        await asyncio.sleep(0.01)


def when_input_ends(act: Callable[[], None]) -> None:
    """Do something, once, when standard input is at its end: whoever started this process is gone.

    What cannot be watched, a file or /dev/null, nobody holds open: it is at its end from the beginning.
    """
    loop = asyncio.get_running_loop()

    def look() -> None:
        try:
            if os.read(0, 4096):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        loop.remove_reader(0)
        act()

    try:
        loop.add_reader(0, look)
    except OSError:
        loop.call_soon(act)


def has_terminal() -> bool:
    """Return whether this process has a terminal that controls it."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _raise_descriptor_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            log.warning("descriptor limit stays", soft=soft, hard=hard)
