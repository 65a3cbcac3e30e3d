"""Opens a stream to a server, over TCP, TLS or a Unix socket, and says in a sentence what went wrong.

Knows sockets only: what is said over the stream is the driver's part, and whom to trust its caller's.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Final, Protocol

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.transport.driver import Driver
from chat_core.transport.tls import Gate, Trusting, Unverified, by_authority
from chat_core.transport.urls import MAX_SOCKET_PATH, Address

CONNECT_WITHIN_S: Final = 5.0
"""Time a server has to take the connection, in seconds."""


class Connector(Protocol):
    """The port to the network: opens a stream and gives it to a driver."""

    async def __call__(self, address: Address, make_driver: Callable[[], Driver]) -> None:
        """Return once the driver has its transport. Raises: WorldFault, UsageFault."""
        ...


async def connect(
    address: Address,
    make_driver: Callable[[], Driver],
    *,
    within_s: float = CONNECT_WITHIN_S,
    trusting: Trusting | None = None,
) -> None:
    """Open a stream to `address` and hand it to a new driver.

    Args:
        address: where.
        make_driver: called once the stream is open, and the server's certificate was found good.
        within_s: time for all of it, in seconds.
        trusting: how the certificate is judged; None: by the system's authorities.

    Raises:
        WorldFault: nobody answers there, in time; the text says what to do.
        Unverified: no authority vouches for the server.
        UsageFault: the address cannot be used at all.
    """
    try:
        async with asyncio.timeout(within_s):
            if address.path:
                await _connect_unix(address.path, make_driver)
            elif address.tls:
                await _connect_tls(address, make_driver, within_s, trusting or by_authority())
            else:
                await _connect_tcp(address, make_driver)
    except TimeoutError as error:
        raise WorldFault(
            f"{address} did not answer within {within_s:g} s: is that machine up, and the address right?"
        ) from error


async def _connect_tcp(address: Address, make_driver: Callable[[], Driver]) -> None:
    loop = asyncio.get_running_loop()
    try:
        await loop.create_connection(make_driver, address.host, address.port)
    except TimeoutError:
        raise
    except OSError as error:
        raise _unreachable(address, error) from error


async def _connect_tls(
    address: Address, make_driver: Callable[[], Driver], within_s: float, trusting: Trusting
) -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(make_driver, trusting.check)
    try:
        await loop.create_connection(
            lambda: gate,
            address.host,
            address.port,
            ssl=trusting.context,
            server_hostname=address.host,
            ssl_handshake_timeout=within_s,
        )
    except TimeoutError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise Unverified(f"No authority vouches for {address} ({error.verify_message}).") from error
    except ssl.SSLError as error:
        raise WorldFault(
            f"{address} does not speak TLS, or no version of it that is safe ({_reason_of_tls(error)}); "
            "is that address a chat server's?"
        ) from error
    except ConnectionResetError as error:
        raise WorldFault(f"{address} ended the connection before it was encrypted; is it a chat server's?") from error
    except OSError as error:
        raise _unreachable(address, error) from error
    if gate.fault is not None:
        raise gate.fault


def _unreachable(address: Address, error: OSError) -> WorldFault:
    """Return what to say of a connection that did not come about."""
    if isinstance(error, socket.gaierror):
        return WorldFault(f"There is no host of the name '{address.host}'; check how it is spelled.")
    if _refused(error):
        return WorldFault(f"Nobody listens at {address}: start a server there (chat-core serve), or check the address.")
    return WorldFault(f"{address} cannot be reached: {_reason(error)}.")


async def _connect_unix(path: str, make_driver: Callable[[], Driver]) -> None:
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        raise UsageFault(
            f"The socket path {path} is too long for this system ({MAX_SOCKET_PATH} bytes); choose a shorter one."
        )
    loop = asyncio.get_running_loop()
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        stream.setblocking(False)
        await loop.sock_connect(stream, path)
        _check_owner(stream, path)
        await loop.create_unix_connection(make_driver, sock=stream)
    except TimeoutError:
        stream.close()
        raise
    except OSError as error:
        stream.close()
        if isinstance(error, FileNotFoundError) or _refused(error):
            raise WorldFault(f"No server listens on the socket {path}.") from error
        raise WorldFault(f"The socket {path} cannot be used: {_reason(error)}.") from error
    except BaseException:
        stream.close()
        raise


def _check_owner(stream: socket.socket, path: str) -> None:
    """Refuse a server of another user: whoever may write the folder could have put a socket there."""
    uid = _peer_uid(stream)
    if uid is not None and uid != os.getuid():
        raise UsageFault(
            f"The server on the socket {path} belongs to another user (uid {uid}); nothing was said to it."
        )


def _peer_uid(stream: socket.socket) -> int | None:
    """Return the user that listens at the other end; None where the system does not say."""
    if hasattr(socket, "SO_PEERCRED"):
        raw = stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", raw)[1])
    with contextlib.suppress(OSError, AttributeError):
        # BSD and macOS, level SOL_LOCAL: struct xucred begins with its version, then the user.
        return int(struct.unpack("2I", stream.getsockopt(0, socket.LOCAL_PEERCRED, 8))[1])  # type: ignore[attr-defined]
    return None


def _refused(error: OSError) -> bool:
    # Several addresses of one name: asyncio joins their errors into one without a number.
    return isinstance(error, ConnectionRefusedError) or "refused" in str(error).lower()


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


def _reason_of_tls(error: ssl.SSLError) -> str:
    """Return OpenSSL's own word, such as `wrong version number`."""
    return (error.reason or "no reason given").replace("_", " ").lower()
