"""What eyes and fingers cause many times a second, told to the server in moderation: read markers, typing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from chat_core.base.clock import Clock
from chat_core.client.board import Board
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.state.inputs import MarkedRead, ThreadMarkedRead
from chat_core.protocol.limits import TYPING_EVERY_S
from chat_core.protocol.requests.attention import MarkAllRead
from chat_core.protocol.requests.base import Done
from chat_core.protocol.requests.conversations import MarkRead, SetTyping
from chat_core.protocol.requests.threads import MarkThreadRead
from chat_core.protocol.values import Position

AGAIN_S: Final = 5.0
"""Time after which a marker is told again that the server could not take, if it says nothing else, in seconds."""
MARK_EVERY_S: Final = 1.0
"""Shortest time between two read markers of one conversation, in seconds."""


class Glances:
    """See the module's head.

    Args:
        board: knows what was read.
        clock: tells the time.
        on_thread_told: told of a conversation when the server knows how far one has read in a thread there.
    """

    def __init__(self, board: Board, clock: Clock, on_thread_told: Callable[[int], None]) -> None:
        self._board = board
        self._clock = clock
        self._on_thread_told = on_thread_told
        self._link: Link | None = None
        self._told: dict[int, int] = {}
        """Read markers the server has, or is being told."""
        self._told_at: dict[int, float] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._typed_at: dict[int, float] = {}
        self._threads: dict[tuple[int, int], int] = {}
        """Read markers in threads that the server does not have yet."""
        self._epoch = ""
        """Life of the store to which those belong."""

    def link_up(self, link: Link) -> None:
        """Tell what could not be told while there was no connection."""
        self._link = link
        for conversation, told in list(self._told.items()):
            known = self._board.now.conversations.get(conversation)
            if known is not None:  # the server may have gone back to an older state
                self._told[conversation] = min(told, known.info.read)
            self._mark(conversation)
        if self._epoch != self._board.now.epoch:
            self._threads.clear()  # in another store these numbers mean something else
        for place in list(self._threads):
            self._mark_thread(*place)

    @property
    def untold(self) -> Collection[tuple[int, int]]:
        """Threads, by conversation and seq, of which the server does not know how far they were read."""
        return self._threads.keys()

    def link_down(self) -> None:
        """Keep the markers until there is another connection."""
        self._link = None
        self._typed_at.clear()

    def mark_read(self, conversation: int, seq: int) -> None:
        """Move the marker here at once, and at the server within a second."""
        known = self._board.now.conversations.get(conversation)
        if known is None:
            return
        self._told.setdefault(conversation, known.read)
        self._board.apply(MarkedRead(conversation=conversation, seq=seq))
        self._mark(conversation)

    def mark_thread_read(self, conversation: int, thread: int, seq: int) -> None:
        """Move the marker in a thread here at once, and at the server as soon as there is a connection."""
        self._board.apply(ThreadMarkedRead(conversation=conversation, thread=thread, seq=seq))
        self._epoch = self._board.now.epoch
        self._threads[conversation, thread] = max(seq, self._threads.get((conversation, thread), 0))
        self._mark_thread(conversation, thread)

    def mark_all_read(self) -> None:
        """Move all markers here at once, those of conversations at the server with one request; of threads one by one.

        Without a connection all of them go one by one, later.
        """
        moved: list[Position] = []
        for known in list(self._board.now.conversations.values()):
            for thread in [thread for thread, news in known.followed.items() if news.unread]:
                self.mark_thread_read(known.id, thread, known.position.seq)
            self._told.setdefault(known.id, known.read)
            self._board.apply(MarkedRead(conversation=known.id, seq=known.position.seq))
            read = self._board.now.conversations[known.id].read
            if read > self._told[known.id]:
                moved.append(Position(conversation=known.id, seq=read))
        if self._link is None or not moved:
            return

        def answered(outcome: Done | CallFailed | Disconnected) -> None:
            if isinstance(outcome, Done):
                for each in moved:
                    self._mark(each.conversation)
                return
            for each in moved:  # it is as if nobody had been told
                self._told[each.conversation] = 0
                if isinstance(outcome, CallFailed):
                    self._again(each.conversation, AGAIN_S)

        self._told.update((each.conversation, each.seq) for each in moved)
        self._link.ask(MarkAllRead(positions=tuple(moved)), answered)

    def hold(self, conversation: int) -> None:
        """Tell nothing that was read up to now: the marker is about to be put somewhere by hand."""
        known = self._board.now.conversations.get(conversation)
        if known is not None:
            self._told[conversation] = known.read

    def went_back(self, conversation: int, read: int) -> None:
        """The marker went back at the server: what lies behind it may be told again."""
        if conversation in self._told:
            self._told[conversation] = min(read, self._told[conversation])

    def typing(self, conversation: int, *, active: bool) -> None:
        """Tell that the user is writing, each three seconds at most; that they stopped, once."""
        link, now = self._link, self._clock.monotonic()
        last = self._typed_at.get(conversation)
        if link is None:
            return
        if not active:
            if self._typed_at.pop(conversation, None) is None:
                return
        elif last is not None and now - last < TYPING_EVERY_S:
            return
        else:
            self._typed_at[conversation] = now
        link.ask(SetTyping(conversation=conversation, active=active), _ignore)

    def posted(self, conversation: int) -> None:
        """A message says by itself that its writer is not typing any more."""
        self._typed_at.pop(conversation, None)

    def close(self) -> None:
        """Stop all timers."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _mark(self, conversation: int) -> None:
        """Tell the server the marker as it is now, or plan to."""
        known = self._board.now.conversations.get(conversation)
        if known is None:
            self._told.pop(conversation, None)
            return
        if self._link is None or conversation in self._timers or known.read <= self._told.get(conversation, 0):
            return
        now = self._clock.monotonic()
        wait_s = self._told_at.get(conversation, now - MARK_EVERY_S) + MARK_EVERY_S - now
        if wait_s > 0:
            self._again(conversation, wait_s)
            return
        self._told[conversation], self._told_at[conversation] = known.read, now
        read = known.read

        def answered(outcome: Done | CallFailed | Disconnected) -> None:
            if self._told.get(conversation) != read:
                return
            if isinstance(outcome, Done):
                self._mark(conversation)  # an own message may have moved it here, and not where this was not known yet
            elif isinstance(outcome, Disconnected):
                self._told[conversation] = 0  # unknown: tell it again
            elif not outcome.final:
                self._told[conversation] = 0
                self._again(conversation, outcome.pause_s(AGAIN_S))

        self._link.ask(MarkRead(conversation=conversation, seq=read), answered)

    def _mark_thread(self, conversation: int, thread: int) -> None:
        read = self._threads[conversation, thread]

        def answered(outcome: Done | CallFailed | Disconnected) -> None:
            if self._threads.get((conversation, thread)) != read or isinstance(outcome, Disconnected):
                return
            if isinstance(outcome, CallFailed) and not outcome.final:
                pause_s = outcome.pause_s(AGAIN_S)
                again = partial(self._mark_thread_again, self._link, conversation, thread)
                asyncio.get_running_loop().call_later(pause_s, again)
                return
            del self._threads[conversation, thread]
            self._on_thread_told(conversation)

        if self._link is not None:
            self._link.ask(MarkThreadRead(conversation=conversation, thread=thread, seq=read), answered)

    def _mark_thread_again(self, link: Link | None, conversation: int, thread: int) -> None:
        if link is self._link and (conversation, thread) in self._threads:  # another connection has told it anyway
            self._mark_thread(conversation, thread)

    def _again(self, conversation: int, wait_s: float) -> None:
        if conversation not in self._timers:
            self._timers[conversation] = asyncio.get_running_loop().call_later(wait_s, self._due, conversation)

    def _due(self, conversation: int) -> None:
        self._timers.pop(conversation, None)
        self._mark(conversation)


def _ignore(outcome: object) -> None:
    """A glance that was not told is no loss."""
