"""This computer's own server and the command line around the full-screen client, in real terminals."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chat_tui import storage
from tests.support.embedded import servers, until
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.terminal import Terminal

COMMAND = [sys.executable, "-m", "chat_tui"]


def open_client(*arguments: str, home: Path, width: int = 80, height: int = 24, **env: str) -> Terminal:
    return Terminal([*COMMAND, *arguments], width=width, height=height, folder=home, env=env)


def chat(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command without a terminal."""
    return subprocess.run(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        env={**os.environ, **env},
        check=False,
    )


def test_here_opens_general_at_once_and_has_the_messages_the_next_time(home: Path) -> None:
    with open_client("here", "--name", "ann", home=home) as ann:
        ann.wait_for("very beginning of #general", "F1 help")
        ann.say("remember this")
        ann.wait_for("remember this")
        ann.press("C-q")
        assert ann.wait_exit() == 0
    until(lambda: not servers(home), "the server has left")

    with open_client("here", home=home) as again:
        again.wait_for("ann  remember this")
        again.press("C-q")
        again.wait_exit()
    assert storage.load(home / "config" / "chat-tui").last == storage.KnownServer("here", "ann")


def test_two_clients_share_the_server_and_survive_its_death(home: Path) -> None:
    with open_client("here", "--name", "ann", home=home) as ann:
        ann.wait_for("very beginning of #general")
        with open_client("here", "--name", "bob", home=home, width=110, height=30) as bob:
            bob.wait_for("very beginning of #general")
            (first,) = servers(home)
            os.kill(first, 9)
            bob.say("said while it was dead")
            ann.wait_for("said while it was dead")
            bob.wait_for("queued", "sending", gone=True)
            assert servers(home) != [first]

            ann.press("C-q")
            ann.wait_exit()
            bob.say("alone now")
            bob.wait_for("alone now")
            bob.wait_for("queued", "sending", gone=True)


def test_start_screen_leads_to_this_computer(home: Path) -> None:
    with open_client(home=home, LOGNAME="annika") as terminal:
        terminal.wait_for("Where to?", "this computer", "annika")
        terminal.press("Enter")
        terminal.wait_for("very beginning of #general")
        terminal.press("C-q")
        terminal.wait_exit()
    with open_client(home=home, LOGNAME="annika") as terminal:
        terminal.wait_for("very beginning of #general")


def test_demo_has_bots_in_three_channels_and_a_direct_conversation_and_leaves_nothing(home: Path) -> None:
    with open_client("demo", "--still", home=home, width=120, height=32, TMPDIR=str(home)) as terminal:
        terminal.wait_for("we are only bots", "#dev", "#ops", "ann-bot  ")
        names = set(re.findall(r"[a-z]+-bot", terminal.wait_for("6 online")))
        assert names >= {"ann-bot", "joe-bot", "peter-bot"}
        assert list(home.glob("chat-demo-*"))
        terminal.press("C-q")
        assert terminal.wait_exit() == 0
    assert not list(home.glob("chat-demo-*"))
    assert not (home / "config").exists()


def test_redraw_mends_a_screen_that_something_else_wrote_on(home: Path) -> None:
    with (
        ServerProcess(home / "data") as server,
        # Asking about emoji draws the screen anew by itself, a moment after the first frame.
        open_client("connect", server.address, "--name", "ann", home=home, CHAT_TUI_LOOK_SIMPLE_EMOJI="never") as ann,
    ):
        ann.wait_for("very beginning of #general")
        tty = Path(ann._tmux("display-message", "-p", "#{pane_tty}").strip())
        tty.write_text("\x1b[5;1HGARBAGE GARBAGE")
        ann.wait_for("GARBAGE")
        ann.press("C-l")
        ann.wait_for("GARBAGE", gone=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_terminal_is_left_as_it_was_when_the_client_is_told_to_end(home: Path, number: signal.Signals) -> None:
    script = f"{sys.executable} -m chat_tui connect 127.0.0.1:1 --name ann; echo code $?; stty -a; sleep 60"
    with Terminal(["sh", "-c", script], width=80, height=24, folder=home) as terminal:
        terminal.wait_for("F1 help")
        shell = terminal._tmux("display-message", "-p", "#{pane_pid}").strip()
        (client,) = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        os.kill(int(client), number)

        screen = terminal.wait_for("code 0", " icanon", " echo ")
        assert "F1 help" not in screen


def test_client_ends_when_its_terminal_is_gone(home: Path) -> None:
    with open_client("here", "--name", "ann", home=home) as ann:
        ann.wait_for("very beginning of #general")
        client = Path("/proc") / ann._tmux("display-message", "-p", "#{pane_pid}").strip()
        assert client.exists()

    until(lambda: not client.exists(), "the client ends")
    until(lambda: not servers(home), "and with it the server that nobody needs")


def test_client_ends_when_a_terminal_is_gone_that_does_not_tell_it_so(home: Path) -> None:
    leader, follower = os.openpty()
    with ServerProcess(home / "data") as server:
        client = subprocess.Popen(
            [sys.executable, "-m", "chat_tui", "connect", server.address, "--name", "ann"],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,  # and so without a terminal that controls it
            env={**os.environ, "HOME": str(home), "TERM": "xterm-256color"},
        )
        os.close(follower)
        try:
            shown = b""
            while b"very beginning" not in shown:
                shown += os.read(leader, 65536)
            os.close(leader)
            client.wait(WAIT_S)
        finally:
            client.kill()
            client.wait()


def test_client_ends_when_told_to_though_its_terminal_takes_nothing(home: Path) -> None:
    leader, follower = os.openpty()
    with ServerProcess(home / "data") as server:
        feeder = [*COMMAND, "send", "#general", "-", "--server", server.address, "--name", "bob"]
        client = subprocess.Popen(
            [*COMMAND, "connect", server.address, "--name", "ann"],
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        try:
            until(lambda: b"F1 help" in os.read(leader, 65536), "it has begun")
            # Nobody reads from here on; frame after frame fills what is between.
            subprocess.run(feeder, input=b"x\n" * 4000, stdout=subprocess.DEVNULL, check=True)
            client.terminate()

            assert client.wait(WAIT_S) in (0, 128 + signal.SIGTERM)
        finally:
            client.kill()
            client.wait()
            os.close(leader)


@pytest.mark.parametrize("arguments", [(), ("here",), ("connect", "127.0.0.1"), ("demo",)])
def test_full_screen_without_a_terminal_is_one_sentence(arguments: tuple[str, ...]) -> None:
    done = chat(*arguments)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The full-screen client needs a terminal that can place text. With --plain ")


@pytest.mark.parametrize(
    ("width", "height", "arguments", "sentence", "code"),
    [
        (39, 20, "connect 127.0.0.1", "This terminal is 39x20; the full-screen client needs 40x10 at least", 1),
        (60, 9, "here", "This terminal is 60x9; the full-screen client needs 40x10 at least", 1),
        (80, 24, "--theme neon here", "There is no theme 'neon'; there are chat-dark, chat-light, ", 2),
    ],
)
def test_full_screen_that_cannot_be_is_one_sentence(
    home: Path, width: int, height: int, arguments: str, sentence: str, code: int
) -> None:
    script = f"{sys.executable} -m chat_tui {arguments}; echo code $?; sleep 60"
    with Terminal(["sh", "-c", script], width=width, height=height, folder=home) as terminal:
        assert sentence in " ".join(terminal.wait_for(f"code {code}").split())


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("connect", "chat://example.org"), 2, "example.org is another machine"),
        (("connect", "127.0.0.1:x"), 2, "'x' is no port"),
        (("tail", "#a", "--since", "#b:1"), 2, "'#b:1' is no --since"),
        (("send", "general", "x", "--server", "127.0.0.1:1"), 2, "'general' is no target"),
        (("send", "#a", "x", "--server", "127.0.0.1:1", "--name", "-x"), 2, "--name"),
        (("history", "#a", "--last", "0"), 2, "'0' is no whole number above 0"),
        (("send", "#a", "x", "--timeout", "nan"), 2, "'nan' is no number of seconds above 0"),
        (("frobnicate",), 2, "invalid choice"),
        (("--theme", "neon", "here"), 1, "needs a terminal"),
    ],
)
def test_command_line_that_is_wrong_is_said(arguments: tuple[str, ...], code: int, sentence: str) -> None:
    done = chat(*arguments)

    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_script_uses_this_computer_when_nothing_else_was_used_and_leaves_no_server(home: Path) -> None:
    first = chat("send", "#ops", "backup done", LOGNAME="root")
    second = chat("history", "#ops", LOGNAME="root")

    assert (first.returncode, first.stdout) == (0, "#ops:1\n")
    assert second.stdout.endswith("#ops:1 <root> backup done\n")
    until(lambda: not servers(home), "the server has left")


def test_script_uses_the_server_and_name_of_last_time(home: Path) -> None:
    with ServerProcess(home / "data") as server:
        storage.save(home / "config" / "chat-tui", storage.Servers().used(server.address, "annika"))
        done = chat("send", "#ops", "hello")
        shown = chat("history", "#ops", "--json")

    assert done.stdout == "#ops:1\n"
    assert '"author": "annika"' in shown.stdout
    assert not servers(home)


def test_help_names_all_commands() -> None:
    done = chat("--help")

    assert done.returncode == 0
    for name in ("connect", "here", "demo", "send", "tail", "history"):
        assert re.search(rf"^ +{name} +\w", done.stdout, re.MULTILINE), name


def test_wrong_setting_of_the_client_is_one_sentence(home: Path) -> None:
    setting = "CHAT_TUI_COMMANDS_CLASSIC_FORMS=perhaps"
    script = f"{setting} {sys.executable} -m chat_tui here; echo code $?; sleep 60"
    with Terminal(["sh", "-c", script], width=100, height=24, folder=home) as terminal:
        screen = terminal.wait_for("code 78")

    assert 'CHAT_TUI_COMMANDS_CLASSIC_FORMS is "perhaps"; expected true or false.' in screen
