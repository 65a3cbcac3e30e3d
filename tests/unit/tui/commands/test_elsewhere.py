"""Words from other chats, and the ways that they lead to."""

from __future__ import annotations

from typing import Final

import pytest

from chat_tui.commands.elsewhere import WAYS, WINDOWS_WAY, commands_in, words_for
from chat_tui.commands.line import resolve
from chat_tui.commands.registry import NAMES

_BEGINNINGS: Final = {"mode", "save", "log"}
"""Words that begin a command's name and mean something else, so that the beginning does not count."""


@pytest.mark.parametrize("way", sorted({*WAYS.values(), WINDOWS_WAY}))
def test_way_is_a_sentence_that_names_commands_which_there_are(way: str) -> None:
    assert way[0].isupper() or way.startswith(("/", "`"))
    assert way.endswith(".")
    assert set(commands_in(way)) <= set(NAMES)


def test_words_are_no_commands_and_take_no_beginning_of_one_away() -> None:
    assert not set(WAYS) & set(NAMES)
    assert {word for word in WAYS if resolve(word, NAMES)} == _BEGINNINGS


def test_words_lead_to_the_commands_of_their_sentence() -> None:
    assert commands_in("See docs/bots.md: /op and //say, /topic.") == ("op", "topic")
    assert {"status", "afk", "brb"} <= words_for()["away"] & words_for()["back"]
