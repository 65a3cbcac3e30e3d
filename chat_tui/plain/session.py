"""One stay at a server in line mode: where one is, what is entered, and what is said of what comes. In one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, Final

from chat_core.base.clock import Clock
from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.tasks import spawn, stop
from chat_core.client import Client
from chat_core.client.state.changes import Batch
from chat_core.client.state.model import LinkStatus
from chat_tui.commands.bound import Bound
from chat_tui.commands.emoji import with_emoji
from chat_tui.commands.line import Run, Say, parse
from chat_tui.commands.registry import bind, classic
from chat_tui.plain.console import BELL, Console
from chat_tui.plain.desk import Leaving, PlainDesk
from chat_tui.plain.doing import Doing
from chat_tui.plain.offering import words_at
from chat_tui.plain.running import OutputGone
from chat_tui.plain.verbs import verb_of
from chat_tui.views.alerts import alert_of, is_quiet, quiet_hours
from chat_tui.views.clean import drawable_line
from chat_tui.views.where import Where

ARRIVES_WITHIN_S: Final = 10.0
"""Time that messages on their way have to arrive before one leaves, in seconds."""


class Session(Doing):
    """It.

    Args:
        client: signed in.
        console: where one speaks and is spoken to.
        desk: what commands may do.
        clock: the time.
        title: what the server is called, safe to say.
    """

    def __init__(self, client: Client, console: Console, desk: PlainDesk, clock: Clock, title: str = "") -> None:
        self._title = title
        super().__init__(client, desk, clock)
        self._console = console
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._elsewhere: asyncio.Task[None] | None = None
        self._work: asyncio.Task[None] | None = None
        self._began = self._away = False
        self._missed: list[str] = []
        """What happened to the account while it was away, until it can be said."""
        self._following: asyncio.Task[None] | None = None

    async def run(self, channel: str = "") -> Leaving:
        """Stay until the user leaves, or has to; return where to go then. Who comes back finds it as it was left.

        Args:
            channel: where to begin, without `#`; empty: where everybody is at first, or where one was.

        Raises:
            ChatError: the server, or what it shows, lets one in no more.
            OSError: what is entered cannot be read.
        """
        again = self._following is not None
        if not again:
            self._following = spawn("take what comes", self._follow())
            self._client.watch_threads()
        self._be_here()
        self._console.offer(
            lambda text, cursor: words_at(text, cursor, self.state, self._places.shown, self._desk.channels)
        )
        await self._until_over(self._return(channel) if again else self._begin(channel))
        while self._desk.leaving is None and not self._over.done():
            line = await self._until_over(self._console.read())
            if line is None:
                break
            await self._until_over(self._enter(line))
        if self._over.done():
            self._over.result()
        leaving = self._desk.leaving or Leaving(end=True)
        if leaving.stays:
            self._away, self._desk.prefix = True, f"{self._title}: "
        else:
            await self._leave()
        return leaving

    def listen(self, channel: str = "") -> None:
        """Hear from elsewhere what is new here, where nobody was yet.

        Args:
            channel: where to begin, without `#`, once one comes; empty: where everybody is at first.
        """
        self._away = self._began = True
        self._desk.prefix = f"{self._title}: "
        self._following = spawn("take what comes", self._follow())
        self._client.watch_threads()
        if channel:
            self._elsewhere = spawn("join from elsewhere", self._guarded(self._join_unseen(channel)))

    async def close(self) -> None:
        """Take nothing any more."""
        await stop(self._following, self._elsewhere)
        await self._calls.stop()
        if self._over.done():
            self._over.exception()  # whatever it was, nobody asks any more

    def interrupt(self) -> bool:
        """Take back what is being written or done; return whether there was anything, which is said then."""
        if self._work is not None:
            self._work.cancel()
            return True
        if self._console.clear():
            self._desk.say("Taken back.")
            return True
        return False

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
        shown = None if self._away else self._places.shown
        said = self._telling.tell(batch, shown, self._calls.own)
        if not self._began:
            self._missed += self._telling.of_oneself(batch)
        else:
            bell = BELL if said and self._rings(batch) else ""
            for number, line in enumerate(said):
                self._desk.say(f"{bell}{line}" if number == 0 else line)
            here = batch.state.conversations.get(shown or 0)
            if here is not None and here.unread and self._reads == "seen":
                self._client.mark_read(here.id, here.position.seq)
        if batch.state.link.status is LinkStatus.REFUSED and self._began:
            await self._refused()
        elif self._began and shown is not None and shown not in batch.state.conversations:
            self._places.shown = None
            self._elsewhere = spawn("go elsewhere", self._go_somewhere())

    def _rings(self, batch: Batch) -> bool:
        settings = self._desk.settings.notify
        if not settings.bell or alert_of(batch, self._desk.rule_of, self._desk.words, self._hidden) is None:
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
            if self._away:
                self._desk.say(drawable_line(str(fault)))
            if not self._over.done():
                self._over.set_exception(fault)

    # --- where one is

    def _be_here(self) -> None:
        """Be where one speaks and is spoken to."""
        self._away, self._desk.prefix, self._desk.leaving = False, "", None

    async def _join_unseen(self, channel: str) -> None:
        """Be in a channel, and find oneself there when one comes here."""
        self._places.go(await self._client.join(channel))

    async def _return(self, channel: str) -> None:
        """Be here again."""
        self._desk.say(f"At {self._title}.")
        shown, thread = self._places.shown, self._thread
        if channel:
            await self._guarded(self._join(channel))
        elif shown is not None and shown in self.state.conversations:
            await self._go(shown)
            if thread:
                await self._guarded(self._go_into(shown, thread))
        else:
            await self._go_somewhere()
        self._say_unread(elsewhere=True)

    async def _begin(self, channel: str) -> None:
        state = self.state
        if state.me is not None:
            self._desk.say(f"Connected as {drawable_line(state.me.name)}. /help lists what you can write.")
        if state.motd:
            self._desk.say(drawable_line(state.motd))
        if channel:
            await self._guarded(self._join(channel))
        if self._places.shown is None:
            await self._go_somewhere()
        self._began = True
        if count := len(self._desk.filters.rules):
            self._desk.say(f"{'1 filter hides' if count == 1 else f'{count} filters hide'} lines; /filter lists them.")
        self._say_unread(elsewhere=True)
        for line in self._missed:
            self._desk.say(line)

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

    async def _run(self, line: str) -> None:
        meant = self._classic(line) or parse(line)
        match meant:
            case Say(body=body):
                here = self.state.conversations.get(self._places.shown or 0)
                if here is None:
                    raise UsageFault("You are in no conversation, so this was not sent: /join a #channel first.")
                where = Where(thread=self._thread, in_channel=self._desk.also) if self._thread else Where()
                self._calls.post(here.id, with_emoji(body) if self._shortcodes else body, **where)
                self._read_by_sending(here, self._thread)
            case Run(name=name, rest=rest):
                verb = verb_of(name)
                if verb is not None and verb.takes(rest):
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

    @property
    def _shortcodes(self) -> bool:
        return self._desk.settings.compose.shortcodes

    async def _command(self, bound: Bound) -> None:
        bound = bound.with_emoji() if self._shortcodes else bound
        await bound.command.run(self._context, bound.given)
        await self._arrive()

    # --- the end

    async def _leave(self) -> None:
        """Let what is on its way arrive."""
        if self._calls.waiting:
            await self._calls.arrived(ARRIVES_WITHIN_S)

    async def leave_from_elsewhere(self) -> None:
        """Let what was written arrive before one went elsewhere, where the server is reached."""
        if self._away and self.state.link.status is LinkStatus.ONLINE:
            await self._leave()

    @property
    def unsent(self) -> int:
        """Messages that are not sent yet."""
        return self._calls.waiting
