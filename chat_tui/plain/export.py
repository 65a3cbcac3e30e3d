"""`chat-tui export`: all of a conversation as one file, complete or not there at all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.requests.conversations import Find
from chat_core.protocol.requests.messages import History, Page
from chat_core.protocol.values import Message
from chat_tui.exporting import FileThere, Target, export
from chat_tui.exports.forms import FORMS
from chat_tui.exports.transcript import About, Transcript
from chat_tui.plain.running import OutputGone, Server, complain, find, persist, spelled

CONNECT_WITHIN_S = 30.0
"""Time for connecting, at the beginning and again after each cut, in seconds."""
STANDARD_OUTPUT = "-"
"""Instead of a file."""


async def export_(server: Server, target: str, *, form: str, to: str | None, force: bool) -> ExitCode:
    """Write a conversation.

    Args:
        server: where, and as whom.
        target: `#channel` or `@user`.
        form: one of `FORMS`.
        to: the file; `-`: standard output; None: one named like the conversation, here.
        force: whether a file that is there gives way.
    """
    target = spelled(target)
    if to == STANDARD_OUTPUT:
        await _export(server, target, form, _print)
        return ExitCode.OK
    path = Path(to) if to is not None else Path(f"{target[1:]}.{form}")
    try:
        with Target(path, over=force) as file:
            count = await _export(server, target, form, file.write)
            file.finish()
    except FileThere as fault:
        complain(f"{fault} Name another one with --to, or add --force to write over it.")
        return ExitCode.USAGE
    complain(f"Exported: {'1 message' if count == 1 else f'{count:,} messages'} of {target} are in {path}.")
    return ExitCode.OK


async def _export(server: Server, target: str, form: str, write: Callable[[str], None]) -> int:
    async with server.client("chat-tui export") as client:

        async def ask(wanted: History) -> Page:
            return await persist(client, partial(client.call, wanted), CONNECT_WITHIN_S)

        number = await persist(client, partial(find, client, target), CONNECT_WITHIN_S)
        info = (await persist(client, partial(client.call, Find(conversation=target)), CONNECT_WITHIN_S)).conversation
        me = client.state.me
        about = About(target, info.topic, me.id if me is not None else None, SystemClock().wall_ms(), None)
        transcript = Transcript(FORMS[form](), about)

        async def picture(message: Message) -> bytes:
            assert message.file is not None, "asked for only where there is one"
            return await client.read_file(number, message.seq, message.file)

        await export(ask, number, transcript, write, partial(_tell, target), picture)
        return transcript.count


def _tell(target: str, count: int, part: float) -> None:
    """Say on a terminal how far it is; the line goes when it is done."""
    if sys.stderr.isatty():
        words = f"{target}: {count:,} messages, {part:.0%}" if part < 1 else ""
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise OutputGone from error
    except OSError as error:
        raise OutputGone(f"The output cannot be written ({error.strerror}).") from error
