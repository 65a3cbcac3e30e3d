"""Which lines somebody does not want to see, a rule each: a small file of this computer, one for each server.

Losing it costs nothing but those choices: a file that cannot be read counts as none. Only what changed here is put into
it: another client of the same person may have it open, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec.structs import replace as replace_fields

from chat_core.base.unreadable import UNREADABLE
from chat_core.client.state.model import ClientState
from chat_tui.kept_names import followed, place_in
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
    """The conversation, as `kept_names` calls it; empty: all of them."""

    def is_same(self, other: Filter) -> bool:
        """Return whether two hide the same, whatever their conversation was called when each was made."""
        if (self.kind, self.what) != (other.kind, other.what) or not self.where or not other.where:
            return self == other
        return place_in(self.where).is_meant(other.where)


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
        kept = [_as_in(each, after) for each in load(folder) if _is_in(each, after) or not _is_in(each, before)]
        kept += [each for each in after if not _is_in(each, before) and not _is_in(each, kept)]
        rules = tuple(kept[:MOST])
        replace(folder, _FILE, msgspec.json.encode(rules))
    return rules


def with_followed(rules: Sequence[Filter], state: ClientState) -> Sequence[Filter]:
    """Return rules with every conversation called as it is called now; the very same ones if it is so already."""
    replaced = followed({each.where for each in rules}, state)
    if not replaced:
        return rules
    return tuple(replace_fields(each, where=replaced.get(each.where, each.where)) for each in rules)


def _as_in(one: Filter, others: Sequence[Filter]) -> Filter:
    return next((each for each in others if one.is_same(each)), one)


def _is_in(one: Filter, others: Sequence[Filter]) -> bool:
    return any(one.is_same(each) for each in others)
