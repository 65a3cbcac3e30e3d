"""What is said about a setting below the list of them, in the room there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.sentences import field_sentences
from chat_core.base.settings import Entry
from chat_tui.config import load
from chat_tui.views.settings_rows import about_lines, choices_of

ENTRIES = load(Path("/nonexistent"), {}).entries


def said(entry: Entry, width: int, most: int) -> str:
    meaning = field_sentences(entry.key.kind)[entry.key.name]
    lines = about_lines(entry, meaning, choices_of(entry, {}), width, most)
    assert len(lines) <= most
    assert all(line.width <= width for line in lines)
    return " ".join(line.text.strip() for line in lines)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key.name)
def test_about_a_setting_tells_what_it_can_be_when_there_is_little_room(entry: Entry) -> None:
    assert " Without a setting: " in said(entry, 40, 5)
    whole = said(entry, 40, 13)
    assert not whole.startswith("It can be") and " It can be: " in whole
    assert whole.endswith(said(entry, 40, 5).partition("It can be")[2])


def test_about_a_setting_ends_with_a_sign_when_it_is_cut() -> None:
    theme = next(entry for entry in ENTRIES if entry.key.name == "theme")
    assert said(theme, 40, 1).endswith(" …")
