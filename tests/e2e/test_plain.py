"""The line mode as somebody who hears the screen uses it: a real process, in a dumb terminal and over pipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chat_core.base.exit_codes import ExitCode
from chat_core.cli import app as core
from tests.support.embedded import until
from tests.support.full_screen import speak
from tests.support.processes import WAIT_S, ServerProcess
from tests.support.pty import Pty
from tests.support.wire import Wire


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def plain(server: ServerProcess, name: str = "ann") -> list[str]:
    return [sys.executable, "-m", "chat_tui", "connect", server.address, "--name", name, "--plain"]


def test_plain_client_is_a_whole_chat_for_who_hears_the_screen(server: ServerProcess) -> None:
    speak(server, "#ops", ["ann is here"], "ann")
    speak(server, "#general", ["anybody there", "one\ntwo"])
    speak(server, "#ops", ["@ann the disk is full"])
    with Pty(plain(server), env={"TERM": "dumb"}) as ann:
        ann.wait_for("Connected as ann.", "#ops: 1 unread, mentions you.", "/next goes there.")

        ann.type("/next\r")
        ann.wait_for("#ops. 1 unread, mentions you.", "bob, mentions you: @ann the disk is full")

        before = ann.size
        ann.type("I clean ")
        ann.wait_for("I clean", since=before)
        speak(server, "#ops", ["\x1b[31mhurry\x07"])  # while ann is typing: what is written is drawn anew below it
        said = ann.wait_for("bob: ", "hurry", since=before)
        ann.until(lambda said: re.search(r"hurry.*> I clean $", said) is not None, "not drawn anew", since=before)
        ann.type("it now\r")
        speak(server, "#general", ["@ann and here"])
        said = ann.wait_for("1 new in #general, mentions you.", since=before)
        assert "you: I clean" not in said, "what one wrote needs no echo"

        before = ann.size
        ann.type("/sea\t")
        ann.wait_for("/search ", since=before)
        ann.type("full\r")
        ann.wait_for("1 message found, the newest first:", "bob: @ann the disk is full", since=before)
        ann.type("/html page.html\r")
        # What is typed before there is a prompt is not in a line yet, so that Ctrl+C would have nothing to take back.
        ann.until(lambda said: re.search(r"full-screen client; start.*> $", said) is not None, "there is no prompt")
        before = ann.size
        ann.type("nonsense")
        ann.wait_for("nonsense", since=before)
        ann.process.send_signal(signal.SIGINT)
        ann.wait_for("Taken back.", since=before)
        ann.type("//quit is what I say\r")
        ann.until(lambda said: re.search(r"I say.*> $", said) is not None, "there is no prompt", since=before)
        ann.process.send_signal(signal.SIGINT)
        ann.wait_for("Ctrl+C again leaves.", since=before)
        ann.process.send_signal(signal.SIGINT)
        assert ann.wait_exit() == ExitCode.OK
        assert re.findall(r"[^\t\r\n\x07\x08␛ -~…·–—\u2018-\u201d]", ann.written()) == []

    command = [sys.executable, "-m", "chat_tui", "history", "#ops", "--server", server.address, "--name", "bob"]
    history = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=True, text=True).stdout
    assert "<ann> I clean it now\n" in history
    assert "<ann> /quit is what I say\n" in history


def test_plain_client_reads_lines_from_a_pipe_and_ends_once_all_is_sent(server: ServerProcess) -> None:
    speak(server, "#ops", ["first"])
    lines = "/join #ops\nfrom a pipe\n/time on\n/topic New topic\n/read 2\n/nonsense\n"
    done = subprocess.run(
        plain(server, "cat"), input=lines, capture_output=True, timeout=WAIT_S, check=False, text=True
    )

    assert done.returncode == ExitCode.OK, done.stderr
    said = done.stdout.splitlines()
    assert said[:3] == [
        f"Connecting to {server.address} as cat.",
        "Connected as cat. /help lists what you can write.",
        "#general. Nothing unread.",
    ]
    assert "cat set the topic: New topic." in said
    assert any(re.fullmatch(r"\d\d:\d\d bob: first", line) for line in said)
    assert "There is no command /nonsense. /help lists them; // at the beginning says a slash." in said
    assert "textual" not in done.stderr


def test_plain_client_takes_as_read_what_the_settings_say(server: ServerProcess) -> None:
    speak(server, "#ops", ["ann is here"], "ann")
    speak(server, "#ops", ["first", "second"])

    def told(lines: str, *options: str, reads: str = "seen") -> list[str]:
        done = subprocess.run(
            [*plain(server), *options],
            env={**os.environ, "CHAT_TUI_PRIVACY_READ": reads},
            input=lines,
            capture_output=True,
            timeout=WAIT_S,
            check=False,
            text=True,
        )
        assert done.returncode == ExitCode.OK, done.stderr
        return done.stdout.splitlines()

    unread = "#ops: 2 unread."
    assert unread in told("/go #ops\n", "--explore")
    assert unread in told("/go #ops\n", reads="sent")
    assert unread in told("/go #ops\nI am on it\n", reads="sent")
    assert "Nothing is unread elsewhere." in told("/unread\n", "--explore")

    speak(server, "#ops", ["third"])
    assert "#ops: 1 unread." in told("/go #ops\n/read 1\n", "--explore")
    assert "Nothing is unread elsewhere." in told("/unread\n", "--explore")


def test_plain_client_filters_marks_and_shows_a_source_in_lines(server: ServerProcess) -> None:
    speak(server, "#ops", ["build passed", "**ship** it"])
    lines = (
        "/join #ops\n/filter build passed\n/read 5\n/filter\n/mark release\n/marks\n/go #general\n/marks release\n"
        "/raw #99\n/raw\n/plain **not bold**\n/draft\n"
    )
    done = subprocess.run(
        plain(server, "cat"), input=lines, capture_output=True, timeout=WAIT_S, check=False, text=True
    )

    assert done.returncode == ExitCode.OK, done.stderr
    said = done.stdout.splitlines()
    assert "Hidden from now on: messages with “build passed” in #ops, but for what is yours or names you." in said
    assert "bob: ship it" in said or "bob: **ship** it" in said
    asked = said.index("Your filters hide:")
    assert said[asked + 1] == "1, messages with “build passed” in #ops"
    mark = next(line for line in said if line.startswith("Mark release is at #ops:"))
    address = mark.split()[4].removesuffix(".")
    assert any(line.startswith(f"release: {address}, ") for line in said)
    assert f"At the mark, {address}:" in said
    assert "There is no message 99 here." in said
    assert {f"{address}, as it was sent:", "**ship** it", f"Address: {address}"} <= set(said)
    assert "Nothing is written that is not sent." in said
    again = subprocess.run(
        plain(server, "cat"), input="/filter\n", capture_output=True, timeout=WAIT_S, check=False, text=True
    )
    assert "1 filter hides lines; /filter lists them." in again.stdout.splitlines()


def test_plain_client_reads_nothing_out_in_a_thread_or_at_a_mark_of_whom_one_ignores(server: ServerProcess) -> None:
    with Wire(server.port) as bob, Wire(server.port) as cat:
        bob.enter("bob")
        cat.enter("cat")
        root = bob.call("post", conversation="#general", cid=os.urandom(16), body="the root")["seq"]
        for wire, body in ((cat, "of cat"), (bob, "of bob")):
            wire.call("post", conversation="#general", cid=os.urandom(16), body=body, thread=root, in_channel=True)
    lines = f"/ignore @cat\n/mark here\n/thread {root}\n/main\n/marks here\n"
    done = subprocess.run(plain(server), input=lines, capture_output=True, timeout=WAIT_S, check=False, text=True)

    assert done.returncode == ExitCode.OK, done.stderr
    thread = done.stdout.index("Thread, 2 replies.")
    mark = done.stdout.index("At the mark, ")
    assert "bob: of bob" in done.stdout[thread:mark], "the others are"
    assert "of bob" in done.stdout[mark:]
    assert "of cat" not in done.stdout[thread:]


def test_plain_client_asks_for_a_password_and_for_trust_and_the_second_time_nothing(home: Path) -> None:
    strict = {
        "CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64",
        "CHAT_CORE_ACCOUNTS_TRUST_LOOPBACK": "false",
        "CHAT_CORE_ACCOUNTS_NAME_ONLY": "nowhere",
    }
    password = "correct horse"
    with ServerProcess(home / "data", "--tls", "on", env=strict) as server:
        done = CliRunner().invoke(core, ["invite", "--data", str(server.data)], env={**os.environ, **strict})
        address = server.address.partition("?")[0]
        link = f"{address}?invite={done.stdout.split()[-1]}"
        command = [sys.executable, "-m", "chat_tui", "--plain", "connect"]
        with Pty([*command, link, "--name", "ann"], env={"TERM": "dumb"}) as ann:
            seen = 0
            for question, answer in (
                ("Your name [ann]: ", ""),
                ("A password for ann: ", password),
                ("The same again: ", "something else"),
                ("The two are not the same.A password for ann: ", password),
                ("The same again: ", password),
                ("Is it the same? Write yes or no: ", "yes"),
            ):
                ann.wait_for(question, since=seen)
                seen = ann.size
                ann.type(f"{answer}\r")
            ann.wait_for("Connected as ann.")
            assert password not in ann.written()
            ann.type("/quit\r")
            assert ann.wait_exit() == ExitCode.OK

        again = subprocess.run(
            [*command, address], input="", capture_output=True, timeout=WAIT_S, check=False, text=True
        )
        assert (again.returncode, again.stderr) == (ExitCode.OK, "")
        assert "Connected as ann." in again.stdout


def test_plain_client_tells_at_its_start_what_was_missed_since_its_last_one(server: ServerProcess) -> None:
    def visit() -> str:
        done = subprocess.run(
            plain(server, "ann"), input="here I am\n", capture_output=True, timeout=WAIT_S, check=True, text=True
        )
        return done.stdout

    visit()
    with Wire(server.port) as bob:
        bob.enter("bob")
        room = bob.call("join", channel="closed")["conversation"]["id"]
        bob.call("set_rules", conversation=room, visibility="invite")
        bob.call("invite_member", conversation=room, account="ann")

    assert "bob invites you to #closed: /join #closed goes there.\n" in visit()
    assert "invites" not in visit()


def test_plain_client_asks_the_whole_question_in_a_terminal_that_cannot_go_up_a_line(server: ServerProcess) -> None:
    done = subprocess.run(plain(server), input="", capture_output=True, timeout=WAIT_S, check=False, text=True)
    assert done.returncode == ExitCode.OK, done.stderr
    with Pty([sys.executable, "-m", "chat_tui", "--plain"], width=80, env={"TERM": "dumb"}) as ann:
        ann.wait_for("Which server? Its address, a link, or here for this computer [", "]:> ")
        before = ann.size
        ann.type("not an address\r")
        ann.wait_for("'not an address'", "Which server? Its address", "]:> ", since=before)
        ann.type("\r")
        ann.wait_for("Connected as ann.")
        ann.type("/quit\r")
        assert ann.wait_exit() == ExitCode.OK


def test_plain_client_is_at_several_servers_and_hears_of_the_others(server: ServerProcess, home: Path) -> None:
    with ServerProcess(home / "second") as second:
        there = f"127.0.0.1:{second.port}"
        with Pty(plain(server), env={"TERM": "dumb"}) as ann:
            ann.wait_for("#general. Nothing unread.")
            before = ann.size
            ann.type(f"/connect {second.address}\r")
            ann.wait_for("Connected as ann.", "#general. Nothing unread.", since=before)
            before = ann.size
            ann.type("/server\r")
            here = f"127.0.0.1:{server.port}"
            ann.wait_for(
                f"1: {here}, as ann, nothing unread.",
                f"2: {there}, as ann, you are here, nothing unread.",
                since=before,
            )
            speak(server, "#general", ["@ann over here"])
            ann.wait_for(f"{here}: 1 new in #general, mentions you.", since=before)
            ann.type("/next\r")
            ann.wait_for(f"Nothing is new here. {here}: 1 unread. /server {here} goes there.", since=before)
            ann.type("/server 1\r")
            ann.wait_for(f"At {here}.", "bob, mentions you: @ann over here", since=before)
            before = ann.size
            ann.type("I come :tada:\r")
            ann.type(f"/connect {second.address}\r")
            ann.wait_for(f"At {there}.", since=before)
            ann.type("/disconnect\r")
            ann.wait_for(f"Left {there}.", f"At {here}.", since=before)
            ann.type("/quit\r")
            assert ann.wait_exit() == ExitCode.OK

    command = [sys.executable, "-m", "chat_tui", "history", "#general", "--server", server.address, "--name", "bob"]
    history = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=True, text=True).stdout
    assert "<ann> I come \U0001f389\n" in history


def test_plain_client_opens_all_servers_that_are_named_and_leaves_each_in_good_order(
    server: ServerProcess, home: Path
) -> None:
    with ServerProcess(home / "second") as second:
        there = f"127.0.0.1:{second.port}"
        command = plain(server)
        command[4:5] = [server.address, f"{second.address}/#ops", "not an address"]
        with Pty(command, env={"TERM": "dumb"}) as ann:
            said = ann.wait_for("'not an address' is no host", "Connected as ann.", "#general. Nothing unread.")
            assert "failed" not in said, "no more of it than that sentence"
            with Wire(second.port) as bob:
                bob.enter("bob")
                room = bob.call("join", channel="ops")["conversation"]["id"]
                until(lambda: bob.call("list_members", conversation=room)["total"] == 2, "ann is there, too")
                seq = bob.call("post", conversation=room, cid=os.urandom(16), body="@ann over here")["seq"]
            ann.wait_for(f"{there}: 1 new in #ops, mentions you.")
            before = ann.size
            ann.type("/server 2\r")
            ann.wait_for(f"At {there}.", "#ops. 1 unread", "bob, mentions you: @ann over here", since=before)
            ann.type(f"/thread #{seq}\r")
            ann.wait_for("Thread, 0 replies. What you write is said in it", since=before)
            for number in (1, 2, 1):  # there is the thread again, where one wrote
                before = ann.size
                ann.type(f"/server {number}\r")
                ann.wait_for("#general. Nothing unread." if number == 1 else "Thread, 0 replies.", since=before)
            before = ann.size
            server.process.send_signal(signal.SIGSTOP)
            ann.type("see you\r")
            ann.wait_for("see you", since=before)
            ann.type("/server 2\r")
            ann.wait_for("Thread, 0 replies.", since=before)
            ann.type("/quit\r")
            ann.wait_for("/quit", since=before)
            server.process.send_signal(signal.SIGCONT)
            assert ann.wait_exit() == ExitCode.OK, "it is waited for what is on its way to a server one is not at"
