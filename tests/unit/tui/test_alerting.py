"""Getting an alert to whoever is not looking."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC
from pathlib import Path

import pytest

from chat_tui.alerting import ASKED_EVERY_S, AWAY_AFTER_S, Alerter
from chat_tui.config import NotifySection
from chat_tui.views.alerts import Alert
from tests.support.clocks import HandClock

ALERT = Alert("direct", "--help", "hello")
OSC9 = "\x1b]9;bob: hello\x1b\\"
OSC777 = "\x1b]777;notify;bob;hello\x1b\\"
MARKUP = Alert("direct", "--help", "<b>hi</b> & \\n")


def wrapped(told: str) -> str:
    """Return what tmux lets through."""
    return "\x1bPtmux;" + told.replace("\x1b", "\x1b\x1b") + "\x1b\\" if told else ""


def alerter(clock: HandClock, **environment: str) -> tuple[Alerter, list[str]]:
    written: list[str] = []
    return Alerter(environment, written.append, clock, UTC), written


def test_bell_rings_only_while_nobody_looks() -> None:
    told, written = alerter(HandClock())
    told.focus(has=True)
    told.tell(ALERT, NotifySection())
    assert not written

    told.focus(has=False)
    told.tell(ALERT, NotifySection())
    assert written == ["\a"]


def test_terminal_that_never_tells_of_its_focus_counts_as_left_after_a_while_without_a_key() -> None:
    clock = HandClock()
    told, written = alerter(clock)
    told.tell(ALERT, NotifySection())
    clock.now += AWAY_AFTER_S
    told.tell(ALERT, NotifySection())
    told.key_pressed()
    told.tell(ALERT, NotifySection())

    assert written == ["\a"]


def test_settings_are_followed() -> None:
    told, written = alerter(HandClock(), TERM="foot", TMUX="yes")
    told.focus(has=False)
    told.tell(ALERT, NotifySection(bell=False, terminal="none"))
    told.tell(ALERT, NotifySection(quiet="00:00-23:59"))
    assert not written

    told.tell(ALERT, NotifySection(bell=False, text=False))
    assert written == ["\x1bPtmux;\x1b\x1b]777;notify;--help;wrote something\x1b\x1b\\\x1b\\"]


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"TERM": "xterm-256color"}, ""),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, ""),
        ({"TERM": "linux"}, ""),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, OSC9),
        ({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}, OSC9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, OSC9),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WarpTerminal"}, OSC9),
        ({"TERM": "xterm-ghostty"}, OSC9),
        ({"TERM": "xterm-kitty"}, OSC9),
        ({"TERM": "foot-extra"}, OSC777),
        ({"TERM": "rxvt-unicode-256color"}, OSC777),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "KITTY_WINDOW_ID": "1", "TMUX": "x"}, wrapped(OSC9)),
        ({"TERM": "screen", "LC_TERMINAL": "iTerm2", "TMUX": "x"}, wrapped(OSC9)),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_each_terminal_is_told_in_its_own_way_and_rung_always(environment: dict[str, str], told: str) -> None:
    teller, written = alerter(HandClock(), **environment)
    teller.focus(has=False)
    teller.tell(Alert("direct", "bob", "hello"), NotifySection())

    assert written == [f"{told}\a"]


@pytest.mark.parametrize(
    ("outer", "told"), [("foot(1.16.2) foot", OSC777), ("iTerm2 3.5.1 xterm-256color", OSC9), (" xterm-256color", "")]
)
async def test_tmux_is_asked_which_terminal_it_is_seen_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outer: str, told: str
) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\necho \"$*\" >>{asked}\necho '{outer}'\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    clock = HandClock()
    teller, written = alerter(clock, TERM="tmux-256color", TERM_PROGRAM="tmux", TMUX="x")
    teller.focus(has=False)

    async def tell(times: int = 1) -> list[str]:
        written.clear()
        for _ in range(times):
            teller.tell(Alert("direct", "bob", "hello"), NotifySection())
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))
        return written

    assert await tell(2) == [f"{wrapped(told)}\a"] * 2, "the second one waits for the answer, too"
    assert await tell() == [f"{wrapped(told)}\a"]
    clock.now += ASKED_EVERY_S
    await tell()
    assert asked.read_text().splitlines() == ["display-message -p #{client_termtype} #{client_termname}"] * 2


def test_quiet_hours_are_those_of_the_clock_on_the_wall() -> None:
    clock = HandClock()
    teller, written = alerter(clock, TERM="foot")
    teller.focus(has=False)
    quiet = NotifySection(quiet="22:00-07:00")
    heard = []
    for hour in (21, 22, 23, 3, 7):
        clock.now = hour * 3_600.0
        written.clear()
        teller.tell(ALERT, quiet)
        heard.append((hour, bool(written)))

    assert heard == [(21, True), (22, False), (23, False), (3, False), (7, True)]


async def test_desktop_is_given_the_text_as_words_and_never_as_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    program = tmp_path / "notify-send"
    program.write_text(f"#!{sys.executable}\nimport sys\nopen({str(said)!r}, 'w').write(repr(sys.argv[1:]))\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    told, _ = alerter(HandClock())
    told.focus(has=False)

    told.tell(MARKUP, NotifySection(desktop=True))
    (running,) = (task for task in asyncio.all_tasks() if task is not asyncio.current_task())
    await running

    assert said.read_text() == repr(["--app-name=chat-tui", "--", "--help", "&lt;b&gt;hi&lt;/b&gt; &amp; \\\\n"])
