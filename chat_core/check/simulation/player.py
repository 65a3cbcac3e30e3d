"""A client with somebody at the keys: a real `Client`, through all its lives, and everything its application sees.

What the client's state is made of is heard at its board, where the order is exact, and written down when the
application has taken the batch that says so: the two must agree, which is one of the invariants looked at here.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.tasks import spawn, stop
from chat_core.check import history
from chat_core.check.history import Record
from chat_core.check.recording import page_read, snapshot
from chat_core.check.simulation.eyes import Eyes
from chat_core.check.simulation.notebook import MemoryStorage, Notebook
from chat_core.check.simulation.time_loop import LoopClock
from chat_core.check.simulation.wires import Network
from chat_core.client import Batch, Client
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.state import inputs
from chat_core.client.state.changes import Delivered
from chat_core.client.state.model import ClientState, Unsent
from chat_core.client.storage import Storage
from chat_core.protocol.events import ConversationEvent
from chat_core.protocol.requests.messages import Page
from chat_core.transport.urls import Address

ADDRESS: Final = Address(host="127.0.0.1", port=1)

Write = Callable[[Record], None]


@dataclass(slots=True)
class Habits:
    """How somebody uses a client."""

    far_behind: int = 2000
    sluggish_s: float = 0.0
    """The application takes this long for a batch, at most."""
    own_outbox: bool = True
    """Whether the outbox survives a crash."""
    watches: bool = False
    """Whether what is new in threads is looked at."""


@dataclass(slots=True)
class _Life:
    """From a start to an end or a crash."""

    client: Client
    storage: MemoryStorage | None
    posting: dict[bytes, history.Posted]
    """What the library has, and a crash might lose."""
    pending: deque[Record] = field(default_factory=deque)
    """What the board said and the application has not taken yet."""
    own: dict[int, set[bytes]] = field(default_factory=dict)
    """cids of own messages that were handed over, by conversation, since it was placed."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Player:
    """See the module's head.

    Args:
        who: name of this client in the history.
        name: of its account.
        network: its way to the server.
        clock: its own.
        chance: what it is unpredictable with.
        notebook: its disk.
        write: takes records.
        fail: told of an invariant that does not hold.
        around_storage: puts something between a client and its disk.
    """

    def __init__(
        self,
        who: str,
        name: str,
        network: Network,
        clock: LoopClock,
        chance: random.Random,
        notebook: Notebook,
        habits: Habits,
        write: Write,
        fail: Callable[[str], None],
        around_storage: Callable[[Storage], Storage] = lambda storage: storage,
    ) -> None:
        self.who = who
        self.name = name
        self.network = network
        self.clock = clock
        self.habits = habits
        self.failed: list[bytes] = []
        """cids that were refused for good."""
        self._chance = chance
        self._notebook = notebook
        self._write = write
        self._calls = 0
        self._fail = fail
        self._around_storage = around_storage
        self._eyes = Eyes(who, clock.monotonic)
        self._life: _Life | None = None

    # --- life -------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether the client runs."""
        return self._life is not None

    @property
    def client(self) -> Client:
        """The running client."""
        assert self._life is not None, "it is alive"
        return self._life.client

    @property
    def state(self) -> ClientState:
        """What it knows."""
        return self.client.state

    async def begin(self) -> None:
        """Start a client; it takes over what an earlier one left unsent."""
        posting: dict[bytes, history.Posted] = {}

        def kept_on_disk(cid: bytes) -> None:
            posted = posting.pop(cid, None)
            if posted is not None:
                self._write(posted)

        storage = MemoryStorage(self._notebook, kept_on_disk) if self.habits.own_outbox else None
        client = Client(
            ADDRESS,
            self.name,
            clock=self.clock,
            far_behind=self.habits.far_behind,
            connector=self.network.connect,
            entropy=self._chance.randbytes,
            storage=None if storage is None else self._around_storage(storage),
        )
        self._life = life = _Life(client, storage, posting)
        kept = tuple(each.unsent.cid for each in storage.kept().kept) if storage is not None else ()
        self._write(history.Started(at=self._now, who=self.who, kept=kept, durable=storage is not None))
        self._listen(life)
        life.tasks.append(spawn("application", self._consume(life)))
        if self.habits.watches:
            client.watch_threads()
        await client.start()
        for unsent in (each for known in client.state.conversations.values() for each in known.unsent):
            if unsent.status != "failed":
                life.tasks.append(spawn("sent", self._await_ack(life, unsent.cid, unsent.conversation)))
            else:
                self._write(history.Failed(at=self._now, who=self.who, cid=unsent.cid, code=unsent.code))

    async def crash(self) -> None:
        """End without a word: what is not on the disk is lost."""
        life, self._life = self._life, None
        if life is None:
            return
        if life.storage is not None:
            life.storage.crash()
            self._notebook.crash()
        share = self._chance.choice((0.0, 1.0, self._chance.random()))
        for wire in self.network.wires:
            if not wire.over:
                wire.die(True, share)
        self.network.wires.clear()
        await life.client.close()
        await stop(*life.tasks)

    async def end(self, *, say: bool = True) -> None:
        """Close the client in order.

        Args:
            say: whether the history shall know.
        """
        life, self._life = self._life, None
        if life is None:
            return
        await life.client.close()
        await life.tasks[0]
        if say:
            self._write(history.Ended(at=self._now, who=self.who))
        await stop(*life.tasks)

    # --- hands ------------------------------------------------------------------------------------------------

    def post(
        self,
        conversation: int,
        body: str,
        *,
        reply_to: int | None = None,
        thread: int | None = None,
        in_channel: bool = False,
    ) -> None:
        """Write a message."""
        life = self._life
        if life is None:
            return
        try:
            cid = life.client.post(conversation, body, reply_to=reply_to, thread=thread, in_channel=in_channel)
        except UsageFault:
            return
        at, who = self._now, self.who
        posted = history.Posted(at=at, who=who, cid=cid, conversation=conversation, body=body)
        if life.storage is None:
            self._write(posted)
        else:
            self._write(history.Posting(at=at, who=who, cid=cid, conversation=conversation, body=body))
            life.posting[cid] = posted
        life.tasks.append(spawn("sent", self._await_ack(life, cid, conversation)))

    def retry(self, cid: bytes) -> None:
        """Send a failed message again."""
        life = self._life
        unsent = None if life is None else self._unsent(cid)
        if life is None or unsent is None or unsent.status != "failed":
            return
        life.client.retry(cid)
        self._write(
            history.Posted(
                at=self._now,
                who=self.who,
                cid=cid,
                conversation=unsent.conversation,
                body=unsent.body,
                again=True,
            )
        )
        life.tasks.append(spawn("sent", self._await_ack(life, cid, unsent.conversation)))

    def discard(self, cid: bytes) -> None:
        """Take a message back, if that is still possible."""
        life = self._life
        if life is None or self._unsent(cid) is None:
            return
        try:
            life.client.discard(cid)
        except UsageFault:
            return
        self._write(history.Discarded(at=self._now, who=self.who, cid=cid))

    def page(self, epoch: str, page: Page) -> None:
        """Write down a page that was read."""
        self._write(page_read(self.who, epoch, page, self._now))

    def settle(self) -> None:
        """Write down what it shows at the end."""
        state = self.state
        for known in state.conversations.values():
            self._write(
                history.Settled(
                    at=self._now,
                    who=self.who,
                    epoch=state.epoch,
                    conversation=known.id,
                    seq=known.position.seq,
                    messages=tuple(snapshot(message) for message in known.timeline),
                    unsent=tuple(unsent.cid for unsent in known.unsent if unsent.status != "failed"),
                )
            )

    # --- eyes -------------------------------------------------------------------------------------------------

    @property
    def _now(self) -> float:
        return self.clock.monotonic()

    def _unsent(self, cid: bytes) -> Unsent | None:
        for known in self.state.conversations.values():
            for unsent in known.unsent:
                if unsent.cid == cid:
                    return unsent
        return None

    def called(self, call: str) -> Callable[[str], None]:
        """Write down a call; return what writes down how it ended."""
        self._calls += 1
        number = self._calls
        self._write(history.Called(at=self._now, who=self.who, number=number, call=call))
        return lambda outcome: self._write(history.Answered(at=self._now, who=self.who, number=number, outcome=outcome))

    async def amend(self, conversation: int, seq: int, body: str = "") -> None:
        """Edit a message, or without a text delete it, and write down what the answer promises."""
        life, epoch = self._life, self.state.epoch
        done = await (self.client.edit(conversation, seq, body) if body else self.client.delete(conversation, seq))
        if life is self._life and not done.duplicate and self.state.epoch == epoch:
            self._write(
                history.Amended(
                    at=self._now,
                    who=self.who,
                    epoch=epoch,
                    conversation=done.conversation,
                    target=seq,
                    seq=done.seq,
                    body=body,
                )
            )

    async def _await_ack(self, life: _Life, cid: bytes, conversation: int) -> None:
        try:
            posted = await life.client.sent(cid)
        except CallFailed as failure:
            if life is self._life:
                self.failed.append(cid)
                self._write(history.Failed(at=self._now, who=self.who, cid=cid, code=str(failure.code)))
        except (Disconnected, UsageFault):
            return
        else:
            if life is self._life:
                self._write(
                    history.Acked(
                        at=self._now,
                        who=self.who,
                        cid=cid,
                        conversation=posted.conversation,
                        seq=posted.seq,
                        epoch=life.client.state.epoch,
                    )
                )

    def _listen(self, life: _Life) -> None:
        """Hear what moves the state, before the application does."""
        board = life.client._engine.board
        apply = board.apply

        def tapped(*moves: inputs.Input) -> None:
            for move in moves:
                before = board.now
                apply(move)
                if isinstance(move, inputs.PageRead):
                    self.page(board.now.epoch, move.page)
                told = self._eyes.told(before, move, board.now)
                life.own.update((record.conversation, set()) for record in told if isinstance(record, history.Placed))
                life.pending.extend(told)

        board.apply = tapped  # type: ignore[method-assign]

    async def _consume(self, life: _Life) -> None:
        async for batch in life.client.changes():
            if life is not self._life:
                return
            self._take(life, batch)
            if self.habits.sluggish_s:
                await asyncio.sleep(self.habits.sluggish_s * self._chance.random())

    def _take(self, life: _Life, batch: Batch) -> None:
        """Write down what the application has now; it must be what the board said."""
        handed = [
            (change.event.conversation, change.event.seq, change.event.eid)
            for change in batch.changes
            if isinstance(change, Delivered) and isinstance(change.event, ConversationEvent)
        ]
        said = []
        while life.pending:
            record = life.pending.popleft()
            self._write(record)
            if isinstance(record, history.Delivered):
                said.append((record.conversation, record.seq, record.eid))
                if record.cid:
                    life.own.setdefault(record.conversation, set()).add(record.cid)
        if handed != said:
            self._fail(f"{self.who} was handed {handed} by the library, whose state took {said}.")
        for known in batch.state.conversations.values():
            if not known.unsent:
                continue
            seen = life.own.get(known.id, set())
            both = [unsent.cid for unsent in known.unsent if unsent.cid in seen]
            if both:
                self._fail(f"{self.who} shows {both[0].hex()} as unsent and as a message at once.")
