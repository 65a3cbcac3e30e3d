"""What a server can be told, and what it is started with. How settings are found, `base/settings` knows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from chat_core.base.settings import FilePath, Loaded, Loading, Origin, SettingsFault, as_toml, quoted, read_toml
from chat_core.base.text import line_for_terminal
from chat_core.protocol import limits

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 55555
STOP_WITHIN_S: Final = 5.0

CONFIG_FILE: Final = "chat-core.toml"
"""Name of the file that is read from the data folder, if it is there and no other one is named."""
PREFIX: Final = "CHAT_CORE_"
"""What the names of environment variables begin with."""


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
    stop_within_s: float = STOP_WITHIN_S
    """Time that calls under way get to finish at a graceful stop, in seconds."""


class ServerSection(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server keeps its data, where it listens, and what it says."""

    data: FilePath = ""
    """The data folder; made if missing; empty: `chat-core/server` in the user's data folder. A file that was found
    in the data folder cannot move it."""
    host: Annotated[str, Meta(min_length=1)] = DEFAULT_HOST
    """Address to listen on for TCP."""
    port: Annotated[int, Meta(ge=0, le=65_535)] = DEFAULT_PORT
    """TCP port; 0: any that is free."""
    socket: FilePath = ""
    """Unix socket to listen on; empty: none. There is no TCP listener beside it unless `host` or `port` are set
    too, and not in a weaker place than the socket."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important lines that are logged."""


class LimitsSection(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how much the server takes from a connection."""

    ping_every_s: Annotated[float, Meta(ge=1, le=3600)] = limits.PING_EVERY_S
    """Silence after which a client is pinged; it is told to clients, who do likewise."""
    pong_within_s: Annotated[float, Meta(ge=1, le=600)] = limits.PONG_WITHIN_S
    """Time a client has to answer a ping before it is disconnected."""
    sign_in_within_s: Annotated[float, Meta(ge=1, le=600)] = limits.SIGN_IN_WITHIN_S
    """Time from the connect to a finished sign-in."""
    outbox_bytes: Annotated[int, Meta(ge=64 * 1024, le=1024 * 1024 * 1024)] = limits.OUTBOX_BYTES
    """What may wait for one reader before it is detached and told to catch up; each one can take that much memory."""
    stop_within_s: Annotated[float, Meta(ge=0, le=600)] = STOP_WITHIN_S
    """Time that calls under way get to finish at a graceful stop."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of a server: what the file can hold."""

    server: ServerSection = ServerSection()
    limits: LimitsSection = LimitsSection()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Options of the command line; None: not given."""

    config: Path | None = None
    data: Path | None = None
    host: str | None = None
    port: int | None = None
    socket: Path | None = None
    log_level: str | None = None


def load(given: Given, environment: Mapping[str, str], default_data: Path) -> Loaded[Settings]:
    """Gather the settings: defaults, then the file, then the environment, then the command line.

    Args:
        given: the command line.
        environment: the process's variables.
        default_data: the data folder if nobody names one.

    Raises:
        SettingsFault: anything is wrong, with all that is.
    """
    loading = Loading(Settings, PREFIX)
    loading.take_environment(environment)
    options: dict[str, Any] = {
        "data": None if given.data is None else str(given.data),
        "host": given.host,
        "port": given.port,
        "socket": None if given.socket is None else str(given.socket),
        "log_level": given.log_level,
    }
    loading.take_options({("server", name): value for name, value in options.items()})
    try:
        if given.config is not None:
            loading.take_file(given.config, read_toml(given.config))
        else:
            _take_from_folder(loading, Path(loading.value("server", "data") or default_data))
    except SettingsFault as fault:
        loading.complain(fault.faults)
    return loading.finish()


def _take_from_folder(loading: Loading[Settings], folder: Path) -> None:
    """Take the file in the data folder, if there is one."""
    if not os.access(folder, os.X_OK):
        return  # none yet, or none at all: whoever locks it says so
    file = folder / CONFIG_FILE
    try:
        content = read_toml(file)
    except SettingsFault as fault:
        if isinstance(fault.__cause__, FileNotFoundError):
            return
        raise
    loading.take_file(file, content)
    data = loading.value("server", "data")
    here = loading.origin("server", "data") is not Origin.FILE or not data
    if not here and os.path.realpath(data) != os.path.realpath(folder):
        wanted = f"expected {quoted(str(folder))}, where the file is, or --config FILE"
        loading.complain([f"{file}: [server] data is {quoted(data)}; {wanted}."])


def serve_options(loaded: Loaded[Settings], default_data: Path, *, embedded: bool = False) -> ServeOptions:
    """Return what a server is started with.

    Args:
        loaded: the settings.
        default_data: the data folder if nobody names one.
        embedded: as of `ServeOptions`.
    """
    server, bounds = loaded.settings.server, loaded.settings.limits
    return ServeOptions(
        data=Path(server.data) if server.data else default_data,
        host=None if _only_socket(loaded) else server.host,
        port=server.port,
        socket=Path(server.socket) if server.socket else None,
        embedded=embedded,
        log_level=server.log_level,
        ping_every_s=bounds.ping_every_s,
        pong_within_s=bounds.pong_within_s,
        sign_in_within_s=bounds.sign_in_within_s,
        outbox_bytes=bounds.outbox_bytes,
        stop_within_s=bounds.stop_within_s,
    )


def as_text(loaded: Loaded[Settings], default_data: Path) -> str:
    """Return the settings as TOML, with comments of where each comes from and what they come to."""
    options = serve_options(loaded, default_data)
    lines = [as_toml(loaded), "", f"# data folder: {line_for_terminal(str(options.data))}"]
    if options.socket is not None:
        lines.append(f"# listens on the Unix socket {line_for_terminal(str(options.socket))}")
    if options.host is not None:
        lines.append(f"# listens on {options.host}, port {options.port or 'any that is free'}")
    lines.extend(f"# {variable} is in the environment, but is no setting" for variable in loaded.ignored)
    return "\n".join(lines)


def _only_socket(loaded: Loaded[Settings]) -> bool:
    """Return whether there is no TCP listener.

    Somebody who starts a server with nothing but `--socket` opens no port, whatever a file says.
    """
    if not loaded.settings.server.socket:
        return False
    tcp = max(loaded.origin("server", "host"), loaded.origin("server", "port"))
    return tcp is Origin.DEFAULT or tcp < loaded.origin("server", "socket")
