"""Where pushes begin: resume, attach, and attaching again after `lagging`. What a catch-up says is carried out here.

Every answer is taken at the moment it comes in, before the pushes behind it (docs/protocol.md, "Catch up").
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from chat_core.base.clock import Clock
from chat_core.client.board import Board
from chat_core.client.delivery import Delivery
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.sending import Sender
from chat_core.client.state.inputs import Gone, Placed, WasReset, WasResumed
from chat_core.client.state.listing import same_place, same_target
from chat_core.protocol.codec import read_conversation_event, read_event
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, Lagging
from chat_core.protocol.limits import POSITIONS_PER_RESUME
from chat_core.protocol.requests.session import Attach, CatchUp, Resume, Resumed
from chat_core.protocol.values import Conversation, Position

AGAIN_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before attaching again when a conversation is too fast for us, in seconds."""
LONGEST_ASKED_S: Final = 60.0
"""Longest `retry_after` that an open connection waits before it asks again, in seconds."""
CALM_S: Final = 60.0
"""Time without `lagging` after which the pauses begin anew, in seconds."""

ANOTHER_STORE: Final = CallFailed(
    Refusal.NO_CONVERSATION, "The server has another store now, in which this conversation is not the same any more."
)


class Wish:
    """A conversation that the user of a client that does not follow wants to hear."""

    def __init__(self, after: int | None) -> None:
        self.after = after
        """Begin behind this seq; None: with what comes from now on."""
        self.begun = False
        """Whether the first attach was answered: from then on the state knows the position."""
        self.epoch = ""
        """Life of the store that this position belongs to."""
        self.done: asyncio.Future[CallFailed | Disconnected | None] = asyncio.get_running_loop().create_future()

    def settle(self, outcome: CallFailed | Disconnected | None) -> None:
        """Tell whoever waits for the first answer."""
        if not self.done.done():
            self.done.set_result(outcome)


class Attacher:
    """See the module's head.

    Args:
        on_reset: told of conversations whose known messages were dropped, so that a page can be read.
    """

    def __init__(
        self, board: Board, delivery: Delivery, sender: Sender, clock: Clock, on_reset: Callable[[int], None]
    ) -> None:
        self._board = board
        self._delivery = delivery
        self._sender = sender
        self._clock = clock
        self._on_reset = on_reset
        self._link: Link | None = None
        self._wishes: dict[int, Wish] = {}
        self._lags: dict[int, tuple[int, float]] = {}

    # --- everything -------------------------------------------------------------------------------------------

    async def resume(self, link: Link, far_behind: int) -> None:
        """Attach to all conversations of the account and catch up. Raises: CallFailed, Disconnected."""
        self._link = link
        state = self._board.now
        positions = {
            number: conversation.position
            for number, conversation in state.conversations.items()
            if not conversation.remembered
        }
        positions = dict(list(positions.items())[:POSITIONS_PER_RESUME])  # the others are answered with a reset
        request = Resume(
            epoch=state.epoch, seq=state.account_seq, positions=tuple(positions.values()), far_behind=far_behind
        )
        while True:
            try:
                await link.call(request, take=lambda resumed: self._resumed(resumed, positions))
            except CallFailed as failure:
                if failure.final or failure.retry_after is None:
                    raise
                # Another connection would only be one more: this one waits as long as it was told to.
                await link.pause(min(failure.retry_after, LONGEST_ASKED_S))
            else:
                return

    def _resumed(self, resumed: Resumed, asked: dict[int, Position]) -> None:
        before = self._board.now
        if before.epoch and before.epoch != resumed.epoch:
            self._sender.new_epoch()
        self._drop_others(resumed)
        told = (read_event(event) for event in resumed.missed)
        missed = tuple(event for event in told if isinstance(event, AccountEvent))
        self._board.apply(WasResumed(resumed=resumed, missed=missed))
        self._delivery.keep_only(conversation.id for conversation in resumed.conversations)
        for caught_up in resumed.catch_ups:
            number = caught_up.conversation
            if caught_up.gone:
                if caught_up.gone == "deleted":
                    self._sender.ended(number)
                continue
            if number in before.conversations and not before.conversations[number].remembered:
                self._catch_up(asked.get(number, _head(caught_up)), caught_up)
                self._sender.ends_at(number, caught_up.head)
            else:
                self._begin_new(_head(caught_up))

    def _drop_others(self, resumed: Resumed) -> None:
        """Let nothing written for one conversation end up in another that has its number now."""
        before = self._board.now
        another = bool(before.epoch) and before.epoch != resumed.epoch
        rewound = {caught_up.conversation for caught_up in resumed.catch_ups if caught_up.reset == "rewound"}
        now = {conversation.id: conversation for conversation in resumed.conversations}
        for number, known in before.conversations.items():
            if number not in now:
                same = not another
            elif another or number in rewound:  # numbers of accounts may have changed their meaning, too
                same = same_target(known.info, now[number])
            else:
                same = same_place(known.info, now[number])
            if not same:
                self._sender.drop(number, ANOTHER_STORE)

    # --- one conversation -------------------------------------------------------------------------------------

    def follow_new(self, conversation: Conversation) -> None:
        """Take the events of a conversation that was just joined; they begin behind its head."""
        self._begin_new(Position(conversation=conversation.id, seq=conversation.head))

    async def attach(self, conversation: int, after: int | None) -> None:
        """Attach to one conversation, now or as soon as there is a connection, and after each reconnect.

        Raises:
            CallFailed: the server refuses for good.
            Disconnected: the client was closed.
        """
        wish = self._wishes.get(conversation)
        if wish is None:
            wish = self._wishes[conversation] = Wish(after)
            self._ask(conversation)
        outcome = await asyncio.shield(wish.done)
        if outcome is not None:
            raise outcome

    def reattach(self, link: Link) -> None:
        """Attach to what was attached before (clients that do not follow)."""
        self._link = link
        for conversation in self._wishes:
            self._ask(conversation)

    def forget(self, conversation: int) -> None:
        """Attach to a conversation no more."""
        wish = self._wishes.pop(conversation, None)
        if wish is not None:
            wish.settle(CallFailed(Refusal.NOT_MEMBER, "One is not in that conversation any more."))
        self._delivery.drop(conversation)

    def ended(self, conversation: int) -> None:
        """Attach no more to a channel that is deleted, and keep nothing for it."""
        self.forget(conversation)
        self._sender.ended(conversation)

    def lagging(self, event: Lagging) -> None:
        """Attach again, after a pause: the server stopped pushing a conversation that is too fast for us."""
        now = self._clock.monotonic()
        count, last = self._lags.get(event.conversation, (0, now))
        if now - last > CALM_S:
            count = 0
        self._lags[event.conversation] = (count + 1, now)
        pause_s = AGAIN_S[min(count, len(AGAIN_S) - 1)]
        asyncio.get_running_loop().call_later(pause_s, self._again, event.conversation, self._link)

    def link_down(self) -> None:
        """Ask nothing until there is another connection."""
        self._link = None

    def close(self) -> None:
        """Tell everybody who waits."""
        for wish in self._wishes.values():
            wish.settle(Disconnected("The client was closed."))

    # --- how --------------------------------------------------------------------------------------------------

    def _again(self, conversation: int, link: Link | None) -> None:
        if link is self._link:  # else a resume on another connection has done it
            self._ask(conversation)

    def _ask(self, conversation: int) -> None:
        link, state = self._link, self._board.now
        known = state.conversations.get(conversation)
        if link is None or known is None:
            return
        wish = self._wishes.get(conversation)
        if wish is None or wish.begun:
            request = Attach(position=known.position, epoch=state.epoch if wish is None else wish.epoch)
        else:
            position = Position(conversation=conversation, seq=wish.after or 0)
            request = Attach(position=position, live_only=wish.after is None)
        begun = self._delivery.begun(conversation)
        link.ask(request, partial(self._attached, request.position, begun, link))

    def _begin_new(self, head: Position) -> None:
        """Take what comes behind the end of a log; what is acknowledged before it is never handed over."""
        self._delivery.begin(head, head.seq)
        self._sender.skipped(head.conversation)
        self._sender.listed_again(head.conversation)

    def _attached(
        self, asked: Position, begun: object, link: Link, outcome: CatchUp | CallFailed | Disconnected
    ) -> None:
        wish = self._wishes.get(asked.conversation)
        match outcome:
            case Disconnected():
                return  # reattach comes back to it
            case CallFailed():
                self._refused(asked.conversation, begun, link, outcome)
            case CatchUp():
                if asked.conversation not in self._board.now.conversations:
                    self.forget(asked.conversation)  # it was left, or one was put out, while the answer was on its way
                elif wish is not None and not wish.begun:
                    self._begin(wish, asked, outcome)
                else:
                    self._catch_up(asked, outcome)
                if wish is not None:
                    wish.epoch = self._board.now.epoch

    def _begin(self, wish: Wish, asked: Position, caught_up: CatchUp) -> None:
        """Take the first answer: a log that is shorter than what was asked for is no reset."""
        wish.begun = True
        start = _head(caught_up) if caught_up.reset or asked.seq == caught_up.head else asked
        self._board.apply(Placed(position=start))
        self._delivery.begin(start, caught_up.head)
        self._take(caught_up)
        wish.settle(None)

    def _refused(self, conversation: int, begun: object, link: Link, failure: CallFailed) -> None:
        if not failure.final:
            pause_s = AGAIN_S[-1] if failure.retry_after is None else min(failure.retry_after, LONGEST_ASKED_S)
            asyncio.get_running_loop().call_later(pause_s, self._again, conversation, link)
            return
        if self._delivery.begun(conversation) not in (None, begun):
            return  # one was put out and has come back: its events are taken from there on
        wish = self._wishes.pop(conversation, None)
        self._delivery.drop(conversation)
        if wish is not None:
            if wish.begun:
                self._board.apply(Gone(conversation=conversation))
            wish.settle(failure)

    def _catch_up(self, asked: Position, caught_up: CatchUp) -> None:
        """Go on behind the position that was asked for, or begin anew where the server says so."""
        number = caught_up.conversation
        if not caught_up.reset:
            self._delivery.begin(self._position(asked), caught_up.head)
            self._take(caught_up)
            return
        known = self._board.now.conversations[number].timeline
        shown = known.count > 0 or known.stale is not None
        head = _head(caught_up)
        self._board.apply(WasReset(position=head, reason=caught_up.reset, wall_ms=self._clock.wall_ms()))
        self._delivery.begin(head, caught_up.head)
        self._sender.skipped(number)
        if caught_up.reset == "rewound":
            self._sender.rewound(number)
        if shown:
            self._on_reset(number)

    def _take(self, caught_up: CatchUp) -> None:
        events = [read_conversation_event(event) for event in caught_up.events]
        self._delivery.take(caught_up.conversation, events, live=False)

    def _position(self, asked: Position) -> Position:
        """Return the position now: after `lagging`, a piece of the log may have come in since it was asked for."""
        known = self._board.now.conversations.get(asked.conversation)
        return asked if known is None or known.position.seq < asked.seq else known.position


def _head(caught_up: CatchUp) -> Position:
    return Position(conversation=caught_up.conversation, seq=caught_up.head, eid=caught_up.eid)
