"""What a server shows on its port for `/metrics`: read like Prometheus does, with nothing of the project."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError

_LINE = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
WAIT_S = 10.0

Metrics = dict[str, float]
"""Values by name, with labels as in `chat_connections{state="signed_in"}`."""


def metrics(port: int) -> Metrics:
    """Return all metrics of the server that shows them on a port of the loopback interface."""
    found: Metrics = {}
    for line in fetch(port, "/metrics")[1].splitlines():
        match = _LINE.fullmatch(line)
        if match is not None and not line.startswith("#"):
            labels = f"{{{match['labels']}}}" if match["labels"] else ""
            found[match["name"] + labels] = float(match["value"])
    return found


def fetch(port: int, path: str, timeout_s: float = 5.0) -> tuple[int, str]:
    """Return the status and the body of a page."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=timeout_s) as answer:
            return int(answer.status), answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def said_in(file: Path, words: str, within_s: float = WAIT_S) -> str:
    """Return a log as soon as certain words are in it.

    Raises:
        AssertionError: they are not in time.
    """
    deadline = time.monotonic() + within_s
    while words not in (text := file.read_text() if file.exists() else ""):
        assert time.monotonic() < deadline, f"nothing of {words!r} within {within_s} s: {text}"
        time.sleep(0.02)
    return text


def metrics_once(port: int, condition: Callable[[Metrics], bool], what: str, within_s: float = WAIT_S) -> Metrics:
    """Return the metrics as soon as a condition holds for them.

    Raises:
        AssertionError: it did not in time.
    """
    deadline = time.monotonic() + within_s
    while True:
        found = metrics(port)
        if condition(found):
            return found
        assert time.monotonic() < deadline, f"{what} within {within_s} s: {found}"
        time.sleep(0.02)
