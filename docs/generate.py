"""Writes the generated parts of the documents beside it; `--check` only says which of them are stale.

A document holds its generated parts between two markers, everything around them is written by hand:

    <!-- generated:limits -->
    ...
    <!-- /generated -->

`DOCUMENTS` says which function makes which part. A new generated document is: the file with its markers, one module of
functions that return Markdown, and one entry here. A document without hand-written text can be one marker and its end.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))  # Python looks into a script's own folder, not into the project's

from docs import (  # noqa: E402
    client_tables,
    config_tables,
    layer_tables,
    operating_tables,
    parity_tables,
    permission_tables,
    protocol_tables,
    reliability_tables,
    script_tables,
)

Part = Callable[[], str]

DOCUMENTS: Final[Mapping[str, Mapping[str, Part]]] = {
    "protocol.md": protocol_tables.PARTS,
    "commands.md": client_tables.COMMANDS,
    "keys.md": client_tables.KEY_PARTS,
    "config.md": config_tables.PARTS,
    "config-client.md": config_tables.CLIENT_PARTS,
    "operating.md": operating_tables.PARTS,
    "permissions.md": permission_tables.PARTS,
    "reliability.md": reliability_tables.PARTS,
    "parity.md": parity_tables.PARTS,
    "scripting.md": script_tables.PARTS,
    "bots.md": script_tables.BOT_PARTS,
    "architecture.md": layer_tables.PARTS,
}
"""Documents by their path in this folder, each with its parts by the name in the marker."""

_PART = re.compile(r"(?P<begin><!-- generated:(?P<name>[\w-]+) -->\n).*?(?P<end><!-- /generated -->)", re.DOTALL)


class StaleMarkers(Exception):
    """A document's markers and its entry in `DOCUMENTS` do not name the same parts."""


def rendered(text: str, parts: Mapping[str, Part]) -> str:
    """Return the document with all its generated parts made anew.

    Raises:
        StaleMarkers: a marker has no function, or a function no marker.
    """
    found = [match["name"] for match in _PART.finditer(text)]
    if sorted(found) != sorted(parts):
        raise StaleMarkers(f"it has the markers {sorted(found)}, docs/generate.py makes {sorted(parts)}")
    return _PART.sub(lambda match: f"{match['begin']}{parts[match['name']]()}\n{match['end']}", text)


def main(arguments: Sequence[str]) -> int:
    """Write, or with `--check` compare; return the exit code."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: python docs/generate.py [--check]", file=sys.stderr)
        return 2
    failed = False
    for name, parts in DOCUMENTS.items():
        path = FOLDER / name
        old = path.read_text(encoding="utf-8")
        try:
            new = rendered(old, parts)
        except StaleMarkers as fault:
            print(f"docs/{name}: {fault}", file=sys.stderr)
            failed = True
            continue
        if new == old:
            continue
        if arguments:
            print(f"docs/{name} is stale: run `make docs`", file=sys.stderr)
            failed = True
        else:
            path.write_text(new, encoding="utf-8")
            print(f"docs/{name} written")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
