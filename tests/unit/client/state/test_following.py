"""What is new in followed threads: taken from the server, and asked for again after what can have changed it."""

from __future__ import annotations

from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state import inputs
from chat_core.client.state.changes import ThreadChanged, UnreadChanged
from chat_core.client.state.following import is_news_of_thread
from chat_core.client.state.model import ClientState, ConversationState, ThreadNews, ThreadState
from chat_core.client.state.reducer import apply
from chat_core.protocol.events import ConversationEvent, MessageDeleted, MessageEdited, MessagePosted, ThreadMarked
from chat_core.protocol.values import Account, Conversation, Message, Position, ThreadCount

ME = Account(id=1, name="ann")


def state(followed: dict[int, ThreadNews] | None = None, opened: ThreadState | None = None) -> ClientState:
    room = ConversationState(
        info=Conversation(id=7, kind="channel", name="ops"),
        position=Position(conversation=7, seq=9),
        followed=MappingProxyType(followed or {}),
        threads=MappingProxyType({} if opened is None else {opened.root.seq: opened}),
    )
    return ClientState(me=ME, conversations=MappingProxyType({7: room}))


def count(thread: int, *, read: int = 0, unread: int = 0, mentions: int = 0) -> ThreadCount:
    return ThreadCount(conversation=7, thread=thread, read=read, unread=unread, mentions=mentions)


def posted(seq: int, *, author: int = 2, thread: int | None = None) -> MessagePosted:
    return MessagePosted(
        conversation=7, seq=seq, eid=b"", ts=0, author=author, name="bob", cid=b"", body="x", thread=thread
    )


def said(seq: int, *, author: int = 2, thread: int | None = None) -> Message:
    return Message(seq=seq, changed=seq, ts=0, author=author, name="bob", body="x", thread=thread)


def recounts(before: ClientState, *events: ConversationEvent) -> int:
    """Return how often the numbers must be asked for after events."""
    arrived = inputs.EventsArrived(conversation=7, events=events, live=True)
    return apply(before, arrived)[0].conversations[7].recounts


def test_reply_is_news_only_when_it_is_behind_what_was_read_of_a_thread_one_follows() -> None:
    room = state({3: ThreadNews(read=8)}).conversations[7]
    replies = (said(8, thread=3), said(9, thread=3), said(9, thread=4), said(9))

    assert [is_news_of_thread(room, message) for message in replies] == [False, True, False, False]


def test_numbers_are_taken_over_and_told_once() -> None:
    told = inputs.ThreadsCounted(conversation=None, counts=(count(3, read=4, unread=2, mentions=1),))
    now, changes = apply(state({5: ThreadNews()}), told)
    assert dict(now.conversations[7].followed) == {3: ThreadNews(read=4, unread=2, mentions=1)}
    assert changes == [UnreadChanged(conversation=7)]
    assert apply(now, told) == (now, [])


def test_numbers_of_one_conversation_leave_the_others_alone() -> None:
    before = state({3: ThreadNews(unread=1)})
    assert apply(before, inputs.ThreadsCounted(conversation=8, counts=()))[0] is before


def test_numbers_are_asked_for_when_somebody_replies_in_a_followed_thread() -> None:
    known = state({3: ThreadNews()})
    assert recounts(known, posted(10, thread=3)) == 1
    assert recounts(known, posted(10, thread=4)) == 0, "that one is not followed"
    assert recounts(known, posted(10)) == 0
    assert recounts(known, posted(10, author=ME.id, thread=3)) == 0, "what one says oneself is read"
    assert recounts(state(), posted(10, thread=3)) == 0


def test_numbers_are_asked_for_when_a_message_changes_that_may_be_in_a_thread() -> None:
    known = state({3: ThreadNews()})
    gone = MessageDeleted(conversation=7, seq=11, eid=b"", ts=0, author=2, name="bob", message=10)
    assert recounts(known, posted(10), gone) == 0
    assert recounts(state({3: ThreadNews()}), posted(10, author=ME.id, thread=3), gone) == 1
    old = MessageEdited(conversation=7, seq=10, eid=b"", ts=0, author=2, name="bob", message=2, body="other")
    assert recounts(known, old) == 1, "nobody knows where it stood"


def test_mark_of_another_device_is_followed() -> None:
    def after(event: ThreadMarked) -> ConversationState:
        before = state({3: ThreadNews(read=4, unread=2)})
        return apply(before, inputs.AccountEventArrived(event=event))[0].conversations[7]

    read = after(ThreadMarked(seq=1, conversation=7, thread=3, following=True, read=6))
    assert (read.recounts, dict(read.followed)) == (1, {3: ThreadNews(read=4, unread=2)})
    gone = after(ThreadMarked(seq=1, conversation=7, thread=3, following=False, read=6))
    assert dict(gone.followed) == {}
    new = after(ThreadMarked(seq=1, conversation=7, thread=8, following=True, read=8))
    assert (new.recounts, new.followed[8]) == (1, ThreadNews(read=8))


def test_what_is_read_here_counts_no_more_and_an_older_answer_changes_nothing() -> None:
    opened = ThreadState(root=said(3), messages=(said(5, thread=3), said(6, thread=3)), following=True, read=4)
    before = state({3: ThreadNews(read=4, unread=2, mentions=2)}, opened)
    now, _ = apply(before, inputs.ThreadMarkedRead(conversation=7, thread=3, seq=5))
    assert now.conversations[7].followed[3] == ThreadNews(read=5, unread=1, mentions=1)
    late = inputs.ThreadsCounted(conversation=7, counts=(count(3, read=4, unread=2, mentions=2),))
    again, changes = apply(now, late)
    assert (again.conversations[7].followed, changes) == (now.conversations[7].followed, [])
    assert again.conversations[7].recounts == 1, "what is behind that is asked for again"


def test_number_that_went_back_with_the_store_is_taken_over_unless_more_was_read_since_it_was_asked_for() -> None:
    opened = ThreadState(root=said(3), messages=(said(5, thread=3), said(6, thread=3)), following=True, read=6)
    before = state({3: ThreadNews(read=6)}, opened)
    told = inputs.ThreadsCounted(conversation=None, counts=(count(3, read=4, unread=2),), settled={(7, 3): 6})
    now, changes = apply(before, told)
    assert now.conversations[7].followed[3] == ThreadNews(read=4, unread=2)
    assert now.conversations[7].threads[3] == replace(opened, read=4)
    assert changes == [UnreadChanged(conversation=7), ThreadChanged(conversation=7, thread=3)]

    for settled in ({}, {(7, 3): 5}):
        told = inputs.ThreadsCounted(conversation=None, counts=(count(3, read=4, unread=2),), settled=settled)
        now, changes = apply(before, told)
        assert (now.conversations[7].followed, changes) == (before.conversations[7].followed, [])


def test_open_thread_learns_from_the_numbers_how_one_stands_to_it() -> None:
    opened = ThreadState(root=said(3), messages=(said(5, thread=3),), read=4)
    begun, changes = apply(state(opened=opened), inputs.ThreadsCounted(conversation=7, counts=(count(3, read=5),)))
    assert begun.conversations[7].threads[3] == replace(opened, following=True, read=5)
    assert changes == [UnreadChanged(conversation=7), ThreadChanged(conversation=7, thread=3)]
    ended, _ = apply(begun, inputs.ThreadsCounted(conversation=None, counts=()))
    assert not ended.conversations[7].threads[3].following
    some, _ = apply(begun, inputs.ThreadsCounted(conversation=None, counts=(), more=True))
    assert some.conversations[7].threads[3].following, "it may be among the others"


def test_deleted_reply_of_an_open_thread_is_not_unread() -> None:
    gone = Message(seq=5, changed=6, ts=0, author=2, name="bob", body="", thread=3, deleted=True)
    assert ThreadState(root=said(3), messages=(gone, said(7, thread=3)), read=3).unread(frozenset({ME.id})) == 1
