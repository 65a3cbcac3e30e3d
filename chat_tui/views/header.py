"""The title line above a timeline: where one is, what it is about, how many are there. Pure."""

from __future__ import annotations

from chat_core.client.state.model import ConversationState
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import is_partner_online, partner_dot
from chat_tui.views.lines import Line, Span, spread
from chat_tui.views.names import title_of
from chat_tui.views.presence import in_a_word


def header(conversation: ConversationState | None, cells: int, *, connected: bool = True) -> Line:
    """Return the title line.

    Args:
        conversation: None: nothing is open.
        cells: width of the line.
        connected: whether it is known who is there.
    """
    if conversation is None:
        return Line()
    left = (
        Span(" "),
        Span(drawable_line(title_of(conversation.info)), "strong", act="toggle_list"),
        Span("  "),
        Span(drawable_line(about(conversation)), "muted"),
    )
    return Line(spread(left, (*(presence_of(conversation) if connected else ()), Span(" ")), cells))


def about(conversation: ConversationState) -> str:
    """Return what stands behind the name: the topic; of a group, how others and commands spell it.

    It is not safe to draw.
    """
    return conversation.target if conversation.info.kind == "group" else conversation.info.topic


def online_count(conversation: ConversationState) -> int:
    """Return how many members are connected, by the newest thing that is known."""
    members = conversation.members
    return members.online if members.total else conversation.info.online


def presence_of(conversation: ConversationState) -> tuple[Span, ...]:
    """Return how many are there, or whether the other one is."""
    if conversation.info.kind == "direct":
        words = in_a_word(is_partner_online(conversation), conversation.info.state)
        return partner_dot(conversation), Span(words, "muted")
    return (Span(f"{online_count(conversation):,} online", "muted", act="toggle_members"),)
