"""The log: one line per fact, and nothing in it that a stranger could steer a terminal with."""

from __future__ import annotations

import subprocess
import sys

import pytest

from chat_core.server.observe import LONGEST_VALUE, harmless
from tests.support.hostile import PAYLOADS, is_safe


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_fields_are_safe_whatever_is_in_them(payload: str) -> None:
    shown = harmless(
        None,
        "info",
        {"event": payload, payload: "x", "error": ValueError(payload), "raw": payload.encode(errors="replace")},
    )

    assert all(is_safe(f"{name}{value}") for name, value in shown.items())


def test_fields_keep_numbers_and_plain_words() -> None:
    fields = {"event": "connected", "peer": "127.0.0.1:1", "count": 3, "took_s": 0.5, "local": True, "who": None}

    assert harmless(None, "info", fields) == fields


def test_fields_are_cut_where_they_say_least() -> None:
    shown = harmless(None, "info", {"name": "n" * 9999, "exception": "Traceback" + "x" * 9999 + "ValueError: it"})

    assert len(shown["name"]) == len(shown["exception"]) == LONGEST_VALUE + 2
    assert shown["exception"].endswith("ValueError: it")


def test_log_has_one_safe_line_a_fact_also_from_other_libraries_and_with_a_traceback() -> None:
    code = r"""
import logging as standard
from chat_core.server.observe import configure, get_log
configure("debug")
evil = "\x1b]0;pwned\x07\ntimestamp='2026' level='info' event='faked' \u202e h" + "\u0316" * 30
get_log("x").info("renamed", name=evil)
standard.getLogger("other").warning("%s", evil)
try:
    raise ValueError(evil)
except ValueError:
    get_log("x").exception("failed")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("timestamp='20") and is_safe(line) for line in lines)
    assert all("\u0316" * 9 not in line for line in lines)
