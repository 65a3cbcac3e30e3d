"""What reaches a terminal beside its cells: its title, which is given back, and alerts while nobody looks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.full_screen import open_client, speak
from tests.support.processes import ServerProcess
from tests.support.pty import Pty


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def test_terminal_has_a_title_and_alerts_and_its_own_title_again_at_the_end(server: ServerProcess) -> None:
    place = f"127.0.0.1:{server.port}"
    with Pty(
        [sys.executable, "-m", "chat_tui", "connect", place, "--name", "ann"], env={"TERM": "foot"}, width=100
    ) as ann:
        ann.wait_for("F1 help")
        ann.until(lambda _: f"\x1b]0;#general - {place}\x07" in ann.written(), "there is no title")
        ann.type("\x1b[O")  # the window has lost the focus
        speak(server, "#general", ["@ann look;\x1b]0;pwned\x07 here"])
        ann.until(lambda _: f"\x1b]0;(1) #general - {place}\x07" in ann.written(), "the title does not count")
        alert = "\x1b]777;notify;bob in #general;@ann look,␛]0,pwned here\x1b\\\x07"
        ann.until(lambda _: alert in ann.written(), "nobody is told")

        before = ann.size
        ann.type("\x1b[I")
        ann.until(lambda _: f"\x1b]0;#general - {place}\x07" in ann.written(before), "it is not read")
        speak(server, "#general", ["@ann once more"])
        ann.wait_for("once more", since=before)
        ann.type("\x11")
        assert ann.wait_exit() == 0
        written = ann.written()

    titles = re.findall("\x1b\\[2[23];0t|\x1b\\]0;[^\x07]*\x07", written)
    assert (titles[0], titles[-2:]) == ("\x1b[22;0t", ["\x1b]0;\x07", "\x1b[23;0t"])
    assert written.count("\x1b]777;") == 1, "who looks is not told"
    assert written.rindex("\x1b[23;0t") < written.rindex("\x1b[?1049l")


def test_title_in_tmux_is_back_after_the_end_and_none_where_the_setting_says_so(
    server: ServerProcess, home: Path
) -> None:
    with open_client(server, "ann", home) as ann:
        ann.wait_for("F1 help")
        place = f"127.0.0.1:{server.port}"
        ann.until(lambda _: ann.told("pane_title") == f"#general - {place}", "there is no title")
        ann.say("/join #ops")
        ann.until(lambda _: ann.told("pane_title") == f"#ops - {place}", "the title stays behind")
        ann.say("/set look.title false")
        ann.until(lambda _: "#ops" not in ann.told("pane_title"), "it is not given back")
        ann.say("/set look.title true")
        ann.until(lambda _: ann.told("pane_title") == f"#ops - {place}", "it does not come again")
        ann.press("C-q")
        assert ann.wait_exit() == 0
        assert "#ops" not in ann.told("pane_title")
