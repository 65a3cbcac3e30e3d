"""How many examples a property test tries that is dear by the example: fewer than others, and in a long run more."""

from __future__ import annotations

from hypothesis import settings

_USUAL = 40
"""Examples of a property test that says nothing, in the ordinary run."""


def examples(count: int) -> int:
    """Return how many examples to try where `count` are tried in the ordinary run; `make test-long` tries more."""
    profile = settings.default
    assert profile is not None, "conftest loads one"
    return count * profile.max_examples // _USUAL
