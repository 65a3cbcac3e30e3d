"""What a server is started with, out of a file, an environment and a command line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from msgspec.structs import replace

from chat_core.base.settings import SettingsFault, keys_of
from chat_core.base.settings_words import in_words
from chat_core.protocol import limits
from chat_core.server.account_settings import AccountsSection
from chat_core.server.config import (
    Given,
    LimitsSection,
    ServeOptions,
    ServerSection,
    Settings,
    as_text,
    load,
    serve_options,
)
from chat_core.server.hook_settings import listen_at
from chat_core.server.observe import LEVELS
from chat_core.server.presets import PRESETS
from chat_core.server.profiles import INTERNET, LOCAL

AWAITED: set[tuple[str, str]] = set()
"""Settings that presets have values for and that are still to be made; one leaves this set when it arrives."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def options(data: Path, given: Given | None = None, environment: dict[str, str] | None = None) -> ServeOptions:
    return serve_options(load(given or Given(), environment or {}, data), data)


def faults(data: Path, given: Given | None = None, environment: dict[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        load(given or Given(), environment or {}, data)
    return caught.value.faults


def test_server_that_is_told_nothing_has_the_defaults_of_its_options(data: Path) -> None:
    assert options(data) == ServeOptions(data=data)
    assert options(data / "missing") == ServeOptions(data=data / "missing")


def test_every_setting_has_words_and_every_section_sets_an_option() -> None:
    assert all(in_words(key.type) for key in keys_of(Settings))
    profiles = {"local", "internet", "moderation", "files", "messages"}
    others = {*profiles, "observe", "accounts", "webhooks"}
    names = {key.name for key in keys_of(Settings) if key.section not in others} - {"preset"}
    observed = {
        "observe_port" if key.name == "port" else key.name for key in keys_of(Settings) if key.section == "observe"
    }
    assert names | observed | profiles | {"embedded", "accounts", "webhooks"} == set(get_type_hints(ServeOptions))


def test_every_setting_reaches_the_server(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(
        '[server]\ndata = "d"\nhost = "::1"\nport = 1\nsocket = "s"\nlog_level = "debug"\nprofile = "internet"\n'
        'tls = "on"\npublic_host = "chat.example.org"\nmotd = "hi"\n[tls]\ncertificate = "c.pem"\nkey = "/k.pem"\n'
        "[limits]\nping_every_s = 2\npong_within_s = 3\nsign_in_within_s = 4\n"
        "outbox_bytes = 70000\nstop_within_s = 5.5\nmax_clients = 6\nidle_timeout_s = 7\nexit_when_idle_s = 8\n"
        '[observe]\nport = 9\nlog_file = "l"\nlog_messages = true\n'
        "[local]\nrequest_rate = 10\n[internet]\nconnections_per_address = 11\n"
        '[accounts]\nregistration = "closed"\n'
    )

    assert options(data, Given(config=file)) == ServeOptions(
        data=tmp_path / "d",
        host="::1",
        port=1,
        socket=tmp_path / "s",
        tls="on",
        public_host="chat.example.org",
        certificate=tmp_path / "c.pem",
        key=Path("/k.pem"),
        log_level="debug",
        motd="hi",
        ping_every_s=2,
        pong_within_s=3,
        sign_in_within_s=4,
        outbox_bytes=70_000,
        stop_within_s=5.5,
        max_clients=6,
        idle_timeout_s=7,
        exit_when_idle_s=8,
        profile="internet",
        observe_port=9,
        log_file=tmp_path / "l",
        log_messages=True,
        local=replace(LOCAL, request_rate=10),
        internet=replace(INTERNET, connections_per_address=11),
        accounts=AccountsSection(registration="closed"),
    )


def test_log_levels_are_those_of_the_log() -> None:
    assert get_args(get_type_hints(ServerSection)["log_level"]) == LEVELS


def test_defaults_of_limits_are_within_their_own_bounds(data: Path) -> None:
    file = data / "chat-core.toml"
    file.write_text(as_text(load(Given(), {}, data), data))

    assert load(Given(), {}, data).settings == Settings()
    assert LimitsSection().outbox_bytes == limits.OUTBOX_BYTES


def test_file_in_the_data_folder_is_read_unless_another_one_is_named(data: Path, tmp_path: Path) -> None:
    (data / "chat-core.toml").write_text("[server]\nport = 1")
    (tmp_path / "other.toml").write_text('[server]\nhost = "::1"')

    assert options(tmp_path, Given(data=data)).port == 1
    assert options(tmp_path, environment={"CHAT_CORE_SERVER_DATA": str(data)}).port == 1
    other = options(data, Given(config=tmp_path / "other.toml"))
    assert (other.host, other.port) == ("::1", 55555)


def test_file_in_the_data_folder_cannot_move_it(data: Path) -> None:
    (data / "chat-core.toml").write_text('[server]\ndata = "../other"')

    (said,) = faults(data)

    assert str(data / "chat-core.toml") in said and "[server] data" in said and "expected" in said
    (data / "chat-core.toml").write_text('[server]\ndata = "."')
    assert options(data).data == data


def test_named_file_must_be_there(data: Path) -> None:
    (said,) = faults(data, Given(config=data / "none.toml"))

    assert said == f"{data}/none.toml cannot be read (No such file or directory); expected a TOML file."


def test_data_folder_that_cannot_be_is_left_to_whoever_locks_it(data: Path) -> None:
    (data / "file").write_text("no folder")

    assert options(data / "file" / "data") == ServeOptions(data=data / "file" / "data")
    assert options(data / ("x" * 300)).data == data / ("x" * 300)


def test_file_that_cannot_be_read_does_not_hide_what_else_is_wrong(data: Path) -> None:
    (data / "chat-core.toml").write_text("[")

    assert len(faults(data, environment={"CHAT_CORE_SERVER_PORT": "x"})) == 2


@pytest.mark.parametrize(
    ("file", "environment", "given", "tcp"),
    [
        ('socket = "s"', {}, Given(), False),
        ('socket = "s"\nport = 0', {}, Given(), True),
        ('socket = "s"\nhost = "::1"', {}, Given(), True),
        ('socket = "s"', {"CHAT_CORE_SERVER_PORT": "0"}, Given(), True),
        ('socket = "s"', {}, Given(port=0), True),
        ("port = 0", {"CHAT_CORE_SERVER_SOCKET": "s"}, Given(), False),
        ("port = 0", {"CHAT_CORE_SERVER_HOST": "::1"}, Given(socket=Path("s")), False),
        ("port = 0", {}, Given(socket=Path("s"), host="::1"), True),
        ('socket = ""', {}, Given(), True),
        ('socket = "s"', {"CHAT_CORE_SERVER_SOCKET": ""}, Given(), True),
    ],
)
def test_socket_is_alone_unless_tcp_is_asked_for_in_a_place_as_strong(
    data: Path, file: str, environment: dict[str, str], given: Given, tcp: bool
) -> None:
    (data / "chat-core.toml").write_text(f"[server]\n{file}")

    assert (options(data, given, environment).host is not None) is tcp


def test_text_ends_with_what_the_settings_come_to(data: Path) -> None:
    loaded = load(Given(socket=Path("s"), port=0), {"CHAT_CORE_SERVICE_HOST": "x"}, data)

    text = as_text(loaded, data)

    sections = {"server", "tls", "limits", "local", "internet", "moderation", "files", "observe"}
    sections |= {"accounts", "webhooks", "messages"}
    assert set(tomllib.loads(text)) == sections
    assert text.splitlines()[-5:] == [
        f"# settings file: {data}/chat-core.toml (not there yet)",
        f"# data folder: {data}",
        "# listens on the Unix socket s",
        "# listens on 127.0.0.1, port any that is free, not encrypted: loopback",
        "# CHAT_CORE_SERVICE_HOST is in the environment, but is no setting",
    ]


def test_text_names_the_settings_file_when_it_is_there(data: Path) -> None:
    (data / "chat-core.toml").write_text("[server]\nport = 4000\n")

    assert f"# settings file: {data}/chat-core.toml\n" in as_text(load(Given(), {}, data), data)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Given(host="0.0.0.0"), "with TLS"),
        (Given(host="chat.example.org"), "with TLS"),
        (Given(tls="on"), "with TLS"),
        (Given(host="::1"), "not encrypted: loopback"),
        (Given(host="0.0.0.0", tls="insecure-plaintext"), "NOT ENCRYPTED"),
    ],
)
def test_text_says_whether_the_listener_is_encrypted(data: Path, given: Given, says: str) -> None:
    assert as_text(load(given, {}, data), data).endswith(says)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ('[tls]\ncertificate = "c.pem"', "[tls] certificate is set, but key is not; expected both, or neither."),
        ('[tls]\nkey = "k.pem"', "[tls] key is set, but certificate is not; expected both, or neither."),
        (
            '[server]\npublic_host = "chat.example.org:5"',
            '[server] public_host is "chat.example.org:5"; expected a name or an IP address, without a port.',
        ),
    ],
)
def test_settings_of_tls_that_do_not_fit_get_a_sentence(data: Path, file: str, says: str) -> None:
    (data / "chat-core.toml").write_text(file)

    assert faults(data) == (says,)


def test_preset_stands_in_for_the_defaults_only(data: Path) -> None:
    welcome = str(PRESETS["classic"]["server", "motd"])
    assert options(data, Given(preset="classic")).motd == welcome
    assert options(data, environment={"CHAT_CORE_SERVER_PRESET": "classic"}).motd == welcome
    assert 'motd = "Welcome.' in as_text(load(Given(preset="classic"), {}, data), data)
    assert "# preset classic" in as_text(load(Given(preset="classic"), {}, data), data)

    (data / "chat-core.toml").write_text('[server]\npreset = "classic"\nmotd = "our own"\n')
    assert options(data).motd == "our own"
    assert options(data, environment={"CHAT_CORE_SERVER_MOTD": ""}).motd == ""

    (data / "chat-core.toml").write_text('[server]\npreset = "classical"\n')
    assert "expected one of" in faults(data)[0]


@pytest.mark.parametrize("name", PRESETS)
def test_every_value_of_a_preset_is_a_setting_or_awaited(data: Path, name: str) -> None:
    """The values for what is there are also valid: `load` would complain."""
    known = {(key.section, key.name) for key in keys_of(Settings)}

    assert {at for at in PRESETS[name] if at not in known} == AWAITED
    assert load(Given(preset=name), {}, data).settings.server.preset == name


@pytest.mark.parametrize("listen", ["0.0.0.0:80", "chat.example.org:80", "127.0.0.1", "[::1]:x", "127.0.0.1:70000"])
def test_webhooks_are_taken_on_the_loopback_interface_only(data: Path, listen: str) -> None:
    with pytest.raises(SettingsFault, match="expected a loopback address and a port"):
        load(Given(), {"CHAT_CORE_WEBHOOKS_LISTEN": listen}, data)


@pytest.mark.parametrize(("listen", "at"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:0", ("::1", 0)), ("", None)])
def test_address_of_webhooks_is_read(data: Path, listen: str, at: tuple[str, int] | None) -> None:
    told = options(data, Given(), {"CHAT_CORE_WEBHOOKS_LISTEN": listen}).webhooks.listen
    assert listen_at(told) == at
