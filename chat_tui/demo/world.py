"""The bots of the demo: they join, leave a backlog behind, and go on talking, in a thread of their own.

They connect as soon as there is a server, which is somebody else's business, and stop without a word when told to.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from typing import Final

from chat_core.base.errors import ChatError
from chat_core.base.tasks import spawn, stop
from chat_core.client import Address, Client, MessagesAppended
from chat_core.protocol.requests.conversations import MarkRead, SetTopic
from chat_core.protocol.requests.marks import React
from chat_core.protocol.values import Account
from chat_tui.demo.script import ANN, BOTS, TOPICS, Said, Script

READY_WITHIN_S: Final = 60.0
"""Time for the server to be there and to let everybody in, in seconds."""
_STOP_WITHIN_S: Final = 5.0
_TYPES_S: Final = 1.2
_COMING_S: Final = 1.5


class World:
    """All bots, in a thread.

    Args:
        address: of the server.
        you: name of the person who looks: made a member of the channels, and greeted.
        seed: what they say is the same for the same one.
        still: whether they fall silent after the backlog.
    """

    def __init__(self, address: Address, you: str, *, seed: int, still: bool) -> None:
        self._address = address
        self._you = you
        self._still = still
        self._script = Script(seed, you)
        self._clients: Mapping[str, Client] = {}
        self._private: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, name="bots", daemon=True)

    def __enter__(self) -> World:
        """Let them come."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let them go."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # they have gone by themselves
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(_STOP_WITHIN_S)

    def _run(self) -> None:
        with contextlib.suppress(ChatError):  # no server, no bots; the screen says the rest
            asyncio.run(self._live())

    async def _live(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with contextlib.AsyncExitStack() as stack:
            names = (*BOTS, self._you)
            # Who follows counts as being there; the person who looks comes with a screen.
            clients = [Client(self._address, name, follow=name in BOTS, program="chat-tui demo") for name in names]
            for client in clients:
                await stack.enter_async_context(client)
            self._clients = dict(zip(names, clients, strict=True))
            playing = spawn("bots", self._play())
            await self._stop.wait()
            await stop(playing)

    async def _play(self) -> None:
        listening = [spawn(f"listen as {name}", self._listen(name)) for name in BOTS]
        try:
            await asyncio.gather(*(client.online(READY_WITHIN_S) for client in self._clients.values()))
            places = {channel: await self._settle(channel, topic) for channel, topic in TOPICS.items()}
            # Who came is told once a second: first that, then what they say.
            await asyncio.sleep(_COMING_S)
            for channel, number in places.items():
                await self._say_before(channel, number)
            self._private = await self._greet()
            if not self._still:
                await self._chatter(places)
            await self._stop.wait()
        finally:
            await stop(*listening)

    async def _settle(self, channel: str, topic: str) -> int:
        """Make a channel with everybody in it; return its number."""
        number = await self._clients[ANN].join(channel)
        for client in self._clients.values():
            await client.join(channel)
        await self._clients[ANN].call(SetTopic(conversation=number, topic=topic))
        return number

    async def _say_before(self, channel: str, number: int) -> None:
        """Say the backlog in its order, and read it for the one who looks up to where it becomes interesting."""
        lines = self._script.backlog(channel)
        new = self._script.unread(channel)
        read = 0
        for at, said in enumerate(lines):
            seq = await self._say(number, said)
            if at < len(lines) - new:
                read = seq
        await self._clients[self._you].call(MarkRead(conversation=number, seq=read))

    async def _greet(self) -> int:
        number = await self._clients[ANN].open_direct(self._you)
        for said in self._script.private():
            await self._say(number, said)
        return number

    async def _chatter(self, places: Mapping[str, int]) -> None:
        for wait_s, line in self._script.live():
            await asyncio.sleep(max(0.0, wait_s - _TYPES_S))
            self._clients[line.said.who].typing(places[line.where])
            await asyncio.sleep(_TYPES_S)
            await self._say(places[line.where], line.said)

    async def _listen(self, name: str) -> None:
        """Take what comes; one of them answers in the direct conversation, once it has begun."""
        client = self._clients[name]
        async for batch in client.changes():
            for change in batch.changes if name == ANN and not self._still else ():
                if isinstance(change, MessagesAppended) and change.conversation == self._private:
                    await self._answer(client, change, batch.state.me)

    async def _answer(self, ann: Client, came: MessagesAppended, me: Account | None) -> None:
        if me is None or came.messages[-1].author == me.id:
            return
        wait_s, text = self._script.reply()
        ann.typing(came.conversation)
        await asyncio.sleep(wait_s)
        await self._say(came.conversation, Said(ANN, text))

    async def _say(self, conversation: int, said: Said) -> int:
        """Say a line and wait until it is on the server's disk; return its seq."""
        client = self._clients[said.who]
        cid = client.post(conversation, said.text, style="action" if said.action else "text")
        seq = (await client.sent(cid)).seq
        for emoji, who in said.reactions:
            await self._clients[who].call(React(conversation=conversation, seq=seq, emoji=emoji))
        for who, text in said.replies:
            replier = self._clients[who]
            await replier.sent(replier.post(conversation, text, thread=seq))
        return seq
