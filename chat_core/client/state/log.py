"""Conversation events into a conversation's state: messages, their changes, topics, what all that counts for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from chat_core.client.state import threads
from chat_core.client.state import timeline as timelines
from chat_core.client.state.amending import amend, amend_stale, is_amendment
from chat_core.client.state.changes import (
    Change,
    Delivered,
    ListChanged,
    MessageChanged,
    MessagesAppended,
    NoticeAdded,
    TypingChanged,
    UnreadChanged,
)
from chat_core.client.state.following import touched
from chat_core.client.state.groups import peopled
from chat_core.client.state.inputs import EventsArrived
from chat_core.client.state.model import Amendment, ConversationState, Listener, Notice
from chat_core.client.state.notices import add_notice
from chat_core.client.state.ordering import ordered
from chat_core.client.state.reading import caught_up, is_mention, is_unread
from chat_core.protocol.events import ConversationEvent, MessageDeleted, MessagePosted, TopicChanged
from chat_core.protocol.values import Account, Message, Position


def arrived(
    conversation: ConversationState, arrival: EventsArrived, listener: Listener
) -> tuple[ConversationState, list[Change]]:
    """Fold events in that continue the position."""
    changes: list[Change] = []
    for events in _steps(arrival.events, conversation.info.head, listener.me):
        conversation, more = _arrived(conversation, replace(arrival, events=events), listener)
        changes += more
    return conversation, changes


def _steps(
    events: tuple[ConversationEvent, ...], head: int, me: Account | None
) -> Iterator[tuple[ConversationEvent, ...]]:
    """Return what is folded in at once, in its order: what came together counts as if it had come one by one.

    What the server has counted, up to `head`, comes first: it is counted anew before anything is added to it. An own
    message behind a deletion begins a new step: it moves the marker if what was deleted is all that was unread.
    """
    begin, deleted = 0, False
    for index, event in enumerate(events):
        match event:
            case MessagePosted():
                starts = deleted and me is not None and event.author == me.id
            case MessageDeleted():
                starts, deleted = False, True
            case _:
                starts = False
        if index > begin and (starts or events[index - 1].seq <= head < event.seq):
            yield events[begin:index]
            begin, deleted = index, isinstance(event, MessageDeleted)
    yield events[begin:]


def _arrived(
    conversation: ConversationState, arrival: EventsArrived, listener: Listener
) -> tuple[ConversationState, list[Change]]:
    number, me = conversation.id, listener.me
    last = arrival.events[-1]
    posted = [event for event in arrival.events if isinstance(event, MessagePosted)]
    timeline, new = timelines.append(conversation.timeline, [timelines.message_of(event) for event in posted])
    amendments = [event for event in arrival.events if is_amendment(event)]
    number_of_me = None if me is None else me.id
    timeline, changed = amend(timeline, amendments, number_of_me) if amendments else (timeline, {})
    timeline, old = amend_stale(timeline, amendments, number_of_me)
    if arrival.keep is not None:
        timeline = timelines.trim(timeline, arrival.keep)
    position = Position(conversation=number, seq=last.seq, eid=last.eid)
    after = _count_new(replace(conversation, timeline=timeline, position=position), new, listener)
    after = _count_changed(after, changed.values(), listener)
    if any(_is_uncounted(conversation, event) for event in amendments):
        after = replace(after, uncounted=True)
    if conversation.position.seq < conversation.info.head <= last.seq:
        after = caught_up(after, listener)
    changes: list[Change] = []
    if new:
        changes.append(MessagesAppended(conversation=number, messages=new, live=arrival.live))
    changes += [MessageChanged(conversation=number, seq=seq) for seq in (*old, *changed)]
    after = touched(after, posted, amendments, listener)
    after, more = threads.followed_on(after, posted, amendments, number_of_me)
    changes += more
    if (after.unread, after.read, after.mentions) != (conversation.unread, conversation.read, conversation.mentions):
        changes.append(UnreadChanged(conversation=number))
    after, more = _topics(after, arrival.events)
    changes += more
    after, more = ordered(after, arrival.events, me)
    changes += more
    after, more = peopled(after, arrival.events, me)
    changes += more
    after, more = _stop_typing(after, posted)
    changes += more
    changes += [Delivered(event=event) for event in arrival.events]
    return after, changes


def _count_new(conversation: ConversationState, new: Sequence[Message], listener: Listener) -> ConversationState:
    """Count as the server does: an own message moves the marker when nothing unread lies before it."""
    me, read, unread, mentions = listener.me, conversation.read, conversation.unread, conversation.mentions
    confirmed, counted, put_back = conversation.confirmed, conversation.info.head, conversation.put_back
    for message in new:
        if message.seq <= counted or message.aside:
            continue  # the server has counted it, or it counts in its thread only
        if me is not None and message.author == me.id:
            if not unread:
                read, put_back = max(read, message.seq), 0
                confirmed = read
        elif message.seq > read and message.author not in listener.ignored:
            unread += 1
            mentions += is_mention(message, listener)
    return replace(conversation, read=read, confirmed=confirmed, put_back=put_back, unread=unread, mentions=mentions)


def _count_changed(
    conversation: ConversationState, changed: Iterable[tuple[Message, Message]], listener: Listener
) -> ConversationState:
    """Count mentions that an edit brought or took away; what was deleted is not unread any more."""
    unread, mentions = conversation.unread, conversation.mentions
    for before, after in changed:
        if before.seq > conversation.read and after.changed > conversation.info.head:
            unread += is_unread(after, listener) - is_unread(before, listener)
            mentions += is_mention(after, listener) - is_mention(before, listener)
    if (unread, mentions) == (conversation.unread, conversation.mentions):
        return conversation
    return replace(conversation, unread=max(0, unread), mentions=max(0, mentions))


def _is_uncounted(conversation: ConversationState, event: Amendment) -> bool:
    """Return whether an event changes a message that counts, but is not known here, behind what the server counted."""
    if isinstance(event, MessagePosted):
        return False  # an answer in its thread changes no count
    unknown = conversation.read < event.message < conversation.timeline.known_from
    return unknown and event.seq > conversation.info.head


def _topics(
    conversation: ConversationState, events: Sequence[ConversationEvent]
) -> tuple[ConversationState, list[Change]]:
    changes: list[Change] = []
    for event in events:
        if not isinstance(event, TopicChanged):
            continue
        notice = Notice(
            after=event.seq, ts=event.ts, kind="topic", names=(event.display or event.name,), text=event.topic
        )
        conversation = add_notice(conversation, notice)
        changes.append(NoticeAdded(conversation=conversation.id, notice=notice))
        # While catching up, the list of conversations has the newest topic already.
        if event.seq > conversation.info.head and event.topic != conversation.info.topic:
            conversation = replace(conversation, info=replace(conversation.info, topic=event.topic))
            changes.append(ListChanged(changed=(conversation.id,)))
    return conversation, changes


def _stop_typing(
    conversation: ConversationState, posted: Sequence[MessagePosted]
) -> tuple[ConversationState, list[Change]]:
    """Who has just posted is not typing any more."""
    if not conversation.typing:
        return conversation, []
    authors = {event.author for event in posted}
    typing = tuple(typist for typist in conversation.typing if typist.account not in authors)
    if len(typing) == len(conversation.typing):
        return conversation, []
    return replace(conversation, typing=typing), [TypingChanged(conversation=conversation.id)]
