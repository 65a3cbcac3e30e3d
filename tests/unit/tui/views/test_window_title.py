"""What the terminal's title says, and what gives it to a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.values import Account, Conversation, Position
from chat_tui.terminal_title import has_title, titled
from chat_tui.views.servers import Elsewhere
from chat_tui.views.window_title import window_title


def conversation(number: int, name: str, *, unread: int = 0, mentions: int = 0) -> ConversationState:
    kind = "direct" if name.startswith("@") else "channel"
    return ConversationState(
        info=Conversation(id=number, kind=kind, name=name.lstrip("@")),  # type: ignore[arg-type]  # one of the kinds
        position=Position(conversation=number, seq=unread),
        unread=unread,
        mentions=mentions,
    )


def server(*conversations: ConversationState, number: int = 1, title: str = "acme", question: str = "") -> Elsewhere:
    state = ClientState(me=Account(id=1, name="ann"), conversations={each.id: each for each in conversations})
    return Elsewhere(number, title, state, question, present=number == 1)


OPS = conversation(1, "ops")


def test_title_says_where_one_is_and_how_much_needs_one_on_all_servers() -> None:
    first = server(OPS, conversation(2, "dev", unread=5, mentions=1), conversation(3, "@bob", unread=1))
    second = server(conversation(1, "@cid", unread=2), number=2, title="garden")

    assert window_title([server(OPS)], OPS) == "#ops - acme"
    assert window_title([first], OPS) == "(2) #ops - acme"
    assert window_title([first, second], OPS) == "(4) #ops - acme"
    assert window_title([server(OPS, conversation(2, "dev", unread=5))], OPS) == "* #ops - acme"


def test_title_tells_of_what_is_asked_and_of_the_start_screen() -> None:
    asking = server(question="asks you to sign in")

    assert window_title([asking], None) == "(1) asks you to sign in - acme"
    assert window_title([], None) == "chat"


@given(st.text(), st.text())
def test_nobodys_text_gets_out_of_a_title(name: str, title: str) -> None:
    told = titled(window_title([server(title=title)], conversation(1, name)))

    assert re.fullmatch("\x1b]0;[^\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]*\x07", told)


@pytest.mark.parametrize(
    ("term", "has"), [("xterm-256color", True), ("tmux-256color", True), ("linux", False), ("dumb", False), ("", False)]
)
def test_terminal_without_a_title_is_given_none(term: str, has: bool) -> None:
    assert has_title({"TERM": term}) is has
