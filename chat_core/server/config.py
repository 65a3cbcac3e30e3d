"""What a server is started with. Plain values; reading the command line is the CLI's part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chat_core.protocol import limits

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 55555


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Everything `chat-core serve` can be told."""

    data: Path
    """The data folder; made if missing; one server at a time holds its lock."""
    host: str | None = DEFAULT_HOST
    """Address of the TCP listener; None: no TCP listener."""
    port: int = DEFAULT_PORT
    """Its port; 0: one that is free."""
    socket: Path | None = None
    """Path of a Unix socket listener; None: none."""
    embedded: bool = False
    """Leave when standard input is at its end (the starter is gone) and nobody is connected."""
    log_level: str = "info"
    """One of debug, info, warning, error."""
    ping_every_s: float = limits.PING_EVERY_S
    """Silence after which a client is pinged, in seconds."""
    pong_within_s: float = limits.PONG_WITHIN_S
    """Time a client has to answer, in seconds."""
    sign_in_within_s: float = limits.SIGN_IN_WITHIN_S
    """Time a client has to sign in, in seconds."""
    outbox_bytes: int = limits.OUTBOX_BYTES
    """Bytes that may wait for one reader before it is detached and told `lagging`."""
    stop_within_s: float = 5.0
    """Time that calls under way get to finish at a graceful stop, in seconds."""
