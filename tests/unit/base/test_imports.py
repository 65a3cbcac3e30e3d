"""A package that is hidden cannot be loaded meanwhile, and can afterwards."""

from __future__ import annotations

import importlib
import sys

import pytest

from chat_core.base.imports import hidden


def test_hidden_package_is_not_found_meanwhile_and_is_found_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with hidden("colorsys"), pytest.raises(ImportError):
        importlib.import_module("colorsys")

    assert importlib.import_module("colorsys").rgb_to_hsv


def test_loaded_package_stays_when_it_is_hidden() -> None:
    with hidden("json"):
        assert importlib.import_module("json").dumps([]) == "[]"
