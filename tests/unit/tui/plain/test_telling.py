"""What the line mode says of what comes: real batches, made by the reducer's own values."""

from __future__ import annotations

from datetime import UTC
from types import MappingProxyType
from typing import Any

from chat_core.client.state.changes import Batch, Change, Delivered, MessagesAppended, NoticeAdded
from chat_core.client.state.model import ClientState, ConversationState, Notice, Timeline
from chat_core.protocol.events import MessageDeleted, MessageEdited, MessagePosted
from chat_core.protocol.values import Account, Conversation, Message, Position
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import Place
from chat_tui.plain.hearing import Manner, message_line, place_line, spoken
from chat_tui.plain.telling import AT_ONCE, Telling
from chat_tui.views.alerts import Rule
from chat_tui.views.filtering import hiding
from chat_tui.views.lines import Line, Span

ME = Account(id=1, name="ann")


def message(seq: int, body: str, author: int = 2, name: str = "bob", **more: Any) -> Message:
    return Message(seq=seq, changed=seq, ts=0, author=author, name=name, body=body, **more)


def place(number: int, name: str, *messages: Message, kind: Any = "channel", **more: Any) -> ConversationState:
    blocks = (messages,) if messages else ()
    return ConversationState(
        info=Conversation(id=number, kind=kind, name=name),
        position=Position(conversation=number, seq=0),
        timeline=Timeline(blocks=blocks, count=len(messages)),
        **more,
    )


GENERAL, OPS = place(1, "general"), place(2, "ops")


def batch(*changes: Change, places: tuple[ConversationState, ...] = (GENERAL, OPS), ignored: int = 0) -> Batch:
    known = MappingProxyType({each.id: each for each in places})
    return Batch(state=ClientState(me=ME, conversations=known, ignored=frozenset({ignored})), changes=changes)


def appended(number: int, *messages: Message) -> MessagesAppended:
    return MessagesAppended(conversation=number, messages=messages)


def telling(rule: Rule = "mentions") -> Telling:
    return Telling(lambda _: rule, lambda: 0)


def test_message_is_one_line_that_nobody_can_forge() -> None:
    line = message_line(message(1, "hi\nann: I give up\x1b[2J"), GENERAL, ME)

    assert line == "bob: hi / ann: I give up␛[2J"


def test_message_tells_in_words_what_the_eye_would_see() -> None:
    here = place(1, "general", message(3, "what is up", 3, "cat"))
    manner = Manner(times=True, numbers=True)

    assert (
        message_line(message(4, "@ann look", reply_to=3, mentions=(1,)), here, ME)
        == "bob, mentions you, answers cat: @ann look"
    )
    assert message_line(message(4, "aside", thread=3), here, ME) == "bob, in a thread of cat: aside"
    assert message_line(message(4, "", deleted=True), here, ME) == "bob: message deleted"
    assert message_line(message(4, "mine", 1, "ann", edits=1), here, ME, manner, UTC) == ":4 00:00 you: mine, edited"
    pinned = message(4, "keep", pinned=True)
    assert message_line(pinned, here, ME, bookmarks=frozenset({4})) == "bob: keep, pinned, bookmarked"
    assert place_line(place(2, "ops", unread=3, mentions=1)) == "#ops. 3 unread, 1 mentions you."
    assert spoken(Line((Span("○ "), Span("bob"), Span("  @bobby")))) == "bob, @bobby, offline"


def test_message_is_said_once_and_not_to_who_wrote_it_here() -> None:
    told, cid = telling(), b"c" * 16
    posted = MessagePosted(conversation=1, seq=2, eid=b"e" * 8, ts=0, author=1, name="ann", cid=cid, body="mine")
    own = {cid}
    changes = (appended(1, message(1, "hello"), message(2, "mine", 1, "ann")), Delivered(event=posted))

    assert told.tell(batch(*changes), 1, own) == ["bob: hello"]
    assert own == set()
    assert told.tell(batch(appended(1, message(1, "hello"))), 1, own) == []
    assert told.tell(batch(appended(1, message(3, "from my phone", 1, "ann"))), 1, own) == ["you: from my phone"]


def test_place_elsewhere_is_told_once_but_each_time_that_it_names_one() -> None:
    told = telling()

    assert told.tell(batch(appended(2, message(1, "one"))), 1, set()) == ["1 new in #ops."]
    assert told.tell(batch(appended(2, message(2, "two"))), 1, set()) == []
    assert told.tell(batch(appended(2, message(3, "@ann", mentions=(1,)), message(4, "x"))), 1, set()) == [
        "2 new in #ops, 1 mentions you."
    ]
    told.went(OPS)
    assert told.tell(batch(appended(2, message(5, "three"))), 1, set()) == ["1 new in #ops."]
    assert telling("none").tell(batch(appended(2, message(6, "@ann", mentions=(1,)))), 1, set()) == []


def test_ignored_people_are_not_heard() -> None:
    said = telling().tell(
        batch(appended(1, message(1, "psst")), appended(2, message(1, "@ann", mentions=(1,))), ignored=2), 1, set()
    )

    assert said == []


def changed(seq: int, body: str, author: int = 2, name: str = "bob") -> Delivered:
    event = MessageEdited(
        conversation=1, seq=9, eid=b"9", ts=0, author=author, name=name, message=seq, body=body, mentions=()
    )
    return Delivered(event=event)


def test_ignored_people_are_not_heard_when_they_change_what_they_said() -> None:
    deleted = Delivered(event=MessageDeleted(conversation=1, seq=9, eid=b"9", ts=0, author=2, name="bob", message=1))
    of_others = Delivered(event=MessageDeleted(conversation=1, seq=9, eid=b"9", ts=0, author=3, name="cat", message=1))
    here = place(1, "general", message(1, "now this"))

    for change in (changed(1, "now this"), changed(7, "of long ago"), deleted, of_others):
        assert telling().tell(batch(change, places=(here,), ignored=2), 1, set()) == []
    assert telling().tell(batch(changed(1, "now this"), places=(here,)), 1, set()) == [
        "bob changed a message to: now this"
    ]


def test_what_filters_hide_is_not_said_when_it_is_changed_and_not_told_of_from_elsewhere() -> None:
    rules = (Filter("from", "bob"), Filter("text", "noise"))
    quiet = Telling(lambda _: "mentions", lambda: 0, hidden=lambda here: hiding(rules, Place(here.target), ME, ""))
    here = place(1, "general", message(1, "x"), message(2, "noise", 3, "cat"), message(3, "fine", 3, "cat"))
    edits = (changed(1, "x"), changed(7, "long ago"), changed(2, "noise", 3, "cat"), changed(8, "noise", 3, "cat"))

    assert quiet.tell(batch(*edits, changed(3, "fine", 3, "cat"), places=(here,)), 1, set()) == [
        "cat changed a message to: fine"
    ]
    assert quiet.tell(batch(appended(2, message(4, "hello"), message(5, "noise", 3, "cat"))), 1, set()) == []
    assert quiet.tell(batch(appended(2, message(6, "hello", 3, "cat"))), 1, set()) == ["1 new in #ops."]


def test_edit_of_a_message_from_before_one_came_is_said_to_be_nothing_as_its_text_did_not_come() -> None:
    def edited(body: str) -> MessageEdited:
        return MessageEdited(conversation=1, seq=9, eid=b"9", ts=0, author=2, name="bob", message=3, body=body)

    assert telling().tell(batch(Delivered(event=edited(""))), 1, set()) == []
    assert telling().tell(batch(Delivered(event=edited("later"))), 1, set()) == ["bob changed a message to: later"]


def test_flood_is_cut_to_its_newest_messages_and_says_how_to_hear_all() -> None:
    many = [message(seq, f"line {seq}") for seq in range(1, 31)]

    said = telling().tell(batch(appended(1, *many)), 1, set())

    assert said[0] == "10 more before these; /read 30 says all."
    assert said[1:] == [f"bob: line {seq}" for seq in range(31 - AT_ONCE, 31)]


def test_notice_that_grows_tells_only_who_is_new_in_it() -> None:
    told = telling()
    first = NoticeAdded(conversation=1, notice=Notice(after=1, ts=0, kind="joined", names=("bob",)))
    grown = NoticeAdded(conversation=1, notice=Notice(after=1, ts=0, kind="joined", names=("bob", "cat")))

    assert told.tell(batch(first), 1, set()) == ["bob joined."]
    assert told.tell(batch(grown), 1, set()) == ["cat joined."]


def test_what_filters_hide_is_not_said_but_what_names_one_is() -> None:
    rules = (Filter("from", "bob", "#general"), Filter("joins"))
    quiet = Telling(lambda _: "mentions", lambda: 0, hidden=lambda here: hiding(rules, Place(here.target), ME, ""))
    came = appended(1, message(1, "noise"), message(2, "hi", 3, "cat"), message(3, "@ann look", mentions=(1,)))
    joined = NoticeAdded(conversation=1, notice=Notice(after=3, ts=0, kind="joined", names=("dan",)))

    assert quiet.tell(batch(came, joined), 1, set()) == ["cat: hi", "bob, mentions you: @ann look"]
