"""What stands above an answer: who is answered, and how that begins."""

from __future__ import annotations

from typing import Any

from chat_core.client.state.model import Unsent
from chat_tui.views.columns import columns
from chat_tui.views.drawing import Reader, draw
from chat_tui.views.history import History
from chat_tui.views.items import MessageItem, UnsentItem
from chat_tui.widgets.timeline_text import Selected, copied
from tests.tui.support.states import ME, ZONE, at, conversation, said, with_changed

WHERE = columns(60, 80, 6)
READER = Reader(ME.id, ME.name, ZONE)
ASKED = said(1, "12:00", "ann", "who comes\nto the [/b] \x1b[31mdemo? " + "long " * 30)


def opened(*messages: Any, **more: Any) -> History:
    made = History(conversation(1, "dev", messages, at_start=True, **more), me=ME.id, zone=ZONE, now_ms=at("13:00"))
    made.view.lay_out(WHERE, 20, READER)
    return made


def drawn(history: History, index: int = -1) -> list[str]:
    return [line.text.rstrip() for line in draw(history.view.items[index], WHERE, READER)]


def test_answer_has_the_beginning_of_what_it_answers_in_one_line_above_it() -> None:
    lines = drawn(opened(ASKED, said(2, "12:01", "bob", "me", reply_to=1)))

    assert lines[0].startswith("                ↳ ann  who comes to the [/b] ␛[31mdemo? lo")
    assert lines[0].endswith("…") and len(lines[0]) <= 60
    assert lines[1:] == [" 12:01     bob  me"]


def test_answer_to_what_is_not_here_or_was_deleted_says_so() -> None:
    gone = said(1, "12:00", "ann", "", deleted=True)

    assert drawn(opened(said(5, "12:01", "bob", "me", reply_to=1)))[0].strip() == "↳ an older message"
    assert drawn(opened(gone, said(2, "12:01", "bob", "me", reply_to=1)))[0].strip() == "↳ ann  message deleted"


def test_answer_begins_anew_with_its_name_and_a_deleted_one_answers_nothing() -> None:
    history = opened(
        ASKED, said(2, "12:01", "ann", "well", reply_to=1), said(3, "12:01", "ann", "", reply_to=1, deleted=True)
    )

    assert drawn(history, -2)[1] == " 12:01     ann  well"
    assert len(drawn(history)) == 1


def test_answer_that_is_not_sent_yet_looks_the_same() -> None:
    unsent = Unsent(cid=b"c" * 16, conversation=1, body="me", ts=at("12:01"), reply_to=1)
    history = opened(ASKED, unsent=(unsent,))

    assert isinstance(history.view.items[-1], UnsentItem)
    assert drawn(history)[0].strip().startswith("↳ ann  who comes")


def test_answer_that_is_edited_keeps_what_it_answers() -> None:
    history = opened(ASKED, said(2, "12:01", "bob", "me", reply_to=1))
    changed = with_changed(history.conversation, 2, body="me, too", edits=1)
    history.update(changed, changed={2})

    item = history.view.items[-1]
    assert isinstance(item, MessageItem) and item.quoted is not None and item.quoted.name == "ann"
    assert drawn(history)[1] == " 12:01     bob  me, too (edited)"


def test_what_is_answered_is_not_copied_with_the_answer() -> None:
    history = opened(ASKED, said(2, "12:01", "bob", "me", reply_to=1))
    lines = draw(history.view.items[-1], WHERE, READER)

    assert copied(Selected(0, line, 0, len(line.text)) for line in lines) == "me"


def test_line_above_unread_messages_is_taken_away_without_a_move_of_the_window() -> None:
    messages = [said(seq, "12:00", "ann", f"line {seq}") for seq in range(1, 60)]
    history = opened(*messages, read=30, unread=29)
    history.open_at(None)
    assert history.unread_at() is not None
    top = history.view.items[next(history.view.visible())[0] + 5].identity

    history.forget_divider()

    assert history.unread_at() is None
    assert top in [history.view.items[index].identity for index, _ in history.view.visible()]
    assert history.view.items[-1].identity == 59
