"""A conversation as plain text: what of each kind of item is copied, and what is not."""

from __future__ import annotations

from datetime import date

import pytest

from chat_core.client.state.model import Notice, Unsent
from chat_core.protocol.values import FileInfo, Message
from chat_tui.views.bare import bare_text
from chat_tui.views.items import DayItem, Item, MessageItem, NoticeItem, OlderItem, UnsentItem
from tests.tui.support.states import ZONE, at, said


def item(message: Message, *, head: bool = True, revealed: bool = False) -> MessageItem:
    return MessageItem(message, head, message.ts, revealed=revealed)


FILE = FileInfo(name="a.pdf", size=1_200, type="application/pdf", sha256=b"s" * 32)


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (item(said(1, "12:50", "ann", "def f():\n    return 1")), "12:50 ann: def f():\n    return 1"),
        (item(said(1, "12:50", "ann", "more of it"), head=False), "12:50 ann: more of it"),
        (item(said(1, "12:50", "ann", "waves", style="action")), "12:50 * ann waves"),
        (item(said(1, "12:50", "ann", "new", edits=1)), "12:50 ann: new (edited)"),
        (item(said(1, "12:50", "ann", "", deleted=True)), "12:50 ann: (message deleted)"),
        (item(said(1, "12:50", "ann", "it is ||x||"), revealed=True), "12:50 ann: it is ||x||"),
        (item(said(1, "12:50", "hook", "up", bot=True, via="Grafana")), "12:50 Grafana BOT: up"),
        (item(said(1, "12:50", "ann", "a.pdf", file=FILE)), "12:50 ann: [file a.pdf, 1.2 kB]"),
        (item(said(1, "12:50", "ann", "see", file=FILE)), "12:50 ann: see [file a.pdf, 1.2 kB]"),
        (item(said(1, "12:50", "bob", "never mind")), ""),
        (UnsentItem(Unsent(cid=b"c" * 16, conversation=1, body="hi", ts=at("12:51")), True, False), "12:51 you: hi"),
        (DayItem(date(2023, 11, 21), 1, 2023), "Tuesday 21 November"),
        (NoticeItem((Notice(after=1, ts=0, kind="joined", names=("ann", "bob")),)), "ann joined · bob joined"),
        (OlderItem(False), ""),
    ],
)
def test_item_is_copied_as_it_was_written(shown: Item, text: str) -> None:
    assert bare_text(shown, "you", frozenset({7}), ZONE) == text


def test_item_keeps_hidden_what_is_hidden_and_lets_no_control_through() -> None:
    text = bare_text(item(said(1, "12:50", "ann", "it is ||secret||\x1b[2J")), "you", frozenset(), ZONE)
    assert "secret" not in text and "\x1b" not in text and text.startswith("12:50 ann: it is ")
