"""Threads that were opened: pages of them, and what events make of them. Pure.

A page and an event can cross, as with pages of history: what the timeline knows better than the page is taken from it.
A thread that is not open costs nothing here: its messages are in the timeline, and its root says how many they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from msgspec.structs import replace

from chat_core.client.state.amending import about, amended, is_too_old
from chat_core.client.state.changes import Change, MessageChanged, ThreadChanged
from chat_core.client.state.model import Amendment, ConversationState, ThreadState
from chat_core.client.state.timeline import message_of
from chat_core.protocol.events import MessagePosted, ThreadMarked
from chat_core.protocol.requests.threads import ThreadPage
from chat_core.protocol.values import Message


def page_read(
    conversation: ConversationState, page: ThreadPage, me: int | None
) -> tuple[ConversationState, list[Change]]:
    """Take a page of a thread: the newest one opens it, an older one is put in front of what is known of it.

    A page that cannot be mended, or continues nothing, changes nothing.
    """
    if is_too_old(conversation.timeline, page):
        return conversation, []
    summary = page.thread
    known = conversation.threads.get(summary.root.seq)
    if not page.at_end:
        return (
            _with_older(conversation, known, page, me) if known is not None and not known.stale else (conversation, [])
        )
    messages = {message.seq: _current(conversation, message, page.head, me) for message in page.messages}
    for message in conversation.timeline:
        if message.thread == summary.root.seq and message.seq > page.head:
            messages[message.seq] = message
    ordered = tuple(messages[seq] for seq in sorted(messages))
    read = summary.read if known is None else max(summary.read, known.read)
    thread = ThreadState(
        root=_current(conversation, summary.root, page.head, me),
        messages=ordered,
        at_start=page.at_start,
        following=summary.following,
        read=read,
    )
    return _put(conversation, thread)


def followed_on(
    conversation: ConversationState, posted: Sequence[MessagePosted], amendments: Sequence[Amendment], me: int | None
) -> tuple[ConversationState, list[Change]]:
    """Fold events of the conversation into the threads that are open."""
    changes: list[Change] = []
    for seq, before in conversation.threads.items():
        last = before.messages[-1].seq if before.messages else seq
        new = [message_of(event) for event in posted if event.thread == seq and event.seq > last]
        touched = [event for event in amendments if _is_in(before, new, about(event))]
        if not new and not touched:
            continue
        thread = replace(before, messages=(*before.messages, *new))
        for event in touched:
            thread = _amended(thread, event, me)
        conversation, more = _put(conversation, thread)
        changes += more
        changes += [MessageChanged(conversation=conversation.id, seq=about(event)) for event in touched]
    return conversation, changes


def marked(conversation: ConversationState, event: ThreadMarked) -> tuple[ConversationState, list[Change]]:
    """A device of one's own follows a thread, follows it no longer, or has read further in it."""
    known = conversation.threads.get(event.thread)
    if known is None:
        return conversation, []
    now = replace(known, following=event.following, read=max(known.read, event.read))
    return (conversation, []) if now == known else _put(conversation, now)


def read_up_to(conversation: ConversationState, thread: int, seq: int) -> tuple[ConversationState, list[Change]]:
    """Move the read marker of an open thread forward."""
    known = conversation.threads.get(thread)
    if known is None or seq <= known.read:
        return conversation, []
    return _put(conversation, replace(known, read=seq))


def closed(conversation: ConversationState, thread: int) -> ConversationState:
    """Forget an open thread."""
    left = {seq: known for seq, known in conversation.threads.items() if seq != thread}
    return replace(conversation, threads=MappingProxyType(left))


def outdated(conversation: ConversationState, *, another: bool) -> tuple[ConversationState, list[Change]]:
    """What is known of the log has a hole: what is open must be read again.

    Args:
        conversation: where.
        another: whether it is another log: what was read in this one says nothing there.
    """
    changes: list[Change] = []
    for thread in conversation.threads.values():
        conversation, more = _put(conversation, replace(thread, stale=True, read=0 if another else thread.read))
        changes += more
    return conversation, changes


def renamed(
    conversation: ConversationState, account: int, name: str, display: str
) -> tuple[ConversationState, list[Change]]:
    """Show another name with all messages of an account in what is open."""
    changes: list[Change] = []
    for thread in conversation.threads.values():
        everything = (thread.root, *thread.messages)
        if any(each.author == account and (each.name, each.display) != (name, display) for each in everything):
            root, *messages = (
                replace(each, name=name, display=display) if each.author == account else each for each in everything
            )
            conversation, more = _put(conversation, replace(thread, root=root, messages=tuple(messages)))
            changes += more
    return conversation, changes


def _with_older(
    conversation: ConversationState, known: ThreadState, page: ThreadPage, me: int | None
) -> tuple[ConversationState, list[Change]]:
    first = known.messages[0].seq if known.messages else 0
    older = tuple(
        _current(conversation, message, page.head, me) for message in page.messages if not first or message.seq < first
    )
    return _put(conversation, replace(known, messages=older + known.messages, at_start=page.at_start))


def _current(conversation: ConversationState, message: Message, head: int, me: int | None) -> Message:
    """Return a message of a page that was read at `head` as it is by now."""
    known = conversation.timeline.find(message.seq)
    if known is not None:
        return known if known.changed > message.changed else message
    for event in conversation.timeline.strays:
        if event.seq > head and about(event) == message.seq:
            message = amended(message, event, me)
    return message


def _is_in(thread: ThreadState, new: Sequence[Message], seq: int) -> bool:
    return seq == thread.root.seq or any(message.seq == seq for message in (*thread.messages, *new))


def _amended(thread: ThreadState, event: Amendment, me: int | None) -> ThreadState:
    seq = about(event)
    if seq == thread.root.seq:
        return replace(thread, root=amended(thread.root, event, me))
    messages = tuple(amended(message, event, me) if message.seq == seq else message for message in thread.messages)
    return replace(thread, messages=messages)


def _put(conversation: ConversationState, thread: ThreadState) -> tuple[ConversationState, list[Change]]:
    threads = MappingProxyType({**conversation.threads, thread.root.seq: thread})
    change = ThreadChanged(conversation=conversation.id, thread=thread.root.seq)
    return replace(conversation, threads=threads), [change]
