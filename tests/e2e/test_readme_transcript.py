"""The README's way from nothing to a first message of a friend, over TLS, in two real terminals."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from tests.e2e.test_first_run import DISTANT
from tests.support.processes import ServerProcess, read_line
from tests.support.terminal import Terminal

README = (Path(__file__).parents[2] / "README.md").read_text()
PASSWORD = "correct horse battery"


def block(first: str, last: str) -> list[str]:
    """Return the words of the lines of the README from one that holds something to one that does."""
    lines = [line.strip(" ▌") for line in README.splitlines()]
    begin = next(index for index, line in enumerate(lines) if first in line)
    end = next(index for index, line in enumerate(lines) if index >= begin and last in line)
    return [line for line in lines[begin : end + 1] if line]


def sitting(link: str, name: str, home: Path) -> Terminal:
    """Open the line that a friend was sent, on a computer of their own."""
    own = home / name
    own.mkdir()
    command = [sys.executable, "-m", "chat_tui", "connect", link, "--name", name]
    return Terminal(command, width=80, height=24, folder=own, env={"HOME": str(own)})


def register(terminal: Terminal, code: str) -> None:
    """Fill in the form as the README shows it."""
    screen = terminal.wait_for("as a new account", code)
    for line in block("Sign in: ", "Tab moves")[1:]:  # this server is at another address
        known = line in ("bob", "2D35-4MQM-F8CZ-KQ6Y")  # as are who comes, and the code
        assert known or line in screen, f"the README shows {line!r}:\n{screen}"
    terminal.say(PASSWORD)
    terminal.wait_for("once more")
    terminal.say(PASSWORD)
    terminal.wait_for("#general")


def test_stranger_gets_from_nothing_to_an_answer_with_the_readme_alone(home: Path) -> None:
    with ServerProcess(home / "data", "--tls", "on", env=DISTANT) as server:
        assert server.process.stdout is not None
        said, line = read_line(server.process.stdout), read_line(server.process.stdout)
        assert said.strip() in README
        link = shlex.split(line)[2]
        code = link.rpartition("invite=")[2]
        shape = re.compile(r"'chats://\S+:\d+/general\?pin=\S+&invite=[0-9A-Z]{4}(-[0-9A-Z]{4}){3}'")
        assert shape.search(line) and shape.search(README), line
        with sitting(link, "ann", home) as ann:
            register(ann, code)
            with sitting(link, "bob", home) as bob:
                register(bob, code)
                ann.wait_for("2 online")
                ann.say("hello bob, this is encrypted")
                bob.wait_for("ann  hello bob, this is encrypted")
                bob.say("hi ann!")
                ann.wait_for("bob  hi ann!")
