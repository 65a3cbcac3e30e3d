"""The figures of a run for people: as a table in Markdown, and as JSON. Knows nothing of how they were taken."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

BEGIN: Final = "<!-- measured:chat-tui-bench -->\n"
"""Stands before the table in a document."""
END: Final = "<!-- /measured -->\n"
_SPREAD: Final = 1.25
"""What is so many times as slow is not slower: one run differs so much from another."""


class Row(NamedTuple):
    """A figure: its name, what it is called, its unit, and what it is to be."""

    name: str
    said: str
    unit: str
    goal: str = ""
    most: float | None = None
    least: float | None = None
    times: float | None = None
    """At most so many times the other program's."""
    like: str = ""
    """Name of a figure of this program that it is not to exceed, but for what one run differs from another."""


ROWS: Final[Sequence[Row]] = (
    Row("paint_ms", "first paint: of the screen as it was left, if it is kept", "ms", "at most 350", most=350),
    Row("live_ms", "live: first frame of the program's own, which takes keys", "ms", "at most 350", most=350),
    Row("rss_mb", "memory with 20 channels (RSS)", "MB", "at most 60", most=60),
    Row("pss_mb", "the same, shared pages by share (PSS)", "MB"),
    Row("key_p50_ms", "key to screen, idle, p50", "ms", "at most 8", most=8),
    Row("key_p95_ms", "key to screen, idle, p95", "ms", "at most 30", most=30),
    Row("flood_key_p95_ms", "key to screen at 1,000 messages/s, p95", "ms", "at most 60", most=60),
    Row("flood_key_p50_ms", "key to screen at 1,000 messages/s, p50", "ms"),
    Row("flood_cpu", "CPU at 1,000 messages/s", "%", "at most 30", most=30),
    Row("flood_typing_cpu", "CPU at 1,000 messages/s while typing", "%"),
    Row("flood_bytes", "written a second at 1,000 messages/s", "bytes"),
    Row("idle_cpu", "CPU when idle", "%", "at most 1", most=1),
    Row("page_ms", "page-up, key to last byte", "ms", "at most 12", most=12),
    Row("page_cpu_ms", "page-up, CPU, with all that follows", "ms"),
    Row("page_bytes", "page-up, written", "bytes", "at most 3 times", times=3),
    Row("message_bytes", "a message comes, written", "bytes", "at most 3 times", times=3),
    Row("message_cpu_ms", "a message comes, CPU", "ms"),
    Row("switch_ms", "switch of conversation", "ms", "at most 40", most=40),
    Row("switch_first_ms", "switch, where it was not shown before", "ms"),
    Row("switch_bytes", "switch, written", "bytes"),
    Row("many_mb", "memory that 100,000 messages take", "MB", "at most 10", most=10),
    Row("many_key_p50_ms", "key to screen behind them, p50", "ms", "no slower than idle", like="key_p50_ms"),
    Row("many_key_p95_ms", "key to screen behind them, p95", "ms"),
    Row(
        "bulk_per_s",
        "bulk history: bytes of pages to items of the timeline",
        "messages/s",
        "at least 50,000",
        least=50_000,
    ),
    Row("history_per_s", "the same with a server at the other end, page after page", "messages/s"),
)


def as_json(figures: Mapping[str, Mapping[str, Sequence[float]]], machine: str) -> str:
    """Return one line of JSON: for each program and figure the values of all rounds."""
    return json.dumps({"machine": machine, "figures": figures})


def as_markdown(medians: Mapping[str, Mapping[str, float]], machine: str, *, judged: bool = True) -> str:
    """Return a table. The first program is the one that has goals.

    Args:
        medians: the figures of each program.
        machine: what they were taken on.
        judged: whether they are good enough to say which goals are met.
    """
    names = list(medians)
    last, rule = (" |", " --- |") if judged else ("", "")
    lines = [machine, "", f"| | {' | '.join(names)} | goal |{last}", f"| --- |{' ---: |' * len(names)} --- |{rule}"]
    for row in ROWS:
        values = [medians[name].get(row.name) for name in names]
        if any(value is not None for value in values):
            shown = " | ".join("" if value is None else _number(value) for value in values)
            verdict = f" {_verdict(row, values, medians[names[0]])} |" if judged else ""
            lines.append(f"| {row.said}, {row.unit} | {shown} | {row.goal} |{verdict}")
    return "\n".join(lines) + "\n"


def put_into(document: str, table: str) -> str | None:
    """Return a document with the table in its place; None: there is no place for it."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    return f"{head}{begin}{table}{end}{tail}" if begin and end else None


def _verdict(row: Row, values: Sequence[float | None], own: Mapping[str, float]) -> str:
    value = values[0]
    if value is None or not row.goal:
        return ""
    if row.like:
        return _compared(value, own.get(row.like), _SPREAD)
    if row.times is not None:
        return _compared(value, values[1] if len(values) > 1 else None, row.times)
    met = (row.most is None or value <= row.most) and (row.least is None or value >= row.least)
    return "yes" if met else "**no**"


def _compared(value: float, other: float | None, most: float) -> str:
    return "" if not other else f"{'yes' if value <= most * other else '**no**'}, {value / other:.1f} times"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"
