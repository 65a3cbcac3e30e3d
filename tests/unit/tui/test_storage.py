"""What the client remembers."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from chat_core.base.names import check_account_name
from chat_tui import storage
from chat_tui.paths import HERE, config_folder, data_folder, log_file
from chat_tui.storage import KnownServer, Servers


def test_servers_remember_the_last_one_first_and_each_once() -> None:
    servers = Servers().used("chat://a:1", "ann").used(HERE, "anna").used("chat://a:1", "annika")

    assert servers.known == (KnownServer("chat://a:1", "annika"), KnownServer(HERE, "anna"))
    assert servers.last == KnownServer("chat://a:1", "annika")


def test_servers_of_another_window_stand_behind_those_of_this_one() -> None:
    here = Servers().used("chat://a:1", "ann")
    there = Servers().used("chat://b:1", "bob").used("chat://a:1", "other").opened([KnownServer("chat://b:1", "bob")])

    assert here.with_those_of(there).known == (KnownServer("chat://a:1", "ann"), KnownServer("chat://b:1", "bob"))
    assert here.with_those_of(there).open == ()


def test_name_for_a_server_is_the_one_used_there_else_the_last_else_the_login_name() -> None:
    servers = Servers().used(HERE, "anna").used("chat://a:1", "ann")

    assert servers.name_for(HERE) == "anna"
    assert servers.name_for("chat://b:1") == "ann"
    assert Servers().name_for(HERE) == storage.login_name()


def test_login_name_is_a_name_whatever_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for raw, name in (("DOMAIN\\Jörg Müller", "DOMAINJörgMüller"), ("-", "guest"), ("x" * 80, "x" * 32)):
        monkeypatch.setenv("LOGNAME", raw)
        assert storage.login_name() == name
        assert check_account_name(name) == name


def test_save_and_load_keep_everything(home: Path) -> None:
    servers = Servers().used(HERE, "anna").used("chat://a:1", "ann")

    storage.save(home / "deep" / "config", servers)

    assert storage.load(home / "deep" / "config") == servers


def test_save_makes_a_file_for_its_owner_only_and_leaves_no_other(home: Path) -> None:
    storage.save(home / "config", Servers())
    storage.save(home / "config", Servers().used(HERE, "ann"))

    (file,) = (home / "config").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "config").stat().st_mode) == 0o700


def test_save_leaves_nothing_behind_when_it_fails(home: Path) -> None:
    (home / "config" / "servers.json").mkdir(parents=True)

    with pytest.raises(OSError):
        storage.save(home / "config", Servers())

    assert [path.name for path in (home / "config").iterdir()] == ["servers.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"known": [{"address": 1}]}', b"\xff\xfe", b'{"known": null}', b'{"known": "\xff"}']
)
def test_load_takes_a_broken_file_for_none(home: Path, content: bytes) -> None:
    (home / "servers.json").write_bytes(content)

    assert storage.load(home) == Servers()


def test_folders_are_the_users_own_unless_the_environment_says_otherwise(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert config_folder() == home / "config" / "chat-tui"
    assert data_folder() == home / "data" / "chat-tui" / "here"
    assert log_file() == home / "state" / "chat-tui" / "chat-tui.log"

    monkeypatch.setenv("CHAT_CONFIG", str(home / "c"))
    monkeypatch.setenv("CHAT_DATA", "~/d")

    assert config_folder() == home / "c"
    assert data_folder() == home / "d"


def test_servers_that_are_open_stay_known_and_what_is_ill_formed_is_not_opened_again() -> None:
    good, bad, nobody = KnownServer("chats://a:1", "ann"), KnownServer("chat://a b", "ann"), KnownServer(HERE, "")
    servers = Servers().used("chats://a:1", "ann").opened([good, bad, nobody]).used(HERE, "ann")

    assert servers.open == (good, bad, nobody)
    assert servers.to_reopen() == (good,)
    assert [each.address for each in servers.known] == [HERE, "chats://a:1"]
