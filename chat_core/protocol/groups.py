"""What a group is called: it has no name of its own, so it goes by those of the others in it. Pure.

Server and client make the same of the same people, so that a client which follows the events has what it would fetch.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from chat_core.base.names import name_key
from chat_core.protocol.limits import GROUP_PEOPLE_BYTES
from chat_core.protocol.values import Conversation, Person


def fitting(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return people by name, as many as have room where a conversation is listed."""
    kept: list[Person] = []
    room = GROUP_PEOPLE_BYTES
    for person in sorted(people, key=lambda each: name_key(each.name)):
        room -= len(person.name.encode()) + len(person.display.encode())
        if room < 0:
            break
        kept.append(person)
    return tuple(kept)


def with_people(group: Conversation, people: Iterable[Person], members: int) -> Conversation:
    """Return a group with these others in it.

    Args:
        group: as it was.
        people: the others, in any order.
        members: number of all, oneself counted.
    """
    shown = fitting(people)
    more = max(0, members - 1 - len(shown))
    return replace(
        group,
        people=shown,
        members=members,
        name=_line((person.name for person in shown), more),
        display=_line((person.display or person.name for person in shown), more)
        if any(person.display for person in shown)
        else "",
    )


def _line(names: Iterable[str], more: int) -> str:
    """Return names as one line, with the number of those that had no room; nobody at all is said in words."""
    line = ", ".join(names)
    if more:
        return f"{line}, +{more}" if line else f"+{more}"
    return line or "nobody else"
