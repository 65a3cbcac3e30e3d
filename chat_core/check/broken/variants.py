"""The list of what can be broken on purpose: a name to type, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.check.broken import answers, early, feeds, outboxes, sends
from chat_core.check.broken.temper import Temper
from chat_core.client.storage import Storage
from chat_core.server.app import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One fault."""

    name: str
    """As it is typed."""
    text: str
    """What is wrong, in one sentence."""
    promises: tuple[str, ...]
    """The promises it breaks, as the verdict names them; one of them is enough."""
    mood: str = ""
    """What prevails in the simulated runs that bring it to light (`simulation.traits.MOODS`)."""
    often: float = 30.0
    """How many times more often it shows in simulation than its sentence says."""
    server: Callable[[Temper], Parts] | None = None
    """Makes the parts of a broken server; None: the server is sound."""
    storage: Callable[[Storage], Storage] | None = None
    """Breaks a client's storage; None: the client is sound. In simulation only."""


VARIANTS: Final = (
    Variant(
        name="acknowledge-first",
        mood="kills",
        text="A send is acknowledged before its transaction is committed.",
        promises=("P1",),
        server=early.acknowledge_first,
    ),
    Variant(
        name="push-first",
        mood="kills",
        text="An event is pushed before its transaction is committed.",
        promises=("P1", "P3"),
        server=early.push_first,
    ),
    Variant(
        name="never-refuse",
        mood="full",
        text="What a full disk refused is acknowledged all the same.",
        promises=("P1",),
        server=early.never_refuse,
    ),
    Variant(
        name="forget-cids",
        mood="answers",
        text="Only the last 100 cids are remembered, so that a late retry is stored a second time.",
        promises=("P2",),
        server=sends.forget_cids,
    ),
    Variant(
        name="ignore-prev",
        mood="full",
        text="A send is taken although the one before it is not stored.",
        promises=("P5",),
        server=sends.ignore_prev,
    ),
    Variant(
        name="lose-pushes",
        often=100.0,
        mood="peace",
        text="One push in a thousand is left out, without `lagging`.",
        promises=("P4",),
        server=feeds.lose_pushes,
    ),
    Variant(
        name="swap-for-one",
        text="One reader is shown another order than the others.",
        promises=("P3",),
        server=feeds.swap_for_one,
    ),
    Variant(
        name="not-tell-lagging",
        mood="slow",
        text="A reader that does not keep up is detached and not told.",
        promises=("P4",),
        server=feeds.not_tell_lagging,
    ),
    Variant(
        name="read-first",
        mood="partings",
        text="A catch-up is read before the connection is attached, so that what is stored in between is lost.",
        promises=("P4",),
        server=answers.read_first,
    ),
    Variant(
        name="leave-out-last",
        mood="partings",
        text="A resume leaves out the last event.",
        promises=("P4",),
        server=answers.leave_out_last,
    ),
    Variant(
        name="believe-positions",
        mood="rewinds",
        text="A position is believed without its event's id, so that a store that went back in time is not noticed.",
        promises=("P3", "P4"),
        server=answers.believe_positions,
    ),
    Variant(
        name="count-edits-twice",
        text="A page shows a message with its last edit, and as of the event before it: the edit is counted twice.",
        promises=("P3", "P4"),
        server=answers.count_edits_twice,
    ),
    Variant(
        name="forget-unsent",
        mood="restarts",
        text="A client that is started again has forgotten what it had not sent.",
        promises=("kept",),
        storage=outboxes.forget_unsent,
    ),
)


def find(name: str) -> Variant:
    """Return the variant of a name. Raises: UsageFault."""
    for variant in VARIANTS:
        if variant.name == name:
            return variant
    raise UsageFault(f"There is no broken variant '{name}'; there are: {', '.join(each.name for each in VARIANTS)}.")
