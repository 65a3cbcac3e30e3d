"""One stay at a server in line mode: where one is, what is entered, and what is said of what comes. In one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from chat_core.base.clock import Clock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.tasks import spawn, stop
from chat_core.client import Client
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import ClientState, ConversationState, LinkStatus
from chat_core.protocol.values import Message
from chat_tui.commands.context import Context
from chat_tui.commands.line import Run, Say, parse
from chat_tui.commands.registry import Bound, bind, classic
from chat_tui.plain.calls import ClientCalls
from chat_tui.plain.console import BELL, Console
from chat_tui.plain.desk import Leaving, PlainDesk
from chat_tui.plain.hearing import message_line, place_line, unread_words
from chat_tui.plain.offering import words_at
from chat_tui.plain.running import OutputGone
from chat_tui.plain.telling import AT_ONCE, Telling
from chat_tui.plain.verbs import Verb, verb_of
from chat_tui.screens.places import Places
from chat_tui.views.alerts import alert_of, is_quiet, quiet_hours
from chat_tui.views.clean import drawable_line

ARRIVES_WITHIN_S: Final = 10.0
"""Time that messages on their way have to arrive before one leaves, in seconds."""
_LOOKS_WITHIN_S: Final = 5.0
_LOOKED_AT: Final = 20
_SEEN: Final = 100
MOST_READ: Final = 1000
"""Messages that are read out at most."""


class Session:
    """It.

    Args:
        client: signed in.
        console: where one speaks and is spoken to.
        desk: what commands may do.
        clock: the time.
    """

    def __init__(self, client: Client, console: Console, desk: PlainDesk, clock: Clock) -> None:
        self._client = client
        self._console = console
        self._desk = desk
        self._clock = clock
        self._places = Places()
        self._calls = ClientCalls(client, lambda: client.state, desk.say, clock)
        self._telling = Telling(desk.rule_of, clock.wall_ms)
        self._moved = asyncio.Event()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._work: asyncio.Task[None] | None = None
        self._began = False

    @property
    def state(self) -> ClientState:
        """What the client knows."""
        return self._client.state

    async def run(self, channel: str = "") -> Leaving:
        """Stay until the user leaves, or has to; return where to go then.

        Args:
            channel: where to begin, without `#`; empty: where everybody is at first.

        Raises:
            ChatError: the server, or what it shows, lets one in no more.
            OSError: what is entered cannot be read.
        """
        following = spawn("take what comes", self._follow())
        self._console.offer(
            lambda text, cursor: words_at(text, cursor, self.state, self._places.shown, self._desk.channels)
        )
        try:
            await self._until_over(self._begin(channel))
            while self._desk.leaving is None and not self._over.done():
                line = await self._until_over(self._console.read())
                if line is None:
                    break
                await self._until_over(self._enter(line))
            if self._over.done():
                self._over.result()
            await self._leave()
        finally:
            await stop(following)
            await self._calls.stop()
        return self._desk.leaving or Leaving(end=True)

    def interrupt(self) -> None:
        """Take back what is being written or done."""
        self._console.clear()
        if self._work is not None:
            self._work.cancel()

    def end(self) -> None:
        """End it."""
        if not self._over.done():
            self._over.set_result(None)

    async def _until_over(self, work: Awaitable[Any]) -> Any:
        """Return what something comes to, or None when the stay is over before."""
        task = asyncio.ensure_future(work)  # noqa: TID251  # awaited right here
        try:
            await asyncio.wait({task, self._over}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            await stop(task)

    # --- what comes

    async def _follow(self) -> None:
        try:
            async for batch in self._client.changes():
                await self._take(batch)
                self._moved.set()
                self._moved.clear()
            self.end()
        except OutputGone as gone:
            if not self._over.done():
                self._over.set_exception(gone)

    async def _take(self, batch: Batch) -> None:
        self._places.take(batch)
        shown = self._places.shown
        said = self._telling.tell(batch, shown, self._calls.own)
        if self._began:
            bell = BELL if said and self._rings(batch) else ""
            for number, line in enumerate(said):
                self._desk.say(f"{bell}{line}" if number == 0 else line)
            here = batch.state.conversations.get(shown or 0)
            if here is not None and here.unread:
                self._client.mark_read(here.id, here.position.seq)
        if batch.state.link.status is LinkStatus.REFUSED and self._began:
            await self._refused()
        elif self._began and shown is not None and shown not in batch.state.conversations:
            self._places.shown = None
            spawn("go elsewhere", self._go_somewhere())

    def _rings(self, batch: Batch) -> bool:
        settings = self._desk.settings.notify
        if not settings.bell or alert_of(batch, self._desk.rule_of) is None:
            return False
        now = datetime.fromtimestamp(self._clock.wall_ms() / 1000, UTC).astimezone()
        try:
            return not is_quiet(quiet_hours(settings.quiet), now.hour * 60 + now.minute)
        except UsageFault:
            return True

    async def _refused(self) -> None:
        """End because one is let in no more."""
        try:
            await self._client.online(0)
        except ChatError as fault:
            if not self._over.done():
                self._over.set_exception(fault)

    # --- where one is

    async def _begin(self, channel: str) -> None:
        state = self.state
        if state.me is not None:
            self._desk.say(f"Connected as {drawable_line(state.me.name)}. /help lists what you can write.")
        if state.motd:
            self._desk.say(drawable_line(state.motd))
        self._began = True
        if channel:
            await self._guarded(self._join(channel))
        if self._places.shown is None:
            await self._go_somewhere()
        for place in [each for each in self.state.conversations.values() if each.unread][:_LOOKED_AT]:
            await self._load(place.id, min(place.unread, _SEEN))  # whom messages name is known once they are here
        self._say_unread(elsewhere=True)

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
        if wanted is None:
            return
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
        self._places.go(number)
        await self._load(number, min(conversation.unread, MOST_READ))
        conversation = self.state.conversations.get(number, conversation)
        self._desk.say(place_line(conversation, topic=moved))
        unread = [each for each in self._messages(conversation, MOST_READ) if each.seq > conversation.read]
        me = self.state.me
        unread = [each for each in unread if me is None or each.author != me.id]
        if len(unread) > AT_ONCE:
            self._desk.say(f"{len(unread) - AT_ONCE} more before these; /read {len(unread)} says all.")
        self._read_out(conversation, unread[-AT_ONCE:])

    def _read_out(self, conversation: ConversationState, messages: Sequence[Message]) -> None:
        for message in messages:
            self._desk.say(message_line(message, conversation, self.state.me, timed=self._telling.timed))
        self._telling.went(conversation)
        self._client.mark_read(conversation.id, conversation.position.seq)

    def _messages(self, conversation: ConversationState, count: int) -> list[Message]:
        newest = conversation.timeline.newest(count)
        return [each for each in newest if each.author not in self.state.ignored]

    async def _load(self, number: int, count: int) -> None:
        """Have at least so many messages of a conversation, if there are; at worst there is a word about it."""
        try:
            while (timeline := self.state.conversations[number].timeline).count < max(1, count):
                if timeline.at_start or not await self._client.load_older(number):
                    break
        except (ChatError, KeyError) as fault:
            self._desk.say(f"Older messages could not be fetched: {drawable_line(str(fault))}")

    # --- what is entered

    async def _enter(self, line: str) -> None:
        """Take a line; whatever is wrong with it is said."""
        self._work = asyncio.current_task()
        try:
            await self._guarded(self._run(line))
        except asyncio.CancelledError:
            if self._over.done() or self._desk.leaving is not None:
                raise
            self._desk.say("Given up.")
        finally:
            self._work = None

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except ChatError as fault:
            self._desk.say(drawable_line(str(fault)))

    async def _run(self, line: str) -> None:
        meant = self._classic(line) or parse(line)
        match meant:
            case Say(body=body):
                if self._places.shown is None:
                    raise UsageFault("You are in no conversation, so this was not sent: /join a #channel first.")
                self._calls.post(self._places.shown, body)
            case Run(name=name, rest=rest):
                verb = verb_of(name)
                if verb is not None:
                    await self._do(verb, rest)
                else:
                    await self._command(bind(meant))
            case Bound():
                self._desk.say(f"Taken as /{meant.command.name}; with // before it, it is said.")
                await self._command(meant)
            case _:
                pass

    def _classic(self, line: str) -> Bound | Say | None:
        if not self._desk.settings.commands.classic_forms:
            return None
        return classic(line, self.state.me.name if self.state.me is not None else "")

    async def _command(self, bound: Bound) -> None:
        await bound.command.run(Context(self._calls, self._desk, self._places.shown), bound.given)
        await self._arrive()

    async def _do(self, verb: Verb, rest: str) -> None:
        does: dict[str, Callable[[str], Awaitable[None]]] = {
            "next": self._next,
            "read": self._read,
            "unread": self._unread,
            "where": self._where,
            "time": self._time,
            "help": self._help,
        }
        await does[verb.name](rest)

    async def _next(self, rest: str) -> None:
        there = self._places.next_unread(self.state)
        if there is None:
            self._desk.say("Nothing is new elsewhere.")
        else:
            await self._go(there)

    async def _read(self, rest: str) -> None:
        if rest and not (rest.isascii() and rest.isdigit() and 0 < int(rest[:6]) <= MOST_READ):
            raise UsageFault(f"Write how many messages, from 1 to {MOST_READ}: /read 20.")
        here = Context(self._calls, self._desk, self._places.shown).here
        count = int(rest) if rest else 10
        await self._load(here.id, count)
        here = self.state.conversations.get(here.id, here)
        messages = self._messages(here, count)
        self._read_out(here, messages)
        if not messages:
            self._desk.say("Nothing was said here yet.")

    async def _unread(self, rest: str) -> None:
        self._say_unread(elsewhere=False)

    def _say_unread(self, *, elsewhere: bool) -> None:
        places = [each for each in self.state.conversations.values() if each.unread and each.id != self._places.shown]
        for place in sorted(places, key=lambda each: (not each.mentions, each.info.kind != "direct")):
            self._desk.say(f"{drawable_line(place.target)}: {unread_words(place)}.")
        if places and elsewhere:
            self._desk.say("/next goes there.")
        elif not places and not elsewhere:
            self._desk.say("Nothing is unread elsewhere.")

    async def _where(self, rest: str) -> None:
        here = Context(self._calls, self._desk, self._places.shown).here
        self._desk.say(place_line(here, topic=True))

    async def _time(self, rest: str) -> None:
        if rest.casefold() not in ("on", "off", ""):
            raise UsageFault("Write /time on or /time off.")
        self._telling.timed = rest.casefold() == "on" if rest else not self._telling.timed
        self._desk.say(
            "Messages are told with their time." if self._telling.timed else "Messages are told without time."
        )

    async def _help(self, rest: str) -> None:
        from chat_tui.plain.verbs import help_lines

        for line in help_lines(rest):
            self._desk.say(line)

    # --- the end

    async def _leave(self) -> None:
        """Let what is on its way arrive."""
        if self._calls.waiting:
            await self._calls.arrived(ARRIVES_WITHIN_S)

    @property
    def unsent(self) -> int:
        """Messages that are not sent yet."""
        return self._calls.waiting
