"""Finding what is new at the ends of a timeline, without walking through it. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import chain

from chat_core.client.state.model import Notice, Timeline
from chat_core.protocol.values import Message


def newer_than(timeline: Timeline, seq: int) -> list[Message]:
    """Return the messages behind `seq`, oldest first, looking at the end only."""
    found: list[Message] = []
    for block in reversed(timeline.blocks):
        at = bisect_left(block, seq + 1, key=lambda message: message.seq)
        found[:0] = block[at:]
        if at:
            break
    return found


def count_newer(timeline: Timeline, seq: int) -> int:
    """Return how many messages are behind `seq`, stale ones too."""
    count = 0
    stale = () if timeline.stale is None else timeline.stale.blocks
    for block in chain(reversed(timeline.blocks), reversed(stale)):
        at = bisect_left(block, seq + 1, key=lambda message: message.seq)
        count += len(block) - at
        if at:
            break
    return count


def older_than(timeline: Timeline, seq: int) -> list[Message]:
    """Return the messages in front of `seq`, oldest first, looking at the beginning only."""
    found: list[Message] = []
    for block in timeline.blocks:
        at = bisect_left(block, seq, key=lambda message: message.seq)
        found += block[:at]
        if at < len(block):
            break
    return found


def last_up_to(blocks: Sequence[Sequence[Message]], seq: int) -> Message | None:
    """Return the newest message that is not behind `seq`."""
    for block in reversed(blocks):
        at = bisect_left(block, seq + 1, key=lambda message: message.seq)
        if at:
            return block[at - 1]
    return None


def last_notice_before(notices: Sequence[Notice], seq: int) -> Notice | None:
    """Return the newest notice in front of message `seq`."""
    at = bisect_left(notices, seq, key=lambda notice: notice.after)
    return notices[at - 1] if at else None
