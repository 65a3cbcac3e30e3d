"""Writing and keys in a real terminal: pastes without marks, an editor, the shell, a kill, a keymap of one's own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat_core.base.exit_codes import ExitCode
from tests.support.processes import ServerProcess
from tests.support.terminal import Terminal


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def client(
    server: ServerProcess, home: Path, *, config: str = "", shell: bool = False, variables: dict[str, str] | None = None
) -> Terminal:
    """Open a full-screen client, in a shell if wanted."""
    own = home / "zoe"
    folder = own / "config" / "chat-tui"
    folder.mkdir(parents=True, exist_ok=True)
    if config:
        (folder / "chat-tui.toml").write_text(config)
    env = {"HOME": str(own), **{f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")}}
    command = [sys.executable, "-m", "chat_tui", "connect", f"127.0.0.1:{server.port}", "--name", "zoe"]
    if shell:
        command = [
            "bash",
            "--norc",
            "-ic",
            f"set -m; PS1=; {shlex.join(command)}; echo yes > {shlex.quote(str(home / 'back'))}; fg; echo over",
        ]
    return Terminal(command, width=80, height=24, folder=own, env={**env, **(variables or {})})


def paste_without_marks(terminal: Terminal, text: str) -> None:
    """Paste as a terminal that knows no bracketed paste does."""
    subprocess.run(["tmux", "-S", str(terminal._socket), "load-buffer", "-"], input=text.encode(), check=True)
    terminal._tmux("paste-buffer")


def test_paste_without_marks_becomes_text_and_a_lone_line_and_enter_is_sent(server: ServerProcess, home: Path) -> None:
    with client(server, home) as zoe:
        zoe.wait_for("#general", "F1")
        paste_without_marks(zoe, "first line\nsecond line\nthird line\n")
        screen = zoe.wait_for("▌ first line", "▌ second line", "▌ third line")
        assert "zoe" not in screen
        zoe.press("C-c")
        zoe.wait_for("first line", gone=True)
        zoe.say("typed and sent")
        zoe.wait_for("zoe  typed and sent")

        # More than is read at once: none of it is sent, and a question stands before it is.
        paste_without_marks(zoe, "".join(f"line {number} of a long paste\n" for number in range(500)))
        zoe.wait_for("line 499 of a long paste")
        zoe.settled()  # an Enter in the same breath is one of the paste's
        zoe.press("Enter")
        assert "line 0" not in zoe.wait_for("These are 500 lines", "Enter again sends them")


def test_editor_takes_the_text_and_gives_it_back(server: ServerProcess, home: Path) -> None:
    script = home / "edit"
    script.write_text('#!/bin/sh\nstat -c %a "$1" > "$0.mode"\nsed -i s/hello/goodbye/ "$1"\necho "and more" >> "$1"\n')
    script.chmod(0o755)
    with client(server, home, variables={"VISUAL": str(script), "TMPDIR": str(home)}) as zoe:
        zoe.wait_for("#general", "F1")
        zoe.type("hello world")
        zoe.press("M-e")
        zoe.wait_for("▌ goodbye world", "▌ and more")
        assert (home / "edit.mode").read_text() == "600\n"
        assert not list(home.glob("chat-*.txt"))
        zoe.press("Enter")
        zoe.wait_for("zoe  goodbye world")

        script.write_text("#!/bin/sh\nexit 3\n")
        zoe.type("kept")
        zoe.press("M-e")
        zoe.wait_for("ended with 3; your text is as it", "▌ kept")


def test_suspended_client_comes_back_as_it_was(server: ServerProcess, home: Path) -> None:
    with client(server, home, shell=True) as zoe:
        zoe.wait_for("#general", "F1")
        zoe.type("half a line")
        zoe.press("C-z")
        zoe.until(lambda _: (home / "back").exists(), "the shell did not get the terminal")
        zoe.wait_for("#general", "F1", "▌ half a line")

        def sent(screen: str) -> bool:
            zoe.press("Enter")  # what comes while the terminal changes hands may be lost
            return "zoe  half a line" in screen

        zoe.until(sent, "the line was not sent")
        zoe.press("C-q")
        zoe.wait_for("over")


def test_client_without_a_shell_is_not_stopped_for_ever(server: ServerProcess, home: Path) -> None:
    with client(server, home) as zoe:
        zoe.wait_for("#general", "F1")
        zoe.press("C-z")
        zoe.wait_for("There is no shell to go back to")
        zoe.type("still here")
        zoe.wait_for("▌ still here")


def test_draft_is_there_after_a_kill(server: ServerProcess, home: Path) -> None:
    with client(server, home) as zoe:
        zoe.wait_for("#general", "F1")
        zoe.type("do not lose me")
        drafts = home / "zoe" / "state" / "chat-tui" / "drafts"
        zoe.until(lambda _: any("do not lose me" in file.read_text() for file in drafts.glob("*/drafts.json")), "saved")
        assert [oct(file.stat().st_mode & 0o777) for file in drafts.glob("*/drafts.json")] == ["0o600"]
        os.kill(int(zoe._tmux("display-message", "-p", "#{pane_pid}")), signal.SIGKILL)
        zoe.until(lambda _: zoe.told("pane_dead") == "1", "the client was not killed")
    with client(server, home) as zoe:
        zoe.wait_for("▌ do not lose me")


def test_keymap_of_ones_own_is_used_and_its_conflicts_are_told(server: ServerProcess, home: Path) -> None:
    config = '[keys]\nconversations.next = "f4"\nwriting.undo = "alt+u"\nreading.select = "none"\n'
    with client(server, home, config=config) as zoe:
        zoe.wait_for("Keys that mean two things:", "Alt+U is both writing.undo")
        zoe.press("Escape")
        zoe.wait_for("two things", gone=True)
        zoe.wait_for("#general")
        zoe.press("C-s", "F4")
        zoe.wait_for("#announcements")
        zoe.press("F1")
        zoe.wait_for("WRITING", "PgDn")
        zoe.press("NPage")
        zoe.wait_for("Ctrl+Y")
        zoe.press("NPage")
        zoe.wait_for("Alt+U", "undo")


def test_wrong_keymap_is_refused_in_words(server: ServerProcess, home: Path) -> None:
    with client(server, home, config='[keys]\nwriting.sent = "enter"\n') as zoe:
        zoe.wait_for("[keys] has no binding 'writing.sent'; the nearest one is writing.send.")
        assert zoe.wait_exit() == ExitCode.CONFIG
