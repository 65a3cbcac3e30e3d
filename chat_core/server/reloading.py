"""What happens on SIGHUP: settings are read again, what can change while the server runs does, the rest is told.

A part that can take something up registers one function; it is called with the options as they are then, also when no
setting changed: a certificate or a log file may be another one under the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from chat_core.base.errors import ChatError
from chat_core.base.settings import Entry, Loaded
from chat_core.server.config import ServeOptions, Settings
from chat_core.server.observe import get_log

log = get_log(__name__)

Use = Callable[[ServeOptions], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a server's options come from, so that they can be had again."""

    loaded: Loaded[Settings]
    """What it was started with."""
    read: Callable[[], Loaded[Settings]]
    """Reads all places anew. Raises: SettingsFault."""
    options: Callable[[Loaded[Settings]], ServeOptions]
    """Makes options of it."""


class Reloading:
    """See the module's head.

    Args:
        options: what the server was started with.
        source: where that came from; None: it stays, only the parts are told.
    """

    def __init__(self, options: ServeOptions, source: Source | None = None) -> None:
        self.options = options
        self._source = source
        self._loaded = None if source is None else source.loaded
        self._parts: dict[str, Use] = {}

    def register(self, part: str, use: Use) -> None:
        """Have a part told of options.

        Args:
            part: its name, for the log.
            use: takes them up; what it cannot use, it raises a `ChatError` about, and goes on as before.
        """
        self._parts[part] = use

    def reload(self) -> None:
        """Read the settings again and tell every part; a wrong file changes nothing."""
        taken: tuple[Entry, ...] = ()
        left: tuple[Entry, ...] = ()
        if self._source is not None and self._loaded is not None:
            try:
                fresh = self._source.read()
            except ChatError as fault:
                log.error("settings are as before: they cannot be read", fault=str(fault))
                return
            self._loaded, taken, left = take_live(self._loaded, fresh)
            self.options = self._source.options(self._loaded)
        for part, use in self._parts.items():
            try:
                use(self.options)
            except ChatError as fault:
                log.error("goes on as before", part=part, fault=str(fault))
        for entry in taken:
            log.info("setting changed", setting=entry.key.path, value=entry.value, place=entry.where)
        for entry in left:
            log.warning("setting counts from the next start", setting=entry.key.path, value=entry.value)
        log.info("reloaded")


def take_live(
    before: Loaded[Settings], after: Loaded[Settings]
) -> tuple[Loaded[Settings], tuple[Entry, ...], tuple[Entry, ...]]:
    """Take up, of settings that were read again, those that a running process can.

    Args:
        before: the settings it goes by.
        after: what was read now.

    Returns:
        The settings to go by, those among them that changed, and those that changed and have to wait.
    """
    pairs = list(zip(before.entries, after.entries, strict=True))
    changed = [new for old, new in pairs if old.value != new.value]
    entries = tuple(new if new.key.is_live or old.value == new.value else old for old, new in pairs)
    sections: dict[str, dict[str, Any]] = {}
    for entry in entries:
        sections.setdefault(entry.key.section, {})[entry.key.name] = entry.value
    settings = msgspec.structs.replace(
        before.settings,
        **{name: msgspec.structs.replace(getattr(before.settings, name), **sections[name]) for name in sections},
    )
    taken = tuple(entry for entry in changed if entry.key.is_live)
    left = tuple(entry for entry in changed if not entry.key.is_live)
    return Loaded(settings, entries, after.ignored), taken, left
