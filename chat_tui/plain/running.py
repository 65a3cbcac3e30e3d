"""What the scriptable commands share: running to an exit code, faults as one sentence, output flushed per line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NamedTuple, TextIO, TypeVar

from chat_core.base.errors import ChatError, UsageFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import parse_target
from chat_core.base.text import line_for_terminal
from chat_core.client import Address, CallFailed, Client, Disconnected, Untrusted
from chat_core.client.door import ASK_A_PERSON, Tokens
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.conversations import Find
from chat_core.transport.connect import Connector

T = TypeVar("T")

_NO_SUCH = (Refusal.NO_CONVERSATION, Refusal.NO_ACCOUNT)


HOW_TO_SIGN_IN = "(`chat-tui login` signs this device in, once; scripts can give --password-cmd or --password-stdin.)"


class OutputGone(Exception):
    """Standard output takes no more; `str()` says why, and is empty when whoever read it has just left."""


class Server(NamedTuple):
    """Where a command goes, and as whom."""

    address: Address
    name: str
    """Well-formed."""
    connector: Connector
    """Connects only if the server can be trusted."""
    password: str = ""
    """Empty: the token that is kept here, or the name alone, must do."""
    tokens: Tokens | None = None
    """Keeps this device's token."""
    ask: Callable[[], Awaitable[str]] | None = None
    """Returns the password, or a token, once one is needed; None: nobody does."""

    def client(self, program: str, *, register: bool = False, invite: str = "") -> Client:
        """Return a client that does one thing."""
        return Client(
            self.address,
            self.name,
            follow=False,
            program=program,
            connector=self.connector,
            password=self.password,
            tokens=self.tokens,
            ask=self.ask,
            register=register,
            invite=invite,
        )


def run(work: Coroutine[Any, Any, ExitCode]) -> ExitCode:
    """Run a command to its exit code. SIGINT and SIGTERM cancel it; a fault becomes one sentence on stderr."""
    try:
        return asyncio.run(_guarded(work))
    except OutputGone as gone:
        if str(gone):
            complain(str(gone))
        # Python would complain when it flushes what is left at its end; there is nobody to flush it to.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.IO
    except asyncio.CancelledError:
        return ExitCode.INTERRUPTED
    except CallFailed as failed:
        complain(f"{failed} {HOW_TO_SIGN_IN}" if failed.code in ASK_A_PERSON else str(failed))
        return ExitCode.NO_TARGET if failed.code in _NO_SUCH else ExitCode.REFUSED
    except UsageFault as fault:
        complain(str(fault))
        return ExitCode.USAGE
    except Untrusted as stop:
        complain(str(stop))
        return ExitCode.UNTRUSTED
    except Disconnected as lost:
        complain(str(lost))
        return ExitCode.UNREACHABLE
    except ChatError as fault:
        complain(str(fault))
        return ExitCode.FAILED


async def _guarded(work: Coroutine[Any, Any, ExitCode]) -> ExitCode:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    return await work


def complain(sentence: str) -> None:
    """Say something to the person, on stderr."""
    print(line_for_terminal(sentence), file=sys.stderr, flush=True)


def emit(text: str, out: TextIO | None = None) -> None:
    r"""Print one line of data and flush it, also into a file or a pipe.

    Characters that the output's encoding does not have are printed as escapes: `\u6f22`.

    Raises:
        OutputGone: nobody reads it any more, or it cannot be written.
    """
    out = out or sys.stdout
    try:
        try:
            print(text, file=out, flush=True)
        except UnicodeEncodeError as error:
            print(text.encode(error.encoding, "backslashreplace").decode(error.encoding), file=out, flush=True)
    except BrokenPipeError as error:
        raise OutputGone from error
    except OSError as error:
        raise OutputGone(f"The output cannot be written ({error.strerror}).") from error


async def persist(client: Client, attempt: Callable[[], Awaitable[T]], within_s: float | None) -> T:
    """Do something as often as it takes: a connection lost in the middle of it is no reason to give up.

    Args:
        client: whose connection.
        attempt: what to do; it can be repeated.
        within_s: time for each connecting, in seconds; None: no bound.

    Raises:
        Disconnected: the server could not be reached in time.
        CallFailed: the server refused.
    """
    while True:
        await client.online(within_s)
        try:
            return await attempt()
        except Disconnected:
            continue


async def refused(client: Client) -> ExitCode:
    """Say why a client that was connected before is let in no more, and return the exit code.

    Raises:
        Untrusted: it is not the server's word, but that it is not certain who that is.
    """
    try:
        await client.online(0)
    except Untrusted:
        raise
    except (CallFailed, Disconnected) as fault:
        complain(str(fault))
    return ExitCode.REFUSED


async def find(client: Client, target: str) -> int:
    """Return the conversation of a TARGET, joining a public channel but making none; a group one must be in.

    Raises:
        CallFailed: there is none (`no_conversation`, `no_account`), or it may not be joined.
    """
    if target.startswith("#"):
        return await client.join(target[1:], create=False)
    return (await client.call(Find(conversation=target))).conversation.id


def spelled(target: str) -> str:
    """Check a TARGET and return it in its stored spelling.

    Raises:
        UsageFault: it is none.
    """
    return "".join(parse_target(target))
