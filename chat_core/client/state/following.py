"""What is new in the threads that one follows: numbers of the server, and when they must be asked for again. Pure.

A client has the messages of open threads only, so it cannot count what is new in the others. It asks for the numbers,
and again after each event that can have changed them: `ConversationState.recounts` goes up then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state.changes import Change, UnreadChanged
from chat_core.client.state.inputs import ThreadsCounted
from chat_core.client.state.model import Amendment, ClientState, ConversationState, ThreadNews
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
        if input.conversation not in (None, number):
            continue
        followed = {count.thread: _newer(known, count) for count in found.get(number, ())}
        if followed != known.followed:
            conversations[number] = replace(known, followed=MappingProxyType(followed))
            changes.append(UnreadChanged(conversation=number))
    if not changes:
        return state, []
    return replace(state, conversations=MappingProxyType(conversations)), changes


def touched(
    conversation: ConversationState,
    posted: Iterable[MessagePosted],
    amendments: Sequence[Amendment],
    silent: frozenset[int],
) -> ConversationState:
    """Note whether events can have changed what is new in a thread that one follows.

    Args:
        conversation: where.
        posted: what came.
        amendments: what changed.
        silent: accounts whose messages are nothing new.
    """
    followed = conversation.followed
    if not followed:
        return conversation
    new = any(event.thread in followed and event.author not in silent for event in posted)
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


def _newer(conversation: ConversationState, count: ThreadCount) -> ThreadNews:
    """Return what the server counted, unless more was read here than it has heard of."""
    known = conversation.followed.get(count.thread)
    if known is not None and known.read > count.read:
        return known
    return ThreadNews(read=count.read, unread=count.unread, mentions=count.mentions)


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
