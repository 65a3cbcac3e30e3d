"""A conversation without what is said aside, and a thread by itself: what a timeline is given to draw."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.client.state.model import ConversationState, Stale, ThreadState, Timeline, Unsent
from chat_core.protocol.values import Conversation, Message, Position, ThreadSummary
from chat_tui.views.threads import Mainline, label, news_words, thread_view, threads_lines, title


def message(seq: int, thread: int | None = None, *, in_channel: bool = False) -> Message:
    return Message(
        seq=seq, changed=seq, ts=seq, author=2, name="ann", body=f"{seq}", thread=thread, in_channel=in_channel
    )


def conversation(*messages: Message, unsent: tuple[Unsent, ...] = ()) -> ConversationState:
    timeline = Timeline(blocks=(messages,), count=len(messages), at_start=True, known_from=1)
    info = Conversation(id=1, kind="channel", name="ops")
    return ConversationState(info=info, position=Position(conversation=1, seq=9), timeline=timeline, unsent=unsent)


def test_mainline_leaves_out_what_is_aside_and_counts_the_rest() -> None:
    shown = Mainline().of(conversation(message(1), message(2, 1), message(3, 1, in_channel=True), message(4)))

    assert [each.seq for each in shown.timeline] == [1, 3, 4]
    assert shown.timeline.count == 3
    assert shown.timeline.known_from == 1, "where the pages end does not depend on it"


def test_mainline_is_the_conversation_itself_when_nothing_is_aside() -> None:
    state = conversation(message(1), message(2))

    assert Mainline().of(state) is state


def test_mainline_stays_the_same_while_its_messages_do() -> None:
    mainline, state = Mainline(), conversation(message(1), message(2, 1))

    assert mainline.of(state).timeline is mainline.of(replace(state, loading=True)).timeline


def test_mainline_leaves_out_unsent_and_stale_ones_too() -> None:
    aside = Unsent(cid=b"a" * 16, conversation=1, body="x", ts=1, thread=1)
    state = conversation(message(7), unsent=(aside,))
    stale = Stale(blocks=((message(1), message(2, 1)), (message(3, 1),)), up_to=3)
    shown = Mainline().of(replace(state, timeline=replace(state.timeline, stale=stale)))

    assert shown.unsent == ()
    assert shown.timeline.stale is not None and [each.seq for each in shown.timeline.stale] == [1]


def test_thread_is_its_root_and_what_hangs_on_it() -> None:
    other = Unsent(cid=b"a" * 16, conversation=1, body="x", ts=1)
    mine = replace(other, cid=b"b" * 16, thread=1)
    state = conversation(message(1), message(2), unsent=(other, mine))
    thread = ThreadState(
        root=message(1), messages=(message(3, 1), message(5, 1)), at_start=True, following=True, read=3
    )
    shown = thread_view(state, thread, frozenset({1}))

    assert [each.seq for each in shown.timeline] == [1, 3, 5]
    assert (shown.read, shown.unread, shown.unsent) == (3, 1, (mine,))
    assert thread_view(state, thread, frozenset({1, thread.messages[1].author})).unread == 0


def test_list_of_threads_says_what_each_number_counts_and_stands_in_columns() -> None:
    def followed(seq: int, replies: int, unread: int, body: str) -> ThreadSummary:
        root = Message(seq=seq, changed=seq, ts=0, author=2, name="bob", body=body, replies=replies, last_reply=0)
        return ThreadSummary(conversation=1, root=root, read=0, unread=unread)

    found = [("#general", followed(7, 1, 0, "who?")), ("#ops", followed(1200, 12, 3, "the disk"))]
    lines = [line.text for line in threads_lines(found, 0)]

    assert [line.partition(" · last ")[0] for line in lines] == [
        "#general:7  read   1 reply",
        "#ops:1200   3 new  12 replies",
    ]
    assert [line.index("bob: ") for line in lines] == [lines[0].index("bob: ")] * 2
    assert [news_words(count) for count in (0, 1, 2)] == [
        "Nothing new in your threads",
        "1 thread has news; /thread #channel:17 opens one",
        "2 threads have news; /thread #channel:17 opens one",
    ]


def test_words_of_somebody_whom_one_ignores_stand_in_no_list_and_no_title_of_threads() -> None:
    root = Message(seq=7, changed=7, ts=0, author=2, name="bob", body="secret words", replies=1, last_reply=0)
    [line] = threads_lines([("#ops", ThreadSummary(conversation=1, root=root, read=0, unread=0))], 0, {2})
    above = title(ThreadState(root=root), 1, 90, {2})
    place = label(ThreadState(root=root), also=False, target="#ops", ignored={2})

    for text in (line.text, above.text, "".join(span.text for span in place)):
        assert "a message of bob, whom you ignore" in text and "secret" not in text
