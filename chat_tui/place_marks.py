"""Places that somebody has given a name, to come back to: a value, and the file of this computer that keeps them.

A file belongs to one server. What was said at a place is not kept: it may be deleted there. Only what changed here is
put into it: another client of the same person may have it open, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base.names import name_key
from chat_core.base.unreadable import UNREADABLE
from chat_tui.storage import alone, replace

MOST: Final = 200
"""Marks of an account."""

_FILE: Final = "marks.json"


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place."""

    target: str
    """Of the conversation, as it was called when the mark was put."""
    seq: int
    """Of the message."""
    ts: int = 0
    """When that was said, milliseconds since 1970."""
    thread: int = 0
    """seq of what its thread hangs on, if it stands in one only; 0: in none."""
    epoch: str = ""
    """Life of the store that these numbers belong to."""
    conversation: int = 0
    """Number of the conversation; 0: an older version, which kept its TARGET only."""

    @property
    def address(self) -> str:
        """The place as it is written: `#dev:17`."""
        return f"{self.target}:{self.seq}"


Marks = Mapping[str, Mark]
"""Places by name, the oldest first."""


def load(folder: Path, account: int) -> Marks:
    """Read an account's marks on a server; a file that cannot be read holds none."""
    return _read(folder).get(str(account), {})


def save(folder: Path, account: int, changed: Mapping[str, Mark | None]) -> Marks:
    """Put what changed into the file; return all marks of the account that are in it then.

    Args:
        folder: of the server.
        account: number of the account.
        changed: marks by name, in whatever spelling they were there before; None: taken away.

    Raises:
        OSError: they cannot be written.
    """
    with alone(folder, _FILE):
        everything = _read(folder)
        mine = with_changed(everything.get(str(account), {}), changed)
        everything[str(account)] = mine
        replace(folder, _FILE, msgspec.json.encode(everything))
    return mine


def with_changed(marks: Marks, changed: Mapping[str, Mark | None]) -> dict[str, Mark]:
    """Return marks after some of them changed, as of `save`."""
    keys = set(map(name_key, changed))
    rest = {name: mark for name, mark in marks.items() if name_key(name) not in keys}
    return rest | {name: mark for name, mark in changed.items() if mark is not None}


def _read(folder: Path) -> dict[str, dict[str, Mark]]:
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=dict[str, dict[str, Mark]])
    except (OSError, *UNREADABLE):
        return {}
