"""The generated parts of docs/reliability.md: what the checker breaks, and what it is tested with."""

from __future__ import annotations

from chat_core.check.broken.variants import VARIANTS
from chat_core.check.real.faults import REGISTRY
from docs.struct_tables import table


def faults() -> str:
    """Return every kind of fault, in the order of a run's first round."""
    return table(("name", "what happens"), [(f"`{fault.name}`", fault.sentence) for fault in REGISTRY])


def variants() -> str:
    """Return everything that can be broken on purpose."""
    rows = [(f"`{each.name}`", each.text, ", ".join(each.promises)) for each in VARIANTS]
    return table(("variant", "what is wrong", "breaks"), rows)


PARTS = {"faults": faults, "variants": variants}
