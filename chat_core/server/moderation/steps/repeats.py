"""Repeats: the same text over and over, whatever its case and its spaces."""

from __future__ import annotations

from collections.abc import Sequence

from chat_core.server.manners import Manners
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.moderation.texts import folded
from chat_core.server.rules.judging import Draft


def digest(body: str) -> int:
    """Return what is the same for texts that are the same to a reader; good for this process only."""
    return hash(" ".join(folded(body).split()))


def check(draft: Draft, manners: Manners, past: Sequence[Said]) -> str:
    """Object to a text that was said too often."""
    within_ms, same = manners.repeats_within_s * 1000, digest(draft.body)
    # Either way: what was said much later than now was said before the clock was set back.
    if sum(said.digest == same and abs(draft.ts - said.ts) < within_ms for said in past) < manners.repeats_messages:
        return ""
    return "You have said the same several times; once is enough."


REPEATS = Step("repeats", check, edits=False, spoils=True)
