"""Gets own messages to the server: the outbox's shell. Knows link and clock; the rules are in `state.unsent`."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.state.inputs import UnsentMoved
from chat_core.client.state.journal import Again, AnyRecord, Detached, Failed, Gone, Kept, Put
from chat_core.client.state.model import Unsent
from chat_core.client.state.unsent import OLD, WINDOW, Outbox, Rewound, Sending
from chat_core.client.storage import Storage
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import MessagePosted
from chat_core.protocol.limits import BODY_BYTES
from chat_core.protocol.requests.messages import Post, Posted

REMEMBERED: Final = 16384
"""Outcomes kept for whoever asks later with `sent`."""
OLD_MS: Final = 12 * 3600 * 1000
"""Age from which on a message is not sent without asking, in milliseconds."""
A_LITTLE_S: Final = 0.001
"""Loops may call a moment early, and a pause that is not over would only be planned again."""
AT_A_TIME: Final = 8
"""Messages sent between two looks at how fast the server takes them: less than is kept for calls of other kinds."""
SENT_BEFORE: Final = "It was sent already, before the server's store was restored."
_NEVER: Final = 2**63

Outcome = Posted | CallFailed | Disconnected


class Sender:
    """See the module's head.

    Args:
        clock: for pauses.
        seen: asked whether a conversation's events up to a seq were handed over, or never will be; told by it, too,
            that an event of that seq exists.
        listed: asked whether a conversation is in the list.
        wake: called when there is something new in `news`.
        give_up: told of a message that can never be sent, and that nobody could see any more; where it was to go, for
            people, and why.
        storage: keeps what is not finished beyond this client's life; None: nobody does.
    """

    def __init__(
        self,
        clock: Clock,
        seen: Callable[[int, int], bool],
        listed: Callable[[int], bool],
        wake: Callable[[], None],
        give_up: Callable[[Unsent, str, str], None],
        storage: Storage | None = None,
    ) -> None:
        self.body_bytes = BODY_BYTES
        """Longest body the server takes, in bytes of UTF-8."""
        self._clock = clock
        self._seen = seen
        self._listed = listed
        self._wake = wake
        self._give_up = give_up
        self._storage = storage
        self._outbox = Outbox()
        self._targets: dict[int, str] = {}
        """What conversations were called that something was written to: one that is gone says it no more."""
        self._link: Link | None = None
        self._pause: asyncio.TimerHandle | None = None
        self._waiting: dict[bytes, asyncio.Future[Outcome]] = {}
        self._outcomes: OrderedDict[bytes, Outcome] = OrderedDict()
        self._closed = False

    # --- what the user does -----------------------------------------------------------------------------------

    def restore(self, kept: Iterable[Kept]) -> None:
        """Go on with what an earlier run of this client did not finish; the server may have any of it."""
        for each in kept:
            self._targets[each.unsent.conversation] = each.target
            self._outbox.add(each.unsent, uncertain=each.unsent.status == "queued", wanted=each.wanted)

    def post(self, unsent: Unsent, target: str) -> None:
        """Put a message into the outbox; it is sent once it is on disk.

        Args:
            unsent: the message.
            target: where it goes, for people.

        Raises:
            UsageFault: its cid is in use, or the client was closed: nobody would keep it.
        """
        if self._closed:
            raise UsageFault("The client is closed: it takes no more messages.")
        self._targets[unsent.conversation] = target
        size = len(unsent.body.encode("utf-8", "replace"))
        if unsent.cid in self._outbox or unsent.cid in self._outcomes:
            raise UsageFault("This cid names another message already.")
        if size > self.body_bytes:
            text = f"A message has at most {self.body_bytes} bytes, this one has {size}."
            unsent = Unsent(
                cid=unsent.cid,
                conversation=unsent.conversation,
                body=unsent.body,
                ts=unsent.ts,
                style=unsent.style,
                reply_to=unsent.reply_to,
                thread=unsent.thread,
                in_channel=unsent.in_channel,
                status="failed",
                code=Refusal.TOO_LONG,
                text=text,
            )
            self._outbox.add(unsent)
            self._write(Put(unsent=unsent, target=target))
            self._settle(unsent.cid, CallFailed(Refusal.TOO_LONG, text))
        else:
            self._outbox.add(unsent, kept=self._storage is None)
            if self._storage is not None:
                self._storage.write((Put(unsent=unsent, target=target),), lambda: self._kept(unsent.cid))
        self._pump()

    async def sent(self, cid: bytes) -> Posted:
        """Wait until a message is acknowledged; a lost connection in between does not matter.

        Raises:
            CallFailed: it was refused for good.
            Disconnected: the client was closed before.
            UsageFault: nothing of that cid was posted, or too long ago.
        """
        outcome = self._outcomes.get(cid)
        if outcome is None:
            if cid not in self._outbox:
                raise UsageFault("No message of that cid was posted here.")
            waiting = self._waiting.get(cid)
            if waiting is None:
                waiting = self._waiting[cid] = asyncio.get_running_loop().create_future()
            outcome = await asyncio.shield(waiting)
        if isinstance(outcome, Posted):
            return outcome
        raise outcome

    def retry(self, cid: bytes) -> None:
        """Send a failed message again."""
        if self._outbox.retry(cid):
            self._write(Again(cid=cid))
            self._outcomes.pop(cid, None)
            self._pump()

    def discard(self, cid: bytes) -> None:
        """Forget a failed message, or one that was never sent. Raises: UsageFault if it may be at the server."""
        if cid in self._outbox:
            if not self._outbox.discard(cid):
                raise UsageFault("That message is on its way already.")
            self._write(Gone(cids=(cid,)))
        self._wake()

    # --- what the connection does -----------------------------------------------------------------------------

    def link_up(self, link: Link) -> None:
        """Send over this connection from now on."""
        self._link = link
        self._ask_first(self._outbox.hold_old(self._clock.wall_ms() - OLD_MS))
        self._pump()

    def link_down(self) -> None:
        """Keep everything until there is another connection."""
        self._link = None
        self._outbox.lost()
        self._wake()

    def new_epoch(self) -> None:
        """The server has another store."""
        self._turn_back(self._outbox.new_epoch(kept=self._storage is None))

    def came_by(self, event: MessagePosted) -> None:
        """An own message was handed over."""
        posted = Posted(conversation=event.conversation, seq=event.seq, ts=event.ts)
        if self._outbox.acknowledged(event.cid, event.seq, seen=True):
            self._settle(event.cid, posted)
        self._wake()

    def listed_again(self, conversation: int) -> None:
        """A conversation is new in the list: what waits for it belongs to it."""
        self._outbox.touched.add(conversation)

    def passed(self, conversation: int, seq: int) -> None:
        """Every event of a conversation up to `seq` was handed over: what is not among them was lost by the server."""
        self._outbox.seen_up_to(conversation, seq)

    def rewound(self, conversation: int) -> None:
        """The server lost the end of a conversation's log."""
        self._turn_back(self._outbox.rewound(conversation, kept=self._storage is None))

    def skipped(self, conversation: int) -> None:
        """A conversation was reset: what is acknowledged there will not come by as an event."""
        self._outbox.seen_up_to(conversation, _NEVER)

    def ends_at(self, conversation: int, head: int) -> None:
        """A new connection's catch-up says where a log ends: what is acknowledged behind it will not come by."""
        self._outbox.gone_behind(conversation, head)

    def drop(self, conversation: int, why: CallFailed) -> None:
        """Give up what waits for a conversation that is not there any more."""
        shown = {unsent.cid: unsent for unsent in self._outbox.view(conversation)}
        dropped = self._outbox.drop(conversation)
        for cid in dropped:
            self._settle(cid, why)
            self._give_up(shown[cid], self._targets.get(conversation, ""), why.text)
        if dropped:
            self._write(Gone(cids=dropped))

    def ended(self, conversation: int) -> None:
        """Give up what was refused in a channel that is deleted: nobody will see it any more.

        What waits is given up when it is refused: until then the server may have it.
        """
        refused = [unsent for unsent in self._outbox.view(conversation) if unsent.status == "failed"]
        for unsent in refused:
            self._outbox.discard(unsent.cid)
            self._give_up(unsent, self._targets.get(conversation, ""), unsent.text)
        if refused:
            self._write(Gone(cids=tuple(unsent.cid for unsent in refused)))

    def drop_all(self, why: CallFailed) -> None:
        """Give up everything."""
        for conversation in self._outbox.conversations():
            self.drop(conversation, why)

    async def certain(self, conversation: int, within_s: float) -> None:
        """Wait until it is known what became of sends that a lost connection left open."""
        uncertain = self._outbox.uncertain(conversation)
        if not uncertain:
            return
        waits = [self.sent(cid) for cid in uncertain]
        try:
            async with asyncio.timeout(within_s):
                await asyncio.gather(*waits, return_exceptions=True)
        except TimeoutError:
            return

    def news(self) -> Iterator[UnsentMoved]:
        """Yield the conversations whose unsent messages are others than at the last look."""
        while self._outbox.touched:
            number = self._outbox.touched.pop()
            yield UnsentMoved(conversation=number, unsent=self._outbox.view(number))

    def close(self) -> None:
        """Take nothing more, and tell everybody who waits."""
        self._closed = True
        self._cancel_pause()
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_result(Disconnected("The client was closed before the message was acknowledged."))

    # --- how --------------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Send what may be sent now, and come back when a pause is over."""
        self._cancel_pause()
        link = self._link
        if link is not None:
            now = self._clock.monotonic()
            pauses = (self._send_due(link, now), self._outbox.next_due(now))
            pause_s = min((pause_s for pause_s in pauses if pause_s is not None), default=None)
            if pause_s is not None:
                self._pause = asyncio.get_running_loop().call_later(pause_s + A_LITTLE_S, self._pump)
        self._wake()

    def _send_due(self, link: Link, now: float) -> float | None:
        """Send what may be sent; return the seconds after which the server takes more, None: it takes what there is."""
        most = AT_A_TIME if link.paced else WINDOW
        while not (wait_s := link.wait_s(Post)):
            sendings = self._outbox.due(now, most)
            if not sendings:
                return None
            for sending in sendings:
                self._send(link, sending)
        return wait_s

    def _ask_first(self, held: Iterable[Unsent]) -> None:
        """Note what is sent only if the user says so."""
        for each in held:
            self._write(Failed(cid=each.cid, code=each.code, text=each.text))
            self._settle(each.cid, CallFailed(OLD, each.text))

    def _turn_back(self, rewound: Rewound) -> None:
        """Note what must be asked about, and on disk what answers nothing any more."""
        self._ask_first(rewound.failed)
        if rewound.detached and self._storage is not None:
            self._storage.write((Detached(cids=rewound.detached),), lambda: self._kept(*rewound.detached))

    def _send(self, link: Link, sending: Sending) -> None:
        unsent = sending.unsent
        request = Post(
            conversation=unsent.conversation,
            cid=unsent.cid,
            prev=sending.prev,
            body=unsent.body,
            style=unsent.style,
            reply_to=unsent.reply_to,
            thread=unsent.thread,
            in_channel=unsent.in_channel,
        )
        link.ask(request, lambda outcome: self._answered(sending, outcome))

    def _answered(self, sending: Sending, outcome: Outcome) -> None:
        cid = sending.unsent.cid
        match outcome:
            case Disconnected():
                return  # link_down says what that means, for all of them at once
            case Posted():
                seen = self._seen(outcome.conversation, outcome.seq)
                if self._outbox.acknowledged(cid, outcome.seq, seen=seen):
                    self._settle(cid, outcome)
            case CallFailed():
                self._refused(sending, outcome)
        self._outbox.answered()
        self._pump()

    def _refused(self, sending: Sending, failure: CallFailed) -> None:
        if sending.unsent.detached and failure.code is Refusal.CID_REUSED:
            # A restored store has it since before it ceased to be an answer: nothing else ever had this cid.
            if self._outbox.acknowledged(sending.unsent.cid, 0, seen=True):
                self._write(Gone(cids=(sending.unsent.cid,)))
                self._settle(sending.unsent.cid, CallFailed(Refusal.CID_REUSED, SENT_BEFORE))
            return
        failed = self._outbox.refused(
            sending.unsent.cid,
            sending.attempt,
            str(failure.code),
            failure.text,
            final=failure.final,
            retry_after=failure.retry_after,
            now=self._clock.monotonic(),
        )
        if failed:
            unsent = sending.unsent
            record = Failed(cid=unsent.cid, code=str(failure.code), text=failure.text)
            if self._storage is None:
                self._failed(unsent, failure)
            else:
                # What somebody was told to be refused must not be sent after a crash, once one may write again.
                self._storage.write((record,), lambda: self._failed(unsent, failure))

    def _failed(self, unsent: Unsent, failure: CallFailed) -> None:
        """Tell of a refusal that is on disk, unless something else has become of the message meanwhile."""
        if unsent.cid in self._outcomes or self._outbox.goes_on(unsent.cid):
            return
        self._settle(unsent.cid, failure)
        if not self._listed(unsent.conversation):
            self._outbox.discard(unsent.cid)  # nobody could see it any more
            self._write(Gone(cids=(unsent.cid,)))
            self._give_up(unsent, self._targets.get(unsent.conversation, ""), failure.text)
            self._wake()

    def _kept(self, *cids: bytes) -> None:
        for cid in cids:
            self._outbox.keep(cid)
        self._pump()

    def _write(self, *records: AnyRecord) -> None:
        if self._storage is not None:
            self._storage.write(records)

    def _settle(self, cid: bytes, outcome: Outcome) -> None:
        if isinstance(outcome, Posted):
            self._write(Gone(cids=(cid,)))
        self._outcomes[cid] = outcome
        if len(self._outcomes) > REMEMBERED:
            self._outcomes.popitem(last=False)
        waiting = self._waiting.pop(cid, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)

    def _cancel_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None
