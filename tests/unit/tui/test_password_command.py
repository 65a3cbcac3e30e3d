"""A command that prints a password: real ones, of the system."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chat_core.base.errors import ChatError
from chat_tui.password_command import NoPassword, PasswordCommand


async def test_password_is_the_first_line_of_what_a_command_prints() -> None:
    command = PasswordCommand(("printf", r" pass word \r\nuser: ann\n"), "it")

    assert await command() == " pass word "
    assert command.gave and not command.running


async def test_command_has_no_shell_no_terminal_and_nothing_to_read() -> None:
    assert await PasswordCommand(("echo", "$HOME; x | y"), "it")() == "$HOME; x | y"
    assert await PasswordCommand(("sh", "-c", "read x || (exec 3</dev/tty) 2>/dev/null || echo none"), "it")() == "none"


@pytest.mark.parametrize(
    ("arguments", "how"),
    [
        (("sh", "-c", "echo secret; echo secret >&2; exit 3"), "ended with code 3, not with a password"),
        (("sh", "-c", "echo secret; kill -9 $$"), "was ended by signal 9, not with a password"),
        (("/nowhere/at/all",), "cannot be run (No such file or directory)"),
        (("a\0b",), "cannot be run (it has a NUL in it)"),
        (("true",), "prints an empty line, or nothing"),
        (("printf", r"\377secret"), "prints what is no text"),
        (("yes", "secret"), "prints too much"),
    ],
)
async def test_fault_of_a_command_is_told_in_a_sentence_without_what_it_prints(
    arguments: tuple[str, ...], how: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NoPassword) as raised:
        await PasswordCommand(arguments, "password_cmd of chat://x")()

    assert str(raised.value) == f"password_cmd of chat://x {how}: try it in a terminal."
    assert "secret" not in repr((raised.value.__cause__, raised.value.__context__))
    assert capfd.readouterr() == ("", "")


async def test_command_that_takes_too_long_is_ended_with_all_that_it_has_started(tmp_path: Path) -> None:
    told: list[ChatError] = []
    file = tmp_path / "pid"
    arguments = ("sh", "-c", f"sleep 1000 & echo $! > {file}.new; mv {file}.new {file}; wait")
    command = PasswordCommand(arguments, "it", told.append, within_s=0.5)

    assert await command() == ""
    assert [str(fault) for fault in told] == ["it did not end within 0.5 s: try it in a terminal."]
    assert not command.gave and not command.running
    started = Path(f"/proc/{int(file.read_text())}/stat")
    async with asyncio.timeout(20):
        while started.exists() and ") Z " not in started.read_text():  # noqa: ASYNC110  # it is nobody's child
            await asyncio.sleep(0.01)
