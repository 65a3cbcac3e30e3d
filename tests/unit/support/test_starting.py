"""When the process that forks programs for tests has ended, this is said in words, and the next start works."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import starting

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="every start is a true one here")


@pytest.fixture
def zygotes(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, starting._Zygote]]:
    """Have zygotes that no other test uses."""
    own: dict[str, starting._Zygote] = {}
    monkeypatch.setattr(starting, "_zygotes", own)
    yield own
    for each in own.values():
        each._end()


def start(*arguments: str) -> starting._Forked:
    return starting._Forked([sys.executable, "-m", "chat_core", *arguments], stdout=subprocess.DEVNULL)


def test_start_says_what_happened_when_the_zygote_was_killed_and_the_next_one_works(
    zygotes: dict[str, starting._Zygote],
) -> None:
    with start("--version") as process:
        assert process.wait() == 0
    killed = zygotes["chat_core"]._process
    killed.kill()
    killed.wait()

    with pytest.raises(starting.ZygoteGoneError, match=r"forks chat_core .* status -9 while it was asked for a child"):
        start("--version")
    with start("--version") as process:
        assert process.wait() == 0


def test_wait_says_what_happened_and_leaves_no_child_when_the_zygote_is_killed_meanwhile(
    zygotes: dict[str, starting._Zygote], tmp_path: Path
) -> None:
    process = start("serve", "--data", str(tmp_path / "data"), "--port", "0")
    zygotes["chat_core"]._process.kill()

    with pytest.raises(starting.ZygoteGoneError, match=f"status -9 while its child {process.pid} ran"):
        process.wait()
    assert process.poll() == -9
