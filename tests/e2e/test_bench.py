"""The measurement of the full-screen client goes through all its scenarios, in a real terminal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chat_tui.bench.report import BEGIN, END, ROWS, as_markdown


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="a process is looked at through /proc")
def test_bench_measures_everything_and_puts_it_into_a_document_when_it_is_quick(tmp_path: Path) -> None:
    document = tmp_path / "figures.md"
    document.write_text(f"before\n{BEGIN}old\n{END}after\n")
    command = [sys.executable, "-m", "chat_tui", "bench", "--quick", "--rounds", "1", "--json", "--into", str(document)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)

    assert ended.returncode == 0, ended.stderr
    measured = json.loads(ended.stdout)["figures"]["chat-tui"]
    left_out = {row.name for row in ROWS if row.name.startswith("many_")}
    assert {row.name for row in ROWS} - measured.keys() == left_out
    assert all(value >= 0 for values in measured.values() for value in values)
    assert measured["page_bytes"][0] > 500 and measured["message_bytes"][0] > 100
    text = document.read_text()
    assert text.startswith(f"before\n{BEGIN}") and text.endswith(f"{END}after\n")
    assert measured["paint_ms"][0] < measured["live_ms"][0], "the screen as it was left is not shown"
    assert "| live: " in text and "old" not in text
    assert "| goal |\n" in text and not re.search(r"yes|\*\*no\*\*", text)  # nothing is judged by so little


def test_table_says_which_goals_are_met_only_when_it_judges() -> None:
    ours = {"paint_ms": 300.0, "page_bytes": 90.0, "key_p50_ms": 5.0, "many_key_p50_ms": 6.0}
    medians = {"ours": ours, "theirs": {"page_bytes": 10.0}}

    judged, shown = as_markdown(medians, "here"), as_markdown(medians, "here", judged=False)

    assert "| at most 350 | yes |\n" in judged and "| at most 3 times | **no**, 9.0 times |\n" in judged
    assert "| no slower than idle | yes, 1.2 times |\n" in judged
    assert "| at most 350 |\n" in shown and "| at most 3 times |\n" in shown
