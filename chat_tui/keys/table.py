"""The default keymap. Owns names of keys and of actions; what an action does is the business of who has it.

Every binding has an id that stays when its keys do not, so that `App.set_keymap` can give it others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Final

from textual.binding import Binding

from chat_tui.keys.choosing import FINDING, SELECTING, SWITCHING
from chat_tui.keys.key import Key, Place
from chat_tui.keys.listing import LISTING
from chat_tui.keys.moving import CONVERSATIONS, READING, WINDOW
from chat_tui.keys.paning import PANING
from chat_tui.keys.writing import WRITING

KEYS: Final[tuple[Key, ...]] = (
    *WRITING, *CONVERSATIONS, *READING, *SELECTING, *FINDING, *SWITCHING, *LISTING, *WINDOW, *PANING,
)  # fmt: skip
"""Every binding, in the order of help and docs."""

BEHIND: Final[dict[Place, tuple[Place, ...]]] = {
    "composer": ("chat", "screen"),
    "select": ("chat", "screen"),
    "find": ("chat", "screen"),
    "switcher": ("screen",),
    "list": ("chat", "screen"),
    "panes": ("chat", "screen"),
    "chat": ("screen",),
    "screen": (),
}
"""Where a key is looked for when a place has no use for it."""


def bindings(place: Place) -> list[Binding]:
    """Return the bindings of a place, for `BINDINGS`."""
    return [Binding(key.keys, key.action, key.description, show=False, id=key.id) for key in KEYS if key.place == place]


def binding(id: str) -> Binding:
    """Return one binding, for a screen where it works although its place is another."""
    key = next(key for key in KEYS if key.id == id)
    return Binding(key.keys, key.action, key.description, show=False, id=id)


def clashes(keys: Iterable[Key]) -> list[tuple[str, Key, Key]]:
    """Return each key that means two things at once: the key, what it does, and what can not be reached by it."""
    table = list(keys)
    users: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(table):
        for key in set(each.keys.split(",")) - {"none"}:
            users[key].append(at)
    # Looked at pair by pair they are 10,000, at each start.
    pairs = sorted({pair for places in users.values() for pair in combinations(places, 2)})
    return [
        (key, *_in_front(table[one], table[other])) for one, other in pairs for key in _shared(table[one], table[other])
    ]


def _shared(one: Key, other: Key) -> list[str]:
    front, behind = _in_front(one, other)
    hides = front.place == behind.place or (behind.place in BEHIND[front.place] and not _meant(front, behind))
    return sorted(set(one.keys.split(",")) & set(other.keys.split(",")) - {"none"}) if hides else []


def _in_front(one: Key, other: Key) -> tuple[Key, Key]:
    return (other, one) if one.place in BEHIND[other.place] else (one, other)


def _meant(front: Key, behind: Key) -> bool:
    """Return whether a key may stand for both: what is in front leaves it, or is open for a moment only."""
    return front.leaves or front.place != "composer"
