"""Asks for what is new in the threads that one follows: at first, and after events that can have changed it.

Where the numbers of a conversation change often they are asked for twice a second at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from chat_core.client.board import Board
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.state.following import read_in
from chat_core.client.state.inputs import ThreadsCounted
from chat_core.protocol.requests.threads import CountThreads, ThreadCounts

AGAIN_S: Final = 5.0
"""Time after which it asks again what the server could not answer, if that says nothing else, in seconds."""
ASK_EVERY_S: Final = 0.5
"""Shortest time between two answers about one conversation, in seconds."""


class ThreadsNews:
    """See the module's head.

    Args:
        board: gets the numbers.
        untold: returns the threads, by conversation and seq, of which the server does not know how far one has read.
    """

    def __init__(self, board: Board, untold: Callable[[], Collection[tuple[int, int]]]) -> None:
        self._board = board
        self._untold = untold
        self._link: Link | None = None
        self._wanted = False
        self._asked: dict[int, int] = {}
        """How often each conversation's numbers could have changed when they were asked for last."""
        self._waiting: set[int] = set()
        """Conversations that are asked about, or were just now."""
        self._timers: set[asyncio.TimerHandle] = set()

    def watch(self) -> None:
        """Ask from now on: somebody looks at it."""
        self._wanted = True
        self._ask_all()

    def link_up(self, link: Link) -> None:
        """Ask for everything: nobody knows what happened meanwhile."""
        self._link = link
        self._ask_all()

    def link_down(self) -> None:
        """Ask nothing until there is another connection."""
        self._link = None
        self.close()

    def look_everywhere(self) -> None:
        """Ask about each conversation whose numbers can have changed."""
        if self._wanted:
            for conversation in self._board.now.conversations:
                self.look(conversation)

    def look(self, conversation: int) -> None:
        """Ask about a conversation, if its numbers can have changed since they were asked for."""
        known = self._board.now.conversations.get(conversation)
        if not self._wanted or self._link is None or known is None or conversation in self._waiting:
            return
        if self._asked.get(conversation, -1) == known.recounts:
            return
        if any(place == conversation for place, _ in self._untold()):
            return  # it would count from an older marker: it is looked at again when the server knows
        self._asked[conversation] = known.recounts
        self._waiting.add(conversation)
        take = partial(self._take, conversation, self._settled())
        self._link.ask(CountThreads(conversation=conversation), take)

    def close(self) -> None:
        """Forget what is under way."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._waiting.clear()

    def _ask_all(self) -> None:
        if self._link is None or not self._wanted:
            return
        self._asked = {number: known.recounts for number, known in self._board.now.conversations.items()}
        self._link.ask(CountThreads(), partial(self._take, None, self._settled()))

    def _settled(self) -> Mapping[tuple[int, int], int]:
        """Return how far one has read in threads, where the server knows it."""
        untold, known = self._untold(), self._board.now.conversations.items()
        places = ((number, thread) for number, each in known for thread in each.followed.keys() | each.threads.keys())
        conversations = self._board.now.conversations
        return {place: read_in(conversations[place[0]], place[1]) for place in places if place not in untold}

    def _take(
        self,
        conversation: int | None,
        settled: Mapping[tuple[int, int], int],
        outcome: ThreadCounts | CallFailed | Disconnected,
    ) -> None:
        if isinstance(outcome, Disconnected):
            return
        pause_s = ASK_EVERY_S
        if isinstance(outcome, ThreadCounts):
            counted = ThreadsCounted(
                conversation=conversation, counts=outcome.counts, more=outcome.more, settled=settled
            )
            self._board.apply(counted)
        elif not outcome.final:
            pause_s = AGAIN_S if outcome.retry_after is None else max(pause_s, outcome.retry_after)
            self._forget(conversation)
        if conversation is None:
            self._later(pause_s, self.look_everywhere)
        else:
            self._later(pause_s, lambda: self._again(conversation))

    def _forget(self, conversation: int | None) -> None:
        """Ask again, as if nobody had asked."""
        if conversation is None:
            self._asked.clear()
        else:
            self._asked.pop(conversation, None)

    def _again(self, conversation: int) -> None:
        self._waiting.discard(conversation)
        self.look(conversation)

    def _later(self, pause_s: float, go_on: Callable[[], None]) -> None:
        def due() -> None:
            self._timers.discard(timer)
            go_on()

        timer = asyncio.get_running_loop().call_later(pause_s, due)
        self._timers.add(timer)
