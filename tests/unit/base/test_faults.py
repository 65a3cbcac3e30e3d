"""Faults that nobody foresaw, told in a terminal: in full, and without steering it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chat_core.base.faults import harmless_traceback
from tests.support.hostile import PAYLOADS, is_safe

RAISING = """
import logging, threading
from chat_core.base.faults import report_harmlessly
report_harmlessly()
evil = "\\x1b]0;pwned\\x07 \\u202e \\x9b31m"
def fail(secret="hunter2"):
    raise ValueError(evil)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
try:
    fail()
except ValueError:
    logging.getLogger("x").exception("noted %s", evil)
fail()
"""


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_traceback_is_safe_whatever_the_exception_says(payload: str) -> None:
    told = harmless_traceback(ValueError(payload))

    assert told.startswith("ValueError") and is_safe(told)


def test_process_tells_what_nobody_caught_in_full_and_safely() -> None:
    done = subprocess.run([sys.executable, "-c", RAISING], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert is_safe(done.stderr)
    assert done.stderr.count("ValueError: ␛]0;pwned") == 3
    assert "noted ␛]0;pwned" in done.stderr
    assert "hunter2" not in done.stderr


def test_process_ends_by_an_interrupt_as_python_does() -> None:
    code = "from chat_core.base.faults import report_harmlessly; report_harmlessly(); raise KeyboardInterrupt"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "KeyboardInterrupt" in done.stderr
