"""What the server would log, for a test of this process: whatever another one has told the log to leave out."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog


@contextmanager
def overheard() -> Iterator[list[MutableMapping[str, Any]]]:
    """Return the lines that are logged from now on; afterwards the log goes where it went before."""
    before = structlog.get_config()
    structlog.reset_defaults()
    try:
        with structlog.testing.capture_logs() as lines:
            yield lines
    finally:
        structlog.configure(**before)
