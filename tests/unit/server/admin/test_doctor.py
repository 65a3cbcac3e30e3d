"""The doctor's look at a data folder; what it finds in the store is tested with the checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.doctor import ENOUGH_BYTES, as_text, diagnose, report
from chat_core.server.store.checks.base import Outcome
from tests.support.stores import change, names_in
from tests.unit.server.admin.conftest import MESSAGES, refused


def examined(data: Path, free: int = 10**12) -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in diagnose(data, free=lambda _: free)}


def found(data: Path, free: int = 10**12) -> dict[str, Outcome]:
    return {name: outcome for name, outcome in examined(data, free).items() if not outcome.sound}


def test_doctor_finds_nothing_in_a_sound_folder_and_changes_nothing(data: Path) -> None:
    before = {path.name: path.read_bytes() for path in data.iterdir()}

    outcomes = examined(data)

    assert [outcome.findings for outcome in outcomes.values() if not outcome.sound] == []
    assert f"{MESSAGES} events" in outcomes["logs"].text
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before


@pytest.mark.parametrize("name", [".", "chat.db", "lock"])
def test_doctor_finds_what_others_may_use(data: Path, name: str) -> None:
    (data / name).chmod(0o750)

    (finding,) = found(data)["files"].findings

    assert (data / name).name in finding
    assert "mode 0750" in finding


def test_doctor_finds_what_was_left_unfinished(data: Path) -> None:
    (data / "chat.db.v0001.unfinished").touch(0o600)

    assert "chat.db.v0001.unfinished" in found(data)["leftovers"].findings[0]


def test_doctor_leaves_files_of_others_alone(data: Path) -> None:
    (data / "notes.txt").touch(0o644)

    assert found(data) == {}


def test_doctor_finds_that_there_is_little_room(data: Path) -> None:
    assert "space" not in found(data, free=ENOUGH_BYTES)

    assert "are free" in found(data, free=ENOUGH_BYTES - 1)["space"].findings[0]


def test_doctor_finds_a_file_that_is_no_database(data: Path) -> None:
    (data / "chat.db").write_bytes(b"Dear diary, " * 500)
    (data / "chat.db").chmod(0o600)

    assert list(found(data)) == ["integrity"]


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda data: data.rename(data.with_name("elsewhere")), ExitCode.NO_TARGET, "no data folder"),
        (lambda data: (data / "chat.db").unlink(), ExitCode.NO_TARGET, "no database"),
        (
            lambda data: change(data / "chat.db", "UPDATE schema_version SET version_num = '9999'"),
            ExitCode.CONFIG,
            "newer version",
        ),
        (lambda data: change(data / "chat.db", "DROP TABLE schema_version"), ExitCode.CONFIG, "another program"),
    ],
    ids=["no_folder", "no_database", "newer", "foreign"],
)
def test_doctor_needs_a_store_that_it_knows(
    data: Path, spoil: Callable[[Path], object], code: ExitCode, words: str
) -> None:
    spoil(data)

    refused(lambda: examined(data), code, words)


def test_doctor_opens_no_file_by_another_name(data: Path) -> None:
    examined(data)

    assert names_in(data) == ["chat.db", "chat.db-search", "lock"]


def test_outcome_is_a_line_and_one_more_for_each_finding() -> None:
    assert as_text(Outcome("logs", "all is well")) == "ok   logs          all is well"
    assert as_text(Outcome("logs", "", ("first", "second"), 4)).splitlines() == [
        "BAD  logs          4 findings",
        "       first",
        "       second",
        "       and 2 more",
    ]


def test_report_is_one_line_of_json() -> None:
    outcomes = [Outcome("files", "fine"), Outcome("logs", "said of a sound one", ("first",), 3)]

    line = report(Path("/data"), outcomes)

    assert "\n" not in line
    assert json.loads(line) == {
        "data": "/data",
        "sound": False,
        "checks": [
            {"name": "files", "sound": True, "text": "fine", "count": 0, "findings": []},
            {"name": "logs", "sound": False, "text": "", "count": 3, "findings": ["first"]},
        ],
    }
