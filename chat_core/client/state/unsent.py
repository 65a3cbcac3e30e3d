"""The outbox: own messages until the server has them on disk, in order, each exactly once. Pure: `now` is an argument.

Theory of operation. Each conversation has a lane. What is put into it is sent in that order, many at once, each naming
as `prev` the send before it, so that the server cannot store a later one first. A message leaves its lane when the
server acknowledges it, which is seen in one of two ways: the answer to the post, or the message itself coming by.

    queued --due--> sending --acknowledged--> (gone, or kept until the message itself comes by)
       ^               |
       |               +--refused for good--> failed --retry--> queued
       +--refused for now, connection lost---+

- Refused for now: that one and all behind it go back and are sent again in order, after a pause.
- Refused for good: the next one names the send before the refused one, and is sent at once. When one after the other is
  refused (one may not write there now), they go one at a time until one is accepted, so that each is asked for once.
- Lost connection: what was on its way is unknown, so it is sent again with the same cid; the server stores it once.
- Another epoch, or a log that lost its end: the server may have none of the sends that it acknowledged, so the next
  one names none. What was acknowledged is not sent again.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from msgspec.structs import replace

from chat_core.client.state.lane import Entry, Lane
from chat_core.client.state.model import Unsent
from chat_core.protocol.codes import Refusal

WINDOW: Final = 128
"""Posts that may wait for their answer at once, in all conversations together."""
OLD: Final = "old"
"""Code of a message that the user must be asked about; the server knows none of that name."""
OLD_TEXT: Final = "written more than 12 hours ago"
THREAD_GONE_TEXT: Final = "written for a thread of a store that the server has no more"


class Sending(NamedTuple):
    """One post to be made now."""

    unsent: Unsent
    """What."""
    prev: bytes | None
    """cid of the send before it; None: no condition."""
    attempt: int
    """Number to hand back with its refusal."""


class Rewound(NamedTuple):
    """What becomes of messages whose numbers mean something else now."""

    failed: tuple[Unsent, ...] = ()
    """What fails by it, unless the user wants it sent."""
    detached: tuple[bytes, ...] = ()
    """cids of what answers nothing any more."""


class Outbox:
    """See the module's head.

    Args:
        window: posts that may wait for their answer at once.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self.in_flight = 0
        """Posts on the present connection that were not answered yet."""
        self.touched: set[int] = set()
        """Conversations whose `view` is another one since this was last emptied."""
        self._window = window
        self._lanes: dict[int, Lane] = {}
        self._where: dict[bytes, int] = {}
        self._sends = 0
        self._served = 0
        """The conversation that the last look ended with for want of room; 0: there was room for all."""

    def __contains__(self, cid: bytes) -> bool:
        """Return whether a message is still in the outbox."""
        return cid in self._where

    def goes_on(self, cid: bytes) -> bool:
        """Return whether a message is in the outbox and has not failed."""
        _, entry = self._find(cid)
        return entry is not None and entry.unsent.status != "failed"

    def view(self, conversation: int) -> tuple[Unsent, ...]:
        """Return what is not acknowledged in a conversation, in sending order."""
        lane = self._lanes.get(conversation)
        return () if lane is None else tuple(entry.unsent for entry in lane.entries.values())

    def uncertain(self, conversation: int) -> tuple[bytes, ...]:
        """Return the cids that a lost connection may have carried to the server."""
        lane = self._lanes.get(conversation)
        return () if lane is None else tuple(cid for cid, entry in lane.entries.items() if entry.uncertain)

    # --- what the user does -----------------------------------------------------------------------------------

    def add(self, unsent: Unsent, *, kept: bool = True, uncertain: bool = False, wanted: bool = False) -> None:
        """Queue a message.

        Args:
            unsent: it, `queued` or `failed`.
            kept: whether it is on disk; else it waits for `keep`.
            uncertain: whether an earlier run of this client may have sent it.
            wanted: whether the user was asked about its age.

        Raises:
            ValueError: one of its cid is here already.
        """
        if unsent.cid in self._where:
            raise ValueError("this cid is in the outbox already")
        lane = self._lanes.setdefault(unsent.conversation, Lane())
        entry = Entry(unsent, kept=kept)
        entry.uncertain, entry.wanted = uncertain, wanted
        lane.entries[unsent.cid] = entry
        self._where[unsent.cid] = unsent.conversation
        if unsent.status == "queued":
            lane.queued.append(entry)
        self.touched.add(unsent.conversation)

    def keep(self, cid: bytes) -> None:
        """Note that one record more about a message survives a crash now."""
        _, entry = self._find(cid)
        if entry is not None and entry.unkept:
            entry.unkept -= 1

    def hold_old(self, before_ms: int) -> tuple[Unsent, ...]:
        """Let messages written before a time fail, unless the user wants them sent; return those.

        What was meant for yesterday's talk should not burst into today's without a question.

        Args:
            before_ms: milliseconds since 1970.
        """
        held: list[Unsent] = []
        for number, lane in self._lanes.items():
            old = [entry for entry in lane.queued if entry.unsent.ts < before_ms and not entry.wanted]
            for entry in old:
                lane.queued.remove(entry)
                entry.unsent = replace(entry.unsent, status="failed", code=OLD, text=OLD_TEXT)
                held.append(entry.unsent)
                self.touched.add(number)
        return tuple(held)

    def retry(self, cid: bytes) -> bool:
        """Queue a failed message again, behind all others of its conversation; False: it had not failed."""
        lane, entry = self._find(cid)
        if lane is None or entry is None or entry.unsent.status != "failed":
            return False
        lane.entries[cid] = lane.entries.pop(cid)
        entry.unsent = replace(entry.unsent, status="queued", code="", text="")
        entry.wanted = True
        lane.queued.append(entry)
        self.touched.add(entry.unsent.conversation)
        return True

    def discard(self, cid: bytes) -> bool:
        """Forget a message that failed or was never sent; False: it may be at the server already."""
        lane, entry = self._find(cid)
        if lane is None or entry is None or (entry.unsent.status != "failed" and (entry.attempt or entry.uncertain)):
            return False
        if entry.unsent.status == "queued":
            lane.queued.remove(entry)
        self._remove(lane, entry)
        return True

    # --- what the connection does -----------------------------------------------------------------------------

    def due(self, now: float, most: int = WINDOW) -> list[Sending]:
        """Return what is to be sent now, in order, and count it as on its way; conversations take turns.

        Args:
            now: monotonic seconds.
            most: how many there is room for.
        """
        sendings: list[Sending] = []
        ready = [number for number, lane in self._lanes.items() if lane.ready and lane.blocked_until <= now]
        if self._served in ready:  # it has had its turn
            turn = ready.index(self._served) + 1
            ready = ready[turn:] + ready[:turn]
        while ready and self.in_flight < self._window and len(sendings) < most:
            still: list[int] = []
            for number in ready:
                if self.in_flight >= self._window or len(sendings) >= most:
                    break
                sendings.append(self._send(number))
                if self._lanes[number].ready:
                    still.append(number)
            ready = still
        self._served = sendings[-1].unsent.conversation if len(sendings) == most else 0
        return sendings

    def next_due(self, now: float) -> float | None:
        """Return the seconds after which a paused conversation may go on; None: none is paused."""
        waits = [lane.blocked_until - now for lane in self._lanes.values() if lane.ready and lane.blocked_until > now]
        return min(waits, default=None)

    def answered(self) -> None:
        """Count one post less that waits for its answer, whatever it was."""
        self.in_flight = max(0, self.in_flight - 1)

    def acknowledged(self, cid: bytes, seq: int, *, seen: bool) -> bool:
        """Note that the server has a message; False: that was known.

        Args:
            cid: which one.
            seq: its number.
            seen: whether the message itself has come by, or never will; else it stays in `view` until `seen_up_to`.
        """
        lane, entry = self._find(cid)
        if lane is None or entry is None:
            return False
        news = entry.held is None
        if news:
            entry.held = seq
            lane.held += 1
            entry.uncertain = False
            lane.refusals = lane.failures = 0
            self._accept(lane, entry)
        if seen:
            self._remove(lane, entry)
        return news

    def seen_up_to(self, conversation: int, seq: int) -> None:
        """Note that every event of a conversation up to `seq` came by, or never will."""
        lane = self._lanes.get(conversation)
        if lane is not None and lane.held:
            for entry in [entry for entry in lane.entries.values() if entry.held is not None and entry.held <= seq]:
                self._remove(lane, entry)

    def gone_behind(self, conversation: int, head: int) -> None:
        """Note that the log ends at `head`: what was acknowledged behind it was lost with the end of the store."""
        lane = self._lanes.get(conversation)
        if lane is not None and lane.held:
            for entry in [entry for entry in lane.entries.values() if entry.held is not None and entry.held > head]:
                self._remove(lane, entry)

    def refused(
        self, cid: bytes, attempt: int, code: str, text: str, *, final: bool, retry_after: float | None, now: float
    ) -> bool:
        """Note a refusal; return whether the message failed for good by it.

        Args:
            cid: which one.
            attempt: the number that `due` gave; a refusal of an older send than the last one means nothing.
            code: why.
            text: one sentence for people.
            final: whether sending it again can never succeed.
            retry_after: seconds the server asked for.
            now: monotonic seconds.
        """
        lane, entry = self._find(cid)
        if lane is None or entry is None or entry.attempt != attempt or not entry.on_way:
            return False
        self.touched.add(entry.unsent.conversation)
        if final:
            lane.failures += 1
            entry.uncertain = False
            entry.unsent = replace(entry.unsent, status="failed", code=code, text=text)
        else:
            entry.uncertain = entry.uncertain or code == Refusal.STORE_FAILED
            lane.blocked_until = max(lane.blocked_until, now + lane.pause(entry, code, retry_after))
            lane.requeue(lane.on_way(since=attempt))
            entry.unsent = replace(entry.unsent, code=code, text=text)
        lane.set_tail()
        return final

    def lost(self) -> None:
        """Note that the connection is gone: what was on its way is queued again, at its old place."""
        self.in_flight = 0
        for number, lane in self._lanes.items():
            on_way = lane.on_way()
            for entry in on_way:
                entry.uncertain = True
            lane.requeue(on_way)
            lane.blocked_until = 0.0
            if on_way:
                self.touched.add(number)
            lane.set_tail()

    def new_epoch(self, *, kept: bool = True) -> Rewound:
        """Note that the server has another store; what is uncertain stays so, for a restored backup may have it.

        Args:
            kept: as of `rewound`.
        """
        found = [self.rewound(conversation, kept=kept) for conversation in self._lanes]
        failed = tuple(unsent for each in found for unsent in each.failed)
        return Rewound(failed, tuple(cid for each in found for cid in each.detached))

    def rewound(self, conversation: int, *, kept: bool = True) -> Rewound:
        """Note that the server may have lost what it acknowledged in a conversation, and gives numbers once more.

        What waits answers nothing then; and what is meant for a thread goes into none that happens to have its number.

        Args:
            conversation: which one.
            kept: whether nobody keeps it over a crash; else what is `detached` waits for `keep`.
        """
        lane = self._lanes.get(conversation)
        if lane is None:
            return Rewound()
        lane.forget_accepted()
        for entry in [entry for entry in lane.entries.values() if entry.held is not None]:
            self._remove(lane, entry)
        lane.set_tail()
        self.touched.update((conversation,) if lane.entries else ())
        answers = [entry for entry in lane.entries.values() if entry.unsent.reply_to is not None]
        for entry in answers:
            entry.unsent = replace(entry.unsent, reply_to=None, detached=True)
            entry.unkept += not kept
        failed = [entry for entry in lane.queued if entry.unsent.thread]
        for entry in failed:
            lane.queued.remove(entry)
            entry.unsent = replace(entry.unsent, status="failed", code=OLD, text=THREAD_GONE_TEXT)
        return Rewound(tuple(entry.unsent for entry in failed), tuple(entry.unsent.cid for entry in answers))

    def drop(self, conversation: int) -> tuple[bytes, ...]:
        """Forget a conversation; return the cids of what was not acknowledged."""
        lane = self._lanes.pop(conversation, None)
        if lane is None:
            return ()
        for cid in lane.entries:
            del self._where[cid]
        self.touched.add(conversation)
        return tuple(cid for cid, entry in lane.entries.items() if entry.held is None)

    def conversations(self) -> tuple[int, ...]:
        """Return the conversations something was put in for."""
        return tuple(self._lanes)

    # --- how --------------------------------------------------------------------------------------------------

    def _find(self, cid: bytes) -> tuple[Lane | None, Entry | None]:
        number = self._where.get(cid)
        if number is None:
            return None, None
        lane = self._lanes[number]
        return lane, lane.entries[cid]

    def _send(self, number: int) -> Sending:
        lane = self._lanes[number]
        entry = lane.queued.popleft()
        self._sends += 1
        entry.attempt = self._sends
        entry.prev = lane.tail
        entry.unsent = replace(entry.unsent, status="sending", code="", text="")
        lane.tail = entry.unsent.cid
        self.in_flight += 1
        self.touched.add(number)
        return Sending(entry.unsent, entry.prev, entry.attempt)

    def _accept(self, lane: Lane, entry: Entry) -> None:
        if entry.attempt > lane.accepted_at:
            lane.accepted, lane.accepted_at = entry.unsent.cid, entry.attempt
        if entry.unsent.status == "sending":
            return  # the tail is still behind it, or it is the tail
        # An earlier send of it was stored after all, while it waited to be sent again.
        if entry.unsent.status == "queued":
            lane.queued.remove(entry)
        entry.unsent = replace(entry.unsent, status="sending", code="", text="")
        self.touched.add(entry.unsent.conversation)
        lane.set_tail()

    def _remove(self, lane: Lane, entry: Entry) -> None:
        lane.held -= entry.held is not None
        del lane.entries[entry.unsent.cid]
        del self._where[entry.unsent.cid]
        self.touched.add(entry.unsent.conversation)
