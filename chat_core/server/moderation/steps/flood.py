"""Flood: many messages in a short time."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.server.manners import Manners
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.rules.judging import Draft


def check(draft: Draft, manners: Manners, past: Sequence[Said]) -> str:
    """Object to more messages than are taken within a time."""
    within_ms = manners.flood_within_s * 1000
    # Either way: what was said much later than now was said before the clock was set back.
    if sum(abs(draft.ts - said.ts) < within_ms for said in past) < manners.flood_messages:
        return ""
    return f"That was more than {manners.flood_messages} messages within {manners.flood_within_s} seconds."


FLOOD = Step("flood", check, edits=False, spoils=True)
