"""What a client can do with files: send one, save one, and read one into memory. A part of the `Client`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chat_core.base.clock import Clock
from chat_core.base.ids import make_cid
from chat_core.client.files.downloading import Downloading
from chat_core.client.files.memory import Memory
from chat_core.client.files.progress import Progress, ignore
from chat_core.client.files.target import Target
from chat_core.client.files.underway import Underway
from chat_core.client.files.uploading import Uploading
from chat_core.protocol.limits import FILE_BYTES
from chat_core.protocol.requests.messages import Posted
from chat_core.protocol.values import FileInfo

if TYPE_CHECKING:
    from chat_core.client.engine import Engine
    from chat_core.protocol.requests.session import Welcome
    from chat_core.transport.urls import Address


class FileCalls:
    """See the module's head."""

    _engine: Engine
    _clock: Clock
    _entropy: Callable[[int], bytes]
    _name: str
    address: Address

    @property
    def welcome(self) -> Welcome | None:
        """What the server said it is; see `Client`."""
        raise NotImplementedError

    async def online(self, timeout_s: float | None = None) -> None:
        """Wait until signed in; see `Client`."""
        raise NotImplementedError

    async def upload(
        self,
        conversation: int | str,
        path: Path,
        *,
        body: str = "",
        cid: bytes | None = None,
        progress: Progress = ignore,
        underway: Path | None = None,
        named: Callable[[bytes], object] = lambda cid: None,
    ) -> Posted:
        """Send a file and post its message, once, over as many connections as it takes.

        Args:
            conversation: where the message goes: a number or a TARGET; one must be a member.
            path: the file.
            body: a text to go with it; empty: its name.
            cid: names the message, so that a repeated upload posts nothing twice; None: a new one.
            progress: told how far it is, on the event loop.
            underway: folder where is kept what was begun: who sends the same again after this process was killed goes
                on with it, also where it was posted already; None: nothing is kept.
            named: told the cid of the message before anything is sent: that of the killed process, if it goes on.

        Raises:
            CallFailed: the server refused; nothing is left of it there.
            UsageFault: it is no file, too large, or somebody is writing to it.
            WorldFault: it cannot be read.
            Disconnected: this client is let in no more.
        """
        await self.online()
        cid = cid or make_cid(self._clock.wall_ms(), self._entropy(10))
        sending = Uploading(
            self._engine.keeper,
            self._clock,
            conversation,
            cid,
            body,
            progress,
            whose=f"{self.address} {self._name}",
            underway=None if underway is None else Underway(underway, self._clock),
        )
        most = FILE_BYTES if self.welcome is None else self.welcome.limits.file_bytes
        return await sending.run(path, most, named)

    async def download(self, conversation: int | str, seq: int, *, to: Path, progress: Progress = ignore) -> Path:
        """Save the file of a message, over as many connections as it takes; return where it is.

        Args:
            conversation: where the message is: a number or a TARGET.
            seq: its number there.
            to: a folder, where a free name like the file's is chosen, or a path at which nothing is yet.
            progress: told how far it is, on the event loop.

        Raises:
            CallFailed: there is no file, or it may not be read.
            UsageFault: there is another file at that path.
            WorldFault: it cannot be saved, or did not come as it was sent; nothing was saved.
            Disconnected: this client is let in no more.
        """

        def begin(file: FileInfo) -> Target:
            return Target.open(to, file, self._clock.wall_ms())

        return await Downloading(self._engine.keeper, self._clock, conversation, seq, progress, begin).run()

    async def read_file(self, conversation: int | str, seq: int, file: FileInfo) -> bytes:
        """Read the file of a message into memory, as `download` saves it.

        Args:
            conversation: where the message is: a number or a TARGET.
            seq: its number there.
            file: what its message says of it; nothing else is taken.

        Raises:
            CallFailed: there is no file, or it may not be read.
            WorldFault: it is another one.
            Disconnected: this client is let in no more.
        """
        begin = partial(Memory.open, file)
        return await Downloading(self._engine.keeper, self._clock, conversation, seq, ignore, begin).run()
