"""The one function that moves the client's state on: `apply(state, input) -> (state, changes)`. Pure.

Each kind of input has one entry here and its rules in the module of its subject: `listing`, `log`, `people`, `reading`,
`timeline`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from chat_core.client.state import bookmarks, following, ignoring, inputs, listing, log, people, threads
from chat_core.client.state.amending import forget_placed, is_too_old, mended
from chat_core.client.state.changes import (
    Change,
    Delivered,
    LinkChanged,
    ListChanged,
    LoadingChanged,
    MessagesPrepended,
    NoticeAdded,
    SendGivenUp,
    TimelineReset,
    UnreadChanged,
    UnsentChanged,
)
from chat_core.client.state.model import ClientState, Notice
from chat_core.client.state.notices import add_notice
from chat_core.client.state.reading import move_back, move_marker, page_came
from chat_core.client.state.timeline import prepend
from chat_core.protocol.events import (
    BookmarkChanged,
    ConversationJoined,
    ConversationLeft,
    ConversationQuieted,
    IgnoreChanged,
    ReadMarkerMoved,
    ThreadMarked,
)

Result = tuple[ClientState, list[Change]]


def apply(state: ClientState, input: inputs.Input) -> Result:
    """Return the state after an input, and what it changed; the very same state if it changed nothing."""
    return _STEPS[type(input)](state, input)


def _link(state: ClientState, input: inputs.LinkMoved) -> Result:
    if input.link == state.link:
        return state, []
    return replace(state, link=input.link), [LinkChanged()]


def _signed_in(state: ClientState, input: inputs.SignedInAs) -> Result:
    if (state.me, state.server, state.motd) == (input.me, input.server, input.motd):
        return state, []
    changes: list[Change] = [LinkChanged()]
    if state.me is not None and state.me.id != input.me.id:
        if state.conversations:
            changes.append(ListChanged(removed=tuple(state.conversations)))
        state = ClientState(link=state.link)
    return replace(state, me=input.me, server=input.server, motd=input.motd), changes


def _epoch(state: ClientState, input: inputs.EpochBegan) -> Result:
    return state if state.epoch == input.epoch else replace(state, epoch=input.epoch), []


def _renamed_myself(state: ClientState, input: inputs.RenamedMyself) -> Result:
    if state.me is None or state.me.id != input.me.id:
        return state, []
    # The signal that follows changes the name everywhere else, also on one's other devices.
    return replace(state, me=input.me), [LinkChanged()] if state.me != input.me else []


def _events(state: ClientState, input: inputs.EventsArrived) -> Result:
    known = state.conversations.get(input.conversation)
    if known is None:
        return state, []
    now, changes = log.arrived(known, input, state.listener)
    return listing.put(state, now), changes


def _account_event(state: ClientState, input: inputs.AccountEventArrived) -> Result:
    event = input.event
    if event.seq <= state.account_seq:
        return state, []
    changes: list[Change] = []
    state = replace(state, account_seq=event.seq)
    match event:
        case ConversationJoined():
            state, changes = listing.opened(state, inputs.Opened(conversation=event.conversation))
        case ConversationLeft():
            state, changes = _left(state, event)
        case IgnoreChanged():
            state, changes = ignoring.changed(state, event)
        case BookmarkChanged():
            state, changes = bookmarks.changed(state, event)
        case ReadMarkerMoved():
            # Also behind the position: where a device is slower than another one, what it has not seen is read already.
            state, changes = _marker_moved(state, event)
        case ConversationQuieted():
            state, changes = listing.quieted(state, event.conversation, quiet=event.quiet)
        case ThreadMarked():
            state, changes = _thread_marked(state, event)
        case _:  # of a newer server
            pass
    return state, [*changes, Delivered(event=event)]


def _left(state: ClientState, event: ConversationLeft) -> Result:
    known = state.conversations.get(event.conversation)
    state, changes = listing.gone(state, inputs.Gone(conversation=event.conversation))
    if known is not None:
        changes += listing.put_out(known, event.reason, event.name, event.text, event.until)
    if event.reason == "deleted":
        state, more = bookmarks.forgotten(state, event.conversation)
        changes += more
    return state, changes


def _thread_marked(state: ClientState, event: ThreadMarked) -> Result:
    known = state.conversations.get(event.conversation)
    if known is None:
        return state, []
    now, changes = threads.marked(following.marked(known, event), event)
    return listing.put(state, now), changes


def _signal(state: ClientState, input: inputs.SignalArrived) -> Result:
    state, changes = people.signalled(state, input)
    return state, [*changes, Delivered(event=input.event)]


def _loading(state: ClientState, input: inputs.LoadingMoved) -> Result:
    known = state.conversations.get(input.conversation)
    if known is None or known.loading == input.loading:
        return state, []
    return listing.put(state, replace(known, loading=input.loading)), [LoadingChanged(conversation=known.id)]


def _page(state: ClientState, input: inputs.PageRead) -> Result:
    page = input.page
    known = state.conversations.get(page.conversation)
    if known is None or is_too_old(known.timeline, page):
        return state, []
    me = None if state.me is None else state.me.id
    timeline, count = prepend(known.timeline, mended(known.timeline, page, me), at_start=page.at_start)
    now = page_came(replace(known, timeline=forget_placed(timeline)), known, state.listener)
    changes: list[Change] = []
    if not known.timeline.count:
        changes.append(TimelineReset(conversation=known.id))
    elif count or timeline.at_start != known.timeline.at_start:
        changes.append(MessagesPrepended(conversation=known.id, count=count))
    return listing.put(state, now), changes + listing.differences(known, now)


def _marked(state: ClientState, input: inputs.MarkedRead) -> Result:
    known = state.conversations.get(input.conversation)
    last = 0 if known is None else max(known.position.seq, known.info.head)
    return _read_up_to(state, input.conversation, min(input.seq, last))


def _thread_read(state: ClientState, input: inputs.ThreadRead) -> Result:
    known = state.conversations.get(input.page.thread.conversation)
    if known is None:
        return state, []
    now, changes = threads.page_read(known, input.page, None if state.me is None else state.me.id)
    return (listing.put(state, now) if changes else state), changes


def _thread_closed(state: ClientState, input: inputs.ThreadClosed) -> Result:
    known = state.conversations.get(input.conversation)
    if known is None or input.thread not in known.threads:
        return state, []
    return listing.put(state, threads.closed(known, input.thread)), []


def _thread_marked_read(state: ClientState, input: inputs.ThreadMarkedRead) -> Result:
    known = state.conversations.get(input.conversation)
    if known is None:
        return state, []
    now, changes = threads.read_up_to(known, input.thread, input.seq)
    if not changes:
        return state, []
    now = following.read_here(now, input.thread, input.seq, state.listener.silent)
    return listing.put(state, now), changes


def _read_up_to(state: ClientState, conversation: int, seq: int) -> Result:
    known = state.conversations.get(conversation)
    if known is None:
        return state, []
    now = move_marker(known, seq, state.listener)
    if now is known:
        return state, []
    return listing.put(state, now), [UnreadChanged(conversation=conversation)]


def _marker_moved(state: ClientState, event: ReadMarkerMoved) -> Result:
    known = state.conversations.get(event.conversation)
    if known is None:
        return state, []
    now = (move_back if event.back else move_marker)(known, event.read, state.listener)
    confirmed = event.read if event.back else max(event.read, known.confirmed)
    now = replace(now, confirmed=confirmed, put_back=event.seq if event.back else 0)
    return listing.put(state, now), listing.differences(known, now)


def _broadcast(state: ClientState, input: inputs.BroadcastShown) -> Result:
    known, message = state.conversations.get(input.conversation), input.message
    if known is None:
        return state, []
    notice = Notice(after=known.position.seq, ts=message.ts, kind="broadcast", names=(message.name,), text=message.body)
    return listing.put(state, add_notice(known, notice)), [NoticeAdded(conversation=known.id, notice=notice)]


def _unsent(state: ClientState, input: inputs.UnsentMoved) -> Result:
    known = state.conversations.get(input.conversation)
    if known is None or known.unsent == input.unsent:
        return state, []
    return listing.put(state, replace(known, unsent=input.unsent)), [UnsentChanged(conversation=known.id)]


def _gave_up(state: ClientState, input: inputs.GaveUp) -> Result:
    known = state.conversations.get(input.unsent.conversation)
    target = input.target if known is None else known.target
    return state, [SendGivenUp(unsent=input.unsent, target=target, text=input.text)]


_STEPS: Final[dict[type[inputs.Input], Callable[[ClientState, Any], Result]]] = {
    inputs.LinkMoved: _link,
    inputs.SignedInAs: _signed_in,
    inputs.WasRemembered: listing.remembered,
    inputs.EpochBegan: _epoch,
    inputs.RenamedMyself: _renamed_myself,
    inputs.WasResumed: listing.resumed,
    inputs.Opened: listing.opened,
    inputs.Gone: listing.gone,
    inputs.Recounted: ignoring.recounted,
    inputs.Placed: listing.placed,
    inputs.WasReset: listing.was_reset,
    inputs.EventsArrived: _events,
    inputs.AccountEventArrived: _account_event,
    inputs.SignalArrived: _signal,
    inputs.LoadingMoved: _loading,
    inputs.PageRead: _page,
    inputs.MembersRead: people.members_read,
    inputs.MarkedRead: _marked,
    inputs.ThreadRead: _thread_read,
    inputs.ThreadClosed: _thread_closed,
    inputs.ThreadMarkedRead: _thread_marked_read,
    inputs.ThreadsCounted: following.counted,
    inputs.BroadcastShown: _broadcast,
    inputs.AbsenceTold: people.absence_told,
    inputs.UnsentMoved: _unsent,
    inputs.GaveUp: _gave_up,
    inputs.TimePassed: people.time_passed,
}
"""What each kind of input does; a test proves that none is missing."""
