"""A passage: messages around one place of a log, read for a visit, beside the timeline and not part of it. Pure.

A timeline is whole from a message on up to now. What lies somewhere in the past would be a second hole in it, so that a
visit keeps what it reads to itself, and follows nothing: it is how things were when they were read.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from chat_core.client.state import timeline as timelines
from chat_core.client.state.model import ConversationState, Timeline
from chat_core.protocol.requests.messages import Page
from chat_core.protocol.values import Conversation, Message, Position


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """See the module's head."""

    info: Conversation
    """Whose log."""
    timeline: Timeline
    """Consecutive messages."""
    at_end: bool
    """Whether there were none behind them."""

    @property
    def shown(self) -> ConversationState:
        """The passage in the form in which a conversation is drawn; nothing in it is unread."""
        last = self.timeline.last_seq
        position = Position(conversation=self.info.id, seq=last)
        return ConversationState(info=self.info, position=position, timeline=self.timeline, read=last)

    def find(self, seq: int) -> Message | None:
        """Return the message with that seq, if it is in here."""
        return self.timeline.find(seq)


def begin(info: Conversation, page: Page) -> Passage:
    """Return the passage that a page is."""
    first = page.messages[0].seq if page.messages else page.head + 1
    empty = timelines.begin(first - 1)
    whole = replace(empty, at_start=page.at_start, known_from=1 if page.at_start else first)
    grown, _ = timelines.append(whole, page.messages)
    return Passage(info=info, timeline=grown, at_end=page.at_end)


def with_older(passage: Passage, page: Page) -> Passage:
    """Put a page in front that was read `before` the first message."""
    grown, _ = timelines.prepend(passage.timeline, page.messages, at_start=page.at_start)
    return replace(passage, timeline=grown)


def with_newer(passage: Passage, page: Page) -> Passage:
    """Put a page behind that was read `after` the last message."""
    grown, _ = timelines.append(passage.timeline, page.messages)
    return replace(passage, timeline=grown, at_end=page.at_end)
