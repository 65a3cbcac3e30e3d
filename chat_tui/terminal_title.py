"""The terminal's title, for as long as the program has the terminal: what it was before comes back, come what may.

Owns the three sequences that it takes. What a title says is the business of `views.window_title`; here it is cleaned
again, for it must end no sequence.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from textual.driver import Driver
from typing_extensions import override

from chat_tui.glance.terminal import give_back
from chat_tui.terminal_measuring import Measuring
from chat_tui.terminal_takeover import TakingOver
from chat_tui.views.clean import drawable_line

KEEP: Final = "\x1b[22;0t"
"""Lets the terminal remember its title."""
BRING_BACK: Final = "\x1b]0;\x07\x1b[23;0t"
"""Brings it back; a terminal that remembers none shows its own again, having got an empty one."""
_DIRECTIONS: Final = dict.fromkeys((0x200E, 0x200F, 0x061C))
_WITHOUT: Final = ("linux", "dumb", "vt1", "vt2", "vt5", "cons", "eterm")
"""How the names of terminals begin that have no title, some of which would print it."""


def titled(title: str) -> str:
    """Return what gives the terminal a title, in which nothing turns the direction of what stands around it."""
    return f"\x1b]0;{drawable_line(title).translate(_DIRECTIONS)}\x07"


def has_title(environment: Mapping[str, str]) -> bool:
    """Return whether this terminal has a title, as far as its environment says which it is."""
    term = environment.get("TERM", "")
    return bool(term) and not term.startswith(_WITHOUT)


class Titled(Measuring):
    """A driver that has a title besides. It is brought back when the terminal is given back, also for a while."""

    _title = ""
    _kept = False
    _on = False

    def show_title(self, title: str) -> None:
        """Show a title; empty: the terminal's own."""
        if title != self._title and has_title(os.environ):
            self._title = title
            if self._on:
                self._put_title(title)

    @override
    def start_application_mode(self) -> None:
        """See Driver."""
        super().start_application_mode()  # type: ignore[no-untyped-call]  # of the toolkit
        self._on = True
        self._put_title(self._title)

    @override
    def stop_application_mode(self) -> None:
        """See Driver."""
        self._on = False
        self._put_title("")
        super().stop_application_mode()

    def _put_title(self, title: str) -> None:
        if title:
            self.write(titled(title) if self._kept else KEEP + titled(title))
            self._kept = True
        elif self._kept:
            self.write(BRING_BACK)
            self._kept = False


class SparingTitled(Titled, TakingOver):
    """One that writes what changes."""


def driver_class(*, sparing: bool) -> type[Driver]:
    """Return the driver for a terminal.

    Args:
        sparing: whether it writes what changes only, not whole frames.
    """
    if not sparing:
        give_back()  # it would not know what is on the terminal
    return SparingTitled if sparing else Titled
