"""A systemd unit for a server, with as little as possible within its reach. Pure: returns text, looks at nothing.

For the whole system the unit runs as a user that exists only for it; for one user it runs as that user, and leaves out
what a user's own service manager cannot do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Final

_LOWEST_FREE_PORT: Final = 1024
_HOMES: Final = ("/home", "/root", "/run/user")

_ANY: Final = (
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
)
_SYSTEM_ONLY: Final = (
    "DynamicUser=yes",
    "StateDirectory=chat-core",
    "StateDirectoryMode=0700",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "RemoveIPC=yes",
)


def unit(program: Sequence[str], arguments: Sequence[str], *, system: bool, port: int) -> str:
    """Return the unit.

    Args:
        program: what is run as `chat-core`, absolute.
        arguments: those of `serve`, without the data folder where the system gives one.
        system: for the whole system, else for one user.
        port: what it listens on; below 1024 it needs a capability, which only the system can give.
    """
    command = [*program, "serve", *arguments]
    lines = [
        "[Unit]",
        "Description=Chat server",
        *(("Wants=network-online.target", "After=network-online.target") if system else ()),
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart={' '.join(map(quoted, command))}{' --data %S/chat-core' if system else ''}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=2",
        "# What only a person can mend: 73 cannot create, 78 configuration, 79 in use.",
        "RestartPreventExitStatus=2 73 78 79",
        "LimitNOFILE=65536",
        "UMask=0077",
        *_ANY,
    ]
    if system:
        lines += [*_SYSTEM_ONLY, f"ProtectHome={_protect_home(command)}", *_capabilities(port)]
    lines += ["", "[Install]", f"WantedBy={'multi-user.target' if system else 'default.target'}"]
    return "\n".join(lines)


def quoted(word: str) -> str:
    """Return a word as a command line of systemd spells it, with nothing in it that systemd would replace."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    word = word.replace("\n", "\\n").replace("\t", "\\t")
    return word if word and not any(char in " ';\\\"" for char in word) else f'"{word}"'


def _protect_home(command: Sequence[str]) -> str:
    """Return how much of the homes it sees: reading, if it lies there itself or has files there, else nothing."""
    inside = any(PurePath(word).is_relative_to(home) for word in command for home in _HOMES)
    return "read-only" if inside else "yes"


def _capabilities(port: int) -> tuple[str, ...]:
    if 0 < port < _LOWEST_FREE_PORT:
        return ("CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "AmbientCapabilities=CAP_NET_BIND_SERVICE")
    return ("CapabilityBoundingSet=",)
