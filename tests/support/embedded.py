"""Looking for servers that clients started by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def servers(home: Path) -> list[int]:
    """Return the process numbers of the embedded servers with data in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"--embedded" in words and any(str(home).encode() in word for word in words):
                found.append(int(entry.name))
    return found


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is true.

    Raises:
        AssertionError: it was not within 15 seconds.
    """
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
