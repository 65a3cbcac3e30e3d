"""One client as a process: works as its seed says, writes down what it was told, and can be killed at any moment.

Lines of JSON come in (an `Order`, then commands) and go out (how things stand). Its records go into a file of its own,
each with one write of the system, so that they survive its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.ids import make_cid
from chat_core.base.tasks import spawn, stop
from chat_core.check.history import (
    Acked,
    Amended,
    Answered,
    Called,
    Discarded,
    Ended,
    Failed,
    Posted,
    Posting,
    Record,
    Started,
    to_line,
)
from chat_core.check.real import workload
from chat_core.check.real.telling import Telling
from chat_core.check.recording import Recorder, page_read
from chat_core.client import Client, parse_address
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.state.journal import AnyRecord, Put
from chat_core.client.state.model import LinkStatus
from chat_core.client.storage import Found
from chat_core.client.storage_files import FileStorage
from chat_core.protocol.requests.conversations import SetTopic
from chat_core.protocol.requests.messages import Delete, Deleted, Edit, Edited, History

STEP_S: Final = 0.05
"""Time between two looks at what to do, in seconds."""
TELL_S: Final = 0.25
"""Time between two lines about how things stand, in seconds."""
CALL_WITHIN_S: Final = 5.0
TAKEN_BACK: Final = 0.95
"""Share of the refused messages that are taken back at once; where nobody may write, they would be more and more."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is to be: its first line."""

    who: str
    account: int
    seed: str
    life: int
    address: str
    file: str
    """Where its records go."""
    storage: str
    """Folder of its outbox."""
    zero: float
    """Monotonic time of the run's beginning."""
    rate: float
    """Posts a second."""
    channels: tuple[str, ...]
    names: tuple[str, ...]
    """Of all accounts."""
    far_behind: int


class CheckedStorage(FileStorage):
    """A client's files, seen: a message counts as posted once it is on disk.

    Args:
        folder: where.
        told: called with each message that is on disk, before it is sent.
        found: called with what an earlier life left.
    """

    def __init__(self, folder: Path, told: Callable[[Put], None], found: Callable[[Found], None]) -> None:
        super().__init__(folder)
        self._told = told
        self._found = found

    async def open(self, name: str) -> Found:
        """Open, and tell what was there."""
        found = await super().open(name)
        self._found(found)
        return found

    def write(self, records: Sequence[AnyRecord], on_disk: Callable[[], None] | None = None) -> None:
        """Write, and tell when it is done."""
        if on_disk is None:
            super().write(records)
            return

        def done() -> None:
            for record in records:
                if isinstance(record, Put):
                    self._told(record)
            on_disk()

        super().write(records, done)


class Worker:
    """See the module's head."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._random = Random(f"{order.seed} {order.who} {order.life}")
        self._file = os.open(order.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._recorder = Recorder(order.who)
        self._work = workload.Workload(order.who, self._random, order.rate, order.channels, order.names)
        self._sends = self._acks = self._calls = 0
        self._working = True
        self._settled = False
        self._crash_between = False
        self._found = Found()
        self._client = Client(
            parse_address(order.address),
            order.who,
            far_behind=order.far_behind,
            program="chat-core check",
            storage=CheckedStorage(Path(order.storage), self._on_disk, self._kept),
        )

    async def run(self) -> None:
        """Live until told to leave, or killed."""
        changes = self._client.changes()
        await self._client.start()
        kept = self._found.kept
        self._write(
            Started(
                at=self._now(),
                who=self._order.who,
                account=self._order.account,
                kept=tuple(each.unsent.cid for each in kept),
            )
        )
        for each in kept:
            if each.unsent.status == "failed":
                self._write(Failed(at=self._now(), who=self._order.who, cid=each.unsent.cid, code=each.unsent.code))
            else:
                self._watch(each.unsent.cid, each.unsent.conversation)
        told = spawn("changes", self._hear(changes))
        work = spawn("work", self._act())
        parts = [told, spawn("tell", self._tell())]
        await self._obey()
        await stop(work)
        await self._client.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await told
        self._write(Ended(at=self._now(), who=self._order.who))
        await stop(*parts)

    # --- what the library says --------------------------------------------------------------------------------

    def _kept(self, found: Found) -> None:
        self._found = found

    def _on_disk(self, put: Put) -> None:
        self._sends += 1
        unsent = put.unsent
        self._write(
            Posted(
                at=self._now(),
                who=self._order.who,
                cid=unsent.cid,
                conversation=unsent.conversation,
                body=unsent.body,
            )
        )
        if self._crash_between:
            # On disk, and not on the wire: the next life has to send it.
            os.kill(os.getpid(), signal.SIGKILL)

    async def _hear(self, changes: Any) -> None:
        async for batch in changes:
            self._write(*self._recorder.take(batch, self._now()))

    def _watch(self, cid: bytes, conversation: int) -> None:
        spawn("sent", self._sent(cid, conversation))

    async def _sent(self, cid: bytes, conversation: int) -> None:
        try:
            posted = await self._client.sent(cid)
        except CallFailed as failure:
            self._write(Failed(at=self._now(), who=self._order.who, cid=cid, code=str(failure.code)))
            if self._random.random() < TAKEN_BACK:
                self._client.discard(cid)
        except (Disconnected, UsageFault):
            return
        else:
            self._acks += 1
            self._write(
                Acked(
                    at=self._now(),
                    who=self._order.who,
                    cid=cid,
                    conversation=conversation,
                    seq=posted.seq,
                    epoch=self._client.state.epoch,
                )
            )

    # --- what it does -----------------------------------------------------------------------------------------

    async def _act(self) -> None:
        last = time.monotonic()
        while self._working:
            await asyncio.sleep(STEP_S)
            now = time.monotonic()
            for action in self._work.next(self._recorder.state, now - last):
                self._do(action)
            last = now

    def _do(self, action: workload.Action) -> None:
        match action:
            case workload.PostOne():
                self._post(action)
            case workload.ReadPage():
                self._ask("page", action, self._page(action))
            case workload.LoadOlder():
                self._ask("older", action, self._client.load_older(action.conversation, action.limit))
            case workload.LeaveOne():
                self._ask("leave", action, self._client.leave(action.conversation))
            case workload.JoinAgain():
                self._ask("join", action, self._client.join(action.channel))
            case workload.ChangeTopic():
                topic = SetTopic(conversation=action.conversation, topic=action.topic)
                self._ask("topic", action, self._client.call(topic, timeout_s=CALL_WITHIN_S))
            case workload.EditOne():
                edit = Edit(conversation=action.conversation, seq=action.seq, body=action.body)
                self._ask("edit", action, self._amend(edit, action.body))
            case workload.DeleteOne():
                delete = Delete(conversation=action.conversation, seq=action.seq)
                self._ask("delete", action, self._amend(delete, ""))
            case workload.KeepOrder():
                request = action.request
                call = str(request.__struct_config__.tag)
                self._ask(call, action, self._client.call(request, timeout_s=CALL_WITHIN_S))
            case _:
                raise AssertionError(action)

    def _post(self, action: workload.PostOne) -> None:
        cid = make_cid(int(time.monotonic() * 1000), self._random.randbytes(10))
        who, conversation = self._order.who, action.conversation
        self._write(Posting(at=self._now(), who=who, cid=cid, conversation=conversation, body=action.body))
        try:
            self._client.post(conversation, action.body, cid=cid)
        except UsageFault:
            return  # it has just left that channel
        if action.regret:
            with contextlib.suppress(UsageFault):
                self._client.discard(cid)
                self._write(Discarded(at=self._now(), who=who, cid=cid))
                return
        self._watch(cid, conversation)

    async def _amend(self, request: Edit | Delete, body: str) -> None:
        epoch = self._client.state.epoch
        done: Edited | Deleted
        if isinstance(request, Edit):
            done = await self._client.call(request, timeout_s=CALL_WITHIN_S)
        else:
            done = await self._client.call(request, timeout_s=CALL_WITHIN_S)
        if not done.duplicate and self._client.state.epoch == epoch:
            self._write(
                Amended(
                    at=self._now(),
                    who=self._order.who,
                    epoch=epoch,
                    conversation=done.conversation,
                    target=request.seq,
                    seq=done.seq,
                    body=body,
                )
            )

    async def _page(self, action: workload.ReadPage) -> None:
        history = History(
            conversation=action.conversation,
            anchor="before" if action.before else "latest",
            seq=action.before,
            limit=action.limit,
        )
        epoch = self._client.state.epoch
        page = await self._client.call(history, timeout_s=CALL_WITHIN_S)
        if self._client.state.epoch == epoch:
            self._write(page_read(self._order.who, epoch, page, self._now()))

    def _ask(self, call: str, action: workload.Action, work: Coroutine[Any, Any, Any]) -> None:
        """Do what a lost connection may interrupt: only posts are promised to get there."""
        self._calls += 1
        number, detail = self._calls, json.dumps(msgspec.to_builtins(action))
        self._write(Called(at=self._now(), who=self._order.who, number=number, call=call, detail=detail))
        spawn(call, self._until_answered(number, work))

    async def _until_answered(self, number: int, work: Coroutine[Any, Any, Any]) -> None:
        outcome = "ok"
        try:
            await work
        except CallFailed as failure:
            outcome = str(failure.code)
        except ChatError:
            outcome = "unknown"
        self._write(Answered(at=self._now(), who=self._order.who, number=number, outcome=outcome))

    # --- what the checker says --------------------------------------------------------------------------------

    async def _obey(self) -> None:
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            command = json.loads(line)
            match command["do"]:
                case "rest":
                    self._working = False
                case "burst":
                    for action in self._work.burst(self._recorder.state, command["count"], command["size"]):
                        self._do(action)
                case "crash":
                    self._crash_between = True
                case "settle":
                    self._write(*self._recorder.settled(self._now()))
                    self._settled = True
                    self._say()
                case "leave":
                    return
                case _:
                    raise AssertionError(command)

    async def _tell(self) -> None:
        while True:
            self._say()
            await asyncio.sleep(TELL_S)

    def _say(self) -> None:
        state = self._recorder.state
        telling = Telling(
            online=state.link.status is LinkStatus.ONLINE,
            sends=self._sends,
            acks=self._acks,
            deliveries=self._recorder.deliveries,
            resets=self._recorder.resets,
            unsent=sum(unsent.status != "failed" for known in state.conversations.values() for unsent in known.unsent),
            epoch=state.epoch,
            positions={number: known.position.seq for number, known in state.conversations.items()},
            settled=self._settled,
        )
        with contextlib.suppress(BrokenPipeError):
            os.write(1, msgspec.json.encode(telling) + b"\n")

    def _write(self, *records: Record) -> None:
        if records:
            os.write(self._file, b"".join(map(to_line, records)))

    def _now(self) -> float:
        return round(time.monotonic() - self._order.zero, 6)


def _first_line() -> bytes:
    """Read the order, and not a byte more: the rest is read by the loop."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            raise SystemExit(0)
        line += byte
    return line


def main() -> None:
    """Run one worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the checker tells us, or our input ends
    order = msgspec.json.decode(_first_line(), type=Order)
    asyncio.run(Worker(order).run())


if __name__ == "__main__":
    main()
