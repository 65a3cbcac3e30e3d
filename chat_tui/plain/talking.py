"""`chat-tui --plain`: the client in line mode, for screen readers, dumb terminals and pipes. From the first server to
the last one, signals included; what happens at one is `session`'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from chat_core.base.clock import SystemClock
from chat_core.base.errors import ChatError
from chat_core.base.exit_codes import ExitCode
from chat_core.base.text import line_for_terminal
from chat_core.client import FileTokens
from chat_core.client.storage_files import folder_for
from chat_core.protocol.requests.signin import SignOut
from chat_core.transport.connect import Connector
from chat_core.transport.urls import Invitation
from chat_tui import storage
from chat_tui.bridge import KNOWN
from chat_tui.plain.console import Console, Pipes
from chat_tui.plain.desk import Leaving, PlainDesk
from chat_tui.plain.entering import NEW, Entering, Given
from chat_tui.plain.keyboard import Keyboard
from chat_tui.plain.running import complain
from chat_tui.plain.session import Session

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
        self._interrupted_s = float("-inf")

    async def run(self, address: str | None, name: str | None) -> ExitCode:
        """Talk until the user leaves; return the exit code.

        Args:
            address: where to begin, as typed; None: ask.
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
            return await self._visit_all(address, name)
        except EOFError:
            return ExitCode.OK
        except OSError as fault:
            complain(f"What you write cannot be read ({fault.strerror}).")
            return ExitCode.IO
        finally:
            self._console.close()

    async def _visit_all(self, address: str | None, name: str | None) -> ExitCode:
        address = address if address is not None else await self._where()
        leaving, code, register = Leaving(), ExitCode.OK, False
        while not leaving.end:
            link = await asyncio.to_thread(self._ways.reach, address)
            given = Given(link, name or self._ways.name(address), NEW if register else KNOWN)
            leaving, code = await self._visit(address, given)
            address = leaving.server or address
            name, register = leaving.name or (None if leaving.server else given.name), leaving.register
        return code

    async def _visit(self, address: str, given: Given) -> tuple[Leaving, ExitCode]:
        """Stay at one server; return where to go then, and the exit code if that is nowhere."""
        folders = self._folders
        self._console.say(f"Connecting to {line_for_terminal(str(given.link.address))} as {given.name}.")
        entering = Entering(self._console, folders.config, folders.outbox, self._ways.connector)
        client = await entering.enter(given)
        try:
            me = client.state.me
            assert me is not None, "let in"
            known = address if address == storage.HERE else str(given.link.address)
            with contextlib.suppress(OSError):
                storage.save(folders.config, storage.load(folders.config).used(known, me.name))
            memory = folder_for(folders.outbox.with_name("drafts"), known)
            desk = PlainDesk(self._console, folders.config, memory, self._clock)
            self._session = session = Session(client, self._console, desk, self._clock)
            leaving = await session.run(given.link.channel)
            if leaving.forget:
                FileTokens(folders.config, given.link.address).keep(me.name, "")
                with contextlib.suppress(ChatError):
                    await client.call(SignOut())
            code = self._unsent(session.unsent)
        finally:
            self._session = None
            await client.close()
        return leaving, code

    def _unsent(self, count: int) -> ExitCode:
        if not count:
            return ExitCode.OK
        what = "1 message is" if count == 1 else f"{count} messages are"
        self._console.say(f"{what} not sent yet, and kept here until the next time.")
        return ExitCode.NOT_ACKNOWLEDGED

    async def _where(self) -> str:
        """Ask where to go."""
        known = storage.load(self._folders.config).known
        default = known[0].address if known else storage.HERE
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
