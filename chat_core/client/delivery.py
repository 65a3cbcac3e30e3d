"""Hands conversation events to the board, once each and in order, and reads from the log what is missing.

One `Sequence` for each conversation that is pushed to this client; the rules are there, this is its shell.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from chat_core.client.board import Board
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.state.inputs import EventsArrived
from chat_core.client.state.sequence import Sequence
from chat_core.protocol.codec import read_conversation_event
from chat_core.protocol.events import ConversationEvent, MessagePosted
from chat_core.protocol.requests.messages import Events, ReadEvents
from chat_core.protocol.values import Position

FETCHES: Final = 4
"""Conversations whose log is read at the same time."""
PAUSE_S: Final = 1.0
"""Time to wait when the server cannot read the log just now, in seconds."""
LONGEST_PAUSE_S: Final = 60.0

_log = logging.getLogger(__name__)


class Delivery:
    """See the module's head.

    Args:
        board: gets the events.
        on_own: told of own messages as they are handed over.
        on_passed: told up to which seq a conversation's events were handed over.
        on_uncounted: told of a conversation whose numbers only the server knows now.
        keep: least number of messages kept of a conversation, much more are forgotten; None: all are kept.
    """

    def __init__(
        self,
        board: Board,
        on_own: Callable[[MessagePosted], None],
        on_passed: Callable[[int, int], None],
        on_uncounted: Callable[[int], None],
        keep: int | None,
    ) -> None:
        self._board = board
        self._on_own = on_own
        self._on_passed = on_passed
        self._on_uncounted = on_uncounted
        self._keep = keep
        self.reading: frozenset[int] = frozenset()
        """Conversations of which everything is kept: somebody reads their older messages."""
        self._link: Link | None = None
        self._sequences: dict[int, Sequence] = {}
        self._fetching: set[int] = set()
        self._queue: deque[int] = deque()

    def seen(self, conversation: int, seq: int) -> bool:
        """Return whether a conversation's events up to `seq` were handed over, or never will be.

        If not, this is how one learns that they exist: what a push did not bring is read from the log.
        """
        sequence = self._sequences.get(conversation)
        if sequence is None or sequence.last >= seq:
            return True
        sequence.note(seq)
        self.fill(conversation)
        return False

    def begin(self, position: Position, head: int) -> None:
        """Go on behind a position; the log reaches to `head` at least."""
        self._sequences[position.conversation] = Sequence(position.seq, head)

    def begun(self, conversation: int) -> object:
        """Return what is another one each time that a conversation's events begin to be taken; None: they are not."""
        return self._sequences.get(conversation)

    def drop(self, conversation: int) -> None:
        """Take no more events of a conversation."""
        self._sequences.pop(conversation, None)

    def keep_only(self, conversations: Iterable[int]) -> None:
        """Drop all others."""
        for number in set(self._sequences) - set(conversations):
            self.drop(number)

    def take(self, conversation: int, events: Iterable[ConversationEvent], *, live: bool) -> None:
        """Hand over what is next, keep what is early, read what is missing."""
        sequence = self._sequences.get(conversation)
        if sequence is None:
            return
        if live and self._board.full:
            for event in events:
                sequence.note(event.seq)
            return
        ready = sequence.take(events)
        if ready:
            keep = None if conversation in self.reading else self._keep
            self._board.apply(EventsArrived(conversation=conversation, events=ready, live=live, keep=keep))
            self._tell_own(ready)
            self._on_passed(conversation, sequence.last)
            if self._board.now.conversations[conversation].uncounted:
                self._on_uncounted(conversation)
        self.fill(conversation)

    def fill(self, conversation: int) -> None:
        """Read on in the log if something is missing and there is room for it."""
        sequence = self._sequences.get(conversation)
        if sequence is None or sequence.hole is None or conversation in self._fetching:
            return
        if self._link is None or self._board.full:
            return  # link_up, or fill_all when there is room, come back to it
        if len(self._fetching) >= FETCHES:
            if conversation not in self._queue:
                self._queue.append(conversation)
            return
        self._fetching.add(conversation)
        request = ReadEvents(conversation=conversation, after=sequence.hole)
        self._link.ask(request, lambda outcome: self._fetched(conversation, sequence, outcome))

    def fill_all(self) -> None:
        """Look at every conversation: there is room again."""
        for conversation in list(self._sequences):
            self.fill(conversation)

    def link_up(self, link: Link) -> None:
        """Read over this connection from now on."""
        self._link = link

    def link_down(self) -> None:
        """Forget what was asked; the next connection's catch-up says where things stand."""
        self._link = None
        self._fetching.clear()
        self._queue.clear()

    def _fetched(self, conversation: int, asked: Sequence, outcome: Events | CallFailed | Disconnected) -> None:
        if isinstance(outcome, Disconnected):
            return
        self._fetching.discard(conversation)
        # A reset in between has begun another sequence, which this answer knows nothing of.
        if self._sequences.get(conversation) is not asked:
            self.fill(conversation)
        elif isinstance(outcome, CallFailed):
            self._not_fetched(conversation, outcome)
        elif outcome.events:
            asked.note(outcome.head)
            self.take(conversation, [read_conversation_event(event) for event in outcome.events], live=False)
        else:
            self._later(conversation, PAUSE_S)  # it is told to exist, but cannot be read yet
        while self._queue and len(self._fetching) < FETCHES:
            self.fill(self._queue.popleft())

    def _not_fetched(self, conversation: int, failure: CallFailed) -> None:
        if failure.final:
            # One is not a member any more; the account's log says so too.
            _log.info("reading the log of conversation %d was refused: %s", conversation, failure.text)
            self.drop(conversation)
            return
        self._later(conversation, failure.pause_s(PAUSE_S))

    def _later(self, conversation: int, pause_s: float) -> None:
        asyncio.get_running_loop().call_later(min(pause_s, LONGEST_PAUSE_S), self.fill, conversation)

    def _tell_own(self, events: Iterable[ConversationEvent]) -> None:
        me = self._board.me
        for event in events:
            if isinstance(event, MessagePosted) and event.author == me:
                self._on_own(event)
