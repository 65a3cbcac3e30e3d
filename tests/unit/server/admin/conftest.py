"""The data folder of a server that was stopped."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chat_core.base.exit_codes import ExitCode
from chat_core.server.admin.faults import AdminFault
from tests.support.commands import assert_one_sentence
from tests.support.stores import fill_store

MESSAGES = 30


def refused(work: Callable[[], object], code: ExitCode, *words: str) -> None:
    """Look whether something is refused with a code and one sentence that has these words."""
    with pytest.raises(AdminFault) as caught:
        work()
    assert caught.value.code is code, caught.value
    assert_one_sentence(str(caught.value))
    for word in words:
        assert word in str(caught.value)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder once."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    asyncio.run(fill_store(folder / "chat.db", MESSAGES))
    (folder / "lock").touch(0o600)
    return folder


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    copied = tmp_path / "data"
    shutil.copytree(filled, copied)
    return copied
