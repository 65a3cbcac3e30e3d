"""The import contracts guard what they name. Whether they are kept, `make layers` says.

A star lets a contract name a module that is not there, so a misspelt one would guard nothing and say nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]

AWAITED = frozenset({"chat_core.*.bus", "chat_core.*.bus.local"})
"""Names in contracts whose modules are still to be written; one leaves this set when its module arrives."""

LISTS = (
    "source_modules",
    "forbidden_modules",
    "protected_modules",
    "allowed_importers",
    "modules",
    "containers",
)


def names_in_contracts() -> Iterator[str]:
    """Yield every expression in a contract that means modules of ours."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for contract in config["contracts"]:
        for key in LISTS:
            for name in contract.get(key, ()):
                if name.startswith(("*", "chat_")):
                    yield name


def test_contract_names_match_modules_unless_they_are_awaited() -> None:
    graph = grimp.build_graph("chat_core", "chat_tui", cache_dir=None)

    unmatched = {name for name in names_in_contracts() if not graph.find_matching_modules(name)}

    assert unmatched == AWAITED, "misspelt in pyproject.toml, or AWAITED here is behind the tree"
