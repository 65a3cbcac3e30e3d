"""What moderation remembers: who said what of late, who broke which rule how often, what was decided on each send.

All of it lies in memory and is bounded; it belongs to the thread that writes. Whatever is decided, `pipeline` decides.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeVar

from chat_core.server.manners import Manners, Own, any_on, with_own
from chat_core.server.moderation import pipeline
from chat_core.server.moderation.steps.base import Said, Step
from chat_core.server.moderation.steps.repeats import digest
from chat_core.server.observe import get_log
from chat_core.server.rules.judging import Draft, Objection

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED: Final = 10_000
"""Entries of each kind; the one that was not needed for longest goes first."""
PAST: Final = 100
"""Messages of one account in one place: the most that a setting can ask for."""

log = get_log(__name__)

_Place = tuple[int, int]
"""An account, and the conversation whose own rule it is; 0: the server's."""


class _Offences(NamedTuple):
    times: int
    last_ts: int


class Moderation:
    """A `Judge`; see there.

    Args:
        manners: what holds in every channel that does not say otherwise.
    """

    def __init__(self, manners: Manners) -> None:
        self._past: OrderedDict[_Place, deque[Said]] = OrderedDict()
        self._offences: OrderedDict[tuple[_Place, str], _Offences] = OrderedDict()
        self._decided: OrderedDict[tuple[int, bytes], Objection | None] = OrderedDict()
        self.use(manners)

    def use(self, manners: Manners) -> None:
        """Go by other settings from now on; may be called from another thread."""
        self._manners = manners
        self.active = any_on(manners)

    @property
    def manners(self) -> Manners:
        """What holds in every channel that does not say otherwise."""
        return self._manners

    def judge(self, draft: Draft, own: Own) -> Objection | None:
        """Return what is done about a draft; the same send is judged once."""
        if draft.cid is None:
            return self._judge(draft, own)
        key = (draft.account, draft.cid)
        if key in self._decided:
            before = self._decided[key]
            return before if before is None or before.verb == "warn" else replace(before, verb="refuse")
        decided = self._judge(draft, own)
        _keep(self._decided, key, decided)
        return decided

    def _judge(self, draft: Draft, own: Own) -> Objection | None:
        manners = with_own(self._manners, own) if own else self._manners
        ours = {name for name, _ in own}

        def place(step: Step) -> _Place:
            return draft.account, draft.conversation if step.name in ours else 0

        def past(step: Step) -> Sequence[Said]:
            return self._past.get(place(step), ())

        wrong = pipeline.first_wrong(draft, manners, past)
        if draft.cid is not None and (manners.flood != "off" or manners.repeats != "off"):
            self._remember(draft)
        if wrong is None:
            return None
        step = wrong.step
        offences = self._count((place(step), step.name), manners, draft.ts)
        verb = pipeline.weigh(step, manners, offences)
        log.info(
            "would moderate" if manners.dry_run else "moderated",
            rule=step.name,
            verb=verb,
            account=draft.account,
            conversation=draft.conversation,
        )
        if manners.dry_run:
            return None
        return Objection(
            verb,
            pipeline.in_full(wrong.sentence, step, manners, offences),
            here=step.name in ours,
            until_ts=draft.ts + manners.mute_s * 1000 if verb == "mute" else None,
        )

    def _remember(self, draft: Draft) -> None:
        said = Said(draft.ts, digest(draft.body))
        for key in ((draft.account, 0), (draft.account, draft.conversation)):
            past = self._past.get(key)
            if past is None:
                past = deque(maxlen=PAST)
            past.append(said)
            _keep(self._past, key, past)

    def _count(self, key: tuple[_Place, str], manners: Manners, ts: int) -> int:
        """Count an offence; return how many there are that are not forgotten."""
        before = self._offences.get(key)
        forgotten = before is None or (manners.decay_s and ts - before.last_ts > manners.decay_s * 1000)
        times = 1 if before is None or forgotten else before.times + 1
        _keep(self._offences, key, _Offences(times, ts))
        return times


def _keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
