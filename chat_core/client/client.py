"""The client: one object that takes part in a chat. Says what can be done; the engine does it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self, TypeVar

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.errors import UsageFault
from chat_core.base.ids import make_cid
from chat_core.base.names import check_account_name
from chat_core.client.door import Login, Tokens, this_device
from chat_core.client.engine import Engine
from chat_core.client.files.calls import FileCalls
from chat_core.client.link import CALL_WITHIN_S
from chat_core.client.state import inputs
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, Unsent
from chat_core.client.storage import Storage
from chat_core.protocol.requests.attention import ListMentions, Mentions
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.conversations import Find, Join, Leave, MarkRead, OpenDirect
from chat_core.protocol.requests.messages import Delete, Deleted, Edit, Edited, Posted
from chat_core.protocol.requests.search import Search, SearchResults
from chat_core.protocol.requests.session import Welcome
from chat_core.protocol.values import Message, Style
from chat_core.transport.connect import Connector, connect
from chat_core.transport.urls import Address

R = TypeVar("R", bound=Reply)

FAR_BEHIND = 2000
"""Missed events above which the newest page is read instead."""


class Client(FileCalls):
    """Connects by itself, keeps connected, and keeps the whole state of one account's chat.

    Made in any thread, then used in one event loop only. States and batches are immutable: hand those to other threads.

    Args:
        address: where the server is.
        name: who to sign in as; later reconnects use the account's present name.
        follow: True: everything the account is in is followed, also what it joins later, and `state` has all of it.
            False: nothing is pushed until `attach`; for commands that do one thing.
        clock: tells the time.
        far_behind: missed events of a conversation above which the newest page is read instead; 0: never.
        program: name and version, for the server's log.
        connector: opens the stream; tests bring their own.
        entropy: returns so many random bytes, from a cryptographic source.
        storage: keeps the outbox and the list of conversations beyond this client's life (`FileStorage`); None: what
            is unsent ends with the client.
        password: of the account; empty: none was given, and a token that is kept, or the name alone, must do.
        token: of a device of the account; empty: one that is kept.
        register: make the account, with that password.
        invite: code for that; empty: none.
        guest: be a guest; the name is then what the server makes of it.
        device: what to call this device in the list of devices.
        tokens: keeps this device's token beyond this client's life (`FileTokens`); None: nobody does.
        ask: returns the password, or a token, once one is needed; empty: none after all.
        keep: about how many messages of each conversation are kept as more come, except where `reading` says otherwise;
            older ones can be loaded again. None: all.

    Raises:
        UsageFault: the name is ill-formed.
    """

    def __init__(
        self,
        address: Address,
        name: str,
        *,
        follow: bool = True,
        clock: Clock | None = None,
        far_behind: int = FAR_BEHIND,
        program: str = "chat-tui",
        connector: Connector = connect,
        entropy: Callable[[int], bytes] = os.urandom,
        storage: Storage | None = None,
        keep: int | None = None,
        password: str = "",
        token: str = "",
        register: bool = False,
        invite: str = "",
        guest: bool = False,
        device: str = "",
        tokens: Tokens | None = None,
        ask: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self.address = address
        self._follow = follow
        self._clock = clock or SystemClock()
        self._entropy = entropy
        self._name = check_account_name(name)
        login = Login(
            name=self._name,
            password=password,
            token=token,
            register=register,
            invite=invite,
            guest=guest,
            device=device or this_device(program),
            ask=ask,
        )
        self._engine = Engine(
            address,
            login,
            tokens,
            program,
            far_behind if follow else None,
            self._clock,
            connector,
            entropy,
            storage,
            keep,
        )
        self._started = False

    # --- life -------------------------------------------------------------------------------------------------

    @property
    def state(self) -> ClientState:
        """The newest state."""
        return self._engine.board.state

    @property
    def welcome(self) -> Welcome | None:
        """What the server said it is and whom it lets in, also when it then refused; None: nothing yet."""
        return self._engine.opening.welcome

    async def start(self) -> None:
        """Take over what an earlier run left unsent, then begin to connect, and go on connecting; does not wait for it.

        Raises:
            WorldFault: the storage cannot be used; nothing was begun.
        """
        if self._started:
            return
        self._started = True
        await self._engine.remembering.restore(self._name)
        self._engine.keeper.start()

    async def online(self, timeout_s: float | None = None) -> None:
        """Wait until signed in (and, if following, until the list of conversations is there).

        Raises:
            CallFailed: the server refuses this client for good.
            Untrusted: the connector does not trust the server, for good.
            UsageFault: the file with the tokens cannot be used; the text says why.
            Disconnected: the same, or it was not reached in time; the text says why.
        """
        await self._engine.keeper.online(timeout_s)

    def wake(self) -> None:
        """Tell that somebody is there again (a key was pressed, the machine woke): connect now, or probe the link."""
        self._engine.keeper.wake()

    def changes(self) -> AsyncIterator[Batch]:
        """Return what happens, in batches, from the beginning on; for one consumer. Ends when the client is closed.

        A consumer that is slow makes the client leave events in the server's log until it is back.

        Raises:
            RuntimeError: asked a second time, or after too much has happened unheard.
        """
        return self._engine.board.changes()

    async def close(self) -> None:
        """Say goodbye and stop everything; what is unsent stays in `state`."""
        await self._engine.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- calls ------------------------------------------------------------------------------------------------

    async def call(self, request: Request[R], *, timeout_s: float = CALL_WITHIN_S) -> R:
        """Ask the server for something, once.

        Raises:
            CallFailed: it refused.
            Disconnected: not connected, or no answer in time: whether it was done is unknown.
        """
        link = self._engine.keeper.link
        if isinstance(request, MarkRead) and request.back and isinstance(request.conversation, int):
            self._engine.glances.hold(request.conversation)  # what is not told yet would undo it
        return await link.call(request, timeout_s=timeout_s, take=self._engine.learn)

    async def join(self, channel: str, *, create: bool = True) -> int:
        """Become a member of a channel and return its number. Raises: as `call`."""
        return (await self.call(Join(channel=channel, create=create))).conversation.id

    async def open_direct(self, name: str) -> int:
        """Open the direct conversation with somebody and return its number. Raises: as `call`."""
        return (await self.call(OpenDirect(account=name))).conversation.id

    async def leave(self, conversation: int) -> None:
        """End one's membership. Raises: as `call`."""
        await self.call(Leave(conversation=conversation))
        if not self._follow:
            self._engine.attacher.forget(conversation)
            self._engine.board.apply(inputs.Gone(conversation=conversation))

    async def attach(self, conversation: int, after: int | None) -> None:
        """Have a conversation's events delivered (clients that do not follow), also across reconnects.

        Args:
            conversation: its number.
            after: None: what comes from now on. N: every event with a greater seq, then what comes; where the log is
                shorter than that, what comes.

        Raises:
            CallFailed: refused for good, for instance because one is not a member.
            Disconnected: closed while waiting; there is no time-out.
        """
        if self._follow:
            return
        if conversation not in self.state.conversations:
            await self.call(Find(conversation=conversation))
        await self._engine.attacher.attach(conversation, after)

    # --- messages ---------------------------------------------------------------------------------------------

    def post(
        self,
        conversation: int,
        body: str,
        *,
        style: Style = "text",
        reply_to: int | None = None,
        thread: int | None = None,
        in_channel: bool = False,
        cid: bytes | None = None,
    ) -> bytes:
        """Put a message into the outbox and return its cid; it is sent, and sent again, by itself and in order.

        Raises:
            UsageFault: there is no such conversation, the cid is in use, or the client was closed.
        """
        known = self._engine.board.now.conversations.get(conversation)
        if known is None:
            raise UsageFault("That conversation is not in the list: join it first.")
        now_ms = self._clock.wall_ms()
        unsent = Unsent(
            cid=cid or make_cid(now_ms, self._entropy(10)),
            conversation=conversation,
            body=body.encode("utf-8", "replace").decode(),  # half a surrogate pair travels as a question mark
            ts=now_ms,
            style=style,
            reply_to=reply_to,
            thread=thread,
            in_channel=in_channel,
        )
        self._engine.glances.posted(conversation)
        self._engine.absences.posted(conversation)
        self._engine.sender.post(unsent, known.target)
        return unsent.cid

    async def sent(self, cid: bytes) -> Posted:
        """Wait until a message is acknowledged: on disk, at the address `conversation:seq`.

        Raises:
            CallFailed: refused for good.
            Disconnected: the client was closed before.
            UsageFault: nothing of that cid was posted here, or too long ago.
        """
        return await self._engine.sender.sent(cid)

    def retry(self, cid: bytes) -> None:
        """Send a failed message again, behind what was written since."""
        self._engine.sender.retry(cid)

    def discard(self, cid: bytes) -> None:
        """Forget a failed message, or one that was never sent. Raises: UsageFault if it may be at the server."""
        self._engine.sender.discard(cid)

    async def edit(self, conversation: int, seq: int, body: str) -> Edited:
        """Replace the text of a message of one's own. May be repeated, like `delete`. Raises: as `call`."""
        return await self.call(Edit(conversation=conversation, seq=seq, body=body))

    async def delete(self, conversation: int, seq: int) -> Deleted:
        """Drop the text of a message of one's own, for ever and for everybody. Raises: as `call`."""
        return await self.call(Delete(conversation=conversation, seq=seq))

    # --- searching --------------------------------------------------------------------------------------------

    async def search(
        self, query: str, *, where: int | str | None = None, ranked: bool = False, limit: int = 20, cursor: bytes = b""
    ) -> SearchResults:
        """Find messages, the newest first; days in the query are those of this machine's time zone.

        Args:
            query: words, `"phrases"` and filters, as the request `search` says.
            where: look only there, in a conversation by its number or as a TARGET.
            ranked: the best first, of the newest 10,000.
            limit: most hits wanted, 1 to 200.
            cursor: of the answer to the same search, for what follows it.

        Raises:
            CallFailed: `bad_query`, `no_conversation`, `no_account`, `busy` ...
            Disconnected: as `call`.
        """
        zone = datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC).astimezone().utcoffset() or timedelta()
        zone_min = round(zone.total_seconds() / 60)
        return await self.call(
            Search(query=query, conversation=where, ranked=ranked, limit=limit, cursor=cursor, zone_min=zone_min)
        )

    # --- reading ----------------------------------------------------------------------------------------------

    async def load_older(self, conversation: int, limit: int = 100) -> int:
        """Read messages before the oldest known one; return how many came. The first page is read like this too.

        Raises:
            CallFailed, Disconnected: it could not be read.
            UsageFault: there is no such conversation.
        """
        return await self._engine.pages.load_older(conversation, limit)

    def reading(self, *conversations: int) -> None:
        """Tell where older messages are being read: nothing is forgotten there, and elsewhere again."""
        self._engine.delivery.reading = frozenset(conversations)

    async def load_members(self, conversation: int) -> None:
        """Read who is in a conversation. Raises: CallFailed, Disconnected."""
        await self._engine.pages.load_members(conversation)

    async def read_thread(self, conversation: int, thread: int, limit: int = 100) -> int:
        """Open a thread: its newest messages are in the state from then on; return the seq of what it hangs on.

        Args:
            conversation: where.
            thread: seq of what it hangs on, or of any message in it.
            limit: most messages.

        Raises:
            CallFailed, Disconnected: it could not be read.
        """
        return await self._engine.pages.read_thread(conversation, thread, limit)

    async def load_older_thread(self, conversation: int, thread: int, limit: int = 100) -> None:
        """Read what is in front of what is known of an open thread. Raises: CallFailed, Disconnected."""
        await self._engine.pages.load_older_thread(conversation, thread, limit)

    def close_thread(self, conversation: int, thread: int) -> None:
        """Keep nothing of a thread in the state any more."""
        self._engine.board.apply(inputs.ThreadClosed(conversation=conversation, thread=thread))

    def watch_threads(self) -> None:
        """Keep in the state what is new in the threads that one follows: `followed` of each conversation."""
        self._engine.threads_news.watch()

    def mark_thread_read(self, conversation: int, thread: int, seq: int) -> None:
        """What is in a thread up to `seq` was read; the server keeps it if one follows the thread."""
        self._engine.glances.mark_thread_read(conversation, thread, seq)

    def mark_read(self, conversation: int, seq: int) -> None:
        """Everything up to `seq` was read: here at once, at the server within a second or at the next reconnect."""
        self._engine.glances.mark_read(conversation, seq)

    def mark_all_read(self) -> None:
        """Everything that is known was read: here at once, at the server in one request or at the next reconnect."""
        self._engine.glances.mark_all_read()

    async def mentions(self, *, limit: int = 50, cursor: str = "") -> Mentions:
        """Read what mentions oneself, in all conversations, the newest first.

        Args:
            limit: most messages wanted, 1 to 200.
            cursor: of the answer before, for what follows it.

        Raises:
            CallFailed, Disconnected: as `call`.
        """
        return await self.call(ListMentions(limit=limit, cursor=cursor))

    def show_broadcast(self, conversation: int, announcement: Message) -> None:
        """Put an announcement between the messages of the conversation that is on the screen, here only."""
        self._engine.board.apply(inputs.BroadcastShown(conversation=conversation, message=announcement))

    def typing(self, conversation: int, active: bool = True) -> None:
        """Tell the others that the user is writing, or has stopped; may be called at every key."""
        self._engine.glances.typing(conversation, active=active)
