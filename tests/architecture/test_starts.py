"""What a command loads when it starts. The contracts see imports; only a real start shows which of them run.

Each test starts a real process and reads the interpreter's own list of imports.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER_ONLY = {"chat_core.server", "sqlalchemy", "alembic", "structlog"}
SCREEN_ONLY = {"textual", "chat_tui.app"}

SCRIPTABLE = [
    ("send", "#start", "hello"),
    ("history", "#start"),
    ("tail", "#start", "--since", "0", "--count", "1"),
]


def loaded_by(*arguments: str) -> set[str]:
    """Run the interpreter with `arguments` to a good end and return the names of all modules it imported."""
    command = [sys.executable, "-X", "importtime", *arguments]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50, check=False)
    lines = ended.stderr.splitlines()
    assert ended.returncode == 0, "\n".join(line for line in lines if not line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


@pytest.fixture
def server(home: Path) -> Iterator[str]:
    """Run a server with one message in `#start`; yield its address."""
    serve = [sys.executable, "-m", "chat_core", "serve", "--port", "0", "--data", str(home / "server")]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("listening on ").strip()
            loaded_by("-m", "chat_tui", "send", "#start", "first", "--server", address, "--name", "ann")
            yield address
        finally:
            process.terminate()


@pytest.mark.parametrize("command", SCRIPTABLE, ids=lambda command: command[0])
def test_scriptable_command_loads_no_screen_and_no_server_when_it_runs(server: str, command: tuple[str, ...]) -> None:
    loaded = loaded_by("-m", "chat_tui", *command, "--server", server, "--name", "ann")

    assert "chat_core.client" in loaded
    assert not loaded & (SERVER_ONLY | SCREEN_ONLY)


def test_line_mode_loads_no_screen_and_no_server_when_it_runs(server: str) -> None:
    loaded = loaded_by("-m", "chat_tui", "connect", server, "--name", "ann", "--plain")

    assert "chat_tui.plain.session" in loaded
    assert not loaded & (SERVER_ONLY | SCREEN_ONLY)


def test_client_library_loads_no_server_when_imported() -> None:
    loaded = loaded_by("-c", "from chat_core.client import Client")

    assert "chat_core.protocol" in loaded
    assert not loaded & (SERVER_ONLY | SCREEN_ONLY)


def test_server_command_loads_no_server_when_it_prints_help() -> None:
    loaded = loaded_by("-m", "chat_core", "--help")

    assert "chat_core.cli" in loaded
    assert not loaded & (SERVER_ONLY | SCREEN_ONLY)


def test_server_loads_neither_alembic_nor_a_screen_when_imported() -> None:
    loaded = loaded_by("-c", "import chat_core.server.app")

    assert "sqlalchemy" in loaded
    assert not loaded & {"alembic", "typer", *SCREEN_ONLY}


LATER = {
    *(f"chat_core.protocol.requests.{name}" for name in ("conversations", "marks", "messages", "session", "signin")),
    *(f"chat_tui.commands.{name}" for name in ("registry", "command", "completing", "line")),
    *(f"chat_tui.views.{name}" for name in ("drawing", "formatting", "history", "previews", "timeline")),
    *("chat_core.client.client", "chat_core.client.door", "chat_core.client.storage_files", "chat_tui.exporting"),
    *("chat_tui.exports.html", "tomllib", "html.entities", "_hashlib"),
}
"""What comes with the first message, key or answer."""


def test_screen_as_it_was_left_is_shown_by_little_when_it_is_imported() -> None:
    loaded = loaded_by("-c", "import chat_tui.entry, chat_tui.glance.showing") - loaded_by("-c", "pass")

    assert {name for name in loaded if name.startswith("chat_")} == {
        "chat_core", "chat_tui", "chat_tui.entry", "chat_tui.glance",
        *(f"chat_tui.glance.{name}" for name in ("asked", "files", "picture", "showing", "terminal")),
    }  # fmt: skip
    assert not loaded & {"typing", "dataclasses", "pathlib", "inspect", "argparse", "msgspec", "platformdirs"}


def test_full_screen_client_loads_nothing_that_its_first_frame_does_not_need_when_it_is_imported() -> None:
    loaded = loaded_by("-c", "import chat_tui.app")

    assert "chat_tui.screens.chat" in loaded
    assert not loaded & LATER
    assert not {name for name in loaded if name.startswith("chat_tui.screens.")} & {
        f"chat_tui.screens.{name}" for name in ("help", "settings", "start", "signing_in", "trust", "switcher", "found")
    }
