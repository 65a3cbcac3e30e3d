"""What a step is: a pure function from a draft, the settings that hold for it and what its author said before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chat_core.server.manners import Manners
from chat_core.server.rules.judging import Draft


class Said(NamedTuple):
    """A message that somebody sent."""

    ts: int
    """When, milliseconds since 1970."""
    digest: int
    """Of its folded text."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule; its name is that of the setting that turns it on."""

    name: str
    check: Callable[[Draft, Manners, Sequence[Said]], str]
    """Returns what is wrong, a sentence for the author; empty: nothing. Gets the author's latest, oldest first, without
    the draft."""
    edits: bool
    """Whether it looks at edits, too."""
    spoils: bool
    """Whether the message is refused even where its author is only warned."""
