"""How a message, or a conversation, is named by its number in a line."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chat_core.base.errors import UsageFault
from chat_tui.commands.arguments import Where, Which
from chat_tui.commands.context import Context
from chat_tui.commands.conversations import meant
from chat_tui.commands.files import download
from chat_tui.drafts import place
from chat_tui.views.servers import meant as server_meant
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


MANY = "9" * 5000
"""More digits than Python makes a number of."""


def test_number_of_very_many_digits_is_none_of_anything() -> None:
    calls: Any = SimpleNamespace(state=client(conversation(1, "room", [])))
    desk: Any = None

    with pytest.raises(UsageFault, match=r"^There is no conversation 99999999…; there is one\.$"):
        meant(Context(calls, desk, None), Where(MANY))
    with pytest.raises(UsageFault, match="No server"):
        server_meant([], MANY)
    assert place(f"#room:{MANY}") == (f"#room:{MANY}", 0)


@pytest.mark.parametrize("number", ["9" * 20, MANY], ids=["20 digits", "5000 digits"])
async def test_file_of_a_message_with_very_many_digits_is_refused_in_words(number: str) -> None:
    context: Any = SimpleNamespace(here=conversation(1, "room", []))

    with pytest.raises(UsageFault, match="Write the number of the message"):
        await download(context, f"#{number}")
