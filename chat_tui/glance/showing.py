"""Shows the screen as it was left, if the one that comes will look like it; the first thing a start does."""

from __future__ import annotations

import os
import sys

from chat_tui.glance.asked import asked, conditions, leads_there
from chat_tui.glance.files import folders, load
from chat_tui.glance.terminal import show as put

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

    from chat_tui.glance.asked import Asked

_WITHOUT: Final = ("linux", "dumb", "vt1", "vt2", "vt5", "cons", "eterm")
"""How the names of terminals begin that have no other screen, so that a picture would stay."""
_ELSEWHERE: Final = ("TEXTUAL_DRIVER", "COLUMNS", "LINES", "STY")
"""Environment variables with which it is drawn elsewhere, in another size, or where there may be no other screen."""


class Start:
    """What a start was asked for, and where it looked for a picture.

    Args:
        wanted: what the command line asks for.
        arguments: of the command line.
        environment: the process's variables, as they were then.
    """

    __slots__ = ("arguments", "config", "environment", "folder", "wanted")

    def __init__(self, wanted: Asked, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.wanted = wanted
        self.arguments = tuple(arguments)
        self.environment = dict(environment)
        self.config, self.folder = folders(environment)


start: Start | None = None
"""This process's own; None: it shows no picture, and keeps none."""


def show(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Show the picture for a command line, if there is one."""
    global start
    wanted = asked(arguments) if has_screen(environment) else None
    if wanted is None:
        return
    try:
        start = Start(wanted, arguments, environment)
    except OSError:
        return
    width, height = os.get_terminal_size(2)
    found = load(start.folder, (width, height), arguments)
    if found is None:
        return
    picture, about = found
    goals = about.pop("goals", None)
    if about == conditions(arguments, environment, start.config) and leads_there(wanted, start.config, goals):
        put(picture)


def has_screen(environment: Mapping[str, str]) -> bool:
    """Return whether this process has a terminal to itself that can show one thing and bring the other back."""
    term = environment.get("TERM", "")
    if not term or term.startswith(_WITHOUT) or any(name in environment for name in _ELSEWHERE):
        return False
    try:
        same = os.isatty(0) and os.isatty(2) and os.fstat(0).st_rdev == os.fstat(2).st_rdev
    except OSError:
        return False
    streams = (sys.stdout, sys.stderr)  # None: closed by the caller
    return same and _is_ours() and all(each is not None and each.encoding.lower() == "utf-8" for each in streams)


def _is_ours() -> bool:
    """Return whether the terminal is ours now, and not that of whoever started us in the background."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return True  # it controls nobody
