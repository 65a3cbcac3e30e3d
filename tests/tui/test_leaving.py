"""Leaving the program: what was entered a moment before is asked about, and is there at the next start."""

from __future__ import annotations

from pathlib import Path

from chat_core.client.state.model import LinkStatus
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import bodies, sitting, unique


async def test_message_entered_right_before_the_key_that_quits_is_asked_about_and_is_sent_at_the_next_start(
    home: Path,
) -> None:
    name, text = unique("me"), unique("kept ")
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home, name=name) as me:
            process.kill()
            await me.until(lambda: me.state.link.status is LinkStatus.WAITING)
            await me.press(*text, "enter", "ctrl+q")
            asked = "1 message is not sent yet and waits for your return. Ctrl+Q again quits."
            await me.until(lambda: me.app._exit or me.answer == asked)
            assert not me.app._exit
            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)
        process.start()
        async with sitting(process.address, home, name=name) as me:
            await me.until(lambda: bodies(me.here) == [text] and not me.here.unsent)


async def test_message_that_cannot_be_asked_about_any_more_is_on_disk_all_the_same(home: Path) -> None:
    name, text = unique("me"), unique("kept ")
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home, name=name) as me:
            process.kill()
            await me.until(lambda: me.state.link.status is LinkStatus.WAITING)
            await me.press(*text, "enter")
            me.app.exit()
        process.start()
        async with sitting(process.address, home, name=name) as me:
            await me.until(lambda: bodies(me.here) == [text] and not me.here.unsent)
