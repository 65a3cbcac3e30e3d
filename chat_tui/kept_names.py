"""What a conversation is called in files of this computer, so that it is found again there when it is renamed. Pure.

A channel keeps its name, and a group is called by its number. What two people say to each other is called as the other
one is, who can be called something else one day: it is kept with its number and the life of the store, `@bob 5 1f0c`.
What has neither was kept by an older version, and goes by its TARGET, as everything does in another store.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chat_core.base.names import name_key
from chat_core.base.numbers import number_in
from chat_core.client.state.changes import Batch, ListChanged
from chat_core.client.state.model import ClientState, ConversationState


class Place(NamedTuple):
    """A conversation."""

    target: str
    """What it is called now."""
    number: int = 0
    """Its number, if it can be called something else one day; else 0."""
    epoch: str = ""
    """Life of the store that this belongs to."""

    @property
    def kept(self) -> str:
        """What it is called in files."""
        return f"{self.target} {self.number} {self.epoch}" if self.number else self.target

    def is_meant(self, kept: str) -> bool:
        """Return whether a name in a file means it."""
        target, number, epoch = _parts(kept)
        if number and epoch == self.epoch:
            return number == self.number
        return name_key(target) == name_key(self.target)


def place_of(conversation: ConversationState, epoch: str) -> Place:
    """Return the place of a conversation in a store; with no epoch, what that is is not known yet."""
    if conversation.info.kind != "direct" or not epoch:
        return Place(conversation.target, 0, epoch)
    return Place(conversation.target, conversation.id, epoch)


def is_about_list(batch: Batch) -> bool:
    """Return whether a conversation may be called something else than before; the first batch of all has no changes."""
    return not batch.changes or any(isinstance(change, ListChanged) for change in batch.changes)


def target_in(kept: str) -> str:
    """Return the TARGET in a name from a file: what the conversation was called when that was written."""
    return _parts(kept)[0]


def place_in(kept: str) -> Place:
    """Return the place that a name in a file means."""
    return Place(*_parts(kept))


def conversation_of(kept: str, state: ClientState) -> ConversationState | None:
    """Return the conversation that a name in a file means; None: there is none."""
    target, number, epoch = _parts(kept)
    if number and epoch == state.epoch:
        return state.conversations.get(number)
    return state.by_target(target)


def found(names: Iterable[str], place: Place) -> str | None:
    """Return which of some names from a file means a place: by its number rather than by its TARGET."""
    meant = [name for name in names if place.is_meant(name)]
    return max(meant, key=lambda name: _parts(name)[1:] == place[1:], default=None)


def followed(names: Iterable[str], state: ClientState) -> dict[str, str]:
    """Return which names from a file are to be replaced by which: of who was renamed, and those of older versions."""
    numbered: dict[int, str] = {}
    others: dict[str, str] = {}
    for name in names if state.epoch else ():
        target, number, epoch = _parts(name)
        if number and epoch == state.epoch:
            numbered[number] = name
        elif target.startswith("@"):
            others[name_key(target)] = name
    replaced: dict[str, str] = {}
    for each in state.conversations.values() if numbered or others else ():
        if each.info.kind == "direct" and not each.remembered:
            kept = place_of(each, state.epoch).kept
            name = numbered.get(each.id) or others.get(name_key(each.target), kept)
            if name != kept:
                replaced[name] = kept
    return replaced


def _parts(kept: str) -> tuple[str, int, str]:
    target, _, rest = kept.partition(" ")
    number, _, epoch = rest.partition(" ")
    known = number_in(number) if epoch else None
    return (kept, 0, "") if known is None else (target, known, epoch)
