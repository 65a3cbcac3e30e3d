"""The bytecode that a measured start is to find."""

from __future__ import annotations

import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from chat_tui.bench.translated import OURS, translate


def test_bytecode_is_written_when_python_is_told_not_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "inner").mkdir()
    source = tmp_path / "inner" / "one.py"
    source.write_text("x = 1\n")

    assert translate([tmp_path])
    assert Path(cache_from_source(source)).is_file()


def test_bytecode_is_missed_where_a_source_has_none(tmp_path: Path) -> None:
    (tmp_path / "wrong.py").write_text("x = \n")

    assert not translate([tmp_path])


def test_bytecode_is_that_of_both_packages() -> None:
    assert {folder.name for folder in OURS} == {"chat_core", "chat_tui"}
