"""The client's own settings: none are needed, and wrong ones are refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.settings import SettingsFault
from chat_tui.config import CONFIG_FILE, load


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
