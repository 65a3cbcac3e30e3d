"""How a message, or a conversation, is named by its number in a line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments import Where, Which
from chat_tui.commands.context import Context
from chat_tui.commands.conversations import meant
from tests.tui.support.states import client, conversation


@pytest.mark.parametrize("written", ["17", "#17", ":17"])
def test_number_of_a_message_is_taken_in_each_spelling(written: str) -> None:
    assert Which.parse(written) == "17"


@pytest.mark.parametrize("written", ["#", ":", "##17", "#:17", "0", "#0", "x", "-1"])
def test_number_of_a_message_is_refused_in_words_when_it_is_none(written: str) -> None:
    with pytest.raises(UsageFault, match="is no number of a message"):
        Which.parse(written)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "none has come from the server yet"), (1, "there is one"), (2, "there are 2")]
)
def test_number_of_a_conversation_is_refused_with_how_many_there_are(count: int, words: str) -> None:
    known = client(*(conversation(number, f"room{number}", []) for number in range(1, count + 1)))
    calls: Any = SimpleNamespace(state=known)
    desk: Any = None

    with pytest.raises(UsageFault, match=f"^There is no conversation 9; {words}.$"):
        meant(Context(calls, desk, None), Where("9"))
