"""Which lines somebody does not want to see, a rule each: a small file of this computer, one for each server.

Losing it costs nothing but those choices: a file that cannot be read counts as none. Only what changed here is put into
it: another client of the same person may have it open, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec

from chat_core.base.unreadable import UNREADABLE
from chat_tui.storage import alone, replace

MOST: Final = 50
"""Rules; each of them is looked at for each message."""
CHARS: Final = 200
"""Longest text of a rule, in characters."""

_FILE: Final = "filters.json"


class Filter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule."""

    kind: Literal["joins", "from", "text"]
    """What is hidden: comings and goings, what somebody says, what has a text in it."""
    what: str = ""
    """With `from`: a name, without `@`; with `text`: it."""
    where: str = ""
    """TARGET of the conversation; empty: all of them."""


def load(folder: Path) -> tuple[Filter, ...]:
    """Read the rules of a server."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=tuple[Filter, ...])[:MOST]
    except (OSError, *UNREADABLE):
        return ()


def save(folder: Path, before: Sequence[Filter], after: Sequence[Filter]) -> tuple[Filter, ...]:
    """Put what changed between two sets of rules into the file; return the rules that are in it then.

    Raises:
        OSError: they cannot be written.
    """
    with alone(folder, _FILE):
        kept = [each for each in load(folder) if each in after or each not in before]
        kept += [each for each in after if each not in before and each not in kept]
        rules = tuple(kept[:MOST])
        replace(folder, _FILE, msgspec.json.encode(rules))
    return rules
