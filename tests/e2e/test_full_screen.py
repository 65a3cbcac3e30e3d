"""The full-screen client in real terminals, against real servers: what a person types, and what is on the screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import ServerProcess
from tests.support.scripts import chat
from tests.support.terminal import Terminal


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def client(server: ServerProcess, name: str, home: Path, width: int, height: int) -> Terminal:
    """Open a full-screen client with a home of its own, and wait until it is in #general."""
    own = home / name
    own.mkdir(exist_ok=True)
    env = {"HOME": str(own), **{f"XDG_{kind}_HOME": str(own / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE")}}
    command = [sys.executable, "-m", "chat_tui", "connect", f"127.0.0.1:{server.port}", "--name", name]
    return Terminal(command, width=width, height=height, folder=own, env=env)


def send(server: ServerProcess, target: str, lines: list[str], name: str = "feeder") -> None:
    """Fill a conversation through the scriptable client."""
    done = chat(server, "send", target, "-", name=name, stdin="\n".join(lines).encode())
    assert done.stdout.count(b"\n") == len(lines)


def history(server: ServerProcess, target: str, name: str) -> list[str]:
    """Return the bodies of a conversation."""
    done = chat(server, "history", target, "--last", "100", name=name)
    assert done.returncode == 0, done.stderr
    return [line.partition("> ")[2] for line in done.stdout.decode().splitlines()]


def test_two_people_talk_join_and_open_a_direct_conversation(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home, 80, 24) as ann, client(server, "bob", home, 120, 40) as bob:
        ann.wait_for("#general", "F1")
        bob.wait_for("#general", "CHANNELS")
        ann.say("hello bob [/b] \u2603")
        bob.wait_for("hello bob [/b] \u2603")
        bob.say("hi ann")
        ann.wait_for("hi ann")

        ann.say("/join #dev")
        ann.wait_for("very beginning of #dev")
        ann.say("/topic Build and release")
        ann.wait_for("Build and release")
        bob.say("/join dev")
        bob.wait_for("Build and release")
        bob.say("in here now")
        ann.wait_for("in here now")

        bob.say("/dm ann a secret")
        bob.wait_for("a secret")
        ann.wait_for("@bob")
        ann.press("M-a")
        ann.wait_for("a secret")
        ann.say("/me nods")
        bob.wait_for("ann nods")

        assert history(server, "#dev", "ann") == ["in here now"]
        assert "@bob" in ann.screen() and "@ann" in bob.screen()


def numbers(screen: str) -> list[int]:
    """Return which lines of the log are on the screen, from top to bottom; without the newest ones, kept below."""
    read = re.split(r"↓ [\d,]+ newer", screen)[0]
    return [int(number) for number in re.findall(r"line (\d+) of the log", read)]


def test_reader_scrolls_back_through_two_thousand_messages(server: ServerProcess, home: Path) -> None:
    wide = ("", " 会議", " 👍 yes", " and on")
    send(server, "#general", [f"line {number} of the log{wide[number % 4]}" for number in range(2000)])
    with client(server, "ann", home, 100, 30) as ann:
        ann.wait_for("line 1999 of the log")
        seen: set[int] = set()
        for _ in range(400):
            # A page that comes in fills the lines above, which is no answer to the key: look when it is quiet.
            shown = numbers(ann.settled())
            assert shown == list(range(shown[0], shown[0] + len(shown)))
            seen.update(shown)
            if 0 in seen:
                break
            ann.press("PPage")
            top = shown[0]
            ann.until(lambda screen: numbers(screen)[0] < top, "it is stuck")  # noqa: B023  # run before it changes
        assert seen >= set(range(2000))
        ann.press("C-End")
        ann.wait_for("line 1999 of the log")
        # Lines were moved all the time instead of written: drawn anew, they are the same. The last line has a clock.
        moved = ann.settled().splitlines()[:-2]
        ann.press("C-l")
        assert ann.settled().splitlines()[:-2] == moved


def test_both_have_everything_once_in_the_same_order_after_the_server_was_killed(
    server: ServerProcess, home: Path
) -> None:
    with client(server, "ann", home, 80, 24) as ann, client(server, "bob", home, 120, 40) as bob:
        ann.wait_for("#general", "F1")
        bob.wait_for("#general", "CHANNELS")
        ann.say("before")
        bob.wait_for("before")

        server.kill()
        for number in range(5):
            ann.say(f"ann while down {number}")
            # What comes in one read with the line before it would be a paste, whose line ends do not send.
            ann.until(lambda screen: "▌ ann" not in screen and f"down {number}" in screen, "it is not sent")  # noqa: B023
        bob.say("bob while down")
        ann.type("half a line ")
        ann.wait_for("queued")
        server.start()

        for terminal in (ann, bob):
            terminal.wait_for("ann while down 4", "bob while down")
            terminal.wait_for("queued", "sending", gone=True)
        ann.type("and the rest")
        ann.wait_for("half a line and the rest")
        ann.press("Enter")
        bob.wait_for("half a line and the rest")

        bodies = history(server, "#general", "ann")
        assert sorted(bodies) == sorted(
            [
                "before",
                *(f"ann while down {number}" for number in range(5)),
                "bob while down",
                "half a line and the rest",
            ]
        )
        assert [body for body in bodies if body.startswith("ann")] == [f"ann while down {n}" for n in range(5)]
        for terminal in (ann, bob):
            screen = terminal.until(lambda screen: "half a line and the rest" in screen, "the last line is missing")
            shown = [body for line in screen.splitlines() for body in bodies if line.rstrip().endswith(body)]
            assert shown == bodies


def test_an_unknown_command_and_a_literal_slash(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home, 80, 24) as ann:
        ann.wait_for("#general", "F1")
        ann.say("/list")
        ann.wait_for("1 channel")
        ann.press("Escape")
        ann.wait_for("1 channel", gone=True)
        ann.say("/frob")
        ann.wait_for("There is no command /frob")
        ann.wait_for("1 channel", gone=True)
        ann.press("Escape")
        ann.wait_for("There is no command", gone=True)
        ann.press("C-u")
        ann.say("//shrug")
        ann.until(lambda _: history(server, "#general", "ann") == ["/shrug"], "the slash is missing")


def test_pasted_lines_are_not_sent_until_enter(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home, 80, 24) as ann:
        ann.wait_for("#general", "F1")
        ann.paste("first line\nsecond line\n")
        ann.wait_for("second line")
        assert history(server, "#general", "bob") == []
        ann.press("Enter")
        ann.until(lambda _: len(history(server, "#general", "bob")) == 2, "the message of two lines is missing")


def test_client_leaves_the_terminal_as_it_was_and_exits_0(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home, 80, 24) as ann:
        ann.wait_for("#general", "F1")
        ann.press("C-q")

        assert ann.wait_exit() == 0
        ann.wait_for("#general", gone=True)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 60)])
def test_layout_fits_after_a_storm_of_resizes(server: ServerProcess, home: Path, width: int, height: int) -> None:
    send(server, "#general", [f"message {number}" for number in range(100)])
    with client(server, "ann", home, 120, 40) as ann:
        ann.wait_for("message 99")
        for step in range(12):
            ann.resize(50 + step * 13, 12 + step * 4)
        ann.resize(width, height)

        def settled(screen: str) -> bool:
            lines = screen.splitlines()
            fits = len(lines) == height and "F1 help" in lines[-1]
            panels = ("CHANNELS" in screen, "MEMBERS" in screen) == (width >= 100, width >= 160)
            return "message 99" in screen and fits and panels

        ann.until(settled, "the layout did not settle")


def test_what_is_typed_behind_a_join_goes_to_the_joined_channel(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home, 100, 30) as ann:
        ann.wait_for("#general", "CHANNELS")
        ann.type("/join #dev")
        ann.wait_for("/join #dev")
        # As somebody types who does not wait for the screen; five keys in one read would be a paste.
        for key in ("Enter", "1", "Enter", "2"):
            ann.press(key)
        ann.wait_for("very beginning of #dev")
        ann.press("Enter")
        ann.until(lambda _: len(history(server, "#dev", "ann")) == 2, "two messages in #dev are missing")

    assert history(server, "#dev", "ann") == ["1", "2"]
    assert history(server, "#general", "ann") == []


def test_mouse_is_the_terminals_when_it_is_left_to_it(server: ServerProcess, home: Path) -> None:
    def reported(terminal: Terminal, told: str) -> None:
        terminal.until(lambda _: terminal.told("mouse_any_flag") == told, f"mouse_any_flag is not {told}")

    with client(server, "ann", home, 80, 24) as ann:
        ann.wait_for("#general", "F1 help")
        reported(ann, "1")
        ann.press("M-m")
        reported(ann, "0")
        ann.press("M-m")
        reported(ann, "1")
        ann.press("M-l")
        ann.wait_for("the mouse is the terminal's")
        reported(ann, "0")
        ann.press("Escape")
        reported(ann, "1")


def test_panes_are_split_dragged_and_back_at_the_next_start(server: ServerProcess, home: Path) -> None:
    with client(server, "ann", home, 120, 30) as ann:
        ann.wait_for("#general", "F1")
        ann.say("/join #dev")
        ann.wait_for("very beginning of #dev")
        ann.say("said in dev")
        ann.press("M-w", "Right")
        ann.wait_for("│▌#general", "said in dev")
        ann.say("said in general")
        screen = ann.wait_for("said in general")
        at = title_of(screen).index("│▌")
        # A press on the line between the two, a move while it is held, and a release, as terminals write them.
        for kind, column, end in ((0, at + 1, "M"), (32, at - 9, "M"), (0, at - 9, "m")):
            ann.type(f"\x1b[<{kind};{column};10{end}")
        ann.until(lambda screen: title_of(screen).index("│▌") == at - 10, "it is not dragged")
        before = ann.settled()
        ann.press("C-q")
        assert ann.wait_exit() == 0
    with client(server, "ann", home, 120, 30) as ann:
        # Before it says which keys there are, it is the screen as it was left, and no program yet.
        ann.wait_for("│▌#general", "said in general", "said in dev", "unread · F1 help")
        ann.wait_for("●")
        assert [line[23:] for line in ann.settled().splitlines()[:28]] == [
            line[23:] for line in before.splitlines()[:28]
        ]
        ann.say("on as before")
        ann.until(lambda _: history(server, "#general", "ann")[-1] == "on as before", "it is not sent")


def title_of(screen: str) -> str:
    """Return the line with the titles of panes."""
    return next(line for line in screen.splitlines() if "▌#general" in line[23:])
