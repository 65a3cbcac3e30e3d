"""A store under test, with few words for what tests do often, and a record of everything it handed out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from chat_core.base.ids import AccountId, Cid, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import AccountEvent, ConversationEvent
from chat_core.protocol.values import Conversation, Member, Message, Style
from chat_core.server.store.acts import EmptyChannel
from chat_core.server.store.base import Boot, Committed, Op, Reader, Refused, Store
from chat_core.server.store.bounds import Bounds
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect, Place
from chat_core.server.store.messages import AppendMessage, DeleteMessage, EditMessage, MessagePage, MoveReadMarker
from chat_core.server.store.people import SignInByName
from chat_core.server.store.searching import Found, Search

T = TypeVar("T")

GENERAL_ID = ConversationId(1)
ANNOUNCEMENTS_ID = ConversationId(2)


class IndexedStore(Store, Protocol):
    """A store that tells when its index has caught up: a test must not guess."""

    async def indexed(self) -> None:
        """Wait until all that was committed by now can be found."""
        ...


class World:
    """One store and what was committed to it, in order.

    Args:
        make: makes a store over the same database each time; not opened.
    """

    def __init__(self, make: Callable[[], IndexedStore]) -> None:
        self._make = make
        self.store = make()
        self.commits: list[Sequence[Committed]] = []
        self.boot = Boot("")
        self._cids = 0

    async def open(self) -> None:
        """Open the store."""
        self.boot = await self.store.open(self.commits.append)

    async def reopen(self) -> None:
        """Close the store and open it again, as a restart does."""
        await self.store.close()
        self.store = self._make()
        await self.open()

    @property
    def committed(self) -> list[Committed]:
        """All outcomes that were handed out, in order."""
        return [outcome for commit in self.commits for outcome in commit]

    @property
    def last(self) -> Committed:
        """The newest outcome."""
        return self.commits[-1][-1]

    def events(self) -> list[ConversationEvent]:
        """Return all conversation events that were handed out."""
        return [event for outcome in self.committed for event in outcome.events]

    def account_events(self, account: AccountId) -> list[AccountEvent]:
        """Return all events of an account's log that were handed out."""
        return [event for outcome in self.committed for whose, event in outcome.account_events if whose == account]

    async def write(self, op: Op) -> Any:
        """Carry out one op."""
        return await self.store.write(op)

    async def together(self, *ops: Op) -> list[Any]:
        """Carry out ops that are queued in one go; return replies and refusals."""
        return await asyncio.gather(*(self.store.write(op) for op in ops), return_exceptions=True)

    async def read(self, query: Callable[[Reader], T]) -> T:
        """Run a query."""
        return await self.store.read(query)

    async def search(self, search: Search) -> Found:
        """Search, once everything that was written can be found.

        A search has a quarter of a second, which a process that is kept waiting may not get: it is then asked again.
        """
        await self.store.indexed()
        found = await self.store.search(lambda searcher: searcher.search(search))
        tries = 1
        while found.partial and tries < 10:
            found = await self.store.search(lambda searcher: searcher.search(search))
            tries += 1
        return found

    async def refused(self, op: Op) -> Refusal:
        """Carry out an op that must be refused, and leave no trace."""
        before = len(self.committed)
        try:
            reply = await self.store.write(op)
        except Refused as refused:
            assert str(refused).endswith("."), "a sentence"
            assert len(self.committed) == before
            return refused.code
        raise AssertionError(f"not refused, but {reply}")

    # --- ops in few words -------------------------------------------------------------------------------------

    async def sign_in(self, *names: str) -> list[AccountId]:
        """Make accounts."""
        return [AccountId((await self.write(SignInByName(name, 1)))[0].id) for name in names]

    async def join(self, account: AccountId, name: str) -> ConversationId:
        """Join a channel, which is made if need be."""
        conversation, _ = await self.write(JoinChannel(account, name, create=True, ts=1))
        return ConversationId(conversation.id)

    async def leave(self, account: AccountId, conversation: int | str) -> None:
        """Leave a channel."""
        await self.write(LeaveConversation(account, conversation, 1))

    async def open_direct(self, account: AccountId, other: str) -> ConversationId:
        """Open a direct conversation."""
        conversation, _ = await self.write(OpenDirect(account, other, 1))
        return ConversationId(conversation.id)

    async def mark(self, account: AccountId, conversation: int | str, seq: int) -> None:
        """Move a read marker."""
        await self.write(MoveReadMarker(account, conversation, seq))

    def message(
        self,
        account: AccountId,
        conversation: int | str = GENERAL_ID,
        body: str = "hello",
        *,
        cid: Cid | None = None,
        prev: Cid | None = None,
        raw: str | None = None,
        style: Style = "text",
        reply_to: int | None = None,
        thread: int | None = None,
        in_channel: bool = False,
        ts: int = 1,
    ) -> AppendMessage:
        """Return the op of a message; without `cid` it is one of its own."""
        return AppendMessage(
            account=account,
            conversation=conversation,
            cid=self.cid() if cid is None else cid,
            prev=prev,
            body=body,
            raw=body if raw is None else raw,
            style=style,
            reply_to=reply_to,
            thread=thread,
            in_channel=in_channel,
            ts=ts,
        )

    def cid(self) -> Cid:
        """Return a cid that was not used yet."""
        self._cids += 1
        return Cid(self._cids.to_bytes(16, "big"))

    async def post(
        self, account: AccountId, conversation: int | str = GENERAL_ID, *bodies: str, **rest: Any
    ) -> list[int]:
        """Post messages, one after another; return their seqs."""
        wanted = bodies or ("hello",)
        return [(await self.write(self.message(account, conversation, body, **rest)))[1] for body in wanted]

    async def edit(self, account: AccountId, seq: int, body: str, where: int | str = GENERAL_ID) -> Any:
        """Edit a message; return conversation, seq and time of the event, and whether nothing had to be done."""
        return await self.write(EditMessage(account, where, seq, body, 100 + seq))

    async def delete(self, account: AccountId, seq: int, where: int | str = GENERAL_ID) -> Any:
        """Delete a message; return what `edit` does."""
        return await self.write(DeleteMessage(account, where, seq, 200 + seq))

    async def empty(self) -> int:
        """Take out whatever deleted channels left, to the end; return in how many pieces."""
        pieces = 0
        for channel in await self.read(lambda reader: reader.unemptied()):
            more = True
            while more:
                more = await self.write(EmptyChannel(channel))
                pieces += 1
        return pieces

    # --- reads in few words -----------------------------------------------------------------------------------

    async def find(self, account: AccountId, ref: int | str) -> Place:
        """Resolve a conversation."""
        return await self.read(lambda reader: reader.find(account, ref))

    async def conversation(self, account: AccountId, number: ConversationId) -> Conversation:
        """Return a conversation as a member sees it."""
        return await self.read(lambda reader: reader.conversation(account, number))

    async def piece(
        self, number: ConversationId, after: int, upto: int = 2**32, limit: int = 200
    ) -> Sequence[ConversationEvent]:
        """Return one piece of a conversation's log."""
        return await self.read(lambda reader: reader.events(number, after, upto, limit))

    async def page(
        self, number: ConversationId, anchor: str, seq: int, limit: int = 200, upto: int | None = None
    ) -> MessagePage:
        """Return one page of messages."""
        return await self.read(lambda reader: reader.history(number, anchor, seq, limit, Bounds(0, upto)))

    async def eid(self, number: ConversationId, seq: int) -> bytes | None:
        """Return the id of an event."""
        return await self.read(lambda reader: reader.eids_at([(number, seq)]).get((number, seq)))

    async def log(self, number: ConversationId, after: int = 0) -> Sequence[ConversationEvent]:
        """Return a conversation's whole log behind a seq, piece by piece."""
        found: list[ConversationEvent] = []
        while piece := await self.piece(number, after):
            found += piece
            after = piece[-1].seq
        return found

    async def messages(self, number: ConversationId) -> Sequence[Message]:
        """Return all messages of a conversation, page by page."""
        found: list[Message] = []
        after, at_end = 0, False
        while not at_end:
            page = await self.page(number, "after", after)
            found += page.messages
            after, at_end = found[-1].seq if found else 0, page.at_end
        return found

    async def account_log(self, account: AccountId, after: int = 0) -> Sequence[AccountEvent]:
        """Return an account's log as it is kept."""
        return await self.read(lambda reader: reader.account_events(account, after))

    async def list_of(self, account: AccountId) -> Sequence[Conversation]:
        """Return the conversations of an account."""
        return await self.read(lambda reader: reader.conversations_of(account))

    async def members(
        self, number: ConversationId, after: str = "", limit: int = 200
    ) -> tuple[Sequence[Member], int, bool]:
        """Return a page of members."""
        return await self.read(lambda reader: reader.members(number, after, limit))


MakeWorld = Callable[[], AbstractAsyncContextManager[World]]
