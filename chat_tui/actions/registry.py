"""All actions on a message, in the order in which footer, help and docs show them.

A new action is a function in one of the files below; a new file is one line here.
"""

from __future__ import annotations

from typing import Final

from chat_tui.actions import marks, reading, threads, writing
from chat_tui.actions.action import DECLARED, Action, Subject

DOMAINS: Final = (writing, threads, marks, reading)
"""The files with actions."""

_ORDER: Final = [module.__name__.rpartition(".")[2] for module in DOMAINS]

ALL: Final[tuple[Action, ...]] = tuple(sorted(DECLARED, key=lambda each: _ORDER.index(each.domain)))
"""Every action."""

BY_NAME: Final[dict[str, Action]] = {each.name: each for each in ALL}
"""Actions by name."""


def fitting(subject: Subject) -> tuple[Action, ...]:
    """Return what can be done with a message."""
    return tuple(each for each in ALL if not each.when(subject))
