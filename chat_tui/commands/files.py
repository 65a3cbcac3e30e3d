"""Commands about files: sending one, and saving one that was sent."""

from __future__ import annotations

import os
from pathlib import Path

from chat_core.base.errors import UsageFault
from chat_core.base.filenames import size_in_words
from chat_core.base.numbers import number_in
from chat_core.client.files.progress import Transfer
from chat_tui.commands.arguments import MessageNumber
from chat_tui.commands.arguments_of_rest import PathOf
from chat_tui.commands.command import command
from chat_tui.commands.context import Answer, Context
from chat_tui.paths import downloads_folder
from chat_tui.views.clean import drawable_line

_TOLD_EVERY_MS = 500


class Telling:
    """Says now and then how far a transfer is."""

    def __init__(self, ctx: Context, verb: str) -> None:
        self._ctx = ctx
        self._verb = verb
        self._next_ms = 0

    def __call__(self, moved: Transfer) -> None:
        """Say it, if that was not done just now."""
        now_ms = self._ctx.desk.now_ms()
        if now_ms >= self._next_ms:
            self._next_ms = now_ms + _TOLD_EVERY_MS
            part = 100 * moved.done // moved.size if moved.size else 100
            self._ctx.desk.answer(Answer(f"{self._verb} {moved.name}: {part} % of {size_in_words(moved.size)}"))


@command("upload", aliases=("attach",), example="/upload ~/report.pdf")
async def upload(ctx: Context, path: PathOf) -> None:
    """Send a file; Tab completes its path."""
    file = Path(os.path.expanduser(path.strip()))  # noqa: ASYNC240, PTH111  # looks into the environment only
    await ctx.calls.upload(ctx.here.id, file, Telling(ctx, "Sending"))
    ctx.desk.answer(Answer(f"Sent: {drawable_line(file.name)}"))


@command("download", example="/download #17")
async def download(ctx: Context, message: MessageNumber = MessageNumber("")) -> None:
    """Save a file that was sent here: the newest one, or that of a message by its number.

    `/download #ops:17` saves one that was sent elsewhere.
    """
    target, _, number = message.rpartition(":")
    digits = number.removeprefix("#")
    wanted = number_in(digits)
    if digits and not wanted:
        raise UsageFault("Write the number of the message, as in /download #17; or none for the newest file here.")
    where = ctx.find(target) if target else ctx.here
    found = [each.seq for each in where.timeline if each.file is not None]
    if not wanted and not found:
        raise UsageFault("No file was sent here, as far as the messages are loaded.")
    await save(ctx, where.id, wanted or found[-1])


async def save(ctx: Context, conversation: int, seq: int) -> None:
    """Save the file of a message in the folder for downloads, and say where it is. Raises: ChatError."""
    folder = downloads_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UsageFault(f"The folder {folder} cannot be made ({fault.strerror}).") from fault
    path = await ctx.calls.download(conversation, seq, folder, Telling(ctx, "Saving"))
    ctx.desk.answer(Answer(f"Saved: {path}"))
