"""A conversation as it is seen through somebody's filters, and how much of it they hide. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from chat_core.client.state.model import ConversationState, Notice
from chat_tui.views.filtering import Hiding
from chat_tui.views.sieve import Sieve


class Filtered:
    """What of one conversation after the other is seen."""

    def __init__(self) -> None:
        self._hiding: Hiding | None = None
        self._sieve: Sieve | None = None
        self._notices: tuple[tuple[Notice, ...], tuple[Notice, ...]] = ((), ())
        self.hidden = 0
        """Lines that the rules hide, of what is known of the conversation; also while they are shown again."""
        self.last_seq = 0
        """Seq of its newest message, whether hidden or not."""

    def of(self, conversation: ConversationState, hiding: Hiding | None, *, on: bool) -> ConversationState:
        """Return a conversation as it is seen; the very same one if nothing is hidden.

        Args:
            conversation: it.
            hiding: what is hidden there; None: nothing.
            on: whether it is; else it is only counted.
        """
        timeline, notices = conversation.timeline, conversation.notices
        self.last_seq = timeline.last_seq
        if hiding != self._hiding:
            self._hiding, self._notices = hiding, ((), ())
            self._sieve = None if hiding is None else Sieve(lambda message: not hiding.hides(message))
        if hiding is None or self._sieve is None:
            self.hidden = 0
            return conversation
        if notices is not self._notices[0]:
            kept = tuple(notice for notice in notices if not hiding.hides_notice(notice))
            self._notices = (notices, kept if len(kept) != len(notices) else notices)
        seen, told = self._sieve.of(timeline), self._notices[1]
        self.hidden = timeline.count - seen.count + len(notices) - len(told)
        if not on or (seen is timeline and told is notices):
            return conversation
        return replace(conversation, timeline=seen, notices=told)
