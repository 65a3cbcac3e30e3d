"""The help: what leads on first, each part by its name, all commands under their subjects."""

from __future__ import annotations

from itertools import pairwise, takewhile
from types import SimpleNamespace
from typing import Any

import pytest

from chat_tui.commands.context import Context
from chat_tui.commands.registry import ALL
from chat_tui.keys import KEYS
from chat_tui.screens.help import fitted
from chat_tui.screens.help_lines import help_lines


def texts(topic: str = "") -> list[str]:
    return [line.text.strip() for line in help_lines(topic)]


def test_help_begins_with_what_leads_to_its_parts() -> None:
    index = list(takewhile(bool, texts()))

    assert index[0] == "HELP"
    assert [line.split("  ")[0] for line in index[1:]] == [
        "/help keys",
        "/help commands",
        "/help classic",
        "/help topic",
    ]


@pytest.mark.parametrize("part", ["keys", "commands", "classic", "Commands"])
def test_help_shows_a_part_alone_as_it_stands_in_the_whole(part: str) -> None:
    alone, whole = texts(part), texts()

    assert alone and len(alone) < len(whole)
    at = whole.index(alone[0])
    assert whole[at : at + len(alone)] == alone


def test_help_has_every_command_once_under_its_subject() -> None:
    lines = texts("commands")
    listed = [line.split()[0] for line in lines if line.startswith("/")]

    assert listed == [f"/{command.name}" for command in ALL]
    headings = [line for line in lines if line.startswith("COMMANDS: ")]
    assert len(set(headings)) == len({command.domain for command in ALL})
    assert lines.index("COMMANDS: SAYING SOMETHING") < next(
        at for at, line in enumerate(lines) if line.startswith("/me ")
    )


def test_help_about_keys_has_every_listed_key_and_no_command() -> None:
    lines = texts("keys")

    assert all(any(line.startswith(key.label) for line in lines) for key in KEYS if key.listed)
    assert not any(line.startswith("/help") for line in lines)


async def test_command_with_the_name_of_a_part_shows_that_part() -> None:
    shown: list[str] = []
    desk: Any = SimpleNamespace(show_help=shown.append)
    named = [each for each in ALL if each.name in ("keys", "commands", "classic")]

    for command in named:
        await command.run(Context(desk, desk, None), ())

    assert shown == [command.name for command in named] == ["keys"]


def test_help_tells_who_is_new_of_the_keys_that_lead_on_as_they_are_in_use() -> None:
    lines = texts()
    at = lines.index("TO BEGIN WITH")
    new = list(takewhile(bool, lines[at + 1 :]))

    labels = {key.id: key.label for key in KEYS}
    wanted = ("conversations.switch", "conversations.next_unread", "reading.select", "window.settings")
    assert [line.startswith(labels[each]) for line, each in zip(new, wanted, strict=False)] == [True] * len(wanted)
    without = [key for key in KEYS if key.id != "window.settings"]
    assert len(list(takewhile(bool, (line.text.strip() for line in help_lines("", without)[at + 1 :])))) == len(new) - 1


def test_help_about_a_command_leaves_one_line_free_between_its_parts() -> None:
    lines = texts("react")

    assert "" in lines
    assert not any(one == two == "" for one, two in pairwise(lines))


def test_help_shows_a_group_of_keys_alone_unless_a_command_has_its_name() -> None:
    assert texts("selecting")[0] == "SELECTING"
    assert "WRITING" not in texts("selecting") and "HELP" not in texts("selecting")
    assert texts("window")[0].startswith("/go ")


def test_help_says_all_of_a_command_and_a_key_in_forty_columns() -> None:
    lines = [piece for line in help_lines("") for piece in fitted(line, 40)]
    said = " ".join(" ".join(line.text.split()) for line in lines)

    assert all(line.width <= 40 for line in lines)
    assert "…" not in said.replace("…]", "").replace("… ", " ")
    for command in ALL:
        assert command.summary in said
    assert lines[next(at for at, line in enumerate(lines) if "Ctrl+K, Alt+K" in line.text) + 1].text == (
        "      go to a conversation, or run a"
    )
