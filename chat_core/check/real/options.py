"""What a run of the checker is told: how long, by which seed, and which of the faults this machine can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chat_core.base.errors import UsageFault
from chat_core.check.real.faults import REGISTRY
from chat_core.check.real.faults import Fault as FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a run is told."""

    seconds: float = 60.0
    """How long things are broken; healing and judging come on top."""
    seed: str = ""
    """Repeats a run, as far as real processes can be repeated."""
    faults: tuple[str, ...] = ()
    """Kinds of faults; empty: all that this machine can do."""
    clients: int = 6
    rate: float = 100.0
    """Posts a second, of all clients together."""
    keep: Path | None = None
    """Folder to which history, log and database go, also when all is well."""
    command: tuple[str, ...] = ()
    """What is run in place of `python -m chat_core`: a server that is broken on purpose."""


def choose(names: Sequence[str]) -> tuple[list[FaultKind], dict[str, str]]:
    """Return the faults to inject, and those that this machine cannot do, with the reason.

    Args:
        names: kinds that are wanted; empty: all.

    Raises:
        UsageFault: there is none of a name.
    """
    known = {kind.name: kind for kind in REGISTRY}
    for name in names:
        if name not in known:
            raise UsageFault(f"There is no fault '{name}'; there are {', '.join(known)}.")
    chosen = [known[name]() for name in (names or known)]
    skipped = {fault.name: reason for fault in chosen if (reason := fault.unable())}
    return [fault for fault in chosen if fault.name not in skipped], skipped
