"""How panes stood when one left a server, and the file that keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_tui import layouts
from chat_tui.layouts import Standing
from chat_tui.screens.laying import Laying
from chat_tui.views.tiling import Tiling

TWO = Standing(Tiling().split("right", 2), {1: "#dev", 2: "@ann"})
THREE = Standing(TWO.tiling.split("down", 3).toggled(), {1: "#dev", 2: "@ann", 3: "#ops"})


def opened(home: Path | None, told: list[str] | None = None) -> Laying:
    found = Laying(home, (told if told is not None else []).append)
    found.open(7)
    return found


def test_layouts_come_back_each_for_its_account(home: Path) -> None:
    layouts.save(home, 7, TWO)
    layouts.save(home, 8, THREE)
    assert (layouts.load(home, 7), layouts.load(home, 8), layouts.load(home, 9)) == (TWO, THREE, None)
    layouts.save(home, 7, None)
    assert (layouts.load(home, 7), layouts.load(home, 8)) == (None, THREE)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        '{"7": {"tiling": {"root": 1}}}',
        '{"7": {"tiling": {"root": {"across": true, "parts": [1, 1], "weights": [1, 1]}}, "targets": {}}}',
        '{"7": {"tiling": {"root": ' + '{"across": true, "parts": [' * 5_000,
        '{"7": {"tiling": {"root": 1}, "targets": {"1": "\udcff"}}}',
    ],
    ids=["no JSON", "a part is missing", "a pane is twice there", "deep", "no UTF-8"],
)
def test_layout_counts_as_none_when_its_file_is_broken(content: str, home: Path) -> None:
    (home / "panes.json").write_text(content, errors="surrogateescape")
    assert layouts.load(home, 7) is None


async def test_layout_is_on_disk_when_it_is_closed_and_is_taken_out_when_one_pane_is_left(home: Path) -> None:
    laying = opened(home)
    laying.keep(TWO)
    laying.keep(THREE)
    await laying.close()
    assert layouts.load(home, 7) == THREE

    again = Laying(home, print)
    assert again.open(7) == THREE
    again.keep(THREE)
    await again.close()
    again.keep(None)
    await again.close()
    assert layouts.load(home, 7) is None


async def test_layout_of_nobody_is_not_kept_and_one_that_cannot_be_kept_is_told_once(home: Path) -> None:
    nobody = Laying(home, print)
    nobody.keep(TWO)
    await nobody.close()
    assert not (home / "panes.json").exists()

    told: list[str] = []
    (home / "file").write_text("no folder")
    laying = opened(home / "file", told)
    for layout in (TWO, THREE):
        laying.keep(layout)
        await laying.close()
    assert len(told) == 1 and told[0].startswith("Panes cannot be kept in ")


async def test_layout_is_saved_soon_after_it_was_changed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat_tui.screens.saving.SAVED_WITHIN_S", 0.0)
    laying = opened(home)
    laying.keep(TWO)
    saving = laying._saving._saving
    assert saving is not None
    await saving
    assert layouts.load(home, 7) == TWO
