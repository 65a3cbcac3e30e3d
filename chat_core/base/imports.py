"""Loading a library as if another one was not installed, which it would load for nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def hidden(name: str) -> Iterator[None]:
    """Let nobody find a package for a while; one that is loaded already stays to be found.

    Args:
        name: of the package, without its parts.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = cast(ModuleType, None)  # Python's own way to say that there is none
    try:
        yield
    finally:
        del sys.modules[name]
