"""Each behaviour of the earlier systems is shown by tests that exist, or stands in the one list of open ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from chat_tui.commands.registry import CLASSIC
from docs.parity_rows import OPEN, SYSTEMS

ROOT = Path(__file__).parents[2]
ROWS = [row for system in SYSTEMS for row in system.rows]
NAMED = sorted({name for row in ROWS for name in row.tests})


def test_every_row_has_a_test_or_is_open_and_no_name_is_used_twice() -> None:
    names = [row.id for row in ROWS]

    assert len(names) == len(set(names))
    assert {row.id for row in ROWS if not row.tests} <= OPEN <= set(names)


def test_every_test_that_a_row_names_can_be_collected() -> None:
    files = sorted({name.partition("::")[0] for name in NAMED})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *(f"tests/{file}" for file in files)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    collected = {line.partition("[")[0].removeprefix("tests/") for line in done.stdout.splitlines() if "::" in line}

    assert done.returncode == 0, done.stdout[-2000:]
    assert set(NAMED) <= collected, set(NAMED) - collected


def test_every_classic_form_of_a_command_is_in_a_row() -> None:
    spelled = " ".join(row.classic + row.here for row in ROWS)

    assert [form.shown for form, _ in CLASSIC if f"`{form.shown}`" not in spelled] == []
