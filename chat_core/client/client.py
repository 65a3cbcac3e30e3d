"""The client: one object that takes part in a chat. Joins the parts of this package; decides nothing itself."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self, TypeVar

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.errors import UsageFault
from chat_core.base.ids import make_cid
from chat_core.base.names import check_account_name
from chat_core.client.attaching import Attacher
from chat_core.client.board import Board
from chat_core.client.delivery import Delivery
from chat_core.client.glances import Glances
from chat_core.client.incoming import Incoming
from chat_core.client.keeper import Keeper
from chat_core.client.link import CALL_WITHIN_S, Ended, Link
from chat_core.client.opening import Opening
from chat_core.client.pages import Pages
from chat_core.client.sending import Sender
from chat_core.client.state import inputs
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, LinkState, Unsent
from chat_core.protocol.requests.accounts import Renamed
from chat_core.protocol.requests.base import Reply, Request
from chat_core.protocol.requests.conversations import Find, Join, Leave, OpenDirect, Opened
from chat_core.protocol.requests.messages import Posted
from chat_core.protocol.values import Style
from chat_core.transport.connect import Connector, connect
from chat_core.transport.urls import Address

R = TypeVar("R", bound=Reply)

KEPT_UNSHOWN = 512
"""Messages kept of a conversation by a client that does not follow, and so shows none."""
FAR_BEHIND = 2000
"""Missed events above which the newest page is read instead."""


class Client:
    """Connects by itself, keeps connected, and keeps the whole state of one account's chat.

    Made in any thread, used in one event loop. `state` is immutable and may be read by anybody.

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
    ) -> None:
        self.address = address
        self._follow = follow
        self._clock = clock or SystemClock()
        self._entropy = entropy
        self._connector = connector
        self._board = Board(lambda: self._sender.news(), lambda: self._delivery.fill_all())
        self._sender = Sender(
            self._clock, lambda conversation, seq: self._delivery.seen(conversation, seq), self._board.wake
        )
        self._delivery = Delivery(self._board, self._sender.came_by, None if follow else KEPT_UNSHOWN)
        self._pages = Pages(self._board, self._sender, lambda: self._keeper.link)
        self._attacher = Attacher(self._board, self._delivery, self._sender, self._clock, self._pages.load_newest)
        self._glances = Glances(self._board, self._clock)
        self._incoming = Incoming(self._board, self._delivery, self._attacher, self._pages, self._clock)
        self._opening = Opening(
            self._board,
            self._sender,
            self._attacher,
            check_account_name(name),
            program,
            far_behind if follow else None,
        )
        self._keeper = Keeper(self._dial, self._open, self._ready, self._say, self._clock, self._chance)

    # --- life -------------------------------------------------------------------------------------------------

    @property
    def state(self) -> ClientState:
        """The newest state."""
        return self._board.state

    async def start(self) -> None:
        """Begin to connect, and go on connecting; returns at once."""
        self._keeper.start()

    async def online(self, timeout_s: float | None = None) -> None:
        """Wait until signed in (and, if following, until the list of conversations is there).

        Raises:
            CallFailed: the server refuses this client for good.
            Disconnected: the same, or it was not reached in time; the text says why.
        """
        await self._keeper.online(timeout_s)

    def wake(self) -> None:
        """Tell that somebody is there again (a key was pressed, the machine woke): connect now, or probe the link."""
        self._keeper.wake()

    def changes(self) -> AsyncIterator[Batch]:
        """Return what happens, in batches, from the beginning on; for one consumer. Ends when the client is closed.

        A consumer that is slow makes the client leave events in the server's log until it is back.

        Raises:
            RuntimeError: asked a second time, or after too much has happened unheard.
        """
        return self._board.changes()

    async def close(self) -> None:
        """Say goodbye and stop everything; what is unsent stays in `state`."""
        await self._keeper.close()
        self._glances.close()
        self._attacher.close()
        self._sender.close()
        self._board.close()

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
        return await self._keeper.link.call(request, timeout_s=timeout_s, take=self._learn)

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
            self._attacher.forget(conversation)
            self._board.apply(inputs.Gone(conversation=conversation))

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
        await self._attacher.attach(conversation, after)

    # --- messages ---------------------------------------------------------------------------------------------

    def post(
        self,
        conversation: int,
        body: str,
        *,
        style: Style = "text",
        reply_to: int | None = None,
        cid: bytes | None = None,
    ) -> bytes:
        """Put a message into the outbox and return its cid; it is sent, and sent again, by itself and in order.

        Raises:
            UsageFault: there is no such conversation, or the cid is in use.
        """
        if conversation not in self.state.conversations:
            raise UsageFault("That conversation is not in the list: join it first.")
        now_ms = self._clock.wall_ms()
        unsent = Unsent(
            cid=cid or make_cid(now_ms, self._entropy(10)),
            conversation=conversation,
            body=body,
            ts=now_ms,
            style=style,
            reply_to=reply_to,
        )
        self._glances.posted(conversation)
        self._sender.post(unsent)
        return unsent.cid

    async def sent(self, cid: bytes) -> Posted:
        """Wait until a message is acknowledged: on disk, at the address `conversation:seq`.

        Raises:
            CallFailed: refused for good.
            Disconnected: the client was closed before.
            UsageFault: nothing of that cid was posted here, or too long ago.
        """
        return await self._sender.sent(cid)

    def retry(self, cid: bytes) -> None:
        """Send a failed message again, behind what was written since."""
        self._sender.retry(cid)

    def discard(self, cid: bytes) -> None:
        """Forget a failed message, or one that was never sent. Raises: UsageFault if it may be at the server."""
        self._sender.discard(cid)

    # --- reading ----------------------------------------------------------------------------------------------

    async def load_older(self, conversation: int, limit: int = 100) -> int:
        """Read messages before the oldest known one; return how many came. The first page is read like this too.

        Raises:
            CallFailed, Disconnected: it could not be read.
            UsageFault: there is no such conversation.
        """
        return await self._pages.load_older(conversation, limit)

    async def load_members(self, conversation: int) -> None:
        """Read who is in a conversation. Raises: CallFailed, Disconnected."""
        await self._pages.load_members(conversation)

    def mark_read(self, conversation: int, seq: int) -> None:
        """Everything up to `seq` was read: here at once, at the server within a second or at the next reconnect."""
        self._glances.mark_read(conversation, seq)

    def typing(self, conversation: int, active: bool = True) -> None:
        """Tell the others that the user is writing, or has stopped; may be called at every key."""
        self._glances.typing(conversation, active=active)

    # --- how --------------------------------------------------------------------------------------------------

    async def _dial(self) -> Link:
        return await Link.open(self.address, self._connector, self._clock, self._incoming.take, self._ended)

    async def _open(self, link: Link) -> None:
        self._delivery.link_up(link)
        await self._opening.open(link)

    def _ready(self, link: Link) -> None:
        self._sender.link_up(link)
        self._glances.link_up(link)

    def _ended(self, link: Link, ended: Ended) -> None:
        self._sender.link_down()
        self._delivery.link_down()
        self._attacher.link_down()
        self._glances.link_down()

    def _say(self, state: LinkState) -> None:
        self._board.apply(inputs.LinkMoved(link=state))

    def _chance(self) -> float:
        return int.from_bytes(self._entropy(4), "big") / 2**32

    def _learn(self, reply: Reply) -> None:
        """Take over what a reply says about the state, whoever asked."""
        match reply:
            case Opened():
                known = reply.conversation.id in self._board.state.conversations
                self._board.apply(inputs.Opened(conversation=reply.conversation))
                if self._follow and not known:
                    self._incoming.follow_new(reply.conversation)
            case Renamed():
                self._board.apply(inputs.RenamedMyself(me=reply.account))
            case _:
                pass
