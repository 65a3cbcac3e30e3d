"""The full-screen client as a program under measurement, on a server of its own with channels that are filled once."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from typing_extensions import override

from chat_core.client import Client, parse_address
from chat_tui.bench.process import Child, Flood, InTerminal
from chat_tui.bench.world import CHANNELS, FLOODED, SIZE, SPEAKERS, Subject, lines
from chat_tui.glance.files import folders

_NAME: Final = "me"
_ONLINE_S: Final = 20.0


class ChatTui(Subject):
    """It."""

    name = "chat-tui"
    painted = re.compile(rb"F1 help|F1")
    glanced = re.compile("opening…".encode())

    def __init__(self, home: Path, address: str, voice: _Voice) -> None:
        self._home = home
        self.address = address
        self._voice = voice

    @override
    def open(self) -> InTerminal:
        """See Subject."""
        kinds = ("CONFIG", "DATA", "CACHE", "STATE")
        env = {"HOME": str(self._home), **{f"XDG_{kind}_HOME": str(self._home / kind.lower()) for kind in kinds}}
        command = [sys.executable, "-m", "chat_tui", "connect", self.address.removeprefix("chat://")]
        return InTerminal([*command, "--name", _NAME], env)

    @override
    def leave(self, program: InTerminal) -> bool:
        """See Subject."""
        program.press("\x11")
        program.ended()
        folder = Path(folders({f"XDG_{kind}_HOME": str(self._home / kind.lower()) for kind in ("CONFIG", "STATE")})[1])
        return folder.is_dir() and any(folder.iterdir())

    @override
    def furnish(self, program: InTerminal) -> None:
        """See Subject: the server had it before the program came."""
        program.listen(0.5 if self.few else 1.5)
        program.settle()

    @override
    def show(self, program: InTerminal, channel: str) -> None:
        """See Subject."""
        program.press(f"/join {channel}")
        program.settle()
        program.press("\r")
        program.settle(0.5)

    @override
    def say(self, channel: str, text: str) -> None:
        """See Subject."""
        self._voice.say(channel, text)

    @override
    def flood(self, channel: str, rate: int) -> Flood:
        """See Subject."""
        senders = [channel] * max(1, rate // 1000)
        command = [sys.executable, "-m", "chat_core.bench.beside", self.address, str(rate), str(SIZE), *senders]
        return Flood(command, lambda said: int(json.loads(said)["acknowledged"]))


@contextmanager
def ours(folder: Path, *, few: bool = False) -> Iterator[ChatTui]:
    """Start a server, and fill its channels."""
    home = folder / "home"
    home.mkdir()
    command = [sys.executable, "-m", "chat_core", "serve", "--embedded", "--port", "0", "--log-level", "warning"]
    with Child([*command, "--data", str(folder / "data")], "listening on ") as server:
        asyncio.run(_fill(server.said, few=few))
        with _Voice(server.said) as voice:
            program = ChatTui(home, server.said, voice)
            program.few = few
            yield program


class _Voice:
    """Somebody who is there all the time, in a thread of its own, and speaks when told to."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="voice", daemon=True)
        self._client = Client(parse_address(address), SPEAKERS[0])

    def __enter__(self) -> Self:
        """Come."""
        self._thread.start()
        self._do(self._client.start())
        self._do(self._client.online(_ONLINE_S))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Go."""
        self._do(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def say(self, channel: str, text: str) -> None:
        """Say something."""
        self._do(self._say(channel, text))

    async def _say(self, channel: str, text: str) -> None:
        await self._client.sent(self._client.post(await self._client.join(channel), text))

    def _do(self, what: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result()


async def _fill(address: str, *, few: bool) -> None:
    at = parse_address(address)
    async with AsyncExitStack() as stack:
        me, *others = [await stack.enter_async_context(Client(at, name)) for name in (_NAME, *SPEAKERS)]
        for client in (me, *others):
            await client.online(_ONLINE_S)
        clients = dict(zip(SPEAKERS, others, strict=True))
        fills = (_fill_channel(number, me, clients, few=few) for number in range(len(CHANNELS) - 1))
        await asyncio.gather(*fills)
        await me.join(FLOODED)


async def _fill_channel(number: int, me: Client, clients: dict[str, Client], *, few: bool) -> None:
    conversation = await me.join(CHANNELS[number])
    for client in clients.values():
        await client.join(CHANNELS[number])
    for speaker, text in lines(number, few=few):
        await clients[speaker].sent(clients[speaker].post(conversation, text))
    me.mark_all_read()


async def history_rate(address: str) -> tuple[int, float]:
    """Read all of the flooded channel with the client library; return how many messages came, and the seconds."""
    async with Client(parse_address(address), _NAME) as client:
        await client.online(_ONLINE_S)
        conversation = await client.join(FLOODED)
        loop = asyncio.get_running_loop()
        begun, count = loop.time(), 0
        while came := await client.load_older(conversation, 1000):
            count += came
        return count, loop.time() - begun
