"""What is said of messages that can never be sent."""

from __future__ import annotations

from chat_core.client.state.changes import SendGivenUp
from chat_core.client.state.model import ClientState, Unsent
from chat_tui.views.given_up import KEPT, given_up, lost_to


def lost(body: str, target: str = "#dev") -> SendGivenUp:
    unsent = Unsent(cid=b"x" * 16, conversation=1, body=body, ts=0)
    return SendGivenUp(unsent=unsent, target=target, text="There is another store.")


def test_words_of_a_lost_message_are_told_without_what_could_harm_a_terminal() -> None:
    title, (line,) = given_up([lost("a\x1b[31m\nb", "#d\x07ev")])

    assert title == "A message cannot be sent any more. There is another store."
    assert "\x1b" not in line.text and "\x07" not in line.text and "\n" not in line.text
    assert line.text.endswith("b")


def test_several_lost_messages_are_told_in_a_line_each() -> None:
    title, lines = given_up([lost("one"), lost("two")])

    assert title.startswith("2 messages cannot be sent any more.")
    assert [line.text for line in lines] == ["#dev one", "#dev two"]


def test_lost_messages_are_joined_by_where_they_were_to_go_and_said_to_be_kept() -> None:
    changes = [lost("one"), lost("two", "#ops"), lost("three"), lost("four", "")]

    assert lost_to(ClientState(), changes) == {"#dev": "one\nthree", "#ops": "two"}, "of one it is not known where"
    _, (*_, last) = given_up(changes, kept=True)
    assert last.text == KEPT
