"""How a text is written so that all of it is hidden until somebody wants to see it, marks in it included. Pure.

What the marks mean is the business of `formatting`, which is asked whether anything is seen; nothing is decided twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chat_tui.views.clean import drawable
from chat_tui.views.emphasis import HIDDEN
from chat_tui.views.formatting import Looks, formatted

_MARK: Final = "||"
_SEEN_AS_HIDDEN: Final = frozenset(f"{HIDDEN}\n ")


def hidden(text: str) -> str | None:
    """Return a text as a spoiler that hides all of it; None: there is no way to write that.

    Args:
        text: what is to be hidden, without white space at its ends.
    """
    return next((body for body in _spellings(text) if _hides_all(body)), None)


def _spellings(text: str) -> Iterator[str]:
    """Yield the ways to write it, that which changes least first."""
    escaped = re.sub(r"\\?\|", r"\\|", text)
    yield _between(text)
    yield _between(escaped)
    yield "\n".join(map(_between, escaped.split("\n")))  # a list or code in it would part the marks


def _between(text: str) -> str:
    """Return a text between marks, which stand at its first and its last letter."""
    inside = text.strip()
    if not inside:
        return text
    before, _, after = text.partition(inside)
    return f"{before}{_MARK}{inside}{_MARK}{after}"


def _hides_all(body: str) -> bool:
    blocks = formatted(drawable(body), Looks())
    return all(block.kind == "text" and _SEEN_AS_HIDDEN.issuperset(block.text) for block in blocks)
