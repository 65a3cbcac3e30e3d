"""What a server can be told, and what it is started with. How settings are found, `base/settings` knows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from chat_core.base.settings import LIVE, FilePath, Loaded, Loading, Origin, SettingsFault, as_toml, read_toml
from chat_core.base.settings_words import quoted
from chat_core.base.text import clean_line, line_for_terminal
from chat_core.protocol import limits
from chat_core.server.account_settings import ACCOUNTS, AccountsSection
from chat_core.server.hook_settings import NO_WEBHOOKS, WebhooksSection, listen_fault
from chat_core.server.manners import MESSAGES, NO_MANNERS, Manners, MessagesSection
from chat_core.server.presets import PRESETS
from chat_core.server.profiles import INTERNET, LOCAL, InternetSection, LocalSection, Profile
from chat_core.server.quotas import FILES, FilesSection
from chat_core.transport.urls import is_host, is_loopback

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 55555
STOP_WITHIN_S: Final = 5.0

CONFIG_FILE: Final = "chat-core.toml"
"""Name of the file that is read from the data folder, if it is there and no other one is named."""
PREFIX: Final = "CHAT_CORE_"
"""What the names of environment variables begin with."""

ProfileChoice = Literal["auto", "local", "internet"]


TlsMode = Literal["auto", "on", "insecure-plaintext"]
"""When TCP is encrypted: off loopback, always, or never."""


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
    tls: TlsMode = "auto"
    """Whether the TCP listener is encrypted."""
    public_host: str = ""
    """What others call this machine, for the link that is printed; empty: its address is looked up."""
    certificate: Path | None = None
    """The certificate, with its chain; None: one of the server's own, made at its first run."""
    key: Path | None = None
    """Its key; None exactly if `certificate` is."""
    embedded: bool = False
    """Leave when standard input is at its end (the starter is gone) and nobody is connected."""
    profile: ProfileChoice = "auto"
    """Whose numbers hold for every listener; `auto`: those that fit it."""
    local: Profile = LOCAL
    """What a connection may take of the server from its own machine."""
    internet: Profile = INTERNET
    """What a connection may take of it from elsewhere."""
    log_level: str = "info"
    """One of `observe.LEVELS`."""
    log_file: Path | None = None
    """Where the log is appended; None: standard error."""
    log_messages: bool = False
    """Whether the text of messages is logged, too."""
    observe_port: int = 0
    """Port of the loopback interface with `/metrics` and `/health`; 0: none."""
    max_clients: int = 0
    """Most connections at the same time; 0: any number."""
    idle_timeout_s: float = 0.0
    """Time after which a client that asks for nothing is disconnected, in seconds; 0: never."""
    exit_when_idle_s: float = 0.0
    """Time after which the server ends when nobody is connected, in seconds; 0: never."""
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
    motd: str = ""
    """Message of the day, one line; empty: none."""
    presence: bool = True
    """Whether people see who is online."""
    typing: bool = True
    """Whether people see who is writing."""
    accounts: AccountsSection = ACCOUNTS
    """Who gets in, and how."""
    moderation: Manners = NO_MANNERS
    """What is moderated in channels."""
    files: FilesSection = FILES
    """What is taken of files."""
    webhooks: WebhooksSection = NO_WEBHOOKS
    """What other programs may POST."""
    messages: MessagesSection = MESSAGES
    """What may become of a message."""


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
    tls: TlsMode = "auto"
    """Encryption of TCP. "auto": everywhere but on the loopback interface. "on": there too. "insecure-plaintext":
    nowhere, so that everybody on the way can read, write and be somebody else."""
    public_host: str = ""
    """Name or address by which others reach this machine, for the link that `serve` prints; empty: the host, or for
    one like 0.0.0.0 the address that leads to the network."""
    profile: ProfileChoice = "auto"
    """Whose numbers hold, those of [local] or of [internet]. "auto": `local` for loopback addresses and Unix sockets,
    `internet` for everything else."""
    log_level: Annotated[Literal["trace", "debug", "info", "warning", "error"], LIVE] = "info"
    """The least important lines that are logged; `trace`: a line for each request, too."""
    motd: Annotated[str, Meta(max_length=limits.MOTD_CHARS)] = ""
    """Message of the day: one line that everybody is shown who signs in; empty: none."""
    presence: bool = True
    """Whether people see who is online, and who is away or busy."""
    typing: Annotated[bool, LIVE] = True
    """Whether people see who is writing."""
    preset: Literal["", "classic"] = ""
    """A named set of defaults for all that is not set in any other way; `classic`: what earlier chat systems did by
    themselves; empty: none."""


class TlsSection(msgspec.Struct, frozen=True, kw_only=True):
    """The proof of who the server is. Without any, it makes a key and a certificate of its own in the data folder."""

    certificate: FilePath = ""
    """The certificate in PEM, with its chain; read again on SIGHUP. Empty: the server's own."""
    key: FilePath = ""
    """Its key in PEM, not encrypted and not for every user to read; set with `certificate` or not at all."""


class LimitsSection(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how much the server takes from a connection."""

    ping_every_s: Annotated[float, Meta(ge=1, le=3600)] = limits.PING_EVERY_S
    """Silence after which a client is pinged; it is told to clients, who do likewise."""
    pong_within_s: Annotated[float, Meta(ge=1, le=600)] = limits.PONG_WITHIN_S
    """Time a client has to answer a ping before it is disconnected."""
    sign_in_within_s: Annotated[float, Meta(ge=1, le=600), LIVE] = limits.SIGN_IN_WITHIN_S
    """Time from the connect to a finished sign-in."""
    outbox_bytes: Annotated[int, Meta(ge=64 * 1024, le=1024 * 1024 * 1024), LIVE] = limits.OUTBOX_BYTES
    """What may wait for one reader before it is detached and told to catch up; each one can take that much memory."""
    stop_within_s: Annotated[float, Meta(ge=0, le=600)] = STOP_WITHIN_S
    """Time that calls under way get to finish at a graceful stop."""
    max_clients: Annotated[int, Meta(ge=0, le=1_000_000), LIVE] = 0
    """Connections at the same time, of all listeners together; 0: any number."""
    idle_timeout_s: Annotated[float, Meta(ge=0, le=31_536_000), LIVE] = 0.0
    """Time after which a client is disconnected that asks for nothing; answering pings is not asking. 0: never."""
    exit_when_idle_s: Annotated[float, Meta(ge=0, le=31_536_000), LIVE] = 0.0
    """Time after which the server ends by itself while nobody is connected; 0: never."""


class ObserveSection(msgspec.Struct, frozen=True, kw_only=True):
    """How an operator sees what the server does."""

    port: Annotated[int, Meta(ge=0, le=65_535)] = 0
    """Port on the loopback interface with `/metrics` for Prometheus and `/health`; 0: none."""
    log_file: Annotated[FilePath, LIVE] = ""
    """Where the log is appended; empty: standard error. SIGHUP opens it anew."""
    log_messages: Annotated[bool, LIVE] = False
    """Whether the text of every message goes into the log, too. Tell your users."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of a server: what the file can hold."""

    server: ServerSection = ServerSection()
    tls: TlsSection = TlsSection()
    limits: LimitsSection = LimitsSection()
    local: LocalSection = LOCAL
    internet: InternetSection = INTERNET
    moderation: Manners = NO_MANNERS
    files: FilesSection = FILES
    observe: ObserveSection = ObserveSection()
    accounts: AccountsSection = ACCOUNTS
    webhooks: WebhooksSection = WebhooksSection()
    messages: MessagesSection = MESSAGES


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Options of the command line; None: not given."""

    config: Path | None = None
    data: Path | None = None
    host: str | None = None
    port: int | None = None
    socket: Path | None = None
    tls: str | None = None
    log_level: str | None = None
    profile: str | None = None
    max_clients: int | None = None
    idle_timeout_s: float | None = None
    exit_when_idle_s: float | None = None
    log_file: Path | None = None
    preset: str | None = None
    log_messages: bool | None = None


def load(given: Given, environment: Mapping[str, str], default_data: Path) -> Loaded[Settings]:
    """Gather the settings: defaults, then a preset, then the file, then the environment, then the command line.

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
        "tls": given.tls,
        "log_level": given.log_level,
        "profile": given.profile,
        "preset": given.preset,
    }
    loading.take_options({("server", name): value for name, value in options.items()})
    loading.take_options(
        {
            ("limits", "max_clients"): given.max_clients,
            ("limits", "idle_timeout_s"): given.idle_timeout_s,
            ("limits", "exit_when_idle_s"): given.exit_when_idle_s,
            ("observe", "log_file"): None if given.log_file is None else str(given.log_file),
            ("observe", "log_messages"): given.log_messages,
        }
    )
    try:
        if given.config is not None:
            loading.take_file(given.config, read_toml(given.config))
        else:
            _take_from_folder(loading, Path(loading.value("server", "data") or default_data))
    except SettingsFault as fault:
        loading.complain(fault.faults)
    if bool(loading.value("tls", "certificate")) != bool(loading.value("tls", "key")):
        there, missing = ("certificate", "key") if loading.value("tls", "certificate") else ("key", "certificate")
        loading.complain([f"[tls] {there} is set, but {missing} is not; expected both, or neither."])
    _check_public_host(loading)
    if wrong := listen_fault(loading.value("webhooks", "listen")):
        loading.complain([wrong])
    name = loading.value("server", "preset")
    if name:
        loading.take_preset(name, PRESETS[name])
    return loading.finish()


def _check_public_host(loading: Loading[Settings]) -> None:
    """See that others can read the link that it is printed in."""
    host = loading.value("server", "public_host")
    if host and not is_host(host):
        loading.complain([f"[server] public_host is {quoted(host)}; expected a name or an IP address, without a port."])


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
    server, bounds, tls = loaded.settings.server, loaded.settings.limits, loaded.settings.tls
    observe = loaded.settings.observe
    return ServeOptions(
        data=Path(server.data) if server.data else default_data,
        host=None if _only_socket(loaded) else server.host,
        port=server.port,
        socket=Path(server.socket) if server.socket else None,
        tls=server.tls,
        public_host=server.public_host,
        certificate=Path(tls.certificate) if tls.certificate else None,
        key=Path(tls.key) if tls.key else None,
        embedded=embedded,
        profile=server.profile,
        local=loaded.settings.local,
        internet=loaded.settings.internet,
        log_level=server.log_level,
        log_file=Path(observe.log_file) if observe.log_file else None,
        log_messages=observe.log_messages,
        observe_port=observe.port,
        max_clients=bounds.max_clients,
        idle_timeout_s=bounds.idle_timeout_s,
        exit_when_idle_s=bounds.exit_when_idle_s,
        ping_every_s=bounds.ping_every_s,
        pong_within_s=bounds.pong_within_s,
        sign_in_within_s=bounds.sign_in_within_s,
        outbox_bytes=bounds.outbox_bytes,
        stop_within_s=bounds.stop_within_s,
        motd=clean_line(server.motd),
        presence=server.presence,
        typing=server.typing,
        accounts=loaded.settings.accounts,
        moderation=loaded.settings.moderation,
        files=loaded.settings.files,
        webhooks=loaded.settings.webhooks,
        messages=loaded.settings.messages,
    )


def as_text(loaded: Loaded[Settings], default_data: Path, config: Path | None = None) -> str:
    """Return the settings as TOML, with comments of where each comes from, what they come to, and which file has them.

    Args:
        loaded: the settings.
        default_data: the data folder if nobody names one.
        config: the file that the command line names; None: the one in the data folder, which may still have to be made.
    """
    options = serve_options(loaded, default_data)
    file = config or options.data / CONFIG_FILE
    missing = "" if os.path.lexists(file) else " (not there yet)"
    lines = [as_toml(loaded), ""]
    lines.append(f"# settings file: {line_for_terminal(str(file))}{missing}")
    lines.append(f"# data folder: {line_for_terminal(str(options.data))}")
    if options.socket is not None:
        lines.append(f"# listens on the Unix socket {line_for_terminal(str(options.socket))}")
    if options.host is not None:
        lines.append(f"# listens on {options.host}, port {options.port or 'any that is free'}, {_encryption(options)}")
    lines.extend(f"# {variable} is in the environment, but is no setting" for variable in loaded.ignored)
    return "\n".join(lines)


def _encryption(options: ServeOptions) -> str:
    match options.tls:
        case "on":
            return "with TLS"
        case "insecure-plaintext":
            return "NOT ENCRYPTED"
        case "auto":
            return "not encrypted: loopback" if is_loopback(options.host or "") else "with TLS"


def _only_socket(loaded: Loaded[Settings]) -> bool:
    """Return whether there is no TCP listener.

    Somebody who starts a server with nothing but `--socket` opens no port, whatever a file says.
    """
    if not loaded.settings.server.socket:
        return False
    tcp = max(loaded.origin("server", "host"), loaded.origin("server", "port"))
    return tcp is Origin.DEFAULT or tcp < loaded.origin("server", "socket")
