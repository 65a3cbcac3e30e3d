"""What of each conversation alerts, where it is not as everywhere: a small file of this computer.

Losing it costs nothing but those choices: a file that cannot be read counts as none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from chat_core.base.unreadable import UNREADABLE
from chat_tui.storage import alone, replace

_FILE: Final = "notify.json"

Rule = Literal["all", "mentions", "none"]
"""What of a conversation alerts."""
Rules = Mapping[str, Rule]
"""The rule of a conversation, by what `kept_names` calls it."""


def load(folder: Path) -> Rules:
    """Read what is remembered of a server."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=dict[str, Rule])
    except (OSError, *UNREADABLE):
        return {}


def save(folder: Path, changed: Rules, gone: Collection[str] = ()) -> Rules:
    """Put rules that changed into the file; another client may have put others there. Return all of them.

    Args:
        folder: of the server.
        changed: those that changed.
        gone: names that stand for nothing any more.

    Raises:
        OSError: it cannot be written.
    """
    with alone(folder, _FILE):
        rules = {name: rule for name, rule in load(folder).items() if name not in gone} | {**changed}
        replace(folder, _FILE, msgspec.json.encode(rules))
    return rules
