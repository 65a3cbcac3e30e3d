"""The popup as it is drawn on the main screen: nothing that it lies on is seen beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_tui.commands.registry import ALL
from tests.tui.support.frames import expect
from tests.tui.support.visiting import Sitting, sitting


def top(me: Sitting) -> int:
    """Return the first row of the popup; what is above differs from run to run."""
    return me.chat.popup.region.y


def offers(me: Sitting) -> bool:
    """Return whether the popup is there."""
    return me.chat.popup.display


@pytest.mark.parametrize("size", [(80, 24), (40, 12)], ids=["80x24", "40x12"])
async def test_popup_is_as_drawn_when_there_are_more_candidates_than_it_shows(
    server: str, home: Path, size: tuple[int, int]
) -> None:
    async with sitting(server, home, size=size) as me:
        await me.write("/")

        expect(me.app, f"popup-{size[0]}x{size[1]}", top(me))


async def test_popup_is_as_drawn_when_one_has_gone_through_its_candidates(server: str, home: Path) -> None:
    async with sitting(server, home, size=(80, 24)) as me:
        await me.write("/")
        await me.press(*["down"] * 10)
        expect(me.app, "popup-down-80x24", top(me))

        await me.press(*["down"] * (len(ALL) - 10))
        expect(me.app, "popup-end-80x24", top(me))


async def test_popup_is_as_drawn_when_it_tells_the_usage(server: str, home: Path) -> None:
    async with sitting(server, home, size=(80, 24)) as me:
        await me.write("/topic ")

        expect(me.app, "popup-usage-80x24", top(me))


@pytest.mark.parametrize("width", [80, 120, 168])
async def test_popup_covers_the_line_above_the_composer_and_no_pane_beside_it(
    server: str, home: Path, width: int
) -> None:
    async with sitting(server, home, size=(width, 36)) as me:
        await me.write("hello #gen")
        await me.pilot.pause()
        popup, line = me.chat.popup.region, me.chat.query_one("#status").region

        assert me.chat.popup.display
        assert (popup.x, popup.right) == (line.x, line.right)
        assert popup.bottom == me.chat.composer.region.y == line.bottom


async def test_popup_makes_way_for_an_answer_and_is_back_when_one_writes_on(server: str, home: Path) -> None:
    async with sitting(server, home, size=(80, 24)) as me:
        await me.enter("/")
        await me.sees("There is no command /.", "Esc closes")
        assert not offers(me)

        me.chat.composer.names_changed()
        assert not offers(me), "the names of channels come some time after /j was written"

        await me.write("l")
        assert offers(me)
        assert not me.answer


async def test_tab_goes_on_through_the_candidates_when_an_answer_came_meanwhile(server: str, home: Path) -> None:
    async with sitting(server, home, size=(80, 24)) as me:
        await me.write("/l")
        await me.press("tab")
        me.chat.composer.give_way()
        await me.press("tab")

        assert me.written == "/list"
        assert me.chat.popup.display
