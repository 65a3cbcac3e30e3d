"""The client's settings file."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.settings import SettingsFault
from chat_core.transport.urls import parse_address
from chat_tui.config import CONFIG_FILE, Settings, load, own_keys, password_command


def write(folder: Path, text: str) -> None:
    (folder / CONFIG_FILE).write_text(text)


def test_without_a_file_everything_is_as_it_is_meant_to_be(home: Path) -> None:
    assert load(home, {}).settings == Settings()
    assert own_keys(home) == {}


def test_keys_are_taken_by_their_ids_however_these_are_written(home: Path) -> None:
    write(
        home,
        """
        [compose]
        up = "history"
        confirm_lines = 3
        [keys]
        preset = "vim"
        writing.undo = "ctrl+o"
        "reading.find" = "none"
        selecting.copy = ["c", "Y"]
        [keys.conversations]
        slot.1 = "f2"
        """,
    )
    settings = load(home, {}).settings

    assert (settings.compose.up, settings.compose.confirm_lines, settings.keys.preset) == ("history", 3, "vim")
    assert own_keys(home) == {
        "writing.undo": "ctrl+o",
        "reading.find": "none",
        "selecting.copy": "c,Y",
        "conversations.slot.1": "f2",
    }


def test_environment_is_over_the_file(home: Path) -> None:
    write(home, '[keys]\npreset = "vim"')

    assert load(home, {"CHAT_TUI_KEYS_PRESET": "irc"}).settings.keys.preset == "irc"


def test_entry_of_a_server_names_a_command_by_any_spelling_of_its_address(home: Path) -> None:
    write(home, '[servers]\nreopen = false\n[servers."chat.example.org"]\npassword_cmd = "pass \'my chat\' -c"\n')

    assert load(home, {}).settings.servers.reopen is False
    assert password_command(home, str(parse_address("chat.example.org"))) == ("pass", "my chat", "-c")
    assert password_command(home, str(parse_address("chat.example.com"))) == ()
    assert password_command(home / "none", "chat://chat.example.org") == ()


def test_file_that_names_a_command_and_that_anybody_can_change_is_refused(home: Path) -> None:
    write(home, '[servers."a.org"]\npassword_cmd = "x"')
    (home / CONFIG_FILE).chmod(0o646)

    for reading in (lambda: load(home, {}), lambda: password_command(home, str(parse_address("a.org")))):
        with pytest.raises(SettingsFault, match="anybody here can change it: chmod o-w it"):
            reading()


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("[servers.chat.example.org]\npassword_cmd = 'x'", '[servers."chat"] is no entry: write the whole address in'),
        (
            '[servers."a.org"]\nname = "ann"',
            '[servers."a.org"] has name, which is no key; password_cmd is the',
        ),
        ('[servers."a.org"]\npassword_cmd = 3', '[servers."a.org"] needs password_cmd = "program and its arguments".'),
        ('[servers."a.org"]', '[servers."a.org"] needs password_cmd'),
        ('[servers."a.org"]\npassword_cmd = " "', "password_cmd is no command: it is empty."),
        ('[servers."a.org"]\npassword_cmd = "x \'"', "password_cmd is no command: no closing quotation."),
        ('[servers."a b"]\npassword_cmd = "x"', '[servers."a b"]'),
    ],
)
def test_entry_of_a_server_that_is_wrong_is_refused_in_words(home: Path, entry: str, sentence: str) -> None:
    write(home, entry)

    for reading in (lambda: load(home, {}), lambda: password_command(home, "chat://a.org")):
        with pytest.raises(SettingsFault) as raised:
            reading()
        assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[compose]\nup = "down"', "[compose] up"),
        ("[compose]\nuup = 1", "[compose] has no key uup; the nearest one is up."),
        ('[keys]\npreset = "emacs"', "[keys] preset"),
        ("keys = 3", "keys is 3"),
        ("[keys", "is no TOML"),
    ],
)
def test_load_refuses_what_is_no_setting(home: Path, text: str, sentence: str) -> None:
    write(home, text)

    with pytest.raises(SettingsFault) as caught:
        load(home, {})
    assert sentence in str(caught.value)


def test_own_keys_refuses_what_is_no_text(home: Path) -> None:
    write(home, "[keys]\nwriting.undo = 3")

    with pytest.raises(SettingsFault, match=r"writing\.undo is no text"):
        own_keys(home)


def test_client_needs_no_file(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere", {}).settings.commands.classic_forms is True


def test_file_and_environment_are_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text("[commands]\nclassic_forms = false\n")

    assert load(tmp_path, {}).settings.commands.classic_forms is False
    assert load(tmp_path, {"CHAT_TUI_COMMANDS_CLASSIC_FORMS": "true"}).settings.commands.classic_forms is True


@pytest.mark.parametrize(
    ("content", "environment", "sentence"),
    [
        ("[commands]\nclassic_form = false\n", {}, "the nearest one is classic_forms"),
        ('[commands]\nclassic_forms = "no"\n', {}, "expected true or false"),
        ("nonsense", {}, "is no TOML"),
        ("", {"CHAT_TUI_COMMANDS_CLASSIC": "x"}, "CHAT_TUI_COMMANDS_CLASSIC is no setting"),
    ],
)
def test_wrong_setting_is_refused_in_words(
    tmp_path: Path, content: str, environment: dict[str, str], sentence: str
) -> None:
    (tmp_path / CONFIG_FILE).write_text(content)

    with pytest.raises(SettingsFault, match=sentence):
        load(tmp_path, environment)
