"""Getting an alert to whoever is not looking."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC
from pathlib import Path

import pytest

from chat_tui.alerting import AWAY_AFTER_S, Alerter
from chat_tui.config import NotifySection
from chat_tui.views.alerts import Alert
from tests.support.clocks import HandClock

ALERT = Alert("direct", "--help", "hello")
MARKUP = Alert("direct", "--help", "<b>hi</b> & \\n")


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

    told.tell(ALERT, NotifySection(bell=False, preview=False))
    assert written == ["\x1bPtmux;\x1b\x1b]777;notify;--help;wrote something\x1b\x1b\\\x1b\\"]


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
