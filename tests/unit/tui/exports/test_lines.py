"""The lines of the scriptable commands."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest

from chat_core.protocol.events import (
    ConversationEvent,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessagePosted,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
    TopicChanged,
    UnknownConversationEvent,
)
from chat_core.protocol.reactions import Reaction
from chat_core.protocol.values import Message
from chat_tui.exports.lines import Line, as_json, as_text, of_event, of_message

FACTS: Any = {"conversation": 1, "eid": b"e" * 8, "ts": 0, "author": 1, "name": "ann"}


def line(ts: int, text: str = "hi") -> Line:
    return Line(conversation="#general", seq=3, ts=ts, author="ann", kind="message", text=text)


def test_line_tells_when_where_who_and_what() -> None:
    assert as_text(line(1_700_000_000_000), UTC) == "[2023-11-14 22:13:20] #general:3 <ann> hi"


@pytest.mark.parametrize("ts", [-1, -(2**63), 2**53, 2**64])
def test_line_is_told_whatever_a_server_says_the_time_is(ts: int) -> None:
    assert as_text(line(ts), UTC).endswith("#general:3 <ann> hi")


def test_line_of_several_lines_looks_like_one_message() -> None:
    assert as_text(line(0, "one\n[1970-01-01 00:00:00] #general:4 <bob> two"), UTC).count("\n[") == 0


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ({"body": "hi"}, "<ann> hi"),
        ({"body": "hi", "edits": 2}, "<ann> hi (edited)"),
        ({"body": "one\ntwo", "edits": 1}, "<ann> one\n    two (edited)"),
        ({"body": "waves", "style": "action", "edits": 1}, "* ann waves (edited)"),
        ({"body": "hi", "thread": 2}, "<ann> ↳ #2 hi"),
        ({"body": "waves", "style": "action", "thread": 2, "in_channel": True}, "* ann ↳ #2 waves"),
        ({"body": "hi", "pinned": True, "reactions": (Reaction(emoji="🎉", count=2),)}, "<ann> hi (pinned) [🎉 2]"),
        ({"body": "", "deleted": True}, "-- ann: (message deleted)"),
        ({"body": "", "deleted": True, "edits": 1}, "-- ann: (message deleted)"),
        ({"body": "", "deleted": True, "style": "action"}, "-- ann: (message deleted)"),
        ({"body": "(message deleted)"}, "<ann> (message deleted)"),
    ],
)
def test_line_of_a_message_says_whether_it_was_edited_or_deleted_or_is_in_a_thread(message: Any, told: str) -> None:
    made = Message(seq=3, changed=9, ts=0, author=1, name="ann", **message)

    assert as_text(of_message("#ops", made), UTC) == f"[1970-01-01 00:00:00] #ops:3 {told}"


@pytest.mark.parametrize(
    ("event", "told", "fields"),
    [
        (MessagePosted(seq=3, cid=b"c" * 16, body="", **FACTS), "-- ann: (message deleted)", ("message", 0, "", True)),
        (MessageEdited(seq=3, message=1, body="hi", **FACTS), "-- ann edited #ops:1: hi", ("edit", 1, "hi", False)),
        (
            MessageEdited(seq=3, message=1, body="", **FACTS),
            "-- ann edited #ops:1, which is deleted now",
            ("edit", 1, "", True),
        ),
        (MessageDeleted(seq=3, message=1, **FACTS), "-- ann deleted #ops:1", ("deletion", 1, "", True)),
        (
            ReactionAdded(seq=3, message=1, emoji="🎉", **FACTS),
            "-- ann reacted to #ops:1 with 🎉",
            ("reaction", 1, "🎉", False),
        ),
        (
            ReactionRemoved(seq=3, message=1, emoji="🎉", **FACTS),
            "-- ann took 🎉 back from #ops:1",
            ("unreaction", 1, "🎉", False),
        ),
        (MessagePinned(seq=3, message=1, **FACTS), "-- ann pinned #ops:1", ("pin", 1, "", False)),
        (MessageUnpinned(seq=3, message=1, **FACTS), "-- ann unpinned #ops:1", ("unpin", 1, "", False)),
        (TopicChanged(seq=3, topic="Freeze", **FACTS), "-- ann set the topic: Freeze", ("topic", 0, "Freeze", False)),
        (TopicChanged(seq=3, topic="", **FACTS), "-- ann removed the topic", ("topic", 0, "", False)),
        (
            UnknownConversationEvent(seq=3, **FACTS),
            "-- ann: something this version does not know",
            ("event", 0, "", False),
        ),
    ],
)
def test_line_of_an_event_tells_it_in_words_and_in_fields(
    event: ConversationEvent, told: str, fields: tuple[str, int, str, bool]
) -> None:
    line = of_event("#ops", event)
    parsed = json.loads(as_json(line))

    assert as_text(line, UTC) == f"[1970-01-01 00:00:00] #ops:3 {told}"
    assert (parsed["kind"], parsed["message"], parsed["text"], parsed["deleted"]) == fields
