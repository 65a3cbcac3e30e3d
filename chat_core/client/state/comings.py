"""Comings and goings of people as lines between messages: who joined or left, who went offline and is back. Pure.

What stands last about somebody is how it is now: who comes back is told of where going had been told, and within one
run of lines the new word takes the place of the old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec.structs import replace

from chat_core.base.names import name_key
from chat_core.client.state.model import ConversationState, Notice
from chat_core.client.state.notices import add_notice
from chat_core.protocol.events import MembersChanged

CROWD: Final = 50
"""Members above which nobody's going offline is told by name."""

_Moved = Literal["joined", "left", "went", "came"]
"""Kinds of notices about people's comings and goings."""

_MOVES: Final = ("joined", "left", "went", "came")
_UNDOES: Final[dict[_Moved, _Moved]] = {"went": "came", "came": "went"}


def told(
    conversation: ConversationState, event: MembersChanged, me: str, wall_ms: int
) -> tuple[ConversationState, list[Notice]]:
    """Tell in a conversation who came and went; return it, and the lines that are new or have grown.

    Args:
        conversation: it.
        event: who did.
        me: own name, which is not told; empty: not known.
        wall_ms: when, milliseconds since 1970.
    """
    notices: list[Notice] = []
    for kind, everybody in _worth_a_line(conversation, event):
        names = tuple(name for name in everybody if name_key(name) != name_key(me))
        if names:
            conversation, notice = _say(conversation, kind, names, wall_ms)
            notices.append(notice)
    return conversation, notices


def seen_back(
    conversation: ConversationState, online: Sequence[str], wall_ms: int
) -> tuple[ConversationState, list[Notice]]:
    """Tell of those who came back while nothing was heard, as a list of the members shows; see `told`.

    Args:
        conversation: it.
        online: who is connected, by the list.
        wall_ms: when that was read, milliseconds since 1970.
    """
    names = tuple(name for name in online if _is_told_gone(conversation.notices, name))
    if not names:
        return conversation, []
    conversation, notice = _say(conversation, "came", names, wall_ms)
    return conversation, [notice]


def _worth_a_line(conversation: ConversationState, event: MembersChanged) -> tuple[tuple[_Moved, tuple[str, ...]], ...]:
    """Return what is told by name: who joined, who left, who went offline where one would miss them, and is back."""
    # Who left is told to have left only; in a crowd somebody always goes, and the numbers tell that.
    went = tuple(name for name in event.went if name not in event.left) if event.members <= CROWD else ()
    came = tuple(name for name in event.came if _is_told_gone(conversation.notices, name))
    match conversation.info.kind:
        case "channel":
            return (("joined", event.joined), ("left", event.left), ("came", came), ("went", went))
        case "direct" | "group":
            # Who is in it never changes, or its log says so; that somebody "joined" only tells that it was opened.
            return (("came", came), ("went", went))
        case "announcements":
            return (("joined", event.joined), ("left", event.left))


def _is_told_gone(notices: Sequence[Notice], name: str) -> bool:
    """Return whether the last that was told of somebody is that they went offline."""
    last = next((each for each in reversed(notices) if each.kind in _MOVES and name in each.names), None)
    return last is not None and last.kind == "went"


def _say(
    conversation: ConversationState, kind: _Moved, names: tuple[str, ...], wall_ms: int
) -> tuple[ConversationState, Notice]:
    """Add a line, or extend the last one if it says the same and nothing was said in between."""
    after = conversation.position.seq
    if kind in _UNDOES:
        conversation = _taken_back(conversation, after, _UNDOES[kind], names)
    last = conversation.notices[-1] if conversation.notices else None
    if last is not None and last.kind == kind and last.after == after:
        known = last.names + tuple(name for name in names if name not in last.names)
        notice = replace(last, names=known, ts=wall_ms)
        return replace(conversation, notices=(*conversation.notices[:-1], notice)), notice
    notice = Notice(after=after, ts=wall_ms, kind=kind, names=names)
    return add_notice(conversation, notice), notice


def _taken_back(conversation: ConversationState, after: int, kind: _Moved, names: tuple[str, ...]) -> ConversationState:
    """Take names out of the lines of a kind behind the last message; a line without any goes."""
    kept: list[Notice] = []
    for notice in conversation.notices:
        if (notice.after, notice.kind) != (after, kind) or not set(names) & set(notice.names):
            kept.append(notice)
        elif rest := tuple(name for name in notice.names if name not in names):
            kept.append(replace(notice, names=rest))
    return replace(conversation, notices=tuple(kept))
