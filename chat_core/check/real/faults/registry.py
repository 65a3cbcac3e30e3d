"""The list of all kinds of faults. Another one is a class in a file beside, and a line here."""

from __future__ import annotations

from typing import Final

from chat_core.check.real.faults.base import Fault
from chat_core.check.real.faults.clients import Crash, CrashBetween, Restart
from chat_core.check.real.faults.servers import Clock, Kill, Pause, Storm
from chat_core.check.real.faults.stores import Full, Restore, Rewind
from chat_core.check.real.faults.wires import Cut, Delay, LostAnswer, Silence, Slow

REGISTRY: Final[tuple[type[Fault], ...]] = (
    Kill,
    Cut,
    LostAnswer,
    Crash,
    CrashBetween,
    Pause,
    Silence,
    Full,
    Delay,
    Storm,
    Slow,
    Clock,
    Restart,
    Restore,
    Rewind,
)
"""Every kind of fault, in the order of the first round of a run."""
