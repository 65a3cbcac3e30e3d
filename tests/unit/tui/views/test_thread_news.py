"""What is new in followed threads: the row in the list, the words in the status, which thread is next."""

from __future__ import annotations

from chat_core.client.state.model import ClientState, ConversationState, LinkState, LinkStatus, ThreadNews
from chat_core.protocol.values import Account, Conversation, Position
from chat_tui.screens.places import Places
from chat_tui.views.conversations import entries
from chat_tui.views.status import status
from chat_tui.views.thread_news import THREADS, label, row, waiting


def known(*rooms: tuple[int, str, int, int], **followed: dict[int, ThreadNews]) -> ClientState:
    """Return a state with conversations: number, name, unread, mentions; `@name` is a direct one."""
    conversations = {}
    for number, name, unread, mentions in rooms:
        conversations[number] = ConversationState(
            info=Conversation(id=number, kind="direct" if name[0] == "@" else "channel", name=name[1:]),
            position=Position(conversation=number, seq=9),
            unread=unread,
            mentions=mentions,
            followed=followed.get(name[1:], {}),
        )
    return ClientState(
        me=Account(id=1, name="ann"), conversations=conversations, link=LinkState(status=LinkStatus.ONLINE)
    )


def test_row_of_threads_stands_on_top_as_long_as_one_follows_any() -> None:
    nothing = known((1, "#ops", 0, 0))
    quiet = known((1, "#ops", 0, 0), ops={3: ThreadNews(read=3)})
    news = known((1, "#ops", 0, 0), ops={3: ThreadNews(unread=2), 5: ThreadNews(unread=1, mentions=1)})
    assert row(nothing, 24) is None and THREADS not in {each.conversation for each in entries(nothing, 1, 24)}
    assert [each.line.text.split() for each in entries(quiet, 1, 24)[:1]] == [["↳", "Threads"]]
    first = entries(news, 1, 24)[0]
    assert (first.line.text.split(), first.conversation, first.waiting) == (["↳", "Threads", "2"], THREADS, True)
    assert [span.role for span in first.line.spans if "2" in span.text] == ["badge"], "it calls one"


def test_status_counts_threads_with_news_where_the_list_is_hidden() -> None:
    news = known((1, "#ops", 0, 0), (2, "#dev", 3, 0), ops={3: ThreadNews(unread=2)}, dev={4: ThreadNews()})
    assert label(news) == (False, "Threads 1")
    assert status(news, 1, 0.0, 60, listed=False).text.split() == ["Threads", "1", "2:#dev", "3"]
    assert "Threads" not in status(news, 1, 0.0, 60, listed=True).text


def test_thread_that_is_open_waits_no_more() -> None:
    news = known((1, "#ops", 0, 0), ops={3: ThreadNews(unread=2), 5: ThreadNews(unread=1, mentions=1)})
    assert [each.thread for each in waiting(news)] == [5, 3], "what calls one is first"
    assert [each.thread for each in waiting(news, (1, 5))] == [3]


def next_of(state: ClientState, thread: int = 0) -> int | None:
    """Return the seq of the thread that is next for who is in #general; None: something else is."""
    places = Places()
    places.go(1)
    found = places.next_thread(state, thread)
    return None if found is None else found.thread


def test_threads_come_behind_mentions_and_direct_conversations_and_in_front_of_other_news() -> None:
    calling, plain = {3: ThreadNews(unread=1, mentions=1)}, {3: ThreadNews(unread=1)}
    general, ops = (1, "#general", 0, 0), (2, "#ops", 0, 0)
    news, mention, direct = (3, "#dev", 4, 0), (3, "#dev", 4, 1), (4, "@bob", 1, 0)
    assert next_of(known(general, ops, news, ops=plain)) == 3
    assert next_of(known(general, ops, direct, ops=plain)) is None
    assert next_of(known(general, ops, direct, ops=calling)) == 3
    assert next_of(known(general, ops, mention, ops=calling)) is None
    assert next_of(known(general, ops, news)) is None
