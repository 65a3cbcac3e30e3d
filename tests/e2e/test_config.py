"""Settings as an operator gives them to real processes: in a file, in the environment, and wrong."""

from __future__ import annotations

import socket
import tomllib
from pathlib import Path

import pytest

from tests.support.commands import assert_one_sentence, run_core
from tests.support.processes import ServerProcess
from tests.support.wire import Wire


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def data(home: Path) -> Path:
    folder = home / "data"
    folder.mkdir(mode=0o700)
    return folder


def test_serve_does_what_a_named_file_says(home: Path, data: Path) -> None:
    port = free_port()
    (home / "site.toml").write_text(f"[server]\nport = {port}\n[limits]\nping_every_s = 7\n")

    with ServerProcess(data, "--config", str(home / "site.toml"), port=None) as server:
        assert server.address == f"chat://127.0.0.1:{port}"
        with Wire(port) as ann:
            assert ann.call("hello", protocol=1)["limits"]["ping_every_s"] == 7


def test_serve_does_what_the_file_in_its_data_folder_says(data: Path) -> None:
    (data / "chat-core.toml").write_text('[server]\nsocket = "chat.sock"\n')

    with ServerProcess(data, port=None) as server:
        assert server.address == f"chat+unix:{data}/chat.sock"
        with Wire(str(data / "chat.sock")) as ann:
            assert ann.enter("ann")["epoch"]


def test_serve_obeys_the_environment_over_the_file_and_an_option_over_both(data: Path) -> None:
    (data / "chat-core.toml").write_text("[server]\nport = 1\n[limits]\nping_every_s = 7\npong_within_s = 7\n")
    environment = {"CHAT_CORE_SERVER_PORT": "2", "CHAT_CORE_LIMITS_PING_EVERY_S": "8"}

    with ServerProcess(data, env=environment) as server, Wire(server.port) as ann:
        limits = ann.call("hello", protocol=1)["limits"]

    assert server.port > 2
    assert (limits["ping_every_s"], limits["pong_within_s"]) == (8, 7)


def test_embedded_server_is_not_moved_by_variables_meant_for_another_one(data: Path) -> None:
    environment = {"CHAT_CORE_SERVER_SOCKET": str(data / "other.sock"), "CHAT_CORE_SERVER_PORT": "x"}

    with ServerProcess(data, "--embedded", env=environment) as server:
        assert server.address == f"chat://127.0.0.1:{server.port}"
        assert not (data / "other.sock").exists()


def test_serve_refuses_a_wrong_file_in_one_sentence_and_makes_nothing(home: Path) -> None:
    (home / "site.toml").write_text('[server]\nprot = 1\ndata = "data"\n')

    done = run_core("serve", "--config", home / "site.toml")

    assert (done.code, done.out) == (78, "")
    assert_one_sentence(done.err)
    assert done.err == f"{home}/site.toml: [server] has no key prot; the nearest one is port.\n"
    assert not (home / "data").exists()


def test_serve_refuses_a_wrong_variable(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_CORE_SERVER_PORT", "65536")

    done = run_core("serve", "--data", data)

    assert done.code == 78
    assert done.err == 'CHAT_CORE_SERVER_PORT is "65536"; expected a whole number, 0 to 65535.\n'


def test_config_check_prints_every_setting_with_its_origin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "site.toml").write_text('[server]\ndata = "data"\nport = 4000\n')
    monkeypatch.setenv("CHAT_CORE_LIMITS_STOP_WITHIN_S", "20")

    done = run_core("config", "check", "--config", home / "site.toml")

    assert (done.code, done.err) == (0, "")
    server_and_limits = done.out.partition("[local]")[0]
    lines = [line for line in server_and_limits.splitlines() if " = " in line]
    origins = {line.split(" = ")[0]: line.partition("  # ")[2].strip() for line in lines}
    assert origins["data"] == origins["port"] == str(home / "site.toml")
    assert origins["stop_within_s"] == "CHAT_CORE_LIMITS_STOP_WITHIN_S"
    assert origins["host"] == "default"
    assert done.out.endswith(
        f"# settings file: {home}/site.toml\n"
        f"# data folder: {home}/data\n# listens on 127.0.0.1, port 4000, not encrypted: loopback\n"
    )
    assert tomllib.loads(done.out)["limits"]["stop_within_s"] == 20.0


def test_config_check_tells_everything_that_is_wrong(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "chat-core.toml").write_text('[server]\nport = "4000"\n[limits]\nping_every = 1\n')
    monkeypatch.setenv("CHAT_CORE_LIMITS_PING", "1")

    done = run_core("config", "check", "--data", data)

    assert (done.code, done.out) == (78, "")
    assert done.err.splitlines() == [
        "CHAT_CORE_LIMITS_PING is no setting; the nearest one is CHAT_CORE_LIMITS_PING_EVERY_S.",
        f'{data}/chat-core.toml: [server] port is "4000"; expected a whole number, 0 to 65535.',
        f"{data}/chat-core.toml: [limits] has no key ping_every; the nearest one is ping_every_s.",
    ]


def test_config_check_is_content_with_no_file_and_makes_no_folder(home: Path) -> None:
    done = run_core("config", "check", "--data", home / "none")

    assert done.code == 0
    assert not (home / "none").exists()


def test_backup_and_doctor_look_where_the_configuration_says(
    home: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ServerProcess(data):
        pass
    (home / "site.toml").write_text(f'[server]\ndata = "{data}"\n')

    done = run_core("backup", home / "saved.db", "--config", home / "site.toml")
    assert done.code == 0 and (home / "saved.db").exists(), done.err
    monkeypatch.setenv("CHAT_CORE_SERVER_DATA", str(data))
    assert run_core("doctor").code == 0
    monkeypatch.setenv("CHAT_CORE_SERVER_PORT", "many")
    refused = run_core("doctor")
    assert_one_sentence(refused.err)
    assert "CHAT_CORE_SERVER_PORT" in refused.err
