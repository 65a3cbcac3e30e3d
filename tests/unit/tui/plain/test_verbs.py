"""The help of the line mode: it lists everything, and speaks of no key that is not there."""

from __future__ import annotations

import re

import pytest

from chat_tui.commands.registry import ALL, BY_NAME
from chat_tui.plain.verbs import VERBS, help_lines

# A line is edited there: Tab, Up and Ctrl+D are real.
NO_KEY = re.compile(r"\b(Enter|Esc|PgUp|PgDn|Alt\+\w|F\d+|Ctrl\+(?!D\b)\w)")


@pytest.mark.parametrize("part", ["all", "commands"])
def test_help_lists_every_verb_and_command(part: str) -> None:
    verbs = [f"{each.usage}: {each.summary}" for each in VERBS]
    assert help_lines(part) == [*verbs, *(f"{each.usage}: {each.summary}" for each in ALL)]


@pytest.mark.parametrize("about", ["", "all", *BY_NAME])
def test_help_speaks_of_no_key_that_a_line_has_not(about: str) -> None:
    assert [line for line in help_lines(about) if NO_KEY.search(line)] == []
