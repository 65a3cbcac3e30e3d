"""Lines of earlier chat systems, as they are typed there: `HELP`, `log out`, `CHAT_REQUEST(ann-bob)`. Pure.

A command declares its own (`@command(..., classic=("HELP",))`); in a form, `<pair>` stands for two names and `<number>`
for a number. A line is one only if it is nothing else: a sentence with such a word in it is said. Forms that begin with
a slash are declared for the help only, being commands anyway.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from chat_core.base.errors import UsageFault
from chat_core.base.names import name_key
from chat_tui.commands.line import PREFIX

_HOLES: Final = {"<pair>": ("user1-user2", r"[^()\s]+-[^()\s]+"), "<number>": ("3", r"\d{1,15}")}
"""What a hole looks like in the help, and what can stand in it."""


class Form(Struct, frozen=True):
    """One way in which an earlier system spells a command."""

    spelled: str
    """As it is declared."""

    @property
    def shown(self) -> str:
        """How people read it."""
        text = self.spelled
        for hole, (example, _) in _HOLES.items():
            text = text.replace(hole, example)
        return text

    @property
    def has_slash(self) -> bool:
        """Whether it is an ordinary command line here too."""
        return self.spelled.startswith(PREFIX)

    def fits(self, line: str) -> str | None:
        """Return what stands in the hole of a line of this form, empty if it has none; None: it is another line."""
        found = re.fullmatch(_pattern(self.spelled), line)
        if found is None:
            return None
        return found[1] if found.re.groups else ""

    def rest(self, inside: str, me: str) -> str:
        """Return what follows the command's name here.

        Args:
            inside: what stands in the hole.
            me: one's own name.

        Raises:
            UsageFault: it is a pair of others.
        """
        return _other_of(inside, me) if "<pair>" in self.spelled else inside


def _pattern(spelled: str) -> str:
    pattern = re.escape(spelled)
    for hole, (_, inside) in _HOLES.items():
        pattern = pattern.replace(re.escape(hole), f"({inside})")
    return pattern


def _other_of(pair: str, me: str) -> str:
    """Return the one of two names that is not one's own; names may have a `-` themselves."""
    mine = name_key(me)
    for at in (at for at, char in enumerate(pair) if char == "-"):
        first, second = pair[:at], pair[at + 1 :]
        if mine and mine in (name_key(first), name_key(second)):
            return second if mine == name_key(first) else first
    raise UsageFault(
        f"You are {me or 'not signed in'}, and none of the two in {pair[:80]}: name yourself and one other."
    )
