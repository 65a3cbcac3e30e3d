"""Sockets to listen on, and what the system says of who came in: addresses, users. Accepts nothing itself."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from chat_core.base.errors import WorldFault
from chat_core.server.defence.addresses import address_key
from chat_core.server.folder import short_path
from chat_core.transport.urls import is_loopback


class PortInUse(WorldFault):
    """The wanted address is taken."""


class Peer(NamedTuple):
    """The other end of a connection."""

    name: str
    """For the log."""
    address: str
    """What it is counted under; empty: it is not."""
    local: bool
    """Whether it is on this machine."""


def open_tcp(host: str, port: int) -> socket.socket:
    """Return a socket bound to a TCP address.

    Args:
        host: name or address.
        port: 0: any that is free.

    Raises:
        PortInUse: somebody else listens there.
        WorldFault: the address does not exist here.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise WorldFault(f"Cannot listen on {host}: {error.strerror}; check --host.") from error
    except UnicodeError as error:  # what the codec of host names says of `a..b`
        raise WorldFault(f"Cannot listen on {host}: this is no name of a host; check --host.") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} on {host} is in use by another program; choose another one with --port (0: any free)."
            ) from error
        raise WorldFault(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    return listener


def open_unix(path: Path) -> socket.socket:
    """Return a Unix socket that only this user can connect to, bound to a path.

    Raises:
        PortInUse: another server answers there.
        WorldFault: the path is too long, or cannot be made.
    """
    if len(os.fsencode(path)) > 100:
        raise WorldFault(f"The socket path {path} is too long for this system (100 bytes); choose a shorter one.")
    _remove_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Not below: under that mask nobody but root could enter the new folder.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _private():
            listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise WorldFault(f"Cannot listen on the socket {path}: {error.strerror}.") from error
    return listener


def open_console(path: Path) -> socket.socket:
    """Return a Unix socket in a folder that this process has for itself, so that nobody else listens there.

    Raises:
        WorldFault: it cannot be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        with short_path(path) as short, _private():
            listener.bind(short)
    except OSError as error:
        listener.close()
        raise WorldFault(f"Cannot listen on the socket {path}: {error.strerror or error}.") from error
    return listener


def peer_of(stream: socket.socket, where: Any, *, trust_loopback: bool = True) -> Peer:
    """Return who is at the other end.

    Args:
        stream: accepted.
        where: as `accept` returned it.
        trust_loopback: whether an address of this machine shows that somebody is on it.
    """
    if stream.family == socket.AF_UNIX:
        return Peer("unix", "", True)
    host = str(where[0])
    return Peer(f"{host}:{where[1]}", address_key(host), trust_loopback and is_loopback(host))


@contextmanager
def _private() -> Iterator[None]:
    """Make sockets for their owner only."""
    old = os.umask(0o177)
    try:
        yield
    finally:
        os.umask(old)


def peer_uid(stream: socket.socket) -> int | None:
    """Return the user at the other end of a Unix socket; where the system does not say, the file's mode guards it."""
    if hasattr(socket, "SO_PEERCRED"):
        _, uid, _ = struct.unpack("3i", stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
        return int(uid)
    if hasattr(socket, "LOCAL_PEERCRED"):  # BSD and macOS: version, uid, …
        _, uid = struct.unpack("2I", stream.getsockopt(0, socket.LOCAL_PEERCRED, 8))
        return int(uid)
    return os.getuid()


def _remove_stale(path: Path) -> None:
    """Remove a socket that nobody listens on any more."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            return
        else:
            raise PortInUse(f"Another server listens on the socket {path}.")
