"""What kind of run a seed makes: who takes part, how fast things are, what is done, what goes wrong and how often."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chat_core.check.simulation.inline_store import Pace
from chat_core.check.simulation.pipes import Weather
from chat_core.protocol.limits import OUTBOX_BYTES

NAMES: Final = ("ann", "bob", "cyd", "dan")

ACTIONS: Final[Mapping[str, int]] = {
    "post": 20,
    "burst": 6,
    "join": 3,
    "leave": 2,
    "direct": 2,
    "group": 2,
    "topic": 2,
    "read": 4,
    "typing": 1,
    "edit": 5,
    "delete": 2,
    "older": 3,
    "page": 3,
    "members": 1,
    "retry": 1,
    "wake": 1,
}
"""What people do, by weight; methods of `Hands`."""
FAULTS: Final[Mapping[str, int]] = {
    "kill": 10,
    "stop": 2,
    "commit": 2,
    "cut": 6,
    "frame": 10,
    "answer": 6,
    "silence": 4,
    "delay": 4,
    "slow": 5,
    "network": 4,
    "crash": 6,
    "restart": 3,
    "sleep": 2,
    "clock_jump": 2,
    "full": 3,
    "backup": 5,
    "restore": 2,
    "rewind": 2,
}
"""What goes wrong, by weight; methods of `Mischief`."""
_BREAKING: Final = ("kill", "stop", "commit", "cut", "frame", "answer", "silence", "network", "crash", "restart")
MOODS: Final[Mapping[str, Mapping[str, int]]] = {
    "": {},
    "kills": {"kill": 60, "commit": 10},
    "full": {"full": 60, "kill": 1, "rewind": 0, "restore": 0},
    "answers": {"answer": 60},
    "slow": {"slow": 40, "delay": 10, **dict.fromkeys(_BREAKING, 1)},
    "rewinds": {"backup": 30, "rewind": 30, "network": 20},
    "restarts": {"crash": 30, "restart": 20, "network": 20},
    "partings": {name: 0 for name in FAULTS if name not in ("cut", "network")},
    "peace": {name: 0 for name in FAULTS if name not in ("delay", "clock_jump")},
}
"""Weights that are other ones in a run where something prevails."""


@dataclass(slots=True)
class Traits:
    """See the module's head."""

    clients: int
    accounts: int
    actions: int
    """Number of steps, faults among them."""
    gap_s: float
    """Time between two steps on average, in seconds."""
    fault_share: float
    """Share of the steps at which something goes wrong."""
    far_behind: int
    sluggish_s: float
    outbox_bytes: int
    weather: Weather
    pace: Pace
    sync_s: float
    big: float
    """Share of the messages that are long."""
    ending: str
    """What is still said once all is healed: `quiet`: nothing; `words`: something by everybody everywhere; `parting`:
    then something by one of them, while the others lose the connection once more."""
    faults: Mapping[str, int]
    counted: bool
    """Whether the server counts what each connection asks, and gives little."""


def traits_of(chance: random.Random, mood: str | None = None) -> Traits:
    """Draw what kind of run it will be.

    Args:
        chance: decides.
        mood: what prevails; None: chance decides that too.
    """
    if mood is None:
        mood = chance.choice(("", *MOODS))
    clients = chance.randint(2, 6)
    traits = Traits(
        clients=clients,
        accounts=max(1, min(len(NAMES), clients - chance.choice((0, 0, 1, 1, 2)))),
        actions=chance.randint(40, 110),
        gap_s=chance.choice((0.01, 0.05, 0.2, 1.0, 3.0)),
        fault_share=chance.choice((0.02, 0.08, 0.15, 0.3)),
        far_behind=chance.choice((2000, 2000, 30, 6)),
        sluggish_s=chance.choice((0.0, 0.0, 0.0, 0.5, 5.0)),
        outbox_bytes=chance.choice((OUTBOX_BYTES, OUTBOX_BYTES, 3000, 800)),
        weather=Weather(
            least_s=chance.choice((0.0001, 0.001, 0.02)),
            spread_s=chance.choice((0.0, 0.001, 0.05)),
            pieces=chance.choice((0.0, 0.05, 0.3)),
        ),
        pace=Pace(
            commit_s=chance.choice((0.002, 0.02, 0.2)),
            tell_s=chance.choice((0.0005, 0.01, 0.1)),
            read_s=chance.choice((0.001, 0.01, 0.1)),
            bad_reads=chance.choice((0.0, 0.0, 0.0, 0.03)),
        ),
        sync_s=chance.choice((0.001, 0.05)),
        big=chance.choice((0.0, 0.0, 0.0, 0.1)),
        ending=chance.choice(("quiet", "words", "parting")),
        faults={**FAULTS, **MOODS[mood]},
        counted=chance.random() < 0.3,
    )
    _swing(traits, mood)
    return traits


def _swing(traits: Traits, mood: str) -> None:
    """Let the rest go with what prevails."""
    if mood:
        traits.fault_share = max(traits.fault_share, 0.15)
    match mood:
        case "kills":
            traits.gap_s, traits.fault_share, traits.actions = 0.2, 0.15, 100
        case "answers":
            traits.gap_s = min(traits.gap_s, 0.2)
        case "full":
            traits.big, traits.gap_s, traits.pace.commit_s = 0.3, min(traits.gap_s, 0.2), 0.002
        case "slow":
            traits.outbox_bytes, traits.ending, traits.big = min(traits.outbox_bytes, 800), "words", 0.3
        case "partings":
            traits.actions, traits.ending = 40, "parting"
            traits.pace.read_s = max(traits.pace.read_s, 0.2)
        case "peace":
            traits.actions, traits.ending = 40, "words"
        case _:
            pass
