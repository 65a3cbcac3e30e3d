"""A TCP port for a server that must be told one beforehand."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
