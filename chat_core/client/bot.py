"""A bot: functions that are called for what is said, over a client that stays connected by itself.

    bot = Bot(Client(parse_address("127.0.0.1"), "dice", token=TOKEN), channels=["games"])

    @bot.command("roll")
    async def roll(heard: Heard, rest: str) -> str:
        \"\"\"Throw a die.\"\"\"
        return str(random.randint(1, 6))

    bot.run()

What a handler returns is said where it was asked. A bot hears neither itself nor, unless a handler wants it, other
bots, so that two of them cannot talk for ever. It hears what is said from its start on, also during a cut, once each.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Self

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.names import check_channel_name
from chat_core.base.tasks import spawn, stop
from chat_core.base.text import line_for_terminal
from chat_core.client.client import Client
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.hearing import Heard, Joined, Listener, OnCommand, OnJoin, OnMessage, for_command
from chat_core.client.state.changes import Batch, Delivered, LinkChanged
from chat_core.client.state.model import LinkStatus
from chat_core.client.trust.connector import TrustingConnector
from chat_core.client.trust.known import NoServers
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import MembersChanged, MessagePosted
from chat_core.transport.urls import parse_invitation

BUSY: Final = 100
"""Handlers that run at the same time; while they do, further events wait in the server's log."""
GRACE_S: Final = 5.0
"""Time that handlers under way get at a stop, in seconds."""
ENVIRONMENT: Final = ("CHAT_BOT_SERVER", "CHAT_BOT_NAME", "CHAT_BOT_TOKEN")
"""Variables that `Bot.of_environment` reads."""

log = logging.getLogger(__name__)


class Bot:
    """See the module's head.

    Args:
        client: not started; one that follows (the default). Make it with `far_behind=0`, so that however much was
            missed in a cut is heard.
        channels: names of channels to be in, without `#`; they are made if they are missing.
        prefix: what a command begins with.
    """

    def __init__(self, client: Client, *, channels: Sequence[str] = (), prefix: str = "!") -> None:
        self.client = client
        self._channels = tuple(map(check_channel_name, channels))
        self._prefix = prefix
        self._listeners: list[Listener] = []
        self._greeters: list[OnJoin] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(BUSY)
        self._stopping = asyncio.Event()
        self._ready = asyncio.Event()

    @classmethod
    def of_environment(cls, *, channels: Sequence[str] = (), prefix: str = "!") -> Self:
        """Make one with a client as `CHAT_BOT_SERVER`, `CHAT_BOT_NAME` and `CHAT_BOT_TOKEN` say.

        The server may be given as the link that `chat-core serve` prints, whose pin says which key is the right one.

        Raises:
            UsageFault: one of them is missing or ill-formed.
        """
        said = [os.environ.get(variable, "") for variable in ENVIRONMENT]
        for variable, value in zip(ENVIRONMENT, said, strict=True):
            if not value:
                raise UsageFault(f"{variable} is not set: a bot needs {', '.join(ENVIRONMENT)}.")
        server, name, token = said
        link = parse_invitation(server)
        connector = TrustingConnector(NoServers(), link.pin)
        client = Client(link.address, name, token=token, far_behind=0, program=name, connector=connector)
        return cls(client, channels=channels, prefix=prefix)

    # --- decorators -------------------------------------------------------------------------------------------

    def on_message(self, pattern: str = "", *, bots: bool = False) -> Callable[[OnMessage], OnMessage]:
        """Call the decorated function for messages in which a regular expression is found.

        Args:
            pattern: the expression; its groups are in `heard.groups`.
            bots: whether it hears other bots and webhooks, too.
        """
        compiled = re.compile(pattern)

        def register(function: OnMessage) -> OnMessage:
            self._listeners.append(Listener(_name(function), compiled, function, bots))
            return function

        return register

    def command(self, name: str) -> Callable[[OnCommand], OnCommand]:
        """Call the decorated function for messages that are a command, with what follows its name."""

        def register(function: OnCommand) -> OnCommand:
            async def run(heard: Heard) -> str | None:
                return await function(heard, (heard.groups[0] or "").strip())

            self._listeners.append(Listener(_name(function), for_command(self._prefix, name), run, False))
            return function

        return register

    def on_join(self, function: OnJoin) -> OnJoin:
        """Call the decorated function for people who become members of a conversation while the bot is connected."""
        self._greeters.append(function)
        return function

    # --- life -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM; the whole of a program. Raises: SystemExit, with a sentence, if it cannot."""

        async def main() -> None:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self.stop)
            await self.serve()

        try:
            asyncio.run(main())
        except ChatError as fault:
            raise SystemExit(line_for_terminal(str(fault))) from None

    async def ready(self) -> None:
        """Wait until it hears: signed in, and in its channels."""
        await self._ready.wait()

    def stop(self) -> None:
        """Begin to stop: what is under way is finished, nothing new is begun."""
        self._stopping.set()

    async def serve(self) -> None:
        """Connect, and call handlers until `stop`.

        Raises:
            CallFailed: the server refuses this account for good.
            ChatError: it cannot be reached or trusted in the first place.
        """
        async with self.client as client:
            hearing = spawn("bot hears", self._hear(client))
            stopping = spawn("bot stops", self._stopping.wait())
            try:
                await client.online(timeout_s=30)
                for channel in self._channels:
                    await client.join(channel)
                self._ready.set()
                await asyncio.wait({hearing, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if hearing.done() and not self._stopping.is_set():
                    hearing.result()
            finally:
                await stop(hearing, stopping)
                await self._finish()

    async def _finish(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_S)
        await stop(*self._tasks)

    async def _hear(self, client: Client) -> None:
        async for batch in client.changes():
            for change in batch.changes:
                if isinstance(change, Delivered):
                    await self._take(batch, change)
                elif isinstance(change, LinkChanged) and batch.state.link.status is LinkStatus.REFUSED:
                    await client.online(0)  # raises what the server said

    async def _take(self, batch: Batch, change: Delivered) -> None:
        match change.event:
            case MessagePosted() as event:
                me = batch.state.me
                where = batch.state.conversations.get(event.conversation)
                if where is not None and (me is None or event.author != me.id):
                    await self._offer(event, where.target)
            case MembersChanged() as event if event.joined and self._greeters:
                where = batch.state.conversations.get(event.conversation)
                own = "" if batch.state.me is None else batch.state.me.name
                for name in event.joined:
                    if where is not None and name != own:
                        joined = Joined(self.client, where.id, where.target, name)
                        for greet in self._greeters:
                            await self._begin(_name(greet), partial(greet, joined))
            case _:
                pass

    async def _offer(self, event: MessagePosted, target: str) -> None:
        """Give a message to every handler that it is for."""
        for listener in self._listeners:
            match = listener.hears(event)
            if match is not None:
                heard = Heard(self.client, event, target, listener.name, match.groups())
                await self._begin(listener.name, partial(_answered, listener, heard))

    async def _begin(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run a handler beside the others; wait first while there are many."""
        await self._room.acquire()
        task = spawn(f"bot {name}", self._guarded(name, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run a handler; whatever goes wrong in it is logged, and stops nothing else."""
        try:
            await work()
        except CallFailed as failed:
            if failed.code is Refusal.CID_REUSED:
                log.info("handler %s: this was answered before", name)
            else:
                log.warning("handler %s: the server refused: %s", name, failed)
        except Disconnected:
            log.info("handler %s: the bot was stopped before its answer was sent", name)
        except ChatError as fault:
            log.warning("handler %s: %s", name, fault)
        except Exception:
            log.exception("handler %s failed", name)
        finally:
            self._room.release()


async def _answered(listener: Listener, heard: Heard) -> None:
    """Run a handler, and say what it returns."""
    text = await listener.run(heard)
    if text:
        await heard.answer(text)


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__qualname__", repr(function))
