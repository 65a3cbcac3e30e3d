"""A conversation's state becomes items, from its beginning to its last message. Pure.

From top to bottom: where it begins, what is stale, the gap behind that, what is up to date.
"""

from __future__ import annotations

from collections.abc import Iterable

from chat_core.client.state.model import ConversationState, Timeline
from chat_core.protocol.values import Message
from chat_tui.views.building import Divider, Setting, build, build_gap
from chat_tui.views.items import (
    GapItem,
    Item,
    MessageItem,
    OlderItem,
    UnreadItem,
    WelcomeItem,
    first_behind,
    last_message,
)
from chat_tui.views.names import title_of
from chat_tui.views.pages import last_up_to
from chat_tui.views.when import since


def everything(conversation: ConversationState, setting: Setting, hints: tuple[str, ...] | None) -> list[Item]:
    """Return all items up to the last message."""
    items, stale = beginning(conversation, hints), conversation.timeline.stale
    if stale is not None:
        items += build(stale, setting, conversation.notices, from_start=stale.at_start)
    return items + continued(conversation, setting, last_message(items), conversation.timeline)


def beginning(conversation: ConversationState, hints: tuple[str, ...] | None) -> list[Item]:
    """Return what stands above the first message; without hints, where that begins nothing, only what is missing."""
    timeline = conversation.timeline
    if hints is None:
        return [] if timeline.at_start else [OlderItem(conversation.loading)]
    if timeline.at_start or (timeline.stale is not None and timeline.stale.at_start):
        return [WelcomeItem(conversation.info.kind, title_of(conversation.info), hints)]
    return [OlderItem(conversation.loading and timeline.stale is None)]


def continued(
    conversation: ConversationState, setting: Setting, after: MessageItem | None, messages: Iterable[Message]
) -> list[Item]:
    """Return the items of messages that are up to date, and of what is between them and the stale ones.

    Args:
        conversation: whose.
        setting: what they stand in.
        after: the last stale one; None: there are none.
        messages: from the first one that is up to date on.
    """
    timeline, notices = conversation.timeline, conversation.notices
    if after is None or not timeline.missing:
        return build(messages, setting, notices, after=after, from_start=timeline.at_start)
    behind = timeline.known_from - 1
    items = build_gap(setting, notices, after, behind, gap_of(conversation))
    return items + build(messages, setting, notices, after=after, behind_gap=behind)


def gap_of(conversation: ConversationState) -> GapItem:
    """Return the gap as it is now."""
    return GapItem(conversation.timeline.missing, conversation.loading)


def divider_of(timeline: Timeline, read: int, unread: int, setting: Setting, now_ms: int) -> Divider | None:
    """Return the line above what is unread.

    Args:
        timeline: where.
        read: own read marker.
        unread: messages behind it.
        setting: whose time zone.
        now_ms: wall clock, milliseconds since 1970.
    """
    if not unread:
        return None
    last = _last_read(timeline, read)
    return Divider(read, UnreadItem(unread, since(last.ts, now_ms, setting.zone) if last is not None else ""))


def first_fresh(items: list[Item], timeline: Timeline) -> int:
    """Return the index of the first message that is up to date, or of the end."""
    return first_behind(items, timeline.stale.last_seq if timeline.stale is not None else 0)


def _last_read(timeline: Timeline, read: int) -> Message | None:
    """Return the newest message up to the marker; None: unknown, or in the gap."""
    last, stale = last_up_to(timeline.blocks, read), timeline.stale
    if last is None and stale is not None and (not timeline.missing or read <= stale.up_to):
        return last_up_to(stale.blocks, read)
    return last
