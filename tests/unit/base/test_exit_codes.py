"""The exit codes and their explanations."""

from __future__ import annotations

from chat_core.base.exit_codes import EXPLAINED, ExitCode


def test_every_exit_code_is_explained_once() -> None:
    assert list(EXPLAINED) == list(ExitCode)
    assert all(text.endswith(".") for text in EXPLAINED.values())


def test_exit_codes_fit_into_what_a_shell_can_tell() -> None:
    assert all(0 <= code < 126 or code == ExitCode.INTERRUPTED for code in ExitCode)


def test_exit_codes_that_scripts_rely_on_stay_what_they_are() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "OK": 0, "FAILED": 1, "USAGE": 2, "REFUSED": 65, "NO_TARGET": 66, "UNREACHABLE": 69, "INTERNAL": 70,
        "CANNOT_CREATE": 73, "IO": 74, "NOT_ACKNOWLEDGED": 75, "PROTOCOL": 76, "NOT_PERMITTED": 77, "CONFIG": 78,
        "IN_USE": 79, "UNSOUND": 80, "UNTRUSTED": 81, "INTERRUPTED": 130,
    }  # fmt: skip
