"""How a fault inside is told: in full, and so that nothing in it steers the terminal it is read in.

The text of an exception may quote what a stranger sent, and Python prints it as it is. A program calls
`report_harmlessly` first of all; logs that people read in a terminal use `HarmlessFormatter`.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from typing_extensions import override

from chat_core.base.text import for_terminal


class HarmlessFormatter(logging.Formatter):
    """Formats a record, traceback and all, and cleans the result."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """See Formatter."""
        return for_terminal(super().format(record), directions=False)


def harmless_traceback(error: BaseException) -> str:
    """Return an exception as Python prints it, cleaned, with a newline at its end. Values of variables are not told."""
    import traceback  # only when something is wrong: a start must not pay for it

    return for_terminal("".join(traceback.format_exception(error)), directions=False)


def report_harmlessly() -> None:
    """Clean what this process prints of exceptions that nobody caught, and of logs that nobody took."""
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(HarmlessFormatter())


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    elif sys.stderr is not None:
        sys.stderr.write(harmless_traceback(error))


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        _uncaught(told.exc_type, told.exc_value, told.exc_traceback)
