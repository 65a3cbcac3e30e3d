"""What the operating system holds of a stream behind our own buffers: how much, and how much it may."""

from __future__ import annotations

import array
import fcntl
import socket
import sys
import termios
from typing import Final

_SYSTEM: Final[str] = sys.platform
_SO_NWRITE: Final = 0x1024
"""macOS: bytes in a socket's send buffer; Python has no name for it."""


def unsent_bytes(stream: socket.socket) -> int:
    """Return how many bytes were written that the peer's system has not confirmed; 0 where nobody tells."""
    try:
        if _SYSTEM == "linux":
            count = array.array("i", [0])
            fcntl.ioctl(stream.fileno(), termios.TIOCOUTQ, count)
            return count[0]
        if _SYSTEM == "darwin":
            return stream.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
    except OSError:  # the stream has just ended
        pass
    return 0


def hold_at_most(stream: socket.socket, size_bytes: int) -> None:
    """Let the kernel keep no more than this of what it could not send yet; what is in flight is not counted.

    It would else take megabytes for a reader that is slow: bytes that a later ping has to wait behind, and that do not
    count where we bound what waits for one reader.
    """
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, size_bytes)
