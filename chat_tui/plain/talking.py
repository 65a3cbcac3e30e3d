"""`chat-tui --plain`: the client in line mode, for screen readers, dumb terminals and pipes. From the first server to
the last one, signals included; what happens at one is `session`'s, which are open is `stays`'.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from chat_core.base.clock import SystemClock
from chat_core.base.errors import ChatError
from chat_core.base.exit_codes import ExitCode
from chat_core.base.text import line_for_terminal
from chat_core.client.folders import folder_for
from chat_core.protocol.requests.signin import SignOut
from chat_core.transport.connect import Connector
from chat_core.transport.urls import Invitation
from chat_tui import storage
from chat_tui.bridge import KNOWN
from chat_tui.glance import files as glances
from chat_tui.kept_tokens import KeptTokens
from chat_tui.paths import HERE
from chat_tui.plain.console import Console, Pipes
from chat_tui.plain.desk import Leaving, PlainDesk
from chat_tui.plain.entering import NEW, Entering, Given
from chat_tui.plain.keyboard import Keyboard
from chat_tui.plain.running import complain
from chat_tui.plain.session import Session
from chat_tui.plain.stays import Stay, Stays, title_of

AGAIN_WITHIN_S: Final = 8.0
"""How long a second Ctrl+C counts as one that leaves, in seconds."""


class Folders(NamedTuple):
    """Where things are kept."""

    config: Path
    """Settings, tokens and known servers."""
    outbox: Path
    """What is not sent yet."""


class Ways(NamedTuple):
    """How addresses lead somewhere."""

    reach: Callable[[str], Invitation]
    """Returns where an address leads; may start this computer's own server. Raises: ChatError."""
    connector: Callable[[Invitation], Connector]
    """Returns what connects there."""
    name: Callable[[str], str]
    """Returns the name to be expected there."""


class Talk:
    """It.

    Args:
        folders: where things are kept.
        ways: how addresses lead somewhere.
    """

    def __init__(self, folders: Folders, ways: Ways) -> None:
        self._folders = folders
        self._ways = ways
        self._clock = SystemClock()
        self._console: Console = console_here()
        self._session: Session | None = None
        self._stays = Stays()
        self._channel = ""
        self._unsent = 0
        self._interrupted_s = float("-inf")

    async def run(self, addresses: Sequence[str], name: str | None) -> ExitCode:
        """Talk until the user leaves; return the exit code.

        Args:
            addresses: servers to open, as typed, the first of them to begin at; empty: ask.
            name: as whom; None: as the last time.

        Raises:
            ChatError: one is not let in.
        """
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt, task)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, task)
        try:
            return await self._visit_all(addresses, name)
        except EOFError:
            return ExitCode.OK
        except OSError as fault:
            complain(f"What you write cannot be read ({fault.strerror}).")
            return ExitCode.IO
        finally:
            self._console.close()

    async def _visit_all(self, addresses: Sequence[str], name: str | None) -> ExitCode:
        further = addresses[1:]
        try:
            stay: Stay | None = await (self._enter(addresses[0], name) if addresses else self._enter_where_asked(name))
            channel = self._channel
            for address in further:
                before = self._stays.latest
                there = await self._enter_or_stay(address, name)
                if there is not None and there is not before:  # else it was not opened
                    there.session.listen(self._channel)
            self._channel = channel
            while stay is not None:
                stay = await self._next(stay, await self._run(stay))
        finally:
            for each in self._stays:
                await self._close(each)
        return ExitCode.NOT_ACKNOWLEDGED if self._unsent else ExitCode.OK

    async def _enter_where_asked(self, name: str | None) -> Stay:
        """Open the server that somebody wants; one that lets nobody in is asked about again. Raises: as `_enter`."""
        while True:
            address = await self._where()
            try:
                return await self._enter(address, name)
            except ChatError as fault:
                if not self._console.is_interactive:
                    raise
                self._console.say(line_for_terminal(str(fault)))

    async def _enter(self, address: str, name: str | None, *, register: bool = False) -> Stay:
        """Open a server, and be there. Raises: ChatError; EOFError: somebody was asked, and left."""
        folders = self._folders
        link = await asyncio.to_thread(self._ways.reach, address)
        given = Given(link, name or self._ways.name(address), NEW if register else KNOWN)
        self._console.say(f"Connecting to {line_for_terminal(str(link.address))} as {given.name}.")
        client = await Entering(self._console, folders.config, folders.outbox, self._ways.connector).enter(given)
        me = client.state.me
        assert me is not None, "let in"
        known = address if address == HERE else str(link.address)
        with contextlib.suppress(OSError):
            storage.save(folders.config, storage.load(folders.config).used(known, me.name))
        memory = folder_for(folders.outbox.with_name("drafts"), known)
        desk = PlainDesk(self._console, folders.config, memory, self._clock)
        desk.servers = self._stays.views
        session = Session(client, self._console, desk, self._clock, title_of(known, link.address))
        stay = Stay(self._stays.next_number(), address, known, given._replace(name=me.name), client, session)
        self._stays.add(stay)
        self._channel = link.channel
        return stay

    async def _run(self, stay: Stay) -> Leaving:
        """Be at a server; return where to go then. One that lets one in no more is left for another one."""
        self._stays.be_at(stay)
        self._session, channel = stay.session, self._channel
        self._channel = ""
        try:
            return await stay.session.run(channel)
        except ChatError as fault:
            if len(list(self._stays)) < 2:
                raise
            self._console.say(line_for_terminal(str(fault)))
            return Leaving(close=stay.number)
        finally:
            self._session = None

    async def _next(self, stay: Stay, leaving: Leaving) -> Stay | None:
        """Return where to be next; None: nowhere. Raises: ChatError, where no other server is open."""
        if leaving.forget:
            await self._close(stay, forget=True)
        elif leaving.end:
            return None
        elif leaving.to or leaving.close:
            return await self._go(stay, leaving)
        elif leaving.server is not None:
            return await self._open(stay, leaving.server)
        elif leaving.name:
            await self._close(stay)
            return await self._enter_or_stay(stay.typed, leaving.name, register=leaving.register)
        return self._stays.latest

    async def _go(self, stay: Stay, leaving: Leaving) -> Stay | None:
        gone = self._stays.numbered(leaving.close)
        if gone is not None:
            await self._close(gone)
            self._console.say(f"Left {gone.title}.")
        return self._stays.numbered(leaving.to) or self._stays.latest

    async def _open(self, stay: Stay, server: str) -> Stay | None:
        """Go to a server as typed, which is opened if it is not open."""
        try:
            link = await asyncio.to_thread(self._ways.reach, server)
        except ChatError as fault:
            self._console.say(line_for_terminal(str(fault)))
            return stay
        self._channel = link.channel
        return self._stays.at(link.address) or await self._enter_or_stay(server, None)

    async def _enter_or_stay(self, address: str, name: str | None, *, register: bool = False) -> Stay | None:
        try:
            return await self._enter(address, name, register=register)
        except (ChatError, EOFError) as fault:
            if self._stays.latest is None:
                raise
            self._channel = ""
            self._console.say(line_for_terminal(str(fault)) or "Given up.")
            return self._stays.latest

    async def _close(self, stay: Stay, *, forget: bool = False) -> None:
        """Leave a server; with `forget`, this device signs out there."""
        self._stays.remove(stay)
        try:
            if forget:
                glances.forget()
                kept = KeptTokens(self._folders.config, stay.given.link.address)
                await asyncio.to_thread(kept.keep, stay.given.name, "")  # a keyring may take its time
                with contextlib.suppress(ChatError):
                    await stay.client.call(SignOut())
            await stay.session.leave_from_elsewhere()
            count = stay.session.unsent
            self._unsent += count
            if count:
                what = "1 message is" if count == 1 else f"{count} messages are"
                self._console.say(f"{what} not sent yet, and kept here until the next time.")
        finally:
            await stay.session.close()
            await stay.client.close()

    async def _where(self) -> str:
        """Ask where to go."""
        known = storage.load(self._folders.config).known
        default = known[0].address if known else HERE
        for server in known:
            self._console.say(f"Known: {line_for_terminal(server.address)}, as {line_for_terminal(server.name)}.")
        line = await self._console.read(f"Which server? Its address, a link, or here for this computer [{default}]: ")
        if line is None:
            raise EOFError
        return line.strip() or default

    def _interrupt(self, task: asyncio.Task[object]) -> None:
        """Take back what is being written or done; where there is nothing, leave the second time."""
        if self._session is not None and self._session.interrupt():
            self._interrupted_s = float("-inf")
            return
        now = self._clock.monotonic()
        if self._session is None or now - self._interrupted_s <= AGAIN_WITHIN_S:
            self._end(task)
            return
        self._interrupted_s = now
        self._console.say("Ctrl+C again leaves.")

    def _end(self, task: asyncio.Task[object]) -> None:
        if self._session is not None:
            self._session.end()
        else:
            task.cancel()


def console_here() -> Console:
    """Return the console that this process has; who can type but does not see the answer here edits nothing."""
    streams = (sys.stdin, sys.stdout)
    if all(stream is not None and stream.isatty() for stream in streams):
        keyboard = Keyboard.here()
        if keyboard is not None:
            return keyboard
    return Pipes()
