"""What the one door to the client library says about files. A part of the `Bridge`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from chat_core.protocol.values import FileInfo
from chat_tui.paths import uploads_folder

if TYPE_CHECKING:
    from chat_core.client import Client
    from chat_core.client.files.progress import Progress

T = TypeVar("T")


class FileCalls:
    """See the module's head."""

    async def upload(self, conversation: int, path: Path, tell: Progress) -> None:
        """Send a file; see `Client.upload`."""
        told = partial(self._say, tell)
        await self._there(lambda it: it.upload(conversation, path, progress=told, underway=uploads_folder()))

    async def download(self, conversation: int, seq: int, to: Path, tell: Progress) -> Path:
        """Save a file; see `Client.download`."""
        return await self._there(lambda it: it.download(conversation, seq, to=to, progress=partial(self._say, tell)))

    async def read_file(self, conversation: int, seq: int, file: FileInfo) -> bytes:
        """Read a file into memory; see `Client.read_file`."""
        return await self._there(lambda client: client.read_file(conversation, seq, file))

    async def _there(self, ask: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine of the client on its loop."""
        raise NotImplementedError

    def _say(self, function: Callable[..., None], *arguments: object) -> None:
        """Run a function on the application's loop; called in the client's thread."""
        raise NotImplementedError
