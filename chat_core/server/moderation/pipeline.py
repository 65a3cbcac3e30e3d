"""The pipeline: which rule objects to a draft, and what it does about it. Pure; what is remembered, `judge` keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from chat_core.base.durations import in_words
from chat_core.server.manners import Manners
from chat_core.server.moderation.steps import ALL
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.rules.judging import Draft, Verb


class Wrong(NamedTuple):
    """What the first rule that objects says."""

    step: Step
    sentence: str


def first_wrong(
    draft: Draft, manners: Manners, past: Callable[[Step], Sequence[Said]], steps: Sequence[Step] = ALL
) -> Wrong | None:
    """Return what is wrong with a draft by the first of the steps that are on; None: nothing.

    Args:
        draft: it.
        manners: what holds where it is to stand.
        past: tells what its author said before, as far as it counts for a step.
        steps: what is asked, in order.
    """
    for step in steps:
        if getattr(manners, step.name) != "off" and (step.edits or draft.cid is not None):
            sentence = step.check(draft, manners, past(step))
            if sentence:
                return Wrong(step, sentence)
    return None


def weigh(step: Step, manners: Manners, offences: int) -> Verb:
    """Return what a rule does.

    Args:
        step: the rule.
        manners: what holds there.
        offences: how often its author has broken this rule of late, this time included.
    """
    action = getattr(manners, step.name)
    if action == "warn" or offences <= manners.warnings:
        return "refuse" if step.spoils else "warn"
    verb: Verb = action
    return verb


_NEXT: Final = {
    "mute": "The next time you are muted for {time}.",
    "kick": "The next time you are put out.",
    "ban": "The next time you are banned.",
}


def in_full(sentence: str, step: Step, manners: Manners, offences: int) -> str:
    """Return what is wrong, and before the last warning is over what comes next."""
    coming = _NEXT.get(getattr(manners, step.name))
    if coming is None or offences != manners.warnings:
        return sentence
    return f"{sentence} {coming.format(time=in_words(manners.mute_s))}"
