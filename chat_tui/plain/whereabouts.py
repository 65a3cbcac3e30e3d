"""Where one is in line mode: going to a conversation or a thread, and hearing what is unread there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final

from msgspec.structs import replace

from chat_core.base.clock import Clock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.client import Client
from chat_core.client.state.model import ClientState, ConversationState
from chat_core.protocol.requests.messages import History
from chat_core.protocol.requests.threads import MarkThreadRead, ReadThread
from chat_core.protocol.values import Message
from chat_tui.commands.context import Context
from chat_tui.place_marks import Mark
from chat_tui.plain.calls import ClientCalls
from chat_tui.plain.desk import PlainDesk
from chat_tui.plain.filters import not_hidden
from chat_tui.plain.hearing import message_line, place_line, place_name, unread_words
from chat_tui.plain.telling import AT_ONCE, Telling
from chat_tui.screens.places import Places
from chat_tui.views.clean import drawable_line
from chat_tui.views.filtering import Hiding

MOST_READ: Final = 1000
"""Messages that are read out at most."""
_AROUND: Final = 5
"""Messages that are said around a mark."""
_LOOKS_WITHIN_S: Final = 5.0


class Whereabouts:
    """See the module's head.

    Args:
        client: signed in.
        desk: what commands may do.
        clock: the time.
    """

    def __init__(self, client: Client, desk: PlainDesk, clock: Clock) -> None:
        self._client = client
        self._desk = desk
        desk.state = lambda: client.state
        self._clock = clock
        self._places = Places()
        self._calls = ClientCalls(client, lambda: client.state, desk.say, clock)
        self._telling = Telling(desk.rule_of, clock.wall_ms, lambda: desk.words, self._hidden)
        self._moved = asyncio.Event()
        self._thread = 0

    @property
    def state(self) -> ClientState:
        """What the client knows."""
        return self._client.state

    @property
    def _context(self) -> Context:
        return Context(self._calls, self._desk, self._places.shown, self._thread)

    async def _guarded(self, work: Awaitable[object]) -> None:
        try:
            await work
        except ChatError as fault:
            self._desk.say(drawable_line(str(fault)))

    async def _join(self, channel: str) -> None:
        self._desk.open_soon(await self._client.join(channel))
        await self._arrive()

    async def _go_somewhere(self) -> None:
        there = self._places.fallback(self.state)
        if there is not None:
            await self._go(there)
        else:
            self._places.shown = None
            self._desk.say("You are nowhere now: /list tells which channels there are, /join #channel goes to one.")

    async def _arrive(self) -> None:
        """Go where a command leads, as soon as the state has it."""
        put_away, self._desk.put_away = self._desk.put_away, None
        if put_away is not None and put_away == self._places.shown:
            self._desk.wanted = self._places.close(self.state, put_away)
        wanted, self._desk.wanted = self._desk.wanted, None
        thread, self._desk.thread_wanted = self._desk.thread_wanted, None
        if wanted is not None:
            await self._go_soon(wanted)
        if thread is not None:
            await self._go_into(*thread)
        mark, self._desk.marks.wanted = self._desk.marks.wanted, None
        if mark is not None:
            await self._go_to_mark(*mark)

    async def _go_to_mark(self, number: int, mark: Mark) -> None:
        """Be where somebody has put a mark, and hear what was said around it. Raises: ChatError."""
        if mark.thread:
            await self._go_into(number, mark.thread)
            return
        if number != self._places.shown:
            await self._go_soon(number)
        around = History(conversation=number, anchor="around", seq=mark.seq, limit=_AROUND)
        page = await self._client.call(around)
        self._desk.say(f"At the mark, {drawable_line(mark.address)}:")
        for message in self._heard(page.messages):
            self._say_message(message, self.state.conversations[number])

    async def _go_soon(self, wanted: int) -> None:
        """Go somewhere, once the state has it. Raises: UsageFault: it does not get it."""
        self._places.went_by_hand()
        try:
            async with asyncio.timeout(_LOOKS_WITHIN_S):
                while wanted not in self.state.conversations:
                    await self._moved.wait()
        except TimeoutError as error:
            raise UsageFault("It did not come in time; try again.") from error
        await self._go(wanted)

    async def _go(self, number: int) -> None:
        """Be in a conversation, and hear what is unread there."""
        conversation = self.state.conversations[number]
        moved = number != self._places.shown
        # Until they are here one is still where one was: what comes there meanwhile would count as read.
        await self._load(number, min(conversation.unread, MOST_READ))
        conversation = self.state.conversations.get(number, conversation)
        self._places.go(number)
        self._thread = 0
        self._desk.say(place_line(conversation, topic=moved))
        unread = [each for each in self._messages(conversation, MOST_READ) if each.seq > conversation.read]
        me = self.state.me
        unread = [each for each in unread if me is None or each.author != me.id]
        if len(unread) > AT_ONCE:
            self._desk.say(f"{len(unread) - AT_ONCE} more before these; /read {len(unread)} says all.")
        self._read_out(conversation, unread[-AT_ONCE:])

    async def _go_into(self, number: int, seq: int) -> None:
        """Be in a thread, and hear what was said in it. Raises: ChatError."""
        if number != self._places.shown:
            await self._go_soon(number)
        page = await self._client.call(ReadThread(conversation=number, thread=seq))
        root, here = page.thread.root, self.state.conversations[number]
        self._thread = root.seq
        count = "1 reply" if root.replies == 1 else f"{root.replies:,} replies"
        self._desk.say(f"Thread, {count}. What you write is said in it; /main leads back.")
        for message in self._heard((root, *page.messages)):
            plain = replace(message, thread=None)  # that it is in this thread need not be said each time
            self._say_message(plain, here)
        if page.messages and self._reads == "seen":
            await self._client.call(MarkThreadRead(conversation=number, thread=root.seq, seq=page.messages[-1].seq))

    def _read_out(self, conversation: ConversationState, messages: Sequence[Message], *, asked: bool = False) -> None:
        for message in messages:
            self._say_message(message, conversation)
        self._telling.went(conversation)
        if asked or self._reads == "seen":
            self._client.mark_read(conversation.id, conversation.position.seq)

    @property
    def _reads(self) -> str:
        """What counts as read: what is `seen`, which is said here; where one has `sent`; what is `asked` for."""
        return self._desk.settings.privacy.read

    def _read_by_sending(self, conversation: ConversationState, thread: int) -> None:
        """Take what stands in a conversation, or in a thread of it, as read, where that is what counts."""
        if self._reads == "sent" and thread:
            self._client.mark_thread_read(conversation.id, thread, conversation.position.seq)
        elif self._reads == "sent":
            self._client.mark_read(conversation.id, conversation.position.seq)

    def _say_message(self, message: Message, conversation: ConversationState) -> None:
        state = self.state
        kept = state.bookmarks.get(conversation.id, frozenset())
        self._desk.say(message_line(message, conversation, state.me, self._telling.manner, bookmarks=kept))

    def _messages(self, conversation: ConversationState, count: int) -> list[Message]:
        heard = self._heard(conversation.timeline.newest(count))
        return not_hidden(heard, self._hidden(conversation))

    def _heard(self, messages: Sequence[Message]) -> list[Message]:
        """Return messages without those of people whom one ignores."""
        return [each for each in messages if each.author not in self.state.ignored]

    def _hidden(self, conversation: ConversationState) -> Hiding | None:
        return self._desk.filters.of(conversation, self.state, self._desk.words)

    async def _load(self, number: int, count: int) -> None:
        """Have at least so many messages of a conversation, if there are; at worst there is a word about it."""
        try:
            while (timeline := self.state.conversations[number].timeline).count < max(1, count):
                if timeline.at_start or not await self._client.load_older(number):
                    break
        except (ChatError, KeyError) as fault:
            self._desk.say(f"Older messages could not be fetched: {drawable_line(str(fault))}")

    def _say_unread(self, *, elsewhere: bool) -> None:
        places = [each for each in self.state.conversations.values() if each.unread and each.id != self._places.shown]
        for place in sorted(places, key=lambda each: (not each.mentions, not each.info.personal)):
            self._desk.say(f"{drawable_line(place_name(place.info))}: {unread_words(place)}.")
        if places and elsewhere:
            self._desk.say("/next goes there.")
        elif not places and not elsewhere:
            self._desk.say("Nothing is unread elsewhere.")
