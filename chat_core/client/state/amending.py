"""What changes messages: folded into those that are known, kept for those that a page may still bring. Pure.

A page of history and an event can cross: the page was read before the event happened and comes after it. So a change
of a message that is not known is kept, and folded into the page that brings the message.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, TypeGuard

from msgspec.structs import replace

from chat_core.client.state.model import Amendment, Timeline
from chat_core.protocol.events import (
    MessageDeleted,
    MessageEdited,
    MessageEvent,
    MessagePinned,
    MessagePosted,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
)
from chat_core.protocol.reactions import with_added, with_removed
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.requests.threads import ThreadPage
from chat_core.protocol.values import Message

STRAYS: Final = 256
"""Changes of unknown messages that are kept: those of one round trip at least."""


def amend(
    timeline: Timeline, events: Iterable[Amendment], me: int | None = None
) -> tuple[Timeline, dict[int, tuple[Message, Message]]]:
    """Fold changes in, oldest first; return the timeline, and the messages before and after by their seq."""
    touched: dict[int, list[Message]] = {}
    changed: dict[int, tuple[Message, Message]] = {}
    strays: list[Amendment] = []
    for event in events:
        place = _place(timeline, about(event))
        if place is None:
            strays.append(event)
            continue
        index, at = place
        block = touched.get(index) or list(timeline.blocks[index])
        before = block[at]
        after = amended(before, event, me)
        if after is not before:
            touched[index] = block
            block[at] = after
            changed[after.seq] = (changed[after.seq][0] if after.seq in changed else before, after)
    if touched:
        blocks = (tuple(touched.get(index, block)) for index, block in enumerate(timeline.blocks))
        timeline = replace(timeline, blocks=tuple(blocks))
    return _keep(timeline, strays), changed


def amend_stale(
    timeline: Timeline, events: Iterable[Amendment], me: int | None = None
) -> tuple[Timeline, tuple[int, ...]]:
    """Fold changes into what is stale, which may lack earlier ones; return the timeline and the seqs of the changed.

    So that a text that was deleted just now is not shown until a page has replaced it.
    """
    stale = timeline.stale
    if stale is None:
        return timeline, ()
    changed: dict[int, Message] = {}
    for event in events:
        before = changed.get(about(event)) or stale.find(about(event))
        after = before if before is None else amended(before, event, me)
        if after is not None and after is not before:
            changed[about(event)] = after
    if not changed:
        return timeline, ()
    blocks = tuple(tuple(changed.get(message.seq, message) for message in block) for block in stale.blocks)
    return replace(timeline, stale=replace(stale, blocks=blocks)), tuple(changed)


def is_amendment(event: object) -> TypeGuard[Amendment]:
    """Return whether an event is folded into a message that was there before."""
    return isinstance(event, MessageEvent) or (isinstance(event, MessagePosted) and event.thread is not None)


def about(event: Amendment) -> int:
    """Return the seq of the message that it is folded into; 0: none."""
    return (event.thread or 0) if isinstance(event, MessagePosted) else event.message


def amended(message: Message, event: Amendment, me: int | None = None) -> Message:
    """Return a message with a change of it folded in; the very same one if it has it already.

    Args:
        message: as it was.
        event: one about it.
        me: own account, whose reactions are marked.
    """
    if event.seq <= message.changed:
        return message
    match event:
        case MessageEdited():
            return _edited(message, event)
        case MessageDeleted():
            gone = replace(message, body="", deleted=True, file=None, reactions=(), pinned=False)
            return replace(gone, changed=event.seq, mentions=(), everyone="")
        case MessagePosted():
            return replace(message, replies=message.replies + 1, last_reply=event.ts, changed=event.seq)
        case MessagePinned() | MessageUnpinned():
            return replace(message, pinned=isinstance(event, MessagePinned), changed=event.seq)
        case ReactionAdded() | ReactionRemoved():
            change = with_added if isinstance(event, ReactionAdded) else with_removed
            reactions = change(message.reactions, event.emoji, mine=event.author == me)
            return replace(message, reactions=reactions, changed=event.seq)


def _edited(message: Message, event: MessageEdited) -> Message:
    called = {"mentions": event.mentions, "everyone": event.everyone}
    return replace(message, body=event.body, edits=message.edits + 1, changed=event.seq, **called)


def is_too_old(timeline: Timeline, page: Page | ThreadPage) -> bool:
    """Return whether a page was read before changes that are not known here any more: it must be read again."""
    return page.head < timeline.strays_from


def mended(timeline: Timeline, page: Page, me: int | None = None) -> tuple[Message, ...]:
    """Return the messages of a page with what has changed since it was read."""
    strays = [event for event in timeline.strays if event.seq > page.head]
    if not strays:
        return page.messages
    changes: dict[int, list[Amendment]] = {}
    for event in strays:
        changes.setdefault(about(event), []).append(event)
    return tuple(_all_in(message, changes.get(message.seq, ()), me) for message in page.messages)


def forget_placed(timeline: Timeline) -> Timeline:
    """Keep no change of a message that is known by now."""
    strays = tuple(event for event in timeline.strays if _place(timeline, about(event)) is None)
    return timeline if len(strays) == len(timeline.strays) else replace(timeline, strays=strays)


def _all_in(message: Message, events: Sequence[Amendment], me: int | None) -> Message:
    for event in events:
        message = amended(message, event, me)
    return message


def _keep(timeline: Timeline, strays: Sequence[Amendment]) -> Timeline:
    if not strays or timeline.at_start:
        return timeline
    kept = (*timeline.strays, *strays)
    dropped = kept[:-STRAYS]
    since = dropped[-1].seq if dropped else timeline.strays_from
    return replace(timeline, strays=kept[-STRAYS:], strays_from=since)


def _place(timeline: Timeline, seq: int) -> tuple[int, int] | None:
    """Return in which block a message is and where in it; None: it is not known."""
    index = bisect_left(timeline.blocks, seq, key=lambda block: block[-1].seq)
    if index == len(timeline.blocks):
        return None
    block = timeline.blocks[index]
    at = bisect_left(block, seq, key=lambda message: message.seq)
    return (index, at) if block[at].seq == seq else None
