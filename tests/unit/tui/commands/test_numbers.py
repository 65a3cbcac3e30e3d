"""How a message is named by its number in a line."""

from __future__ import annotations

import pytest

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments import Which


@pytest.mark.parametrize("written", ["17", "#17", ":17"])
def test_number_of_a_message_is_taken_in_each_spelling(written: str) -> None:
    assert Which.parse(written) == "17"


@pytest.mark.parametrize("written", ["#", ":", "##17", "#:17", "0", "#0", "x", "-1"])
def test_number_of_a_message_is_refused_in_words_when_it_is_none(written: str) -> None:
    with pytest.raises(UsageFault, match="is no number of a message"):
        Which.parse(written)
