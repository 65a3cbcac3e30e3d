"""A timeline without some of its messages. Looks at each block of messages once. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from chat_core.client.state.model import Stale, Timeline
from chat_core.protocol.values import Message

Block = tuple[Message, ...]
Blocks = tuple[Block, ...]


class Sieve:
    """It.

    Args:
        keeps: whether a message stays; of the same message it always says the same.
    """

    def __init__(self, keeps: Callable[[Message], bool]) -> None:
        self._keeps = keeps
        self._before: Timeline | None = None
        self._after = Timeline()
        self._blocks: dict[int, tuple[Block, Block]] = {}

    def of(self, timeline: Timeline) -> Timeline:
        """Return a timeline with the messages that stay; the very same one if all of them do."""
        if timeline is not self._before:
            self._before, self._after = timeline, self._sifted(timeline)
        return self._after

    def _sifted(self, timeline: Timeline) -> Timeline:
        stale = timeline.stale
        everything = timeline.blocks + (stale.blocks if stale is not None else ())
        self._blocks = {id(block): self._blocks.get(id(block)) or (block, self._rest(block)) for block in everything}
        blocks = self._kept(timeline.blocks)
        older = None if stale is None else self._stale(stale)
        if blocks is timeline.blocks and older is stale:
            return timeline
        return replace(timeline, blocks=blocks, count=sum(map(len, blocks)), stale=older)

    def _stale(self, stale: Stale) -> Stale | None:
        blocks = self._kept(stale.blocks)
        if blocks is stale.blocks:
            return stale
        return replace(stale, blocks=blocks) if blocks else None

    def _kept(self, blocks: Blocks) -> Blocks:
        kept = [self._blocks[id(block)][1] for block in blocks]
        if all(new is old for new, old in zip(kept, blocks, strict=True)):
            return blocks
        return tuple(block for block in kept if block)

    def _rest(self, block: Block) -> Block:
        kept = tuple(message for message in block if self._keeps(message))
        return block if len(kept) == len(block) else kept
