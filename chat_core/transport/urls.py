"""Addresses of servers: `chat://HOST:PORT`, `chat+unix:PATH`, and what people type instead. No I/O.

A plain connection is taken on this machine only: what crosses a network will need TLS (`chats://`), which comes later.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from typing import Final

from chat_core.base.errors import UsageFault
from chat_core.base.text import clean_line

DEFAULT_PORT: Final = 55555
MAX_SOCKET_PATH: Final = 100
"""Longest path of a Unix socket that every system takes, in bytes."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?\.?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens: a host and a port, or else the path of a socket."""

    host: str = ""
    """Name or IP address, without brackets; empty with `path`."""
    port: int = 0
    """1 to 65535; 0 with `path`."""
    path: str = ""
    """Absolute path of a Unix socket; empty: TCP."""

    def __str__(self) -> str:
        """Return the address as it is typed and pasted; `parse_address` reads it again."""
        if self.path:
            return f"chat+unix:{self.path}"
        return f"chat://[{self.host}]:{self.port}" if ":" in self.host else f"chat://{self.host}:{self.port}"


def parse_address(text: str) -> Address:
    """Read an address as typed or pasted: with or without its scheme, with or without a port.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    text = text.strip()
    if not text:
        raise UsageFault("An address is missing: write HOST, HOST:PORT or chat+unix:PATH.")
    if "/" in text and text[0] in "/.~":
        raise UsageFault(f"For the socket at {_shown(text)} write chat+unix:PATH.")
    scheme, rest = _split(text)
    if scheme == "chat+unix":
        return _unix(rest)
    if scheme == "chats":
        raise UsageFault("chats:// (encrypted) is not built yet; for now a server is reached on its own machine only.")
    if scheme != "chat":
        raise UsageFault(f"'{_shown(scheme)}' is no kind of address; write chat://HOST:PORT or chat+unix:PATH.")
    return _tcp(rest.removesuffix("/"))


def is_loopback(host: str) -> bool:
    """Return whether a host is certainly this machine, without asking anybody."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _split(text: str) -> tuple[str, str]:
    """Return scheme and rest; `host:port` has no scheme though it has a colon."""
    found = _SCHEME.match(text)
    if found is None:
        return "chat", text
    scheme, slashes = found[1].lower(), found[2]
    if slashes or scheme == "chat+unix":
        return scheme, text[found.end() :]
    return "chat", text


def _unix(path: str) -> Address:
    path = os.path.expanduser(path)  # noqa: PTH111  # pure text: Path would need a home folder to exist
    if not path.startswith("/"):
        raise UsageFault("The path of a socket begins with '/': write chat+unix:/path/to/socket.")
    if "\0" in path:
        raise UsageFault("The path of a socket has no NUL in it.")
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        raise UsageFault(
            f"The socket path {_shown(path)} is too long for this system ({MAX_SOCKET_PATH} bytes); "
            "choose a shorter one."
        )
    return Address(path=path)


def _tcp(text: str) -> Address:
    host, port = _host_and_port(text)
    if not _is_host(host):
        raise UsageFault(f"'{_shown(host)}' is no host; write a name, an IP address, or [IPv6 address].")
    if not is_loopback(host):
        raise UsageFault(
            f"{_shown(host)} is another machine: connections are not encrypted yet, so for now a server is reached "
            "on its own machine only (127.0.0.1, localhost, or over an SSH tunnel to it)."
        )
    return Address(host=host, port=port)


def _host_and_port(text: str) -> tuple[str, int]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise UsageFault(f"'{_shown(text)}' is no address: an IPv6 address is written [::1]:PORT.")
        return host, _port(rest[1:]) if rest else DEFAULT_PORT
    if text.count(":") > 1:
        return text, DEFAULT_PORT
    host, colon, port = text.partition(":")
    return host, _port(port) if colon else DEFAULT_PORT


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535:
        return int(text)
    raise UsageFault(f"'{_shown(text)}' is no port: it is a number from 1 to 65535.")


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return False
        return True
    return len(host) <= 253 and _HOST.fullmatch(host) is not None


def _shown(text: str) -> str:
    """Return untrusted text for a sentence."""
    return clean_line(text[:80])
