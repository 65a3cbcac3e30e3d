"""One real server for all tests of the full-screen client; each test uses names that no other one does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.processes import ServerProcess


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a server; yield its address."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process.address
