"""Every screen that needs no server, drawn as text at every size at which its layout may be another one.

One file in `frames` has a screen at all sizes; CHAT_FRAMES=write takes them over, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.screen import Screen

from chat_tui.app import ChatApp
from chat_tui.bridge import Way
from chat_tui.commands.completing import Known
from chat_tui.keys import Keymap
from chat_tui.keys.keymap import keymap
from chat_tui.screens.base import SettingsWanted
from chat_tui.screens.choices import Choice as Row
from chat_tui.screens.choices import choices
from chat_tui.screens.emoji import EmojiScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.signing_in import SignInScreen
from chat_tui.screens.start import StartScreen
from chat_tui.screens.switcher import Switcher
from chat_tui.screens.trust import StopScreen, TrustScreen
from chat_tui.storage import Servers
from tests.tui.support.frames import FRAMES, frame, until
from tests.tui.support.states import drawing
from tests.tui.support.typing import quiet

SIZES = ((40, 12), (80, 24), (99, 30), (100, 30), (120, 40), (160, 48), (200, 60))
WHERE = Goal("chats://chat.example.org", "ann")
PIN = "sha256:" + "qJ4tE7mA" * 5 + "0c="
KEYS: Keymap = keymap()


def start() -> Screen[None]:
    known = Servers().used("chat://127.0.0.1:7625", "ann").used("chats://chat.example.org", "ann")
    return StartScreen(known, complaint="No answer from chat.example.org: is it running?")


def switcher() -> Screen[None]:
    def offer(letters: str) -> tuple[Row, ...]:
        return choices(letters, drawing(), 1, Known(), lambda target: 0.0, frozenset({2}))

    return Switcher(offer, lambda row: None, digit=lambda letters: None, run=lambda line: None)


SCREENS: dict[str, Callable[[], Screen[None]]] = {
    "start": start,
    "sign-in": lambda: SignInScreen(WHERE, None, Way("password"), "The name or the password is wrong."),
    "register": lambda: SignInScreen(WHERE, None, Way("register")),
    "trust": lambda: TrustScreen(WHERE.address, PIN),
    "stop": lambda: StopScreen("The server shows another key than before: somebody may be in between."),
    "help": lambda: HelpScreen("", KEYS.keys),
    "help-topic": lambda: HelpScreen("topic", KEYS.keys),
    "switcher": switcher,
    "emoji": lambda: EmojiScreen(lambda emoji: None),
}


@pytest.mark.parametrize("name", [*SCREENS, "settings"])
async def test_screen_is_as_drawn_at_every_size(name: str, tmp_path: Path) -> None:
    app = ChatApp(None, config=tmp_path / "config", data=tmp_path / "data", outbox=tmp_path / "outbox")
    async with app.run_test(size=SIZES[0]) as pilot:
        before = app.screen
        if name == "settings":
            before.post_message(SettingsWanted())
        else:
            await app.push_screen(SCREENS[name]())
        await until(pilot, lambda: app.screen is not before)
        drawn = []
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await quiet(app)
            drawn.append(f"{width}x{height}\n{frame(app)}\n")
    path, text = FRAMES / f"screen-{name}.txt", "\n".join(drawn)
    if os.environ.get("CHAT_FRAMES") == "write":
        path.write_text(text)
    assert text == path.read_text()
