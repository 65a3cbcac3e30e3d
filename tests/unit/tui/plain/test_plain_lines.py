"""The lines of the scriptable commands."""

from __future__ import annotations

from datetime import UTC

import pytest

from chat_tui.plain.lines import Line, as_text


def line(ts: int, text: str = "hi") -> Line:
    return Line(conversation="#general", seq=3, ts=ts, author="ann", kind="message", text=text)


def test_line_tells_when_where_who_and_what() -> None:
    assert as_text(line(1_700_000_000_000), UTC) == "[2023-11-14 22:13:20] #general:3 <ann> hi"


@pytest.mark.parametrize("ts", [-1, -(2**63), 2**53, 2**64])
def test_line_is_told_whatever_a_server_says_the_time_is(ts: int) -> None:
    assert as_text(line(ts), UTC).endswith("#general:3 <ann> hi")


def test_line_of_several_lines_looks_like_one_message() -> None:
    assert as_text(line(0, "one\n[1970-01-01 00:00:00] #general:4 <bob> two"), UTC).count("\n[") == 0
