"""One server for all tests of scripts that need none of their own; each test uses a channel that no other one does."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.support.processes import ServerProcess

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run a server."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process


@pytest.fixture
def ops() -> str:
    """Return the name of a channel that no other test uses."""
    return f"#ops{next(_numbers)}"
