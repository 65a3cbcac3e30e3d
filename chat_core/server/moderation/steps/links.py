"""Links to places that were not allowed."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.server.manners import Manners
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.moderation.texts import hosts_of
from chat_core.server.rules.judging import Draft


def check(draft: Draft, manners: Manners, past: Sequence[Said]) -> str:
    """Object to a link that leads elsewhere."""
    allowed = tuple(manners.links_allowed.casefold().split())
    below = tuple("." + host for host in allowed)
    if all(host in allowed or host.endswith(below) for host in hosts_of(f"{draft.called}\n{draft.body}")):
        return ""
    where = f" but to {', '.join(allowed[:5])}{' and others' if len(allowed) > 5 else ''}" if allowed else ""
    return f"Links are not wanted here{where}."


LINKS = Step("links", check, edits=True, spoils=True)
