"""What of each conversation alerts, where it is not as everywhere: a small file of this computer.

Losing it costs nothing but those choices: a file that cannot be read counts as none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from chat_core.base.unreadable import UNREADABLE
from chat_tui.storage import alone, replace

_FILE: Final = "notify.json"

Rules = Mapping[str, Literal["all", "mentions", "none"]]
"""The rule of a conversation, by TARGET."""


def load(folder: Path) -> Rules:
    """Read what is remembered of a server."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=dict[str, Literal["all", "mentions", "none"]])
    except (OSError, *UNREADABLE):
        return {}


def save(folder: Path, changed: Rules) -> Rules:
    """Put rules that changed into the file; another client may have put others there. Return all of them.

    Raises:
        OSError: it cannot be written.
    """
    with alone(folder, _FILE):
        rules = {**load(folder), **changed}
        replace(folder, _FILE, msgspec.json.encode(rules))
    return rules
