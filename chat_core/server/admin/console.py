"""Carrying out requests for whoever runs a server, from a process of their own: over the socket in the data folder
while a server runs, and else on the store itself, under the folder's lock. The same handlers answer either way.

Never beside a running server: its writer keeps facts in memory that another writer would make wrong.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol, TypeVar

from chat_core.base.errors import ChatError, ProtocolFault
from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.codec import pack, read_reply, to_map, unpack
from chat_core.protocol.codes import Refusal
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Farewell, Ping, Pong
from chat_core.protocol.framing import FrameReader, frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES, PROTOCOL_VERSION
from chat_core.protocol.requests.base import Reply, Request, reply_type
from chat_core.protocol.requests.session import Hello
from chat_core.server.admin.faults import AdminFault
from chat_core.server.folder import DataFolder, FolderInUse, short_path

R = TypeVar("R", bound=Reply)

REACHED_WITHIN_S: Final = 5.0
"""Time for a server that starts or stops, or for another command, to let one in, in seconds."""
ANSWERED_WITHIN_S: Final = 30.0
"""Time for an answer, in seconds."""
_LOOK_AGAIN_S: Final = 0.05
_RECEIVED_BYTES: Final = 65_536


class Console(Protocol):
    """Where requests go."""

    def call(self, request: Request[R]) -> R:
        """Carry out a request. Raises: AdminFault."""
        ...


Alone = Callable[[DataFolder], AbstractContextManager[Console]]
"""See `console`."""


@contextmanager
def console(data: Path, alone: Alone) -> Iterator[Console]:
    """Reach the server of a data folder, or its store.

    Args:
        data: the folder; made if it is missing.
        alone: gives a console on the store of a folder that no server has, and that is locked.

    Raises:
        AdminFault: neither can be reached.
    """
    folder = DataFolder(data)
    deadline = time.monotonic() + REACHED_WITHIN_S
    while True:
        if _locked(folder):
            try:
                with alone(folder) as reached:
                    yield reached
            finally:
                folder.unlock()
            return
        stream = _connected(folder)
        if stream is not None:
            with stream:
                yield _Running(stream)
            return
        if time.monotonic() > deadline:
            raise AdminFault(
                f"Something holds the data folder {folder.path} but does not answer at {folder.console.name} in it: "
                "a server of an older version, a restore, or a command that hangs.",
                ExitCode.IN_USE,
            )
        time.sleep(_LOOK_AGAIN_S)


class _Running:
    """A server, over its socket."""

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._reader = FrameReader(FRAME_TO_CLIENT_BYTES)
        self._next_id = 0
        self._greeted = False

    def call(self, request: Request[R]) -> R:
        """Carry out a request. Raises: AdminFault."""
        if not self._greeted:
            self._greeted = True
            self._ask(Hello(protocol=PROTOCOL_VERSION, client="chat-core"))
        return self._ask(request)

    def _ask(self, request: Request[R]) -> R:
        self._next_id += 1
        try:
            self._send(Call(id=self._next_id, request=to_map(request)))
            while True:
                for envelope in self._received():
                    if isinstance(envelope, Answer) and envelope.id == self._next_id:
                        return read_reply(envelope.reply, reply_type(type(request)))
                    self._mind(envelope)
        except OSError as error:
            raise AdminFault(
                f"The server is gone ({error}); look whether it was done.", ExitCode.UNREACHABLE
            ) from error
        except ProtocolFault as fault:
            raise AdminFault(f"The server is of another version: {fault}", ExitCode.PROTOCOL) from fault

    def _mind(self, envelope: Envelope) -> None:
        match envelope:
            case Failure():
                raise AdminFault(envelope.text, code_of(envelope.code))
            case Farewell():
                raise AdminFault(envelope.text, ExitCode.UNREACHABLE)
            case Ping():
                self._send(Pong())
            case _:
                pass

    def _received(self) -> list[Envelope]:
        data = self._stream.recv(_RECEIVED_BYTES)
        if not data:
            raise ConnectionResetError("it closed the connection")
        return [unpack(payload) for payload in self._reader.feed(data)]

    def _send(self, envelope: Envelope) -> None:
        self._stream.sendall(frame(pack(envelope)))


def _locked(folder: DataFolder) -> bool:
    """Take the lock of a data folder, unless somebody has it. Raises: AdminFault."""
    try:
        folder.lock()
    except FolderInUse:
        return False
    except ChatError as fault:
        raise AdminFault(str(fault), ExitCode.CANNOT_CREATE) from fault
    return True


def _connected(folder: DataFolder) -> socket.socket | None:
    """Connect to the server that has a data folder; None: none listens there yet."""
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    stream.settimeout(ANSWERED_WITHIN_S)
    try:
        with short_path(folder.console) as path:
            stream.connect(path)
    except OSError:
        stream.close()
        return None
    return stream


def code_of(code: str) -> ExitCode:
    """Return what a command ends with that a server refused."""
    return ExitCode.NO_TARGET if code in (Refusal.NO_ACCOUNT, Refusal.NO_CONVERSATION) else ExitCode.REFUSED
