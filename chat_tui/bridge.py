"""The one door to the client library: changes in, calls out.

The client has its own loop (`client_thread`), so that a terminal that takes no bytes (Textual then blocks) stops no
heartbeat. What comes is put into a queue and taken out on the application's loop, as often as `views.pacing` says; what
goes out is a coroutine over there whose answer comes back here. Both sides see frozen values only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import msgspec
from typing_extensions import Unpack, override

from chat_core.base.errors import ChatError, WorldFault
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState
from chat_core.protocol.requests.base import Reply
from chat_core.protocol.values import Message, Style
from chat_tui.client_thread import ClientThread
from chat_tui.device_tokens import DeviceTokens
from chat_tui.file_calls import FileCalls
from chat_tui.handover import Handed, Handover
from chat_tui.password_command import PasswordCommand, of_server
from chat_tui.thread_calls import ThreadCalls
from chat_tui.views.pacing import Pacing
from chat_tui.views.where import Where

if TYPE_CHECKING:
    from chat_core.client import Address, Client
    from chat_core.client.door import Tokens
    from chat_core.client.storage import Storage
    from chat_core.protocol.requests.base import Request
    from chat_core.protocol.requests.search import SearchResults
    from chat_core.protocol.requests.session import Welcome
    from chat_core.transport.connect import Connector

T = TypeVar("T")
R = TypeVar("R", bound=Reply)

_WAKE_EVERY_S: Final = 1.0
KEPT: Final = 2_000
"""About how many messages of a conversation are kept while nobody reads its older ones."""


Kind = Literal["known", "password", "register", "guest"]


class Way(msgspec.Struct, frozen=True):
    """How somebody wants to get in."""

    kind: Kind = "known"
    """`known`: with this device's token, or by the name alone; `password`; `register`: as a new account; `guest`."""
    password: str = ""
    """With `password` and `register`."""
    invite: str = ""
    """Code for `register`; empty: none."""

    @override
    def __repr__(self) -> str:
        """Return the kind only, so that nothing secret gets into a log."""
        return f"Way({self.kind!r})"


KNOWN: Final = Way()
"""What nobody has to be asked for."""


class Bridge(FileCalls, ThreadCalls):
    """A client in a thread of its own. All methods belong to the application's loop.

    Args:
        address: of the server.
        name: to sign in with.
        on_batch: told what changed, several batches of the client as one.
        on_fault: told what went wrong with something that has no answer.
        outbox: folder for messages that are not sent yet; None: they end with the bridge.
        make_connector: makes what connects; called in the client's thread. None: what the library does by itself.
        tokens: folder of this device's tokens; None: none is used or kept.
        way: how to get in.
        on_end: told why nothing comes any more though it was not closed; None: as of other faults.
    """

    def __init__(
        self,
        address: Address,
        name: str,
        on_batch: Callable[[Batch], None],
        on_fault: Callable[[ChatError], None],
        outbox: Path | None = None,
        make_connector: Callable[[], Connector] | None = None,
        tokens: Path | None = None,
        way: Way = KNOWN,
        on_end: Callable[[ChatError], None] | None = None,
    ) -> None:
        self._address = address
        self._make_connector = make_connector
        self._name = name
        self._on_batch = on_batch
        self._on_fault = on_fault
        self._outbox = outbox
        self._tokens = tokens
        self._way = way
        self.command: PasswordCommand | None = None
        """What prints the password; None: nothing does."""
        self.keeps = False
        """Whether what is not sent survives the end of the program."""
        self.loses = False
        """Whether it would, but for a disk that does not take it."""
        self.lens: Callable[[Batch], Batch] = _as_it_is
        """Returns what came as it is to be seen here."""
        self._state = ClientState()
        self._pacing = Pacing()
        self._queue = Handover(lambda set_room: self._live.tell(lambda _: set_room()))
        self._told = False
        self._timer: asyncio.TimerHandle | None = None
        self._woken = 0.0
        self._posts_given = self._posts_seen = 0
        """Messages that were given away and not refused at once, and those of them that the state has seen."""
        self._posts_taken = 0
        """Those that the client took; counted in its thread alone."""
        self._left: set[int] = set()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop
        self._live = ClientThread(self._make_client, self._hear, on_fault, on_end or on_fault)

    @property
    def state(self) -> ClientState:
        """What the client knows, as far as it was told to `on_batch`."""
        return self._state

    @property
    def posting(self) -> int:
        """How many messages were given away a moment ago that the state has not seen yet."""
        return self._posts_given - self._posts_seen

    @property
    def welcome(self) -> Welcome | None:
        """What the server said it is and whom it lets in; None: nothing yet."""
        client = self._live.client
        return client.welcome if client is not None else None

    async def start(self) -> None:
        """Start the client, which connects by itself and goes on trying; return once calls can be made."""
        self._loop = asyncio.get_running_loop()
        await self._live.start()

    async def close(self) -> None:
        """Say goodbye and end the thread; nothing is told any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        await self._live.close()

    def was_left_here(self, conversation: int) -> bool:
        """Whether it was this client that left a conversation; asked once for each time it is gone."""
        here = conversation in self._left
        self._left.discard(conversation)
        return here

    # --- calls

    async def online(self, timeout_s: float) -> None:
        """Wait until signed in and caught up.

        Raises:
            Disconnected: not in time; the text has the last reason.
            CallFailed: the server refuses for good.
        """
        await self._there(lambda client: client.online(timeout_s))

    async def call(self, request: Request[R]) -> R:
        """Call the server; see `Client.call`."""
        return await self._there(lambda client: client.call(request))

    async def join(self, channel: str) -> int:
        """Join a channel; see `Client.join`."""
        return await self._there(lambda client: client.join(channel))

    async def open_direct(self, name: str) -> int:
        """Open a direct conversation; see `Client.open_direct`."""
        return await self._there(lambda client: client.open_direct(name))

    async def leave(self, conversation: int) -> None:
        """Leave a channel; see `Client.leave`."""
        self._left.add(conversation)  # before it is asked for: what comes of it may be here first
        try:
            await self._there(lambda client: client.leave(conversation))
        except ChatError:
            self._left.discard(conversation)
            raise

    async def load_older(self, conversation: int) -> int:
        """Fetch older messages; see `Client.load_older`."""
        return await self._there(lambda client: client.load_older(conversation))

    async def load_members(self, conversation: int) -> None:
        """Fetch the list of members; see `Client.load_members`."""
        await self._there(lambda client: client.load_members(conversation))

    async def search(self, query: str, *, ranked: bool = False, cursor: bytes = b"") -> SearchResults:
        """Find messages; see `Client.search`."""
        return await self._there(lambda client: client.search(query, ranked=ranked, cursor=cursor))

    # --- what needs no answer

    def post(self, conversation: int, body: str, *, style: Style = "text", **where: Unpack[Where]) -> None:
        """Queue a message; it appears in the state at once."""
        if self._live.tell(lambda client: self._post(client, conversation, body, style, where)):
            self._posts_given += 1
        elif not self._closed:
            self._on_fault(WorldFault("Not connected: this is not sent."))

    def retry(self, cid: bytes) -> None:
        """Send a refused message again."""
        self._tell(lambda client: client.retry(cid))

    def discard(self, cid: bytes) -> None:
        """Drop a refused message."""
        self._tell(lambda client: client.discard(cid))

    def mark_read(self, conversation: int, seq: int) -> None:
        """Move the read marker."""
        self._tell(lambda client: client.mark_read(conversation, seq))

    def mark_all_read(self) -> None:
        """Move all read markers; see `Client.mark_all_read`."""
        self._tell(lambda client: client.mark_all_read())

    def reading(self, *conversations: int) -> None:
        """Tell where older messages are being read; see `Client.reading`."""
        self._tell(lambda client: client.reading(*conversations))

    def show_broadcast(self, conversation: int, announcement: Message) -> None:
        """Show an announcement in another conversation, too; see `Client.show_broadcast`."""
        self._tell(lambda client: client.show_broadcast(conversation, announcement))

    def typing(self, conversation: int, *, active: bool) -> None:
        """Tell the others that somebody writes here."""
        self._tell(lambda client: client.typing(conversation, active))

    def wake(self) -> None:
        """Look at once whether the connection is alive, or try at once to get one."""
        self._tell(lambda client: client.wake())

    def key_pressed(self) -> None:
        """Note that somebody is there: painting gives way to typing, and waiting for the next try ends."""
        if not self._live.is_up:
            return
        now = self._loop.time()
        self._pacing.key(now)
        if now - self._woken > _WAKE_EVERY_S:
            self._woken = now
            self.wake()

    @override
    async def _there(self, ask: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        return await self._live.there(ask)

    @override
    def _tell(self, say: Callable[[Client], object]) -> None:
        self._live.tell(say)

    @override
    def _say(self, function: Callable[..., None], *arguments: object) -> None:
        self._live.say(function, *arguments)

    # --- what comes, on the application's loop

    def _arrived(self) -> None:
        if self._timer is None and not self._closed:
            delay = self._pacing.delay(self._loop.time())
            if delay:
                self._timer = self._loop.call_later(delay, self._drain)
            else:
                self._drain()

    def _refused(self) -> None:
        self._posts_given -= 1

    def _drain(self) -> None:
        self._timer = None
        self._told = False  # before all is taken: what comes from here on is told again
        handed = self._queue.take()
        if not handed or self._closed:
            return
        changes = tuple(change for each in handed for change in each.batch.changes)
        batch = self.lens(Batch(state=handed[-1].batch.state, changes=changes))
        self._state, self._posts_seen = batch.state, handed[-1].posts
        self._pacing.drained(self._loop.time(), len(changes))
        self._on_batch(batch)

    def _again(self) -> None:
        """Have everything shown again: what changed is no part of the state."""
        if not self._closed:
            self._on_batch(Batch(state=self._state, changes=()))

    # --- in the client's thread

    async def _hear(self, batch: Batch) -> None:
        self._queue.put(Handed(batch, self._posts_taken))
        if not self._told:
            self._told = True
            self._say(self._arrived)
        await self._queue.room()

    def _post(self, client: Client, conversation: int, body: str, style: Style, where: Where) -> None:
        try:
            client.post(conversation, body, style=style, **where)
        except ChatError:
            self._say(self._refused)  # no batch tells of it
            raise
        self._posts_taken += 1

    async def _make_client(self) -> Client:
        from chat_core.client import FileStorage  # the heaviest import there is before the first message
        from chat_core.client.folders import folder_for
        from chat_core.transport.connect import connect

        connector = self._make_connector() if self._make_connector is not None else connect
        if self._outbox is not None:
            storage = FileStorage(folder_for(self._outbox, str(self._address)), self._outbox_fault, self._outbox_mended)
            client = self._new_client(connector, storage)
            try:
                await client.start()
            except WorldFault as fault:
                self.loses = True
                self._told_fault(fault)
            else:
                self.keeps = True
                return client
        client = self._new_client(connector, None)
        await client.start()
        return client

    def _new_client(self, connector: Connector, storage: Storage | None) -> Client:
        from chat_core.client import Client

        way = self._way
        if self._tokens is not None and way.kind == "known":
            self.command = of_server(self._tokens, str(self._address), self._told_fault)
        return Client(
            self._address,
            self._name,
            storage=storage,
            keep=KEPT,
            connector=connector,
            tokens=self._device_tokens(),
            password=way.password,
            register=way.kind == "register",
            invite=way.invite,
            guest=way.kind == "guest",
            ask=self.command,
        )

    def _device_tokens(self) -> Tokens | None:
        """Return what keeps this device's tokens; what somebody gives to get in counts, not what was kept before."""
        if self._tokens is None:
            return None
        from chat_tui.kept_tokens import KeptTokens

        return DeviceTokens(KeptTokens(self._tokens, self._address), self._told_fault, given=self._way.kind != "known")

    def _told_fault(self, fault: ChatError) -> None:
        self._say(self._on_fault, fault)

    def _outbox_fault(self, sentence: str) -> None:
        self.keeps, self.loses = False, True
        self._told_fault(WorldFault(sentence))
        self._say(self._again)

    def _outbox_mended(self) -> None:
        self.keeps, self.loses = True, False
        self._say(self._again)


def _as_it_is(batch: Batch) -> Batch:
    return batch
