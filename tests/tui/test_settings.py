"""Settings in the application: the screen of them, `/set`, `/theme`, users' own themes, marks in ASCII."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_tui.config import CONFIG_FILE, load
from chat_tui.screens.settings import SettingsScreen
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import Sitting, sitting


async def press_until(me: Sitting, key: str, text: str) -> None:
    """Press a key until the row that is marked begins with a text."""
    for _ in range(40):
        if any(line.lstrip("|").startswith(f"▌ {text}") for line in me.screen.splitlines()):
            return
        await me.press(key)
    raise AssertionError(f"{text} was not found:\n{me.screen}")


async def test_screen_changes_a_setting_at_once_and_in_the_file(server: str, home: Path) -> None:
    config = home / "config"
    config.mkdir()
    (config / CONFIG_FILE).write_text("[compose]  # mine\n")
    async with sitting(server, home) as me:
        await me.press("f2")
        await me.sees("SETTINGS", "LOOK", "COMPOSE", "Without a setting: chat-dark.")
        before = me.app.theme_variables["background"]

        await me.press("right", "right")
        await me.sees("Written.")

        assert me.app.theme == "dusk"
        assert me.app.theme_variables["background"] != before
        assert load(home / "config", {}).settings.look.theme == "dusk"
        assert (config / CONFIG_FILE).read_text().startswith("[compose]  # mine\n")
        await me.press("escape")
        await me.sees("F1 help")


async def test_screen_refuses_what_cannot_be_and_keeps_what_is_being_written(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/settings")
        await me.sees("SETTINGS")
        await press_until(me, "down", "confirm lines")
        await me.press("enter")
        await me.sees("Enter takes it")
        await me.press("backspace", "backspace", *"many", "enter")
        await me.sees("expected a whole number, 0 to 10000")
        await me.press(*["backspace"] * 4, *"25", "enter")
        await me.sees("holds from the next start on")
        assert load(home / "config", {}).settings.compose.confirm_lines == 25
        await me.press("delete")
        await me.until(lambda: load(home / "config", {}).settings.compose.confirm_lines == 10)
        assert isinstance(me.app.screen, SettingsScreen)


async def test_set_tells_and_changes_a_setting_where_one_writes(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/set symbols")
        await me.until(lambda: me.answer == 'look.symbols = "unicode"')
        await me.enter("/set look.symbols ascii")
        await me.until(lambda: me.answer == 'look.symbols = "ascii"')
        assert "●" not in me.screen
        await me.sees("- F1 help")
        await me.enter("/set look.symbols cuneiform")
        await me.until(lambda: 'one of "ascii", "unicode"' in me.answer)
        await me.enter("/set colour red")
        await me.until(lambda: me.answer.startswith("There is no setting colour"))


async def test_theme_can_be_ones_own_and_is_there_at_the_next_start(server: str, home: Path) -> None:
    (home / "config" / "themes").mkdir(parents=True)
    (home / "config" / "themes" / "sea.toml").write_text('accent = "#40c0ff"\n')
    (home / "config" / "themes" / "mud.toml").write_text("accent = 3\n")
    async with sitting(server, home) as me:
        await me.sees("mud.toml: accent is")
        await me.enter("/theme sea")
        await me.until(lambda: me.app.theme == "sea")
        assert me.app.theme_variables["accent"].lower() == "#40c0ff"
        await me.enter("/theme tar")
        await me.until(lambda: me.answer.startswith("There is no theme tar; there are chat-dark"))


@pytest.mark.parametrize("theme", ["sea", "none"])
async def test_theme_that_is_gone_is_said_and_the_default_is_used(server: str, home: Path, theme: str) -> None:
    async with sitting(server, home, theme=theme) as me:
        await me.sees(f"There is no theme {theme}")
        assert me.app.theme == "chat-dark"


async def test_density_and_emoji_hold_at_once_in_what_is_read(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one \U0001f389")
        rows = me.screen.splitlines()
        at = next(y for y, row in enumerate(rows) if "one \U0001f389" in row)
        assert "───" in rows[at - 1]

        await me.enter("/set emoji names")
        await me.sees("one :tada:")
        await me.enter("/set density roomy")
        await me.until(lambda: me.answer == 'look.density = "roomy"')
        rows = me.screen.splitlines()
        at = next(y for y, row in enumerate(rows) if "one :tada:" in row)
        assert "───" in rows[at - 2]
        assert rows[at - 1].rstrip("|").endswith("│")
        await me.pilot.click("#timeline", offset=(30, at - me.chat.timeline.region.y), times=3)
        await me.until(lambda: me.chat.get_selected_text() == "one :tada:", "the message, without the free line")


async def test_theme_is_made_of_the_colours_there_are_in_a_terminal_that_has_256(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "256")
    async with sitting(server, home) as me:
        variables = me.app.get_css_variables()

        assert [variables[ground] for ground in ("background", "surface", "panel")] == ["#141414", "#1f1f1f", "#292929"]


async def test_screen_is_used_and_left_with_the_mouse(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.press("f2")
        await me.sees("SETTINGS", "density            compact")
        row = next(at for at, line in enumerate(me.screen.splitlines()) if "density " in line)

        await me.pilot.click("SettingList", offset=(4, row))
        await me.sees("▌ density            compact")
        await me.pilot.click("SettingList", offset=(4, row))
        await me.sees("▌ density            roomy")
        last = me.screen.splitlines()[-1]
        assert "Esc closes" in last
        await me.pilot.click("SettingList", offset=(last.index("Esc closes"), len(me.screen.splitlines()) - 1))

        await me.until(lambda: not isinstance(me.app.screen, SettingsScreen), "it closes")
