"""Who is written to while they are away or busy: what they say of it is asked for, and told once for each absence."""

from __future__ import annotations

import asyncio
from typing import Final

from chat_core.base.clock import Clock
from chat_core.client.board import Board
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.state.inputs import AbsenceTold
from chat_core.protocol.requests.presence import AboutPerson, Whois

AGAIN_S: Final = 5.0
"""Time after which it asks again what the server had no time for, if that says nothing else, in seconds."""


class Absences:
    """See the module's head."""

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._link: Link | None = None
        self._asked: set[int] = set()
        self._told: dict[int, int] = {}
        """When the absence that was told last began, by conversation."""

    def link_up(self, link: Link) -> None:
        """Have somebody to ask."""
        self._link = link

    def link_down(self) -> None:
        """Have nobody to ask."""
        self._link = None
        self._asked.clear()

    def posted(self, conversation: int) -> None:
        """Note that something was written, and ask about who reads it if they are away."""
        known = self._board.now.conversations.get(conversation)
        if self._link is None or known is None or known.info.kind != "direct" or known.info.state == "online":
            return
        if conversation in self._asked:
            return

        def answered(outcome: AboutPerson | CallFailed | Disconnected) -> None:
            self._asked.discard(conversation)
            if isinstance(outcome, CallFailed) and not outcome.final:
                pause_s = outcome.pause_s(AGAIN_S)
                asyncio.get_running_loop().call_later(pause_s, self.posted, conversation)
            if isinstance(outcome, AboutPerson) and self._told.get(conversation) != outcome.since:
                self._told[conversation] = outcome.since
                told = AbsenceTold(conversation=conversation, about=outcome, wall_ms=self._clock.wall_ms())
                self._board.apply(told)

        self._asked.add(conversation)
        self._link.ask(Whois(account=known.info.name), answered)
