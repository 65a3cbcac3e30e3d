"""The keymap in use: the table, over it a preset, over that what somebody wants otherwise. Pure.

What is wrong (an id or a key that there is not) is refused; what hides something else is only told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace as replace_fields

from chat_core.base.errors import UsageFault
from chat_core.base.settings import SettingsFault
from chat_tui.keys.key import Key, Place, read_keys, spelled
from chat_tui.keys.table import KEYS, clashes

Preset = Literal["default", "irc", "vim"]
"""Names of the presets."""

PRESETS: Final[Mapping[str, Mapping[str, str]]] = {
    "default": {},
    "irc": {
        "conversations.next": "ctrl+n,alt+right,alt+down",
        "conversations.previous": "ctrl+p,alt+left,alt+up",
        "conversations.back": "none",
        "conversations.forward": "none",
        "reading.page_up": "pageup,alt+p",
        "reading.page_down": "pagedown,alt+n",
        "reading.mention_up": "none",
        "reading.mention_down": "none",
    },
    "vim": {
        "selecting.page_up": "ctrl+u,ctrl+b,pageup",
        "selecting.page_down": "ctrl+d,ctrl+f,pagedown",
        "selecting.details": "K",
        "selecting.leave": "escape,q,i,a",
    },
}
"""What each of them has otherwise than the table."""


class Keymap(Struct, frozen=True):
    """All bindings as they are in use."""

    keys: tuple[Key, ...] = KEYS
    """In the order of the table."""
    changed: Mapping[str, str] = {}
    """Keys by id, where they are others than in the table."""
    conflicts: tuple[str, ...] = ()
    """A sentence for each key that means two things."""

    def pressed(self, place: Place) -> Iterator[str]:
        """Yield the keys that mean something at a place, as the toolkit spells them."""
        for key in self.keys:
            if key.place == place:
                yield from key.keys.split(",")

    def label(self, id: str) -> str:
        """Return for people what is pressed for a binding."""
        return next(key.label for key in self.keys if key.id == id)


def keymap(preset: str = "default", own: Mapping[str, str] | None = None) -> Keymap:
    """Return the keymap of a preset with somebody's own keys.

    Args:
        preset: its name.
        own: keys as people write them, by the binding's id.

    Raises:
        SettingsFault: what is wrong, a sentence for each.
    """
    faults: list[str] = []
    changed = dict(PRESETS.get(preset, {}))
    if preset not in PRESETS:
        faults.append(f"[keys] preset is '{preset}'; there are {', '.join(PRESETS)}.")
    ids = {key.id for key in KEYS}
    for id, text in (own or {}).items():
        if id not in ids:
            faults.append(f"[keys] has no binding '{id}'; {_nearest(id, ids)}.")
            continue
        try:
            changed[id] = read_keys(text)
        except UsageFault as fault:
            faults.append(f"[keys] {id}: {fault}")
    if faults:
        raise SettingsFault(faults)
    keys = tuple(_with(key, changed.get(key.id)) for key in KEYS)
    return Keymap(keys, changed, tuple(_sentence(*each) for each in clashes(keys)))


def _with(key: Key, keys: str | None) -> Key:
    return key if keys is None or keys == key.keys else replace_fields(key, keys=keys, shown="", listed=True)


def _nearest(id: str, ids: set[str]) -> str:
    import difflib

    near = difflib.get_close_matches(id, ids, n=1)
    return f"the nearest one is {near[0]}" if near else "docs/keys.md has them all"


def _sentence(key: str, front: Key, behind: Key) -> str:
    return f"{spelled(key)} is both {front.id} ({front.description}) and {behind.id} ({behind.description})."
