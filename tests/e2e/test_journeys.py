"""The client as people use it who come from elsewhere: from irssi, and from Slack with a mouse in the hand.

The third of them, who hears the screen, is in test_plain.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.full_screen import open_client, speak
from tests.support.processes import ServerProcess

KITTY = {"alt+1": "\x1b[49;3u", "alt+enter": "\x1b[13;3u", "shift+enter": "\x1b[13;2u", "alt+a": "\x1b[97;3u"}
"""How terminals with the extended encoding tell of keys."""


@pytest.fixture
def server(home: Path) -> Iterator[ServerProcess]:
    with ServerProcess(home / "data") as process:
        yield process


def irssi(home: Path, name: str) -> None:
    """Choose what hands from irssi know, as docs/keys.md says."""
    folder = home / name / "config" / "chat-tui"
    folder.mkdir(parents=True)
    (folder / "chat-tui.toml").write_text('[keys]\npreset = "irc"\n')


def test_who_comes_from_irssi_is_at_home(server: ServerProcess, home: Path) -> None:
    for channel in ("#ops", "#dev"):
        speak(server, channel, [f"welcome to {channel}"])
    irssi(home, "ann")
    with open_client(server, "ann", home, width=100, height=30) as ann:
        ann.wait_for("#general", "CHANNELS")
        for channel in ("#ops", "#dev"):
            ann.say(f"/j {channel}")
            ann.wait_for(f"welcome to {channel}")
        ann.say("/topic Nightly builds")
        ann.wait_for("Nightly builds")
        ann.say("/me waves")
        ann.wait_for("ann waves")
        ann.press("Up")  # what irssi does there: bring back what was said
        ann.wait_for("/me waves")
        ann.press("C-u")

        ann.press("M-Left")  # the window before
        ann.wait_for("welcome to #ops")
        ann.press("M-Right")
        ann.wait_for("ann waves")
        ann.press("M-1")
        ann.wait_for("very beginning of #general")
        ann.say("/win ops")
        ann.wait_for("welcome to #ops")

        speak(server, "@ann", ["psst"])
        ann.until(lambda screen: re.search(r"bob +1\b", screen) is not None, "nothing is new of bob")
        ann.press("M-a")
        ann.wait_for("psst")
        ann.say("/q bob what is it?")
        ann.wait_for("what is it?")
        ann.say("/wc")
        ann.wait_for("what is it?", gone=True)
        ann.wait_for("welcome to #ops")
        ann.settled()
        ann.say("/lastlog nightly")
        ann.wait_for("Nothing was found")
        ann.say("/n #dev")
        ann.wait_for("#dev: 2 members, 1 online")
        ann.say("/whois bob")
        ann.wait_for("About bob", "offline")
        ann.say("/part #dev")
        ann.until(lambda screen: not re.search(r"\d #dev", screen), "#dev is still in the list")
        ann.say("/quit")
        assert ann.wait_exit() == 0


def test_keys_of_a_terminal_that_tells_them_apart_do_the_same_and_more(server: ServerProcess, home: Path) -> None:
    speak(server, "#ops", ["welcome to #ops"])
    with open_client(server, "ann", home, width=100, height=30) as ann:
        ann.wait_for("#general", "CHANNELS")
        ann.say("/join #ops")
        ann.wait_for("welcome to #ops")
        for key in ("alt+enter", "shift+enter"):
            ann.type("line")
            ann.settled()
            ann.type(KITTY[key])
            ann.settled()
        ann.type("end")
        ann.settled()
        ann.press("Enter")
        ann.until(
            lambda screen: re.search(r"ann +line\n.*? line\n.*? end", screen) is not None, "it is not one message"
        )
        ann.type(KITTY["alt+1"])
        ann.wait_for("very beginning of #general")
        speak(server, "#ops", ["@ann the next one"])
        ann.until(lambda screen: re.search(r"#ops +1\b", screen) is not None, "nothing is new in #ops")
        ann.type(KITTY["alt+a"])
        ann.wait_for("@ann the next one")


def test_who_comes_from_slack_needs_only_the_mouse_and_ctrl_k(server: ServerProcess, home: Path) -> None:
    speak(server, "#general", ["who takes the migration?", "lunch at noon"])
    speak(server, "#release-2", ["freeze on Friday"])
    with open_client(server, "ann", home, width=120, height=32) as ann:
        ann.wait_for("who takes the migration?")
        ann.click("who takes the migration?")
        ann.wait_for("reply", "thumbs up", "back")
        ann.click("thumbs up")
        ann.wait_for("👍 1")
        ann.click("👍 1")  # once more takes it back
        ann.wait_for("👍 1", gone=True)
        ann.click("react")
        ann.click(":tada:")
        ann.wait_for("🎉 1")

        ann.click("reply")
        ann.wait_for("Answering bob")
        ann.say("I do :tada:")
        ann.wait_for("I do 🎉", "who takes the migration?")
        ann.wait_for("Answering bob", gone=True)  # else what is clicked next would be left by what is typed
        ann.click("lunch at noon")
        ann.click("thread")
        ann.wait_for("Into the thread of bob")
        ann.say("me too")
        ann.wait_for("1 reply")
        ann.click("✕")
        ann.wait_for("Into the thread", gone=True)
        ann.click("1 reply")
        ann.wait_for("Into the thread of bob", "me too")
        ann.click("Esc back")
        ann.wait_for("Into the thread", gone=True)

        ann.press("C-k")
        ann.wait_for("go to")
        ann.type("release")
        ann.wait_for("#release-2", "join it")
        ann.press("Enter")
        ann.wait_for("freeze on Friday")
        speak(server, "@ann", ["are you there?"])
        ann.until(lambda screen: re.search(r"bob +1\b", screen) is not None, "nothing is new of bob")
        ann.click("Alt+A unread")
        ann.wait_for("are you there?")
        ann.click("#general", beside=1)
        ann.wait_for("I do")
        ann.click("online")
        ann.wait_for("MEMBERS")
        ann.click("bob")
        ann.wait_for("are you there?")
        ann.click("F1 help")
        ann.wait_for("Esc closes")
