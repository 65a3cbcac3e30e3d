"""Who is shown under a name that resembles that of somebody whom one knows: oneself, who keeps order, a partner. Pure.

The server gives nobody a name that looks like a registered one. But who was there before that was registered keeps
theirs, a guest's or an unregistered name protects nothing, and a program's message can go by another name. Such a name
gets a mark that no name can contain, and its details say whom it resembles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from chat_core.base.looks import skeleton
from chat_core.base.names import MAX_DISPLAY, letters_of
from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import Account, Member
from chat_tui.views.clean import drawable_line

MARK: Final = "≈"
"""What stands behind the name: a sign, which is in no name."""
_KEPT: Final = 4_096


class Familiar(NamedTuple):
    """Somebody whom one knows."""

    account: int
    """Number."""
    name: str
    """Name; not safe to draw."""
    words: str
    """Who that is: `who keeps order here`."""


Familiars = Mapping[str, Familiar]
"""By what their names look like."""
NOBODY: Final[Familiars] = MappingProxyType({})


def familiar(me: Account | None, conversations: Iterable[ConversationState]) -> Familiars:
    """Return whom one knows: oneself, whoever has a word to say where one is, whoever one talks with directly."""
    found: dict[str, Familiar] = {}
    if me is not None:
        _add(found, Familiar(me.id, me.name, "which is you"), me.display)
    there = list(conversations)
    for conversation in there:
        for member in conversation.members.members:
            if words := _standing(member, conversation.target):
                _add(found, Familiar(member.account, member.name, words), member.display)
    for info in (conversation.info for conversation in there):
        if info.kind == "direct" and info.partner is not None:
            _add(found, Familiar(info.partner, info.name, "with whom you have a direct conversation"), info.display)
    return found


def resembled(account: int, name: str, known: Familiars) -> Familiar | None:
    """Return whom a name resembles that an account is shown under; None: nobody who is known, or it is theirs."""
    if not known:
        return None
    found = known.get(_looks(name[:MAX_DISPLAY]))
    return found if found is not None and found.account != account else None


def in_words(name: str, other: Familiar) -> str:
    """Return what the details of somebody say whose name resembles another's."""
    return f"{drawable_line(name)} is not @{drawable_line(other.name)}, {other.words}: the names only look alike"


def _add(found: dict[str, Familiar], who: Familiar, display: str) -> None:
    for name in filter(None, (who.name, display)):
        found.setdefault(_looks(name[:MAX_DISPLAY]), who)


def _standing(member: Member, target: str) -> str:
    if member.role in ("moderator", "owner"):
        return "who is an owner of this server" if member.role == "owner" else "who keeps order on this server"
    return f"who is an operator of {drawable_line(target)}" if member.channel_role == "operator" else ""


@lru_cache(maxsize=_KEPT)
def _looks(name: str) -> str:
    """Return what a name looks like; what is no letter and no digit does not count: `bob ✔` would pass for `bob`."""
    return skeleton(letters_of(name) or name)
