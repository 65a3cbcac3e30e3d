"""`chat-tui upload` and `chat-tui download`: one file, a progress bar where somebody watches, an address or a path."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from chat_core.base.exit_codes import ExitCode
from chat_core.base.names import parse_message
from chat_core.base.text import line_for_terminal
from chat_core.client import Client, Disconnected, Untrusted
from chat_core.client.files.progress import Progress, Transfer
from chat_tui.paths import uploads_folder
from chat_tui.plain.running import Server, complain, emit, find, persist, spelled

T = TypeVar("T")

_LOOKS_A_SECOND = 4


async def upload(server: Server, target: str, path: Path, *, text: str, timeout_s: float) -> ExitCode:
    """Send a file and print the address of its message.

    Args:
        server: where, and as whom.
        target: `#channel`, joined if need be, or `@user`.
        path: the file.
        text: what goes with it; empty: its name.
        timeout_s: seconds without any progress after which it gives up with exit code 75.
    """
    target = spelled(target)
    async with server.client("chat-tui upload") as client:

        async def work(progress: Progress) -> None:
            conversation = await persist(client, partial(_open, client, target), None)
            posted = await client.upload(conversation, path, body=text, progress=progress, underway=uploads_folder())
            emit(f"{target}:{posted.seq}")

        return await _watched(client, work, timeout_s)


async def download(server: Server, address: str, to: Path, *, timeout_s: float) -> ExitCode:
    """Save the file of a message and print where it is.

    Args:
        server: where, and as whom.
        address: of the message: `#ops:17`.
        to: a folder, or a path at which nothing is yet.
        timeout_s: as of `upload`.
    """
    target, seq = parse_message(address)
    async with server.client("chat-tui download") as client:

        async def work(progress: Progress) -> None:
            path = await client.download(target, seq, to=to, progress=progress)
            emit(str(path))

        return await _watched(client, work, timeout_s)


async def _open(client: Client, target: str) -> int:
    return await (client.open_direct(target[1:]) if target.startswith("@") else find(client, target))


async def _watched(client: Client, work: Callable[[Progress], Awaitable[None]], timeout_s: float) -> ExitCode:
    """Do the work, while it gets on."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s) as patience:
            with _shown() as show:

                def moved(transfer: Transfer) -> None:
                    patience.reschedule(loop.time() + timeout_s)
                    show(transfer)

                await work(moved)
    except Untrusted:
        raise
    except (Disconnected, TimeoutError) as lost:
        complain(f"Gave up waiting; nothing was finished. {client.state.link.detail or lost}".strip())
        return ExitCode.NOT_ACKNOWLEDGED
    return ExitCode.OK


@contextmanager
def _shown() -> Iterator[Progress]:
    """Give what draws a bar on standard error, while a person looks at it there; else nothing is drawn."""
    if not sys.stderr.isatty():
        yield lambda transfer: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=_LOOKS_A_SECOND) as bar:
        task = bar.add_task("", total=None)
        yield lambda moved: bar.update(
            task, description=line_for_terminal(moved.name), total=moved.size, completed=moved.done
        )
