"""What the terminal's title says: how much needs one, where one is, and on which server. Pure.

Whoever has put the window aside reads it in a tab or a task bar, so what needs them comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chat_core.client.state.model import ConversationState
from chat_tui.views.clean import drawable_line
from chat_tui.views.conversations import number
from chat_tui.views.lines import elide
from chat_tui.views.names import title_of
from chat_tui.views.servers import Elsewhere

PROGRAM: Final = "chat"
"""What stands there while no server is on the screen."""

_PART_CELLS: Final = 60


def window_title(servers: Sequence[Elsewhere], here: ConversationState | None) -> str:
    """Return the title, one line without controls: `(3) #ops - acme`; `*` instead of a number: unread, none needs one.

    Args:
        servers: all that are open.
        here: the conversation on the screen; None: none is.
    """
    needs = sum(each.needs + bool(each.question) for each in servers)
    unread = any(each.unread for each in servers)
    lead = f"({number(needs)}) " if needs else "* " if unread else ""
    shown = next((each for each in servers if each.present), None)
    parts = []
    if shown is not None:
        where = title_of(here.info) if here is not None else shown.question
        parts = [elide(text, _PART_CELLS) for part in (where, shown.title) if (text := drawable_line(part).strip())]
    return lead + (" - ".join(parts) or PROGRAM)
