"""Addresses of servers: `chats://HOST:PORT`, `chat+unix:PATH` and others, and what people type instead. No I/O.

What crosses a network is encrypted (`chats://`), and that is what a bare HOST of another machine means. A plain
connection (`chat://`) stays on this machine; to another one it must be called what it is, `chat+insecure://`. A link is
an address with all that a friend needs: `chats://HOST:PORT/CHANNEL?pin=...&invite=...`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Final
from urllib.parse import quote, unquote

import msgspec

from chat_core.base.errors import UsageFault
from chat_core.base.names import check_channel_name
from chat_core.base.numbers import number_in
from chat_core.base.text import clean_line
from chat_core.transport.pins import is_pin

DEFAULT_PORT: Final = 55555
MAX_SOCKET_PATH: Final = 100
"""Longest path of a Unix socket that every system takes, in bytes."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(//)?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?\.?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9._~-]{1,32}", re.ASCII)
"""An interface behind an IPv6 address; Python takes anything there, also what steers a terminal."""
_INVITE = re.compile(r"[A-Za-z0-9_-]{4,128}", re.ASCII)
_PLAIN, _SECURE, _INSECURE, _UNIX = "chat", "chats", "chat+insecure", "chat+unix"
_BARE = ""
"""The scheme of what was typed without one."""


class Address(msgspec.Struct, frozen=True):
    """Where a server listens: a host and a port, or else the path of a socket."""

    host: str = ""
    """Name or IP address, without brackets; empty with `path`."""
    port: int = 0
    """1 to 65535; 0 with `path`."""
    path: str = ""
    """Absolute path of a Unix socket; empty: TCP."""
    tls: bool = False
    """Whether the connection is encrypted, and the server must prove who it is."""

    def __str__(self) -> str:
        """Return the address as it is typed and pasted; `parse_address` reads it again."""
        if self.path:
            return f"{_UNIX}:{self.path}"
        scheme = _SECURE if self.tls else _PLAIN if is_loopback(self.host) else _INSECURE
        return f"{scheme}://{self.place}"

    @property
    def place(self) -> str:
        """Host and port, as they stand in an address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Invitation(msgspec.Struct, frozen=True):
    """What a link says: where a server is, and all that a friend needs there."""

    address: Address
    channel: str = ""
    """A channel to go to, without `#`; empty: none is named."""
    pin: str = ""
    """The server's pin (`pins.pin_of`); empty: not given."""
    invite: str = ""
    """Code of an invite; empty: none."""

    def __str__(self) -> str:
        """Return the link; `parse_invitation` reads it again."""
        query = "&".join(f"{key}={value}" for key, value in (("pin", self.pin), ("invite", self.invite)) if value)
        channel = f"/{quote(self.channel, safe='')}" if self.channel else ""
        return f"{self.address}{channel}{'?' if query else ''}{query}"


def parse_address(text: str) -> Address:
    """Read an address as typed or pasted: with or without its scheme, with or without a port.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    said = parse_invitation(text)
    if said != Invitation(said.address):
        raise UsageFault(f"Only an address is wanted here, without channel, pin and invite: {said.address}.")
    return said.address


def parse_invitation(text: str) -> Invitation:
    """Read a link, or an address as `parse_address` does.

    Raises:
        UsageFault: with a sentence that says what is wrong with it.
    """
    text = text.strip()
    if not text:
        raise UsageFault("An address is missing: write HOST, HOST:PORT or chat+unix:PATH.")
    if "/" in text and text[0] in "/.~":
        raise UsageFault(f"For the socket at {_shown(text)} write chat+unix:PATH.")
    scheme, rest = _split(text)
    if scheme == _UNIX:
        return Invitation(_unix(rest))
    if scheme not in (_PLAIN, _SECURE, _INSECURE, _BARE):
        raise UsageFault(f"'{_shown(scheme)}' is no kind of address; write chats://HOST:PORT or chat+unix:PATH.")
    rest, mark, query = rest.partition("?")
    place, _, channel = rest.partition("/")
    pin, invite = _extras(query) if mark else ("", "")
    address = _tcp(scheme, place, pinned=bool(pin))
    return Invitation(address, _channel(channel), pin, invite)


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
        return _BARE, text
    scheme, slashes = found[1].lower(), found[2]
    if slashes or scheme == _UNIX:
        return scheme, text[found.end() :]
    return _BARE, text


def _extras(query: str) -> tuple[str, str]:
    """Return pin and invite of a link."""
    found = {"pin": "", "invite": ""}
    for part in query.split("&"):
        key, _, value = part.partition("=")
        if key not in found:
            raise UsageFault(f"The link has '{_shown(key)}' in it; this version knows pin and invite.")
        if found[key]:
            raise UsageFault(f"The link has {key} in it twice; ask for a new one.")
        if not (is_pin(value) if key == "pin" else _INVITE.fullmatch(value)):
            raise UsageFault(f"'{_shown(value)}' is no {key}; is the link complete?")
        found[key] = value
    return found["pin"], found["invite"]


def _channel(text: str) -> str:
    if not text:
        return ""
    try:
        return check_channel_name(unquote(text, errors="strict"))
    except UnicodeDecodeError as error:
        raise UsageFault(f"'{_shown(text)}' is no channel's name; is the link complete?") from error


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


def _tcp(scheme: str, text: str, *, pinned: bool) -> Address:
    host, port = _host_and_port(text)
    if not is_host(host):
        raise UsageFault(f"'{_shown(host)}' is no host; write a name, an IP address, or [IPv6 address].")
    here = is_loopback(host)
    if scheme == _PLAIN and not here:
        raise UsageFault(
            f"chat:// is not encrypted, and {_shown(host)} is another machine: write chats://{_shown(text)}; "
            "chat+insecure:// lets everybody on the way read, write and be you."
        )
    tls = scheme == _SECURE or (scheme == _BARE and (pinned or not here))
    if pinned and not tls:
        raise UsageFault(f"A pin is for an encrypted connection: write chats://{_shown(text)}.")
    return Address(host=host, port=port, tls=tls)


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
    if port := number_in(text, 65535):
        return port
    raise UsageFault(f"'{_shown(text)}' is no port: it is a number from 1 to 65535.")


def is_host(host: str) -> bool:
    """Return whether a text is a name or an IP address, without brackets, whether it exists or not."""
    if ":" in host:
        address, mark, zone = host.partition("%")
        try:
            ipaddress.IPv6Address(address)
        except ValueError:
            return False
        return not mark or _ZONE.fullmatch(zone) is not None
    return len(host) <= 253 and _HOST.fullmatch(host) is not None


def _shown(text: str) -> str:
    """Return untrusted text for a sentence."""
    return clean_line(text[:80])
