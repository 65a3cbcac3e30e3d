"""A real server process for the whole run, and raw connections to it. These tests import nothing of the project.

Any other server that speaks docs/protocol.md should pass them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.people import People
from tests.support.processes import ServerProcess

CHEAP = {"CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64", "CHAT_CORE_ACCOUNTS_ARGON2_PASSES": "1"}
"""Settings that let tests sign in often."""


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess]:
    """Start a server on a free port; at the end it must have logged no traceback, whatever was sent to it."""
    with _run({}) as running:
        yield running


@pytest.fixture(scope="session")
def distant() -> Iterator[ServerProcess]:
    """Start a server for which everybody is on another machine, as behind a proxy; the same must hold at its end."""
    with _run({"CHAT_CORE_ACCOUNTS_TRUST_LOOPBACK": "false"}) as running:
        yield running


@contextmanager
def _run(env: dict[str, str]) -> Iterator[ServerProcess]:
    folder = Path(tempfile.mkdtemp(prefix="chat-"))
    with ServerProcess(folder / "data", env={**CHEAP, **env}) as running:
        yield running
        assert running.stop() == 0
    said = running.log.read_text()
    shutil.rmtree(folder, ignore_errors=True)
    assert "Traceback" not in said, said
    assert "task " not in said, said


@pytest.fixture
def outsiders(distant: ServerProcess) -> Iterator[People]:
    """Connect to the session's distant server; everything is closed at the end of the test."""
    with People(distant.port) as people:
        yield people


@pytest.fixture
def people(server: ServerProcess) -> Iterator[People]:
    """Connect to the session's server; everything is closed at the end of the test."""
    with People(server.port) as people:
        yield people
