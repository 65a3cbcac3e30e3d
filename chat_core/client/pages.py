"""Reads what the log has beyond the pushes: older messages, member lists, a conversation's numbers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec.structs import replace

from chat_core.base.clock import Clock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.tasks import spawn
from chat_core.client.board import Board
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.link import Link
from chat_core.client.sending import Sender
from chat_core.client.state.amending import is_too_old
from chat_core.client.state.inputs import (
    LoadingMoved,
    MembersRead,
    Opened,
    PageRead,
    Recounted,
    ThreadClosed,
    ThreadRead,
)
from chat_core.protocol.limits import PAGE_ITEMS
from chat_core.protocol.requests import conversations
from chat_core.protocol.requests.attention import ListUnread, Unread
from chat_core.protocol.requests.conversations import Find, ListMembers, Members
from chat_core.protocol.requests.messages import History, Page
from chat_core.protocol.requests.threads import ReadThread, ThreadPage
from chat_core.protocol.values import Member

FIRST_PAGE: Final = 50
"""Messages read by itself after a reset."""
MEMBER_PAGES: Final = 25
"""Pages of members read at most: a list of 5,000 is no list any more."""
AGAIN_S: Final = 5.0
"""Time after which numbers are asked for again that the server could not tell, if it says nothing else, in seconds."""
CERTAIN_WITHIN_S: Final = 2.0
"""Time a page waits for sends whose fate is open, so that none of them is shown twice, in seconds."""


class Pages:
    """See the module's head.

    Args:
        board: gets what was read.
        sender: knows which own messages may be in a page already.
        link: returns the connection. Raises: Disconnected.
        clock: tells the time.
    """

    def __init__(self, board: Board, sender: Sender, link: Callable[[], Link], clock: Clock) -> None:
        self._board = board
        self._sender = sender
        self._link = link
        self._clock = clock
        self._refreshing: dict[int, bool] = {}
        """Conversations whose numbers are asked for, and whether they are to be asked for once more."""
        self._loading: dict[int, asyncio.Future[int | CallFailed | Disconnected]] = {}

    async def load_older(self, conversation: int, limit: int) -> int:
        """Read the messages before the oldest known one; whoever asks meanwhile waits for the same page.

        Raises:
            CallFailed, Disconnected: it could not be read.
            UsageFault: there is no such conversation here.
        """
        running = self._loading.get(conversation)
        if running is None:
            return await self._lead(conversation, max(1, min(limit, PAGE_ITEMS)))
        outcome = await asyncio.shield(running)
        if isinstance(outcome, int):
            return outcome
        raise outcome

    async def read_thread(self, conversation: int, thread: int, limit: int) -> int:
        """Read the newest messages of a thread, which opens it. Raises: CallFailed, Disconnected."""
        while True:
            await self._sender.certain(conversation, CERTAIN_WITHIN_S)
            taken: list[ThreadPage] = []
            request = ReadThread(conversation=conversation, thread=thread, limit=limit)
            try:
                await self._link().call(request, take=partial(self._take_thread, taken))
            except CallFailed as failure:
                if failure.final:  # it is not there any more, or not for this account: nothing of it will ever change
                    self._board.apply(ThreadClosed(conversation=conversation, thread=thread))
                raise
            if not taken:
                continue
            root = taken[0].thread.root.seq
            if root != thread:  # what was open under this number hung on a message of a log that is no more
                self._board.apply(ThreadClosed(conversation=conversation, thread=thread))
            return root

    async def load_older_thread(self, conversation: int, thread: int, limit: int) -> None:
        """Read what is in front of what is known of an open thread. Raises: CallFailed, Disconnected."""
        known = self._board.now.conversations.get(conversation)
        opened = None if known is None else known.threads.get(thread)
        if opened is None or opened.at_start or not opened.messages:
            return
        first = opened.messages[0].seq
        request = ReadThread(conversation=conversation, thread=thread, anchor="before", seq=first, limit=limit)
        await self._link().call(request, take=partial(self._take_thread, []))

    def _take_thread(self, taken: list[ThreadPage], page: ThreadPage) -> None:
        known = self._board.now.conversations.get(page.thread.conversation)
        if known is None or not is_too_old(known.timeline, page):
            self._board.apply(ThreadRead(page=page))
            taken.append(page)

    def load_newest(self, conversation: int) -> None:
        """Read the newest page by itself, as after a reset; a failure leaves it to the user's scrolling."""
        spawn("newest page", self._quietly(conversation))

    async def load_members(self, conversation: int) -> None:
        """Read who is in a conversation, all pages. Raises: CallFailed, Disconnected."""
        everybody: list[Member] = []
        first: Members | None = None
        for _ in range(MEMBER_PAGES):
            after = everybody[-1].name if everybody else ""
            page = await self._link().call(ListMembers(conversation=conversation, after=after))
            everybody += page.members
            first = first or page
            if not page.more or not page.members:
                break
        assert first is not None, "there is a first page"
        members = replace(first, members=tuple(everybody))
        self._board.apply(MembersRead(conversation=conversation, members=members, wall_ms=self._clock.wall_ms()))

    def refresh(self, conversation: int) -> None:
        """Ask for a conversation's numbers, where they cannot be counted here.

        While an answer is on its way nobody asks again: it may be older than what this was called for, so another
        one is asked for behind it. A server that has no time for it is asked again as soon as it says.
        """
        if conversation in self._refreshing:
            self._refreshing[conversation] = True
            return
        with contextlib.suppress(Disconnected):
            link, asked_at = self._link(), self._board.now.account_seq
            self._refreshing[conversation] = False
            link.ask(Find(conversation=conversation), partial(self._refreshed, conversation, asked_at))

    def count_anew(self) -> None:
        """Ask for the numbers of all conversations whose numbers only the server knows now, at once."""
        before = self._board.now
        asked = [number for number, known in before.conversations.items() if known.uncounted]

        def take(outcome: Unread | CallFailed | Disconnected) -> None:
            if isinstance(outcome, Unread):
                self._board.apply(Recounted(conversations=outcome.conversations, asked_at=before.account_seq))
                told = {each.id for each in outcome.conversations}
                for number in asked:
                    if number not in told:  # nothing is unread there any more, as of a head that only it can tell
                        self.refresh(number)

        if asked:
            with contextlib.suppress(Disconnected):
                self._link().ask(ListUnread(), take)

    # --- how --------------------------------------------------------------------------------------------------

    def _refreshed(
        self, conversation: int, asked_at: int, outcome: conversations.Opened | CallFailed | Disconnected
    ) -> None:
        if isinstance(outcome, CallFailed) and not outcome.final:
            pause_s = outcome.pause_s(AGAIN_S)
            asyncio.get_running_loop().call_later(pause_s, self._refresh_again, conversation)
            return
        again = self._refreshing.pop(conversation)
        if isinstance(outcome, conversations.Opened) and conversation in self._board.now.conversations:
            self._board.apply(Opened(conversation=outcome.conversation, asked_at=asked_at))
            if again:
                self.refresh(conversation)

    def _refresh_again(self, conversation: int) -> None:
        del self._refreshing[conversation]
        if conversation in self._board.now.conversations:
            self.refresh(conversation)

    async def _lead(self, conversation: int, limit: int) -> int:
        if self._known_from(conversation) <= 1:
            return 0
        running = self._loading[conversation] = asyncio.get_running_loop().create_future()
        outcome: int | CallFailed | Disconnected = Disconnected("Nobody waited for that page.")
        self._board.apply(LoadingMoved(conversation=conversation, loading=True))
        try:
            outcome = await self._read_older(conversation, limit)
            return outcome
        except (CallFailed, Disconnected) as error:
            outcome = error
            raise
        finally:
            del self._loading[conversation]
            running.set_result(outcome)
            self._board.apply(LoadingMoved(conversation=conversation, loading=False))

    async def _read_older(self, conversation: int, limit: int) -> int:
        # A message whose acknowledgement was lost would be in the page and among the unsent.
        await self._sender.certain(conversation, CERTAIN_WITHIN_S)
        while (anchor := self._known_from(conversation)) > 1:
            taken: list[int] = []
            request = History(conversation=conversation, anchor="before", seq=anchor, limit=limit)
            await self._link().call(request, take=partial(self._take, anchor, taken))
            if taken:
                return taken[0]
        return 0

    def _take(self, anchor: int, taken: list[int], page: Page) -> None:
        before = self._board.now.conversations.get(page.conversation)
        if before is None:
            taken.append(0)
        elif before.timeline.known_from == anchor and not is_too_old(before.timeline, page):
            # Else a reset came in between, or too many changes of old messages: read again.
            self._board.apply(PageRead(page=page))
            taken.append(self._board.now.conversations[page.conversation].timeline.count - before.timeline.count)

    def _known_from(self, conversation: int) -> int:
        known = self._board.now.conversations.get(conversation)
        if known is None:
            raise UsageFault("That conversation is not in the list any more.")
        return 1 if known.timeline.at_start else known.timeline.known_from

    async def _quietly(self, conversation: int) -> None:
        with contextlib.suppress(ChatError):
            await self.load_older(conversation, FIRST_PAGE)
