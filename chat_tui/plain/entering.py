"""How one gets into a server in line mode: what is not known is asked, a question a line, until one is let in.

Nothing is asked where nobody can answer: then the fault goes on to whoever runs this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from chat_core.base.errors import ChatError, UsageFault, WorldFault
from chat_core.base.names import check_account_name
from chat_core.client import CallFailed, Client, Disconnected, FileStorage, Untrusted
from chat_core.client.door import ASK_A_PERSON
from chat_core.client.folders import folder_for
from chat_core.client.trust.decision import Known
from chat_core.client.trust.known import KnownServers
from chat_core.protocol.requests.session import Welcome
from chat_core.transport.connect import Connector
from chat_core.transport.urls import Invitation
from chat_tui.bridge import KEPT, KNOWN, Way
from chat_tui.device_tokens import DeviceTokens
from chat_tui.kept_tokens import KeptTokens
from chat_tui.password_command import PasswordCommand, of_server
from chat_tui.plain.console import Console
from chat_tui.views.clean import drawable_line

NEW: Final = Way("register")
"""As a new account, of which more is to be asked."""
CONNECT_WITHIN_S: Final = 15.0
"""Time for connecting and signing in, in seconds."""


class Given(NamedTuple):
    """Where to go, and as whom."""

    link: Invitation
    """Where."""
    name: str
    """Well-formed."""
    way: Way = KNOWN
    """How to get in."""


class Entering:
    """See the module's head.

    Args:
        console: who is asked.
        config: folder of tokens and known servers.
        outbox: folder of what is not sent yet.
        connector: makes what connects, if the server can be trusted.
    """

    def __init__(
        self, console: Console, config: Path, outbox: Path, connector: Callable[[Invitation], Connector]
    ) -> None:
        self._console = console
        self._config = config
        self._outbox = outbox
        self._connector = connector
        self._command: PasswordCommand | None = None

    async def enter(self, given: Given) -> Client:
        """Return a client that was let in; whoever gets it closes it.

        Raises:
            ChatError: it was not, and nobody is there who could be asked more.
            EOFError: somebody was asked, and left.
        """
        if given.link.invite and given.way is KNOWN and self._asks_first(given):
            given = await self._register(given._replace(name=await self._name(given.name)), given.link.invite)
        elif given.way == NEW:
            given = await self._register(given, "")
        while True:
            client = await self._started(given)
            try:
                await self._online(client)
            except Untrusted as fault:
                await client.close()
                if not (fault.unknown and self._console.is_interactive):
                    raise
                await self._trust(given, fault)
            except CallFailed as fault:
                welcome = client.welcome
                await client.close()
                if fault.code not in ASK_A_PERSON or not self._console.is_interactive:
                    raise
                self._console.say(drawable_line(str(fault)))
                given = await self._ask(given, welcome)
            except BaseException:
                await client.close()
                raise
            else:
                return client

    async def _online(self, client: Client) -> None:
        """Wait until let in; a command that is to give a password takes its own time. Raises: ChatError."""
        while True:
            try:
                await client.online(CONNECT_WITHIN_S)
            except (CallFailed, Untrusted):
                raise
            except Disconnected:
                if self._command is None or not self._command.running:
                    raise
            else:
                return

    async def _started(self, given: Given) -> Client:
        """Return a client that has begun to connect; without its outbox, if that cannot be used."""
        storage = FileStorage(folder_for(self._outbox, str(given.link.address)), self._console.say)
        client = self._client(given, storage)
        try:
            await client.start()
        except WorldFault as fault:
            self._console.say(drawable_line(str(fault)))
            client = self._client(given, None)
            await client.start()
        return client

    def _client(self, given: Given, storage: FileStorage | None) -> Client:
        way, self._command = given.way, None
        kept = KeptTokens(self._config, given.link.address)
        loop = asyncio.get_running_loop()

        def tell(fault: ChatError) -> None:  # in the thread that keeps a token
            loop.call_soon_threadsafe(self._console.say, drawable_line(str(fault)))

        if way is KNOWN:
            self._command = of_server(self._config, str(given.link.address), tell)
        return Client(
            given.link.address,
            given.name,
            storage=storage,
            keep=KEPT,
            connector=self._connector(given.link),
            tokens=DeviceTokens(kept, tell, given=way.kind != "known"),
            password=way.password,
            register=way.kind == "register",
            invite=way.invite,
            guest=way.kind == "guest",
            ask=self._command,
        )

    def _asks_first(self, given: Given) -> bool:
        """Return whether this device has no token of that name yet."""
        try:
            return not KeptTokens(self._config, given.link.address).has(given.name)
        except UsageFault:
            return False  # whoever connects says what is wrong with the file

    async def _trust(self, given: Given, fault: Untrusted) -> None:
        """Ask whether a server that nobody knows here is the right one. Raises: Untrusted (it is not)."""
        address = given.link.address
        self._console.say(f"{address} is not known here yet, and no authority vouches for it.")
        self._console.say(f"Its pin is {fault.pin}. Compare it with the one that its operator tells you.")
        if (await self._answer("Is it the same? Write yes or no: ")).casefold() not in ("yes", "y"):
            raise fault
        KnownServers(self._config).keep(address, Known("first use", fault.pin))

    async def _ask(self, given: Given, welcome: Welcome | None) -> Given:
        """Ask how somebody wants to get in."""
        ways = ["password"]
        if welcome is None or welcome.registration != "closed":
            ways.append("new")
        if welcome is not None and welcome.guests:
            ways.append("guest")
        offered = {"password": "sign in with a password", "new": "make a new account", "guest": "be a guest"}
        words = ", ".join(f"{way} to {offered[way]}" for way in ways)
        while True:
            name = await self._name(given.name)
            way = "password"
            if len(ways) > 1:
                way = (await self._answer(f"Write {words} [password]: ")).casefold() or "password"
            match way:
                case "password":
                    password = await self._console.secret(f"Password of {name}: ")
                    if password:
                        return given._replace(name=name, way=Way("password", password))
                case "new":
                    return await self._register(given._replace(name=name), given.way.invite)
                case "guest" if "guest" in ways:
                    return given._replace(name=name, way=Way("guest"))
                case _:
                    self._console.say(f"That is none of {', '.join(ways)}.")

    async def _register(self, given: Given, invite: str) -> Given:
        """Ask for what a new account needs."""
        while True:
            password = await self._console.secret(f"A password for {given.name}: ")
            if password and await self._console.secret("The same again: ") == password:
                break
            self._console.say("The two are not the same." if password else "The password is missing.")
        code = invite or await self._answer("Invite code, if you need one: ")
        return given._replace(way=Way("register", password, code))

    async def _name(self, wanted: str) -> str:
        while True:
            name = await self._answer(f"Your name [{wanted}]: ") or wanted
            try:
                return check_account_name(name)
            except UsageFault as fault:
                self._console.say(str(fault))

    async def _answer(self, question: str) -> str:
        line = await self._console.read(question)
        if line is None:
            raise EOFError
        return line.strip()
