"""The client as commands of the line mode use it: as it is, but for what is said when a message is not sent at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar, Unpack

from chat_core.base.clock import Clock
from chat_core.base.tasks import spawn, stop
from chat_core.client import CallFailed, Client, Disconnected
from chat_core.client.files.progress import Progress, Transfer
from chat_core.client.state.model import ClientState
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import Style
from chat_tui.paths import uploads_folder
from chat_tui.plain.hearing import one_line
from chat_tui.views.where import Where

R = TypeVar("R", bound=Reply)

AT_ONCE_S: Final = 2.0
"""A message that is acknowledged within it needs no word, in seconds."""
TELL_EVERY_S: Final = 10.0
"""Shortest distance of two words about a file on its way, in seconds."""
_SHOWN: Final = 40


class ClientCalls:
    """See the module's head, and `commands.context.Calls`.

    Args:
        client: it.
        state: returns what was told of its state.
        say: says a sentence.
        clock: the time.
    """

    def __init__(
        self, client: Client, state: Callable[[], ClientState], say: Callable[[str], None], clock: Clock
    ) -> None:
        self._client = client
        self._clock = clock
        self._state = state
        self._say = say
        self._tasks: set[asyncio.Task[None]] = set()
        self.own: set[bytes] = set()
        """Messages that were written here, which need no echo; by their cid."""

    @property
    def state(self) -> ClientState:
        """See Calls."""
        return self._state()

    async def call(self, request: Request[R]) -> R:
        """See Calls."""
        return await self._client.call(request)

    async def join(self, channel: str) -> int:
        """See Calls."""
        return await self._client.join(channel)

    async def open_direct(self, name: str) -> int:
        """See Calls."""
        return await self._client.open_direct(name)

    async def leave(self, conversation: int) -> None:
        """See Calls."""
        await self._client.leave(conversation)

    async def search(self, query: str) -> SearchResults:
        """See Calls."""
        return await self._client.search(query)

    async def upload(self, conversation: int, path: Path, tell: Progress) -> None:
        """See Calls."""
        told = _now_and_then(tell, self._clock)
        await self._client.upload(conversation, path, progress=told, underway=uploads_folder(), named=self.own.add)

    async def download(self, conversation: int, seq: int, to: Path, tell: Progress) -> Path:
        """See Calls."""
        return await self._client.download(conversation, seq, to=to, progress=_now_and_then(tell, self._clock))

    def post(self, conversation: int, body: str, *, style: Style = "text", **where: Unpack[Where]) -> None:
        """See Calls. Raises: UsageFault."""
        cid = self._client.post(conversation, body, style=style, **where)
        self.own.add(cid)
        self._follow(cid, one_line(body)[:_SHOWN])

    def retry(self, cid: bytes) -> None:
        """See Calls."""
        self._client.retry(cid)
        self._follow(cid, "again")

    def discard(self, cid: bytes) -> None:
        """See Calls."""
        self._client.discard(cid)

    def wake(self) -> None:
        """See Calls."""
        self._client.wake()

    @property
    def waiting(self) -> int:
        """Messages that are neither acknowledged nor refused."""
        unsent = (each for conversation in self._client.state.conversations.values() for each in conversation.unsent)
        return sum(each.status != "failed" for each in unsent)

    async def arrived(self, within_s: float) -> None:
        """Wait until everything is acknowledged or refused, but not for ever."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)

    async def stop(self) -> None:
        """Wait for nothing any more."""
        await stop(*self._tasks)

    def _follow(self, cid: bytes, words: str) -> None:
        task = spawn("say what becomes of a message", self._tell(cid, words))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, cid: bytes, words: str) -> None:
        try:
            try:
                async with asyncio.timeout(AT_ONCE_S):
                    await self._client.sent(cid)
            except TimeoutError:
                self._say(f"Not sent yet: {words}")
                await self._client.sent(cid)
                self._say(f"Sent: {words}")
        except CallFailed as fault:
            self._say(f"Not sent: {words}: {fault} /retry sends it again, /discard forgets it.")
        except Disconnected:
            pass  # the client was closed; whoever leaves says what waits


def _now_and_then(tell: Progress, clock: Clock) -> Progress:
    """Return what tells of a file on its way only where that takes long."""
    next_s = clock.monotonic() + TELL_EVERY_S

    def told(moved: Transfer) -> None:
        nonlocal next_s
        if clock.monotonic() >= next_s:
            next_s = clock.monotonic() + TELL_EVERY_S
            tell(moved)

    return told
