"""The user's settings file, changed one value at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.settings import Key, keys_of
from chat_core.transport.urls import parse_address
from chat_tui.config import CONFIG_FILE, Settings, load, password_command
from chat_tui.settings_file import NotWritten, with_setting, write

KEYS = {(key.section, key.name): key for key in keys_of(Settings)}
THEME: Key = KEYS["look", "theme"]
LINES: Key = KEYS["compose", "confirm_lines"]

OWN = """\
# my settings
[keys]
preset = "vim"          # hands know it
"reading.find" = "none"

[compose]
# careful with pastes
confirm_lines = 3
"""


def test_a_value_changes_and_comments_and_order_stay() -> None:
    assert with_setting(OWN, LINES, 5) == OWN.replace("= 3", "= 5")


def test_a_new_section_comes_behind_what_there_is() -> None:
    assert with_setting(OWN, THEME, "dusk") == OWN + '\n[look]\ntheme = "dusk"\n'


def test_a_section_that_has_entries_only_gets_a_value_of_its_own(tmp_path: Path) -> None:
    (tmp_path / CONFIG_FILE).write_text('[servers."a.org"]\npassword_cmd = "pass chat"\n')
    write(tmp_path, KEYS["servers", "reopen"], False)

    assert load(tmp_path, {}).settings.servers.reopen is False
    assert password_command(tmp_path, str(parse_address("a.org"))) == ("pass", "chat")


def test_a_file_is_made_for_its_owner_and_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    write(folder, THEME, "dusk")
    write(folder, LINES, 0)

    settings = load(folder, {}).settings
    assert (settings.look.theme, settings.compose.confirm_lines) == ("dusk", 0)
    assert (folder / CONFIG_FILE).stat().st_mode & 0o777 == 0o600


def test_a_link_stays_one_and_its_file_changes(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "chat.toml"
    real.parent.mkdir()
    real.write_text(OWN)
    (tmp_path / CONFIG_FILE).symlink_to(real)

    write(tmp_path, LINES, 5)

    assert (tmp_path / CONFIG_FILE).is_symlink()
    assert "confirm_lines = 5" in real.read_text()


@pytest.mark.parametrize("text", ["[compose", "compose = 3\n"])
def test_a_file_that_cannot_be_changed_stays_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / CONFIG_FILE).write_text(text)

    with pytest.raises(NotWritten, match="cannot be changed"):
        write(tmp_path, LINES, 5)

    assert (tmp_path / CONFIG_FILE).read_text() == text
    assert [file.name for file in tmp_path.iterdir()] == [CONFIG_FILE]
