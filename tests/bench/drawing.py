"""What drawing a message costs: `python -m tests.bench.drawing [ROUNDS]`. Prints medians, and the load.

Each round draws every kind once after the other, so that whatever else the machine does meets all of them.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from markdown_it import MarkdownIt

from chat_core.protocol.values import Message
from chat_tui.views.building import Setting, build
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader, draw, estimated
from chat_tui.views.emphasis import inline
from chat_tui.views.items import MessageItem

TEXTS: Final = {
    "plain": "has anyone tried the new build? works here",
    "six marks": "**Release 2.4** is out, see https://example.org/x_y and `retry_after`, _finally_ ~~today~~",
    "code, 2 lines": "yes:\n```python\ndef f(x):\n    return x + 1  # more\n```",
    "1,000 characters": "word " * 200,
}
AT_ONCE: Final = 20_000
_TIMES: Final = 50


def _message(seq: int, body: str) -> Message:
    return Message(seq=seq, changed=seq, ts=1_700_000_000_000 + seq, author=1 + seq % 5, name="ann", body=body)


def _us(work: Callable[[], object], times: int = _TIMES) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times * 1e6


def _draws() -> dict[str, Callable[[], object]]:
    where, reader = columns(100, 120, 6), Reader(1, "you", None)
    items = {kind: MessageItem(_message(1, text), True, 0) for kind, text in TEXTS.items()}
    return {kind: partial(draw, item, where, reader) for kind, item in items.items()}


def main(rounds: int) -> None:
    """Measure and print."""
    draws = _draws()
    markdown, marked = MarkdownIt("commonmark"), TEXTS["six marks"]
    parsers: dict[str, Callable[[], object]] = {
        "our parser, six marks": lambda: inline(marked),
        "markdown-it, six marks": lambda: markdown.parseInline(marked),
    }
    bulk = [_message(seq, list(TEXTS.values())[seq % 2]) for seq in range(1, AT_ONCE + 1)]

    def ingest() -> int:
        items = build(bulk, Setting(None, None, 2026), ())
        return sum(estimated(item.message.body, 80) for item in items if isinstance(item, MessageItem))

    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, work in {**draws, **parsers}.items():
            found.setdefault(name, []).append(_us(work))
        found.setdefault("bulk", []).append(_us(ingest, 1))
    print(f"load {os.getloadavg()[0]:.1f}, {rounds} rounds, medians")
    for name, values in found.items():
        middle = statistics.median(values)
        if name == "bulk":
            print(f"{AT_ONCE:,} messages, half of them with marks, into items: {AT_ONCE / middle * 1e6:,.0f}/s")
        else:
            print(f"{name:<24} {middle:8.1f} us")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
