"""The server's log: one structured line per fact, to standard error or a file.

No message text and no secret goes into it; message text does where the operator asks for just that (`log_messages`).
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import structlog

from chat_core.base.errors import WorldFault

LEVELS = ("trace", "debug", "info", "warning", "error")
"""`trace` is `debug` with a line for each request, and with what asyncio says."""


def configure(level: str, file: Path | None = None) -> None:
    """Send this process's log, structlog's and the standard library's, to one place; may be called again.

    Args:
        level: one of `LEVELS`; less important lines are not made at all.
        file: where it is appended, made for this user alone if it is missing; None: standard error.

    Raises:
        WorldFault: the file cannot be written; the log goes where it went before.
    """
    handler = logging.StreamHandler(sys.stderr) if file is None else _file_handler(file)
    number = logging.DEBUG if level == "trace" else getattr(logging, level.upper())
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # the level can change
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
        )
    )
    root = logging.getLogger()
    before, root.handlers[:] = root.handlers[:], [handler]
    root.setLevel(number)
    logging.getLogger("asyncio").setLevel(number if level == "trace" else max(number, logging.INFO))
    for old in before:
        old.close()


def _file_handler(file: Path) -> logging.Handler:
    """Open a log file. Raises: WorldFault."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600))
        return logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise WorldFault(
            f"The log file {file} cannot be written ({error.strerror}); see [observe] log_file."
        ) from error


def get_log(name: str) -> Any:
    """Return a logger whose calls take a fact and its fields: `log.info("connected", peer=...)`."""
    return structlog.get_logger(name)
