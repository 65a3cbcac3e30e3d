"""What can be broken, each thing whole in one class: what it is, whether this machine can do it, and how it is done.

A fault that says it happened has happened: it looks (a process that is gone, bytes that were held back), or raises
`NotNow`.
`registry` is the list; `base` is what they have in common.
"""

from __future__ import annotations

from chat_core.check.real.faults.base import Fault, Lane, NotNow, World
from chat_core.check.real.faults.registry import REGISTRY

__all__ = ["REGISTRY", "Fault", "Lane", "NotNow", "World"]
