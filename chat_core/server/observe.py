"""The server's log: one structured line per fact, to standard error. Message bodies go into it only where the operator
wants that (`log_messages`).

A fact may hold what a stranger wrote (a name, the text of an error): it is cleaned and cut here, for every line of this
process, so that whoever reads the log in a terminal reads lines of ours only.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from chat_core.base.text import for_terminal

LONGEST_VALUE = 2000
"""Characters of one field that are kept; a traceback is cut at its beginning, for its end says what went wrong."""
LEVELS = ("debug", "info", "warning", "error")


def configure(level: str) -> None:
    """Send this process's log, structlog's and the standard library's, to standard error.

    Args:
        level: one of `LEVELS`; less important lines are not made at all.
    """
    number = getattr(logging, level.upper())
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                harmless,
                structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)


def harmless(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return the fields of a line as they may be shown in a terminal; for structlog, before the last step."""
    return {for_terminal(str(name), directions=False): _shown(name, value) for name, value in fields.items()}


def _shown(name: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if len(text) > LONGEST_VALUE:
        text = f"… {text[-LONGEST_VALUE:]}" if name == "exception" else f"{text[:LONGEST_VALUE]} …"
    return for_terminal(text, directions=False)


def get_log(name: str) -> Any:
    """Return a logger whose calls take a fact and its fields: `log.info("connected", peer=...)`."""
    return structlog.get_logger(name)
