"""What is written and not sent: a value, and the file that keeps it over a crash. Knows no widget.

A file belongs to one server. It is replaced as a whole (`storage.replace`), so a crash leaves the old or the new one,
and only what changed here is put into it: another client of the same person may have it open, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base.numbers import number_in
from chat_core.base.unreadable import UNREADABLE
from chat_tui.storage import alone, replace

_FILE: Final = "drafts.json"
_MOST: Final = 200
MOST_CHARS: Final = 64_000
"""Longest text that is kept, in characters; none that can be sent is longer."""


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is written and not sent."""

    text: str = ""
    """It."""
    cursor: tuple[int, int] = (0, 0)
    """Line and column of the cursor."""
    edits: int = 0
    """seq of the message whose text it is to become; 0: a message of its own."""
    replies_to: int = 0
    """seq of the message it answers; 0: none."""
    aside: str = ""
    """With `edits`: what was being written before."""
    epoch: str = ""
    """On disk, where there is a number: life of the store that these numbers belong to."""
    number: int = 0
    """On disk, of what two people say to each other: number of the place, whatever it is called one day; else 0."""

    @property
    def counts(self) -> bool:
        """Whether there is anything in it to come back to."""
        return bool(self.text or self.edits or self.replies_to)


def place(name: str) -> tuple[str, int]:
    """Return the TARGET and the thread (0: none) in the name of a draft's place: `#dev`, `#dev:17`."""
    target, _, thread = name.rpartition(":")
    seq = number_in(thread)
    return (target, seq) if target and seq is not None else (name, 0)


def load(folder: Path, account: int) -> dict[str, Draft]:
    """Return an account's drafts on a server by TARGET; a file that cannot be read holds none.

    Args:
        folder: of that server.
        account: number of the account.
    """
    return _read(folder).get(str(account), {})


def save(folder: Path, account: int, changed: Mapping[str, Draft]) -> None:
    """Put what changed into the file, on disk before this returns; drafts without anything in them are taken out.

    Raises:
        OSError: it cannot be written.
    """
    with alone(folder, _FILE):
        everything = _read(folder)
        mine = everything.get(str(account), {})
        for target, draft in changed.items():
            mine.pop(target, None)
            if draft.counts and len(draft.text) + len(draft.aside) <= MOST_CHARS:
                mine[target] = draft
        everything[str(account)] = dict(list(mine.items())[-_MOST:])
        replace(folder, _FILE, msgspec.json.encode(everything))


def _read(folder: Path) -> dict[str, dict[str, Draft]]:
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=dict[str, dict[str, Draft]])
    except (OSError, *UNREADABLE):
        return {}
