"""The systemd unit: what it runs, and what it keeps out of reach."""

from __future__ import annotations

import pytest

from chat_core.server.admin.service import quoted, unit

PROGRAM = ["/opt/chat/bin/chat-core"]


def settings(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def test_unit_of_the_system_has_a_user_and_a_folder_of_its_own() -> None:
    found = settings(unit(PROGRAM, ["--host", "::"], system=True, port=55555))

    assert found["ExecStart"] == "/opt/chat/bin/chat-core serve --host :: --data %S/chat-core"
    assert found["ExecReload"].endswith("kill -HUP $MAINPID")
    assert (found["DynamicUser"], found["StateDirectory"]) == ("yes", "chat-core")
    assert (found["ProtectHome"], found["CapabilityBoundingSet"]) == ("yes", "")
    assert found["WantedBy"] == "multi-user.target"


def test_unit_of_a_user_leaves_out_what_only_the_system_can_do() -> None:
    found = settings(unit(PROGRAM, ["--data", "/home/ann/chat"], system=False, port=55555))

    assert found["ExecStart"] == "/opt/chat/bin/chat-core serve --data /home/ann/chat"
    assert not {"DynamicUser", "ProtectSystem", "PrivateDevices", "CapabilityBoundingSet"} & set(found)
    assert (found["NoNewPrivileges"], found["WantedBy"]) == ("yes", "default.target")


@pytest.mark.parametrize(("port", "needed"), [(443, True), (1023, True), (1024, False), (0, False)])
def test_unit_has_the_capability_for_a_low_port_only_with_one(port: int, needed: bool) -> None:
    assert ("AmbientCapabilities=CAP_NET_BIND_SERVICE" in unit(PROGRAM, [], system=True, port=port)) is needed


def test_unit_reads_homes_only_when_the_program_or_its_files_are_there() -> None:
    inside = unit(["/home/ann/.venv/bin/chat-core"], [], system=True, port=1024)

    assert settings(inside)["ProtectHome"] == "read-only"


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("plain", "plain"),
        ("two words", '"two words"'),
        ("", '""'),
        ("100%", "100%%"),
        ("$HOME", "$$HOME"),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a\nb", '"a\\nb"'),
        ("it's", '"it\'s"'),
    ],
)
def test_words_of_a_command_line_mean_themselves_to_systemd(word: str, spelled: str) -> None:
    assert quoted(word) == spelled
