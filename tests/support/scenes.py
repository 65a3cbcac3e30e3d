"""The server's inside without sockets: a real store, hub and router, and sessions whose answers can be read back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from chat_core.base.clock import SystemClock
from chat_core.base.ids import AccountId
from chat_core.protocol.codec import to_map, unpack
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.envelopes import Answer, Call, Failure
from chat_core.protocol.framing import FrameReader
from chat_core.protocol.requests.accounts import ListUsers
from chat_core.protocol.requests.base import Request
from chat_core.protocol.values import Account, ServerRole
from chat_core.server import handlers
from chat_core.server.account_settings import AccountsSection
from chat_core.server.auth.auth import Auth
from chat_core.server.auth.tokens import token_digest
from chat_core.server.blobs.files import Files
from chat_core.server.context import Services
from chat_core.server.defence.guard import Guard
from chat_core.server.quotas import FILES
from chat_core.server.router import Router
from chat_core.server.sessions.admission import Admission
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import Presence
from chat_core.server.sessions.session import Session
from chat_core.server.store.people import MakeInvite, NewDevice, RegisterAccount, SignInByName
from chat_core.server.store.sqlite import SqliteStore
from chat_core.transport.driver import Driver
from tests.support.stores import ask, change

assert handlers.__all__, "importing the handlers fills the registry"


CHEAP = AccountsSection(argon2_memory_kib=8, argon2_passes=1)
"""Passwords that cost nothing."""
PASSWORD = "correct horse"


class Scene:
    """A server's inside, and the people in it.

    Args:
        path: of the database.
    """

    def __init__(self, path: Path) -> None:
        self.clock = SystemClock()
        self.path = path
        self.store = SqliteStore(path, clock=self.clock)
        self.files = Files(path.parent, FILES, self.clock)
        self._names = iter(range(1_000_000))
        self._known: dict[str, Person] = {}

    async def open(self) -> None:
        """Open the store, and begin with nobody connected."""
        self.hub = Hub(Presence(_count_nobody))
        boot = await self.store.open(self.hub.committed)
        self.hub.boot(boot.heads, boot.sanctions)
        services = Services(
            store=self.store,
            hub=self.hub,
            admission=Admission(self.clock),
            auth=Auth.of(CHEAP),
            clock=self.clock,
            epoch=boot.epoch,
            server="test",
            ping_every_s=25.0,
            pong_within_s=10.0,
            guard=Guard(self.clock.monotonic()),
            files=self.files,
            hooks_at="http://127.0.0.1:1",
        )
        self.router = Router(services, lambda: None)

    async def person(self, role: ServerRole = "member", name: str = "") -> Person:
        """Make an account of a role, signed in."""
        account, _ = await self.store.write(SignInByName(name or self.name("p"), self.clock.wall_ms()))
        if role != "member":
            change(self.path, f"UPDATE accounts SET role = '{role}' WHERE id = {account.id}")
        return Person(self, Account(id=account.id, name=account.name, role=role))

    async def once(self, part: str, role: ServerRole) -> Person:
        """Return who plays a part, the same one each time."""
        if part not in self._known:
            self._known[part] = await self.person(role)
        return self._known[part]

    async def registered(self) -> tuple[str, str]:
        """Make an account with `PASSWORD`; return its name, and the token of its device."""
        name, token = self.name("reg"), self.name("token")
        hashed = await Auth.of(CHEAP).passwords.hash(PASSWORD)
        device = NewDevice(token_digest(token), "test")
        await self.store.write(RegisterAccount(name, hashed, device, self.clock.wall_ms(), "open"))
        return name, token

    def device_of(self, account: AccountId) -> int:
        """Give an account another device, of which nobody has the token; return its number."""
        change(
            self.path,
            "INSERT INTO devices (account, token_hash, label, made_ts, used_ts) "
            f"VALUES ({account}, randomblob(32), 'test', 1, 1)",
        )
        return int(ask(self.path, "SELECT max(id) FROM devices")[0][0])

    async def invite(self) -> int:
        """Make an invite; return its number."""
        code = self.name("code").encode().ljust(32)
        number, _ = await self.store.write(MakeInvite(code, 1, None, "", None, self.clock.wall_ms()))
        return int(number)

    def console(self) -> Person:
        """Return the command line of whoever runs the server."""
        person = self.stranger()
        person.session.act_as_console()
        return person

    def stranger(self) -> Person:
        """Return a connection that has not signed in."""
        return Person(self, None)

    def name(self, prefix: str) -> str:
        """Return a name that is nobody's yet."""
        return f"{prefix}{next(self._names)}"


class Stream:
    """Stands for a driver: there is no socket to write to, and how it was closed can be read."""

    def __init__(self) -> None:
        self.connection = self
        self.news = asyncio.Event()
        """Set when there is something to read."""
        self.written = b""
        """What was written before it was closed."""
        self.closed: tuple[Goodbye, str] | None = None

    def signed_in(self) -> None:
        """Take longer frames from now on."""

    def write(self, data: bytes) -> None:
        """Keep what was queued."""
        self.written += data
        self.news.set()

    def close(self, code: Goodbye, text: str, retry_after: float | None) -> None:
        """Note how it ended."""
        self.closed = (code, text)


class Person:
    """A connection, with the account it acts for."""

    def __init__(self, scene: Scene, account: Account | None) -> None:
        self.scene = scene
        self.stream = Stream()
        """What became of the connection."""
        self.session = Session(
            mark=lambda _: self.stream.news.set(),
            peer="test",
            local=False,
            on_open=lambda _: None,
            on_call=lambda _session, _call: None,
            on_closed=lambda _session, _why: None,
        )
        self.session.driver = cast(Driver, self.stream)
        scene.hub.sessions.add(self.session)
        self.id = AccountId(0)
        if account is not None:
            self.id = AccountId(account.id)
            self.session.signed_in(account)
            self.session.opening = None
            scene.hub.signed_in(self.session)
        self.pushed: list[dict[str, Any]] = []
        """Events that came."""

    @property
    def name(self) -> str:
        """What the account is called now."""
        return self.session.name

    async def ask(self, request: Request[Any]) -> Answer | Failure:
        """Make a call; return what it was answered with."""
        self.scene.router.route(self.session, Call(id=1, request=to_map(request)))
        while True:
            self.stream.news.clear()
            for envelope in self._taken():
                if isinstance(envelope, Answer | Failure):
                    return envelope
                self.pushed.append(envelope.event)
            await self.stream.news.wait()

    async def get(self, request: Request[Any]) -> dict[str, Any]:
        """Make a call that must succeed; return the reply."""
        answer = await self.ask(request)
        assert isinstance(answer, Answer), (request, answer)
        return answer.reply

    async def code(self, request: Request[Any]) -> str:
        """Make a call; return why it was refused, empty: it was not."""
        answer = await self.ask(request)
        return str(answer.code) if isinstance(answer, Failure) else ""

    async def heard(self) -> list[dict[str, Any]]:
        """Return what was pushed since the last time, without `members_changed`, which is gathered and comes late."""
        await self.get(ListUsers(limit=1))  # its answer comes behind whatever was pushed before
        pushed, self.pushed = self.pushed, []
        return [event for event in pushed if event["kind"] != "members_changed"]

    def _taken(self) -> list[Any]:
        written, self.stream.written = self.stream.written, b""
        return [unpack(payload) for payload in FrameReader(2**24).feed(written + self.session.outbox.take())]


@asynccontextmanager
async def scene_in(folder: Path) -> AsyncIterator[Scene]:
    """Open a scene over a database of its own."""
    scene = Scene(folder / "chat.db")
    await scene.open()
    try:
        yield scene
    finally:
        scene.files.close()
        await scene.store.close()


async def _count_nobody(_: object) -> dict[int, int]:
    return {}
