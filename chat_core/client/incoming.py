"""Sorts what the server pushes: conversation events to their sequence, everything else to the board."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import groupby

from chat_core.base.clock import Clock
from chat_core.client.attaching import Attacher
from chat_core.client.board import Board
from chat_core.client.delivery import Delivery
from chat_core.client.pages import Pages
from chat_core.client.state.inputs import AccountEventArrived, SignalArrived, TimePassed
from chat_core.client.state.reading import is_exact
from chat_core.protocol.events import (
    AccountEvent,
    ConversationEvent,
    ConversationJoined,
    ConversationLeft,
    Event,
    IgnoreChanged,
    Lagging,
    ReadMarkerMoved,
    Signal,
    Typing,
)
from chat_core.protocol.limits import TYPING_FADES_S

A_LITTLE_S = 0.05
"""Loops may call a moment early."""


class Incoming:
    """See the module's head.

    Args:
        board: gets everything but conversation events.
        delivery: gets those.
        attacher: told of new conversations, and of `lagging`.
        pages: asked to read what cannot be counted here.
        clock: tells the time.
        on_list: told that the list of conversations may be another one.
        on_back: told of a conversation whose read marker went back, and to where.
    """

    def __init__(
        self,
        board: Board,
        delivery: Delivery,
        attacher: Attacher,
        pages: Pages,
        clock: Clock,
        on_list: Callable[[], None],
        on_back: Callable[[int, int], None],
    ) -> None:
        self._board = board
        self._delivery = delivery
        self._attacher = attacher
        self._pages = pages
        self._clock = clock
        self._on_list = on_list
        self._on_back = on_back

    def take(self, events: Sequence[Event]) -> None:
        """Take pushes, in their order; those of one conversation that follow each other as one."""
        for conversation, together in groupby(events, _conversation_of):
            if conversation is None:
                for event in together:
                    self._take_other(event)
            else:
                log = [event for event in together if isinstance(event, ConversationEvent)]
                self._delivery.take(conversation, log, live=True)

    def _take_other(self, event: Event) -> None:
        match event:
            case AccountEvent():
                self._account_event(event)
            case Signal():
                self._signal(event)
            case Lagging():
                self._attacher.lagging(event)
            case _:
                pass

    def _account_event(self, event: AccountEvent) -> None:
        before = self._board.now
        self._board.apply(AccountEventArrived(event=event))
        if event.seq <= before.account_seq:
            return
        self._on_list()
        match event:
            case ConversationJoined() if event.conversation.id not in before.conversations:
                self._attacher.follow_new(event.conversation)
            case ConversationLeft(reason="deleted"):
                self._attacher.ended(event.conversation)
            case ConversationLeft():
                self._attacher.forget(event.conversation)
            case IgnoreChanged():
                self._pages.count_anew()
            case ReadMarkerMoved():
                if event.back:
                    self._on_back(event.conversation, event.read)
                known = self._board.now.conversations.get(event.conversation)
                if known is not None and not is_exact(known):
                    self._pages.refresh(event.conversation)
            case _:
                pass

    def _signal(self, event: Signal) -> None:
        if self._board.full:
            return  # ephemeral things are the first to go
        self._board.apply(SignalArrived(event=event, now=self._clock.monotonic(), wall_ms=self._clock.wall_ms()))
        if isinstance(event, Typing) and event.active:
            asyncio.get_running_loop().call_later(TYPING_FADES_S + A_LITTLE_S, self._fade)

    def _fade(self) -> None:
        self._board.apply(TimePassed(now=self._clock.monotonic()))


def _conversation_of(event: Event) -> int | None:
    return event.conversation if isinstance(event, ConversationEvent) else None
