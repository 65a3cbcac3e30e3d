"""The server's log: one structured line per fact, to standard error or a file.

No message text and no secret goes into it; message text does where the operator asks for just that (`log_messages`).
A fact may hold what a stranger wrote (a name, the text of an error): it is cleaned and cut here, for every line of this
process, so that whoever reads the log in a terminal reads lines of ours only.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

from chat_core.base.errors import WorldFault
from chat_core.base.imports import hidden
from chat_core.base.text import for_terminal, line_for_terminal
from chat_core.protocol.events import ConversationEvent, MessagePosted

with hidden("rich"):  # of which it loads everything, a fifth of a start, for a look that nobody asks for here
    import structlog

LONGEST_VALUE = 2000
"""Characters of one field that are kept; a traceback is cut at its beginning, for its end says what went wrong."""
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
                harmless,
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


def log_messages(events: Sequence[ConversationEvent]) -> None:
    """Log the text of messages; for those who have been told so."""
    for event in events:
        if isinstance(event, MessagePosted):
            body = line_for_terminal(event.body)
            get_log(__name__).info(
                "message", conversation=event.conversation, seq=event.seq, author=event.name, body=body
            )
