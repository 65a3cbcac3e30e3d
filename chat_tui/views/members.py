"""The list of members: who is there first, then the others. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from chat_core.base.names import name_key
from chat_core.client.state.model import ConversationState
from chat_core.protocol.values import ChannelRole, Member
from chat_tui.views.clean import LABEL_MAX
from chat_tui.views.lines import Line, Span, elide
from chat_tui.views.names import called, shown_name, soft_role
from chat_tui.views.presence import dot

_HEAD = 2
_MARKS: Final[dict[ChannelRole, str]] = {"operator": "@", "voice": "+", "member": ""}
"""What stands in front of the name of those who may do more, as in other chat systems."""


class MembersShown(Struct, frozen=True):
    """The part of the list that fits."""

    lines: tuple[Line, ...]
    """From top to bottom."""
    members: tuple[Member | None, ...]
    """Who is on each of them."""
    first: int
    """Index of the first member that is shown."""


def by_presence(members: Sequence[Member]) -> list[Member]:
    """Return members in the order of the list: connected ones first, by name each."""
    return sorted(members, key=lambda member: (not member.online, name_key(member.name[:LABEL_MAX])))


def members(
    conversation: ConversationState,
    listed: Sequence[Member],
    me: int | None,
    first: int,
    cells: int,
    height: int,
) -> MembersShown:
    """Return what is visible of the list.

    Args:
        conversation: whose members.
        listed: they, in the order of the list.
        me: own account.
        first: index of the wanted first member; corrected if that would leave room unused.
        cells: width of the list.
        height: lines there are.
    """
    total = conversation.members.total or conversation.info.members
    head = Line((Span(" MEMBERS", "heading"), Span(f"  {total:,}", "muted")))
    room = max(0, height - _HEAD)
    first = max(0, min(first, len(listed) - room))
    # Some of them may not be loaded: those are counted, too.
    missing = max(total, len(listed)) - first - room
    last = min(len(listed), first + room - (missing > 0))
    lines = [head, Line(), *(_row(member, me, cells) for member in listed[first:last])]
    rows: list[Member | None] = [None, None, *listed[first:last]]
    rest = max(total, len(listed)) - last
    if rest and listed:
        lines.append(Line((Span(f"   {rest:,} more", "quiet"),)))
        rows.append(None)
    return MembersShown(tuple(lines[:height]), tuple(rows[:height]), first)


def _row(member: Member, me: int | None, cells: int) -> Line:
    mark = _MARKS[member.channel_role]
    name = elide(shown_name(called(member)), cells - 4 - len(mark))
    role = soft_role(member.account, me) if member.online else "quiet"
    room = cells - 4 - len(mark) - cell_len(name)
    signs = (Span(" "), dot(member.online, member.state), Span(mark, "muted"))
    return Line((*(sign for sign in signs if sign.text), Span(name, role), *_account(member, room)))


def _account(member: Member, room: int) -> tuple[Span, ...]:
    """Return the name that is typed to mean a member, where another one is shown and there is room."""
    words = f"  @{shown_name(member.name)}" if member.display else ""
    return (Span(words, "quiet"),) if words and cell_len(words) <= room else ()
