"""What is new in the threads that one follows: numbers of the server, and when they must be asked for again. Pure.

A client has the messages of open threads only, so it cannot count what is new in the others. It asks for the numbers,
and again after each event that can have changed them: `ConversationState.recounts` goes up then. From them an open
thread learns what was missed while nobody was connected: that one follows it or no longer, and how far one has read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state.changes import Change, ThreadChanged, UnreadChanged
from chat_core.client.state.inputs import ThreadsCounted
from chat_core.client.state.model import Amendment, ClientState, ConversationState, Listener, ThreadNews, ThreadState
from chat_core.protocol.events import MessageDeleted, MessageEdited, MessagePosted, ThreadMarked
from chat_core.protocol.values import Message, ThreadCount


def is_news_of_thread(conversation: ConversationState, message: Message) -> bool:
    """Return whether a message is new in a thread that one follows, and stands in there only."""
    news = conversation.followed.get(message.thread or 0)
    return message.aside and news is not None and message.seq > news.read


def counted(state: ClientState, input: ThreadsCounted) -> tuple[ClientState, list[Change]]:
    """Take the server's numbers over, of one conversation or of all."""
    found: dict[int, list[ThreadCount]] = {}
    for count in input.counts:
        found.setdefault(count.conversation, []).append(count)
    conversations, changes = dict(state.conversations), list[Change]()
    for number, known in state.conversations.items():
        if input.conversation in (None, number):
            conversations[number], more = _counted(known, {each.thread: each for each in found.get(number, ())}, input)
            changes += more
    if all(conversations[number] is known for number, known in state.conversations.items()):
        return state, []
    return replace(state, conversations=MappingProxyType(conversations)), changes


def _counted(
    known: ConversationState, counts: Mapping[int, ThreadCount], input: ThreadsCounted
) -> tuple[ConversationState, list[Change]]:
    followed = {thread: _newer(known, count, input.settled) for thread, count in counts.items()}
    opened = {thread: _standing(known, each, counts.get(thread), input) for thread, each in known.threads.items()}
    changed = [thread for thread, each in opened.items() if each is not known.threads[thread]]
    changes: list[Change] = [ThreadChanged(conversation=known.id, thread=thread) for thread in changed]
    if followed != known.followed:
        changes.insert(0, UnreadChanged(conversation=known.id))
    # What is new behind a marker that the server had not heard of, it has not said yet.
    unheard = any(followed[thread].read > count.read for thread, count in counts.items())
    if not changes and not unheard:
        return known, []
    now = replace(known, followed=MappingProxyType(followed), threads=MappingProxyType(opened))
    return replace(now, recounts=known.recounts + unheard), changes


def touched(
    conversation: ConversationState,
    posted: Iterable[MessagePosted],
    amendments: Sequence[Amendment],
    listener: Listener,
) -> ConversationState:
    """Note whether events can have changed what is new in a thread that one follows.

    Args:
        conversation: where.
        posted: what came.
        amendments: what changed.
        listener: for whom messages count.
    """
    followed = conversation.followed
    if not followed:
        return conversation
    in_threads = [event.author for event in posted if event.thread in followed]
    new = bool(in_threads) and not listener.silent.issuperset(in_threads)
    if new or any(_is_in_thread(conversation, event) for event in amendments):
        return replace(conversation, recounts=conversation.recounts + 1)
    return conversation


def marked(conversation: ConversationState, event: ThreadMarked) -> ConversationState:
    """Note that one follows a thread, or no longer, or has read further in it on some device."""
    known = conversation.followed.get(event.thread)
    if event.following and known is not None and known.read >= event.read and not known.unread:
        return conversation
    followed = conversation.followed
    if not event.following:
        followed = _without(followed, event.thread)
    elif known is None:
        followed = _with(followed, event.thread, ThreadNews(read=event.read))
    return replace(conversation, followed=followed, recounts=conversation.recounts + 1)


def read_here(conversation: ConversationState, thread: int, seq: int, silent: frozenset[int]) -> ConversationState:
    """Count anew what is unread in an open thread that was just read up to a seq."""
    known, opened = conversation.followed.get(thread), conversation.threads.get(thread)
    if known is None or opened is None or seq <= known.read:
        return conversation
    unread = min(opened.unread(silent), known.unread)
    news = ThreadNews(read=seq, unread=unread, mentions=min(unread, known.mentions))
    return replace(conversation, followed=_with(conversation.followed, thread, news))


def read_in(conversation: ConversationState, thread: int) -> int:
    """Return how far one has read in a thread, as far as that is known here; 0: nothing is known."""
    known, opened = conversation.followed.get(thread), conversation.threads.get(thread)
    return max(0 if known is None else known.read, 0 if opened is None else opened.read)


def _newer(conversation: ConversationState, count: ThreadCount, settled: Mapping[tuple[int, int], int]) -> ThreadNews:
    """Return what the server counted, unless more was read here than it had heard of."""
    known = conversation.followed.get(count.thread)
    if known is not None and known.read > count.read and not _is_settled(conversation, count.thread, settled):
        return known
    return ThreadNews(read=count.read, unread=count.unread, mentions=count.mentions)


def _standing(
    conversation: ConversationState, opened: ThreadState, count: ThreadCount | None, input: ThreadsCounted
) -> ThreadState:
    """Return an open thread as the server says that one stands to it; the very same one if that is known."""
    if count is None:
        return opened if input.more or not opened.following else replace(opened, following=False)
    read = count.read
    if opened.read > read and not _is_settled(conversation, count.thread, input.settled):
        read = opened.read
    return opened if opened.following and opened.read == read else replace(opened, following=True, read=read)


def _is_settled(conversation: ConversationState, thread: int, settled: Mapping[tuple[int, int], int]) -> bool:
    """Return whether the server knew how far one has read here: if it says less, it went back to an older state."""
    return settled.get((conversation.id, thread)) == read_in(conversation, thread)


def _is_in_thread(conversation: ConversationState, event: Amendment) -> bool:
    """Return whether an event changes the text of a message that may be in a thread."""
    if not isinstance(event, MessageEdited | MessageDeleted):
        return False
    message = conversation.timeline.find(event.message)
    return message is None or message.thread in conversation.followed


def _with(followed: Mapping[int, ThreadNews], thread: int, news: ThreadNews) -> Mapping[int, ThreadNews]:
    return MappingProxyType({**followed, thread: news})


def _without(followed: Mapping[int, ThreadNews], thread: int) -> Mapping[int, ThreadNews]:
    return MappingProxyType({seq: news for seq, news in followed.items() if seq != thread})
