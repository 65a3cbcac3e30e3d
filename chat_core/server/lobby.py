"""Sends connections away that are not let in: one sentence, without a session, and nobody's reset in between.

A socket that is closed while bytes wait in it resets the peer, who may then never read why: so each one stays for a
moment, deaf, and few of them at once. A flood costs a system call or two for each connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Final

from chat_core.protocol.codec import pack
from chat_core.protocol.envelopes import Farewell
from chat_core.protocol.framing import frame

STAY_S: Final = 3.0
"""How long the peer has to read its sentence, in seconds."""
AT_ONCE: Final = 64
"""How many have that; when one more comes, the oldest goes."""
_DRAIN_BYTES: Final = 64 * 1024


class Lobby:
    """See the module's head."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._leaving: dict[socket.socket, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        """Return how many have not left yet."""
        return len(self._leaving)

    def turn_away(self, stream: socket.socket, goodbye: Farewell) -> None:
        """Say goodbye to somebody who was accepted, and close the socket, which does not block, a little later."""
        with contextlib.suppress(OSError):
            stream.send(frame(pack(goodbye)))
            stream.shutdown(socket.SHUT_WR)
        if len(self._leaving) >= AT_ONCE:
            self._close(next(iter(self._leaving)))
        self._leaving[stream] = self._loop.call_later(STAY_S, self._close, stream)

    def close(self) -> None:
        """Let nobody stay."""
        for stream in list(self._leaving):
            self._close(stream)

    def _close(self, stream: socket.socket) -> None:
        self._leaving.pop(stream).cancel()
        with contextlib.suppress(OSError):
            stream.recv(_DRAIN_BYTES)  # what is left unread would make a reset of the close
        stream.close()
