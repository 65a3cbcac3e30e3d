"""What can be done with a message: which of it is offered, and what each of it asks of the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from chat_core.client.state.model import Unsent
from chat_core.protocol.reactions import Reaction
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.marks import Bookmark, Bookmarked, React, ReadReactions
from chat_core.protocol.requests.messages import Delete, ReadVersions
from chat_core.protocol.values import FileInfo, Message
from chat_tui.actions.action import Acting, Subject
from chat_tui.actions.reading import links
from chat_tui.actions.registry import ALL, BY_NAME, fitting
from chat_tui.commands.context import Answer
from chat_tui.views.source import Source, source_of
from tests.tui.support.states import ME, conversation, said

MINE = said(3, "12:58", "you", "see https://x.org/1 and https://x.org/2, https://x.org/1")
THEIRS = said(4, "12:59", "ann", "two\nlines")
REACTED = said(4, "12:59", "ann", "done", reactions=(Reaction(emoji="🎉", count=2, mine=True), Reaction(emoji="👀")))
GONE = said(5, "12:59", "you", "", deleted=True)
QUEUED = Unsent(cid=b"c" * 16, conversation=1, body="later", ts=0)
FAILED = Unsent(cid=b"d" * 16, conversation=1, body="never", ts=0, status="failed", text="No.")


class Hands:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.tell: Callable[[Sequence[Any]], Answer]

    def answer(self, answer: Answer) -> None:
        self.done.append(("answer", answer))

    def copy(self, text: str, what: str) -> None:
        self.done.append(("copy", text))

    def open_link(self, url: str) -> None:
        self.done.append(("open", url))

    def save(self, conversation: int, seq: int) -> None:
        self.done.append(("save", conversation, seq))

    def reveal(self, seq: int) -> None:
        self.done.append(("reveal", seq))

    def show_whole(self, message: Message | Unsent) -> None:
        self.done.append(("view", message.body))

    def show_source(self, source: Source) -> None:
        self.done.append(("source", source))

    def ask(self, topic: str, question: str, act: Callable[[], object]) -> None:
        self.done.append(("ask", topic, question))
        act()

    def call(self, request: Request[Any], done: str) -> None:
        self.done.append(("call", request))

    def look_up(self, requests: Sequence[Request[Any]], tell: Callable[[Sequence[Any]], Answer]) -> None:
        self.done.append(("look up", *requests))
        self.tell = tell

    def run(self, line: str) -> None:
        self.done.append(("run", line))

    def choose_emoji(self, chosen: Callable[[str], None]) -> None:
        chosen("🎉")

    def write_edit(self, seq: int) -> None:
        self.done.append(("edit", seq))

    def write_reply(self, seq: int) -> None:
        self.done.append(("reply", seq))

    def open_thread(self, conversation: int, seq: int) -> None:
        self.done.append(("thread", conversation, seq))

    def go_to_message(self, seq: int) -> None:
        self.done.append(("go", seq))

    def write_privately(self, name: str, text: str) -> None:
        self.done.append(("privately", name, text))

    def write_quote(self, text: str) -> None:
        self.done.append(("quote", text))

    def retry(self, cid: bytes) -> None:
        self.done.append(("retry", cid))

    def discard(self, cid: bytes) -> None:
        self.done.append(("discard", cid))


def act_with(name: str, message: Message | Unsent, again: int = 0) -> Hands:
    hands = Hands()
    BY_NAME[name].run(Acting(Subject(conversation(1, "dev"), message, ME), hands, again))
    return hands


def act(name: str, message: Message | Unsent, again: int = 0) -> list[tuple[Any, ...]]:
    return act_with(name, message, again).done


def offered(message: Message | Unsent) -> list[str]:
    return [each.name for each in fitting(Subject(conversation(1, "dev"), message, ME))]


def test_only_what_can_be_done_is_offered() -> None:
    marks = ["react", "thumb", "bookmark", "mark"]
    hangs = ["copy", "link"]
    ends = ["view", "raw", "unread", "details"]
    assert offered(MINE) == ["reply", "quote", "edit", "delete", "thread", *marks, *hangs, "open", *ends]
    assert offered(THEIRS) == ["reply", "privately", "quote", "thread", *marks, *hangs, *ends]
    reacting = ["react", "thumb", "join_in", "bookmark", "mark"]
    assert offered(REACTED) == ["reply", "privately", "quote", "thread", *reacting, *hangs, *ends]
    assert offered(GONE) == ["thread", "bookmark", "mark", "link", "unread", "details"]
    assert offered(QUEUED) == ["quote", "copy", "view", "raw", "details"]
    assert offered(FAILED) == ["quote", "retry", "discard", "copy", "view", "raw", "details"]


@pytest.mark.parametrize(
    ("name", "message", "sentence"),
    [
        ("edit", THEIRS, "This is ann's message, not yours."),
        ("edit", QUEUED, "This message is not sent yet."),
        ("privately", MINE, "This is a message of your own."),
        ("privately", QUEUED, "This message is not sent yet."),
        ("privately", replace(THEIRS, via="Grafana"), "Grafana is a program that reads no answers."),
        ("copy", GONE, "This message was deleted; there is no text any more."),
        ("open", THEIRS, "There is no link and no file in this message."),
        ("retry", MINE, "The server has not refused this message."),
    ],
)
def test_what_cannot_be_done_is_said(name: str, message: Message | Unsent, sentence: str) -> None:
    assert act(name, message) == [("answer", Answer(sentence, fault=True))]


def test_actions_ask_the_screen_for_what_they_are() -> None:
    assert act("reply", THEIRS) == [("reply", 4)]
    assert act("privately", THEIRS) == [("privately", "ann", "> two\n> lines\n")]
    assert act("raw", THEIRS) == [("source", source_of("#dev", THEIRS))]
    assert act("quote", THEIRS) == [("quote", "> two\n> lines\n")]
    assert act("edit", MINE) == [("edit", 3)]
    assert act("copy", THEIRS) == [("copy", "two\nlines")]
    assert act("retry", FAILED) == [("retry", FAILED.cid)]
    assert act("discard", FAILED) == [("discard", FAILED.cid)]


def test_operator_may_pin_and_delete_what_others_said() -> None:
    here = conversation(1, "dev")
    here = replace(here, info=replace(here.info, role="operator"))
    names = [each.name for each in fitting(Subject(here, THEIRS, ME))]

    assert "pin" in names and "delete" in names and "edit" not in names
    assert act("pin", THEIRS) == [
        ("answer", Answer("Only operators of #dev and moderators of this server pin messages there.", fault=True))
    ]


def test_reactions_are_toggled_by_what_is_there() -> None:
    def asked(emoji: str, *, on: bool) -> list[tuple[Any, ...]]:
        return [("call", React(conversation=1, seq=4, emoji=emoji, on=on))]

    assert act("thumb", REACTED) == asked("👍", on=True)
    assert act("join_in", REACTED) == asked("👀", on=True)
    assert act("react", REACTED) == asked("🎉", on=False)  # the screen of this test always chooses that one
    assert act("join_in", said(4, "12:59", "ann", "done", reactions=REACTED.reactions[:1])) == asked("🎉", on=False)


def test_bookmark_is_put_there_and_taken_away_by_the_same_key() -> None:
    hands = act_with("bookmark", THEIRS)
    assert hands.done == [("look up", Bookmark(conversation=1, seq=4))]
    new, there = Bookmarked(conversation=1), Bookmarked(conversation=1, duplicate=True)
    assert (hands.tell([new]).title, len(hands.done)) == ("Bookmarked: /bookmarks lists it.", 1)
    hands.tell([there])
    assert hands.done[1:] == [("call", Bookmark(conversation=1, seq=4, on=False))], "of whatever session it is"


def test_details_ask_the_server_who_reacted_and_what_a_message_said_before() -> None:
    assert act("details", REACTED)[1:] == [("look up", ReadReactions(conversation=1, seq=4))]
    assert act("details", said(3, "12:58", "you", "new", edits=1))[1:] == [
        ("look up", ReadVersions(conversation=1, seq=3))
    ]
    assert len(act("details", said(3, "12:58", "ann", "new", edits=1))) == 1


def test_deleting_is_asked_about_with_what_is_deleted() -> None:
    asked, called = act("delete", MINE)

    assert asked[:2] == ("ask", "delete #dev:3")
    assert asked[2].startswith("Delete “see https://x.org/1 and https:…” for everybody?")
    assert called == ("call", Delete(conversation=1, seq=3))


def test_links_are_gone_through_by_the_same_key_and_an_address_stands_for_none() -> None:
    assert links(MINE.body) == ["https://x.org/1", "https://x.org/2"]
    assert [act("link", MINE, again) for again in range(3)] == [
        [("copy", "https://x.org/1")],
        [("copy", "https://x.org/2")],
        [("copy", "https://x.org/1")],
    ]
    assert act("open", MINE, 1) == [("open", "https://x.org/2")]
    assert act("link", THEIRS) == [("copy", "#dev:4")]


def test_details_tell_what_is_known_and_draw_nothing_harmful() -> None:
    ((_, answer),) = act("details", said(9, "12:58", "a\x1bn", "héllo", edits=2, reply_to=4))
    text = "\n".join(line.text for line in answer.lines)

    assert "#dev:9" in text and "#dev:4" in text and "2 times" in text and "5 characters, 6 bytes" in text
    assert "\x1b" not in text
    ((_, answer),) = act("details", FAILED)
    assert "was refused: No." in "\n".join(line.text for line in answer.lines)


def test_every_action_says_what_it_does_in_few_words() -> None:
    for each in ALL:
        assert each.label and len(each.label) <= 12, each.name
        assert each.summary and not each.summary.endswith("."), each.name


def test_open_saves_the_file_when_the_message_has_one() -> None:
    file = FileInfo(name="report.pdf", size=1_234_567, type="application/pdf", sha256=bytes(32))
    message = said(6, "12:59", "ann", "see https://x.org/1", file=file)
    assert "open" in offered(message)
    assert act("open", message) == [("save", 1, 6)]
