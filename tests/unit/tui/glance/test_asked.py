"""Where a command line leads, as far as a start can tell at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from chat_core import __version__
from chat_tui.glance.asked import asked, conditions, leads_there

ANN = [["chat://a:1", "ann"]]


@pytest.mark.parametrize(
    ("line", "places", "named"),
    [
        ("", [], False),
        ("--theme dusk", [], False),
        ("--theme=dusk connect a:1", ["a:1"], False),
        ("connect a:1 b:2 --name ann", ["a:1", "b:2"], True),
        ("connect --name=ann chat://a:1 --explore", ["chat://a:1"], True),
        ("connect chat+unix:/run/chat", ["chat+unix:/run/chat"], False),
        ("here --name ann", ["here"], True),
    ],
)
def test_command_line_is_understood_when_it_leads_to_screens(line: str, places: list[str], named: bool) -> None:
    found = asked(line.split())

    assert found is not None
    assert (list(found.places), found.named) == (places, named)


@pytest.mark.parametrize(
    "line",
    [
        "--plain", "--version", "-h", "connect", "connect a:1 --plain", "connect a:1 --html page.html", "demo", "web",
        "connect a:1 --nam", "connect chats://a:1?invite=secret", "connect a:1/ops", "connect a:1 --name", "here b",
        "send #a x",
    ],
)  # fmt: skip
def test_command_line_is_taken_for_something_else_when_it_does_more(line: str) -> None:
    assert asked(line.split()) is None


def remembered(folder: Path, **servers: Any) -> str:
    """Remember servers as the client does; return the folder."""
    (folder / "servers.json").write_text(
        json.dumps({name: [{"address": a, "name": n} for a, n in each] for name, each in servers.items()})
    )
    return str(folder)


def test_connect_leads_there_again_when_one_has_that_name_there(tmp_path: Path) -> None:
    wanted = asked(["connect", "a:1"])
    assert wanted is not None

    assert leads_there(wanted, remembered(tmp_path, known=[("chat://b:1", "bob"), *ANN]), ANN)
    assert not leads_there(wanted, remembered(tmp_path, known=[("chat://a:1", "bob"), *ANN]), ANN)
    assert not leads_there(wanted, remembered(tmp_path, known=[("chat://b:1", "ann")]), ANN)
    assert not leads_there(wanted, remembered(tmp_path), ANN)


def test_start_without_a_place_leads_there_again_when_the_same_servers_were_open(tmp_path: Path) -> None:
    wanted = asked([])
    assert wanted is not None

    assert leads_there(wanted, remembered(tmp_path, open=ANN), ANN)
    assert not leads_there(wanted, remembered(tmp_path, open=[*ANN, ("chat://b:1", "ann")]), ANN)
    assert not leads_there(wanted, remembered(tmp_path, known=ANN), ANN)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"known": 3}', '{"known": [3]}', '{"known": [{"address": []}]}', "[" * 9999]
)
def test_nothing_is_remembered_when_the_file_of_servers_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / "servers.json").write_text(content)
    wanted = asked(["connect", "a:1"])
    assert wanted is not None

    assert not leads_there(wanted, str(tmp_path), ANN)


@pytest.mark.parametrize("goals", [None, [], 3, [3], [["a"]], [["a", None]], [["", "x", "y"]], {"a": "b"}])
def test_goals_lead_nowhere_when_they_are_none(tmp_path: Path, goals: object) -> None:
    for line in ([], ["connect", "a:1"], ["connect", "a:1", "--name", "ann"]):
        wanted = asked(line)
        assert wanted is not None
        assert not leads_there(wanted, remembered(tmp_path, known=ANN, open=ANN), goals)


def test_conditions_differ_when_settings_themes_looks_or_the_program_do(tmp_path: Path) -> None:
    before = conditions(["here"], {"TERM": "xterm", "PATH": "/bin"}, str(tmp_path))
    assert before == conditions(["here"], {"TERM": "xterm", "PATH": "/usr/bin"}, str(tmp_path))
    assert before["program"] == __version__

    assert before != conditions(["here"], {"TERM": "xterm", "NO_COLOR": "1"}, str(tmp_path))
    assert before != conditions(["here"], {"TERM": "xterm", "CHAT_TUI_LOOK_THEME": "mono"}, str(tmp_path))
    assert before != conditions([], {"TERM": "xterm"}, str(tmp_path))
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes/own.toml").write_text("")
    with_theme = conditions(["here"], {"TERM": "xterm"}, str(tmp_path))
    (tmp_path / "chat-tui.toml").write_text("[look]\n")
    with_settings = conditions(["here"], {"TERM": "xterm"}, str(tmp_path))
    os.utime(tmp_path / "chat-tui.toml", ns=(1, 1))
    touched = conditions(["here"], {"TERM": "xterm"}, str(tmp_path))
    found = [before, with_theme, with_settings, touched]
    assert all(each not in found[:at] for at, each in enumerate(found))
