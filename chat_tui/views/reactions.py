"""What was reacted to a message, as chips on the text's edge; one's own stand out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from chat_core.protocol.reactions import Reaction
from chat_tui.views.clean import drawable_line
from chat_tui.views.columns import Columns
from chat_tui.views.edge import hanging
from chat_tui.views.emoji_kinds import Kind
from chat_tui.views.emoji_names import named
from chat_tui.views.lines import REACTS, Line, Role, Span, elide


def chips(reactions: Sequence[Reaction], where: Columns, *, names: frozenset[Kind] = frozenset()) -> list[Line]:
    """Return lines of chips like ` 👍 3 `, as many as they take. None of it is copied with a message's text.

    Args:
        reactions: in their order.
        where: columns of the timeline.
        names: kinds of emoji that are shown by their names.
    """
    lines: list[list[Span]] = [[]]
    used = 0
    for each in reactions:
        role: Role = "chip-own" if each.mine else "chip"
        emoji = named(drawable_line(each.emoji), names) if names else drawable_line(each.emoji)
        chip = elide(f" {emoji} {each.count:,} ", where.text)
        cells = cell_len(chip)
        if used and used + 1 + cells > where.text:
            lines.append([])
            used = 0
        if used:
            lines[-1].append(Span(" "))
            used += 1
        lines[-1].append(Span(chip, role, act=REACTS + each.emoji))
        used += cells
    return [_line(tuple(spans), where) for spans in lines if spans]


def _line(spans: tuple[Span, ...], where: Columns) -> Line:
    return hanging(spans, where)._replace(tail=sum(len(span.text) for span in spans))
