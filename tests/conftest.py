"""What holds for every test: no trace in the user's own folders, and property tests that can be repeated."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.ordering import shared_out

# No deadline: a busy machine is no fault of the code.
settings.register_profile("chat", deadline=None, print_blob=True, max_examples=40)  # as in tests.support.examples
settings.register_profile("long", settings.get_profile("chat"), max_examples=1000)  # `make test-long`
settings.load_profile("chat")

# Hundreds of processes are started from this tree: if Python were told to keep no compiled files, each compiled it all.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A shell has what it runs in the background ignore Ctrl+C, and what is started from here would ignore it, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 4 * 1024**3


def _has_room(folder: Path) -> bool:
    """Whether tests can put their files there: programs too, and those of a whole run."""
    if not os.access(folder, os.W_OK):
        return False
    found = os.statvfs(folder)
    return not found.f_flag & os.ST_NOEXEC and found.f_bavail * found.f_frsize > _ROOM_BYTES


# Each message is forced to the disk, and a busy one may take seconds for it. What is killed here are processes, not
# machines: memory shows the same. TMPDIR overrules it.
if "TMPDIR" not in os.environ and _has_room(_MEMORY):
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each of several workers its share of what takes long."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = shared_out(items, workers)


def pytest_collection() -> None:
    """Let nobody look for garbage among thousands of tests while they are gathered."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Take all that lives to the end out of the collector's sight: else each look goes through all of it again.

    From now on it looks as seldom as the programs have it: a screen is a hundred thousand objects, and all live on.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.fixture
def home() -> Iterator[Path]:
    """Make an empty home folder with a short path: a Unix socket's path has room for some 100 bytes only."""
    folder = Path(tempfile.mkdtemp(prefix="chat-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def isolated(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point this process and its children at `home`, and take motion out of Textual."""
    for variable in [name for name in os.environ if name.startswith(("CHAT_CORE_", "CHAT_TUI_"))]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(home))
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
