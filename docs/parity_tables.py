"""The generated part of docs/parity.md: a table for each earlier system, with the tests that show each row."""

from __future__ import annotations

from docs.parity_rows import OPEN, SYSTEMS, Row
from docs.struct_tables import table

_HEAD = ("there", "here", "classic form", "shown by")


def parity() -> str:
    """Return a section for each system."""
    return "\n\n".join(
        f"## {system.title}\n\n{table(_HEAD, [_cells(row) for row in system.rows])}" for system in SYSTEMS
    )


def open_rows() -> str:
    """Return how many rows are not shown yet."""
    rows = [row for system in SYSTEMS for row in system.rows]
    left = sum(row.id in OPEN for row in rows)
    if not left:
        return f"All {len(rows)} rows are shown by the tests they name."
    return f"{len(rows) - left} of {len(rows)} rows are shown by the tests they name; {left} are still open."


def _cells(row: Row) -> tuple[str, ...]:
    shown = [f"`{name.rpartition('::')[2]}` ({name.partition('::')[0]})" for name in row.tests]
    if row.id in OPEN:
        shown.append("*open*")
    return (row.there, row.here, row.classic, "; ".join(shown))


PARTS = {"open": open_rows, "parity": parity}
"""Parts of docs/parity.md."""
