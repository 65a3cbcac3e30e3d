"""How the panes of messages stood when somebody left a server, and what each showed; and the file that keeps it.

Conversations are kept by what `kept_names` calls them: numbers mean others in another store. Losing the file costs
nothing but the panes: one that cannot be read counts as none, and so does what cannot have been written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from chat_core.base.unreadable import UNREADABLE
from chat_tui.storage import alone, replace
from chat_tui.views.tiling import Tiling

_FILE: Final = "panes.json"


class Standing(msgspec.Struct, frozen=True):
    """It."""

    tiling: Tiling
    """Which panes, and where."""
    targets: Mapping[int, str]
    """What each of them showed, by its number."""


def load(folder: Path, account: int) -> Standing | None:
    """Return how an account left a server; None: with one pane.

    Args:
        folder: of that server.
        account: number of the account.
    """
    found = _read(folder).get(str(account))
    return found if found is not None and found.tiling.is_sound else None


def save(folder: Path, account: int, layout: Standing | None) -> None:
    """Put it into the file, on disk before this returns; None: nothing is kept of that account.

    Raises:
        OSError: it cannot be written.
    """
    with alone(folder, _FILE):
        everything = _read(folder)
        if layout is not None:
            everything[str(account)] = layout
        elif everything.pop(str(account), None) is None:
            return
        replace(folder, _FILE, msgspec.json.encode(everything))


def _read(folder: Path) -> dict[str, Standing]:
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=dict[str, Standing])
    except (OSError, *UNREADABLE):
        return {}
