"""Between the store and the bytes of files: which contents are still referred to, and when somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from chat_core.base.clock import Clock
from chat_core.base.errors import WorldFault
from chat_core.server.blobs.files import Files
from chat_core.server.folder import DataFolder
from chat_core.server.observe import get_log
from chat_core.server.quotas import FilesSection
from chat_core.server.store.base import Refused, Store, StoreBroken

log = get_log(__name__)

LOOK_EVERY_S: Final = 30.0
"""Time between two looks for uploads that were given up, in seconds."""


async def open_files(data: Path, settings: FilesSection, clock: Clock, epoch: str) -> Files:
    """Return the files of a data folder. Raises: WorldFault: they cannot be used."""
    files = Files(data, settings, clock, epoch)
    try:
        await files.open()
    except OSError as fault:
        files.close()
        raise WorldFault(f"The files in {data} cannot be used ({fault.strerror}); mend the permissions.") from fault
    return files


async def keep_files(files: Files, store: Store, folder: DataFolder) -> None:
    """Throw away what a crash left, then now and then what was given up; until cancelled or the store is closed.

    Where a database gave way to a restored one, what only that one refers to stays for as long as it is there.
    """

    async def kept() -> frozenset[bytes]:
        contents: frozenset[bytes] = await store.read(lambda reader: reader.files_kept())
        return contents

    try:
        if not any(folder.set_aside()):
            await files.sweep(kept, kept_by(store))
    except (Refused, OSError) as fault:
        log.warning("files that nothing refers to were not looked for", reason=str(fault))
    except StoreBroken:
        return
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        files.dropped(files.expire(), kept_by(store))


def kept_by(store: Store) -> Callable[[bytes], Awaitable[bool]]:
    """Return what tells whether a message of a store has a file of some content; if in doubt, one has."""

    async def is_kept(sha256: bytes) -> bool:
        try:
            kept: bool = await store.read(lambda reader: reader.is_kept(sha256))
        except (Refused, StoreBroken):
            return True
        return kept

    return is_kept
