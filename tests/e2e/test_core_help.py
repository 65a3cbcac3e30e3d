"""What `chat-core --help` says: each command's sentence is there whole, however narrow the terminal is."""

from __future__ import annotations

import pytest

from tests.support.commands import run_core


@pytest.mark.parametrize("group", [(), ("users",), ("bench",), ("audit",), ("config",)])
def test_core_help_lists_whole_sentences_when_the_terminal_is_narrow(
    group: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    done = run_core(*group, "--help")

    listed = done.out.partition("Commands:\n")[2]
    assert done.code == 0
    assert listed.rstrip().endswith((".", ")"))
    assert "..." not in listed
