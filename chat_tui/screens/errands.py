"""What the main screen lets be done while it goes on: commands, older messages, lists. Each ends in words at worst."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final

from chat_core.base.clock import Clock
from chat_core.base.errors import ChatError
from chat_core.base.tasks import spawn, stop
from chat_core.client.state.model import ConversationState, LinkStatus
from chat_tui.bridge import Bridge
from chat_tui.commands.context import Answer, Context, Desk

if TYPE_CHECKING:
    from chat_core.protocol.requests.base import Request
    from chat_core.protocol.requests.messages import Page
    from chat_tui.commands.bound import Bound


MEMBERS_EVERY_S: Final = 3.0
"""Shortest distance of two questions for the same list of members, in seconds."""
CHANNELS_EVERY_S: Final = 60.0
"""The same for the list of channels that completion offers."""


class Errands:
    """They, for one screen.

    Args:
        bridge: to the server.
        desk: what commands may do to the screen.
        clock: the time.
    """

    def __init__(self, bridge: Bridge, desk: Desk, clock: Clock) -> None:
        self._bridge = bridge
        self._desk = desk
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._members_asked: dict[int, float] = {}
        self._channels_asked = float("-inf")

    async def stop(self) -> None:
        """End what is under way."""
        await stop(*self._tasks)

    def run(
        self, bound: Bound, conversation: int | None, ended: Callable[[bool], None] | None = None, thread: int = 0
    ) -> None:
        """Run a command; a fault is told in a line.

        Args:
            bound: it.
            conversation: where it was entered.
            ended: told whether it was done, when it was or has failed.
            thread: the thread that was open there; 0: none.
        """
        context = Context(self._bridge, self._desk, conversation, thread)
        faults: list[ChatError] = []

        def tell(fault: ChatError) -> None:
            faults.append(fault)
            self._tell(fault)

        task = self._start(f"/{bound.command.name}", bound.command.run(context, bound.given), tell)
        if ended is not None:
            task.add_done_callback(lambda task: ended(not faults and not task.cancelled()))

    def call(
        self, request: Request[Any], done: Callable[[], object] | None, failed: Callable[[], object] = lambda: None
    ) -> None:
        """Ask the server for something.

        Args:
            request: it.
            done: called when it was done.
            failed: called when it was not, after that was told in a line.
        """

        def tell(fault: ChatError) -> None:
            self._tell(fault)
            failed()

        self._start(f"call {type(request).__name__}", self._call(request, done), tell)

    def look_up(self, requests: Sequence[Request[Any]], show: Callable[[Sequence[Any]], None]) -> None:
        """Ask the server for some things, and hand their answers on together.

        Args:
            requests: they.
            show: told the answers, in order.
        """
        self._start("look up", self._look_up(requests, show), self._tell)

    def do(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Do something; a fault is told in a line.

        Args:
            name: what it is, for whoever looks at tasks.
            work: it.
        """
        self._start(name, work, self._tell)

    def open_direct(self, name: str) -> None:
        """Open the direct conversation with somebody."""
        self._start("open direct", self._open_direct(name), self._tell)

    def join(self, channel: str) -> None:
        """Go to a channel, and join it if need be."""
        self._start("join", self._join(channel), self._tell)

    def save(self, conversation: int, seq: int) -> None:
        """Save the file of a message."""
        from chat_tui.commands.files import save

        context = Context(self._bridge, self._desk, conversation)
        self._start("save a file", save(context, conversation, seq), self._tell)

    def load_older(self, conversation: int, failed: Callable[[], None]) -> None:
        """Fetch older messages.

        Args:
            conversation: where.
            failed: called if none came.
        """
        self._start("older messages", _ignoring(self._bridge.load_older(conversation)), lambda _: failed())

    def read_thread(
        self, conversation: int, seq: int, done: Callable[[int], object], failed: Callable[[], object]
    ) -> None:
        """Read a thread, of which any message is named.

        Args:
            conversation: where.
            seq: of that message.
            done: told the seq of what it hangs on.
            failed: called if it could not be read, after that was told in a line.
        """

        def tell(fault: ChatError) -> None:
            self._tell(fault)
            failed()

        async def read() -> None:
            done(await self._bridge.read_thread(conversation, seq))

        self._start("thread", read(), tell)

    def load_older_thread(self, conversation: int, thread: int, failed: Callable[[], None]) -> None:
        """Fetch older messages of an open thread; `failed` is called if none came."""
        self._start("older in thread", self._bridge.load_older_thread(conversation, thread), lambda _: failed())

    def read_around(self, conversation: int, seq: int, show: Callable[[Page], object]) -> None:
        """Read what was said around a message of the past, and have it shown."""
        from chat_core.protocol.requests.messages import History

        async def read() -> None:
            show(await self._bridge.call(History(conversation=conversation, anchor="around", seq=seq)))

        self._start("passage", read(), self._tell)

    def freshen_members(self, conversation: ConversationState) -> None:
        """Ask who is in a conversation, if what is known of that is out of date, and not all the time."""
        if not conversation.members.stale or self._bridge.state.link.status is not LinkStatus.ONLINE:
            return
        now = self._clock.monotonic()
        if now - self._members_asked.get(conversation.id, float("-inf")) >= MEMBERS_EVERY_S:
            self._members_asked[conversation.id] = now
            self._start("members", self._bridge.load_members(conversation.id))

    def fetch_channels(self, done: Callable[[], object] = lambda: None) -> None:
        """Ask which channels there are, for the completion, now and then; `done` is called when others are known."""
        now = self._clock.monotonic()
        if now - self._channels_asked >= CHANNELS_EVERY_S:
            self._channels_asked = now
            self._start("channels", self._fetch_channels(done))

    async def _join(self, channel: str) -> None:
        self._desk.open_soon(await self._bridge.join(channel))

    async def _call(self, request: Request[Any], done: Callable[[], object] | None) -> None:
        await self._bridge.call(request)
        if done is not None:
            done()

    async def _look_up(self, requests: Sequence[Request[Any]], show: Callable[[Sequence[Any]], None]) -> None:
        show([await self._bridge.call(request) for request in requests])

    async def _open_direct(self, name: str) -> None:
        self._desk.open_soon(await self._bridge.open_direct(name))

    async def _fetch_channels(self, done: Callable[[], object]) -> None:
        from chat_core.protocol.requests.conversations import ListChannels

        page = await self._bridge.call(ListChannels())
        self._desk.learn_channels([channel.name for channel in page.channels])
        done()

    def _tell(self, fault: ChatError) -> None:
        self._desk.answer(Answer(str(fault), fault=True))

    def _start(
        self, name: str, work: Coroutine[Any, Any, None], failed: Callable[[ChatError], None] | None = None
    ) -> asyncio.Task[None]:
        task = spawn(name, _guarded(work, failed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _guarded(work: Coroutine[Any, Any, None], failed: Callable[[ChatError], None] | None) -> None:
    try:
        await work
    except ChatError as fault:
        if failed is not None:
            failed(fault)


async def _ignoring(work: Coroutine[Any, Any, object]) -> None:
    await work
