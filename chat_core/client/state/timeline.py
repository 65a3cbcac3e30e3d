"""Growing and mending timelines: blocks of messages that share all they can with the timeline before. Pure.

After a jump what was known is stale, and may end at a gap:  stale ... up_to | missing | known_from ... position
Pages are only ever put in front of `known_from`, so the gap closes from its newer end, and the stale part after it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from chat_core.client.state.model import BLOCK, Stale, Timeline
from chat_core.protocol.events import MessagePosted
from chat_core.protocol.values import Message


def begin(seq: int) -> Timeline:
    """Return an empty timeline behind `seq`: nothing up to there is known."""
    return Timeline(known_from=seq + 1, at_start=seq == 0)


def fall_behind(timeline: Timeline, position: int, seq: int) -> Timeline:
    """Begin anew behind `seq`, with what is known up to `position` as the stale part.

    There is one gap at most: of what was known, the newest piece without a hole stays.
    """
    stale, closed = timeline.stale, not timeline.missing
    if timeline.blocks:
        older = stale if closed else None
        blocks = timeline.blocks if older is None else older.blocks + timeline.blocks
        from_start = timeline.at_start if older is None else older.at_start
        stale = Stale(blocks=blocks, up_to=position, at_start=from_start)
    elif stale is not None and closed:
        stale = replace(stale, up_to=position)
    return replace(begin(seq), stale=stale)


def message_of(event: MessagePosted) -> Message:
    """Return a message as it stands right after it was posted."""
    return Message(
        seq=event.seq,
        changed=event.seq,
        ts=event.ts,
        author=event.author,
        name=event.name,
        display=event.display,
        body=event.body,
        style=event.style,
        reply_to=event.reply_to,
        file=event.file,
        thread=event.thread,
        in_channel=event.in_channel,
        mentions=event.mentions,
        everyone=event.everyone,
        bot=event.bot,
        via=event.via,
    )


def append(timeline: Timeline, messages: Sequence[Message]) -> tuple[Timeline, tuple[Message, ...]]:
    """Put messages at the end; return the timeline and those that are new.

    A message that a page brought already is left as it is: the page has every event up to `changed` folded in.
    """
    last = timeline.last_seq
    new = tuple(message for message in messages if message.seq > last)
    if not new:
        return timeline, ()
    blocks = timeline.blocks
    end = blocks[-1] if blocks else ()
    if len(end) + len(new) <= BLOCK:
        grown = (*blocks[:-1], end + new)
    else:
        room = max(0, BLOCK - len(end))
        head = (*blocks[:-1], end + new[:room]) if end else ()
        grown = head + _cut(new[room:] if end else new)
    return replace(timeline, blocks=grown, count=timeline.count + len(new)), new


def prepend(timeline: Timeline, messages: Sequence[Message], *, at_start: bool) -> tuple[Timeline, int]:
    """Put a page of older messages at the beginning; return the timeline and how many are new.

    Stale messages where the page is, and behind it, are gone with that: the page has everything there is.
    """
    new = tuple(message for message in messages if message.seq < timeline.known_from)
    if not new:
        return (replace(timeline, at_start=True, known_from=1, stale=None) if at_start else timeline), 0
    first, rest = timeline.blocks[:1], timeline.blocks[1:]
    joins = first and len(first[0]) + len(new) <= BLOCK
    known_from = 1 if at_start else new[0].seq
    grown = replace(
        timeline,
        blocks=(new + first[0], *rest) if joins else _cut(new) + timeline.blocks,
        count=timeline.count + len(new),
        at_start=at_start,
        known_from=known_from,
        stale=_before(timeline.stale, known_from),
    )
    return grown, len(new)


def trim(timeline: Timeline, keep: int) -> Timeline:
    """Forget the oldest blocks while at least `keep` messages stay."""
    blocks, count = timeline.blocks, timeline.count
    dropped = 0
    while dropped < len(blocks) - 1 and count - len(blocks[dropped]) >= keep:
        count -= len(blocks[dropped])
        dropped += 1
    if not dropped:
        return timeline
    blocks = blocks[dropped:]
    return replace(timeline, blocks=blocks, count=count, at_start=False, known_from=blocks[0][0].seq, stale=None)


def behind(timeline: Timeline, seq: int) -> Iterator[Message]:
    """Iterate over the messages with a greater seq, newest first."""
    for block in reversed(timeline.blocks):
        if block[-1].seq <= seq:
            return
        for message in reversed(block):
            if message.seq <= seq:
                return
            yield message


def rename(timeline: Timeline, account: int, name: str, display: str = "") -> Timeline:
    """Show another name with all messages of an account; the very same timeline if it has none."""
    blocks, stale = _rename_all(timeline.blocks, account, name, display), timeline.stale
    if stale is not None:
        old = _rename_all(stale.blocks, account, name, display)
        stale = stale if old is stale.blocks else replace(stale, blocks=old)
    if blocks is timeline.blocks and stale is timeline.stale:
        return timeline
    return replace(timeline, blocks=blocks, stale=stale)


def _rename_all(
    blocks: tuple[tuple[Message, ...], ...], account: int, name: str, display: str
) -> tuple[tuple[Message, ...], ...]:
    renamed = tuple(_renamed(block, account, name, display) for block in blocks)
    return blocks if all(new is old for new, old in zip(renamed, blocks, strict=True)) else renamed


def _renamed(block: tuple[Message, ...], account: int, name: str, display: str) -> tuple[Message, ...]:
    if not any(message.author == account and (message.name, message.display) != (name, display) for message in block):
        return block
    return tuple(
        replace(message, name=name, display=display) if message.author == account else message for message in block
    )


def _before(stale: Stale | None, seq: int) -> Stale | None:
    """Return what of the stale part is in front of `seq`, None: nothing."""
    if stale is None or stale.last_seq < seq:
        return stale
    index = bisect_left(stale.blocks, seq, key=lambda block: block[-1].seq)
    at = bisect_left(stale.blocks[index], seq, key=lambda message: message.seq)
    blocks = stale.blocks[:index] + ((stale.blocks[index][:at],) if at else ())
    return replace(stale, blocks=blocks) if blocks else None


def _cut(messages: tuple[Message, ...]) -> tuple[tuple[Message, ...], ...]:
    return tuple(messages[start : start + BLOCK] for start in range(0, len(messages), BLOCK))
