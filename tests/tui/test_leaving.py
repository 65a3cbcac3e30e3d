"""The whole application on a real server: leaving it, and what is not sent yet then."""

from __future__ import annotations

from pathlib import Path

from chat_tui.screens.start import StartScreen
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import bodies, other, sitting, unique


async def test_ctrl_c_clears_what_is_written_then_asks_then_leaves(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("never mind")
        await me.press("ctrl+c")
        assert (me.written, me.answer) == ("", "")

        await me.press("ctrl+up")
        assert me.written == "never mind"

        await me.press("ctrl+c", "ctrl+c")
        assert (me.written, me.answer) == ("", "Ctrl+C again quits.")
        assert not me.app._exit

        await me.press("ctrl+c")
        await me.until(lambda: me.app._exit)


async def test_ctrl_q_leaves_at_once_when_everything_was_sent(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("a draft is no reason to stay")
        await me.press("ctrl+q")

        await me.until(lambda: me.app._exit)


async def test_leaving_is_asked_about_while_something_is_not_sent(home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home) as me:
            process.kill()
            await me.enter("not yet sent")
            await me.until(lambda: me.here.unsent)
            await me.press("ctrl+q")
            assert me.answer == "1 message is not sent yet and waits for your return. Ctrl+Q again quits."
            assert not me.app._exit

            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)


async def test_leaving_right_behind_enter_lets_the_message_arrive_first(server: str, home: Path) -> None:
    body = unique("quick")
    async with other(server) as friend:
        async with sitting(server, home) as me:
            await me.enter(body)
            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)
            assert not me.chat.quitting.unsent.messages
        general = friend.state.by_target("#general")
        assert general is not None
        await friend.load_older(general.id)
        general = friend.state.by_target("#general")
        assert general is not None and body in bodies(general)


async def test_leaving_a_server_is_asked_about_while_something_is_not_sent(home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home) as me:
            process.kill()
            await me.enter("not yet sent")
            await me.until(lambda: me.here.unsent)
            await me.enter("/disconnect")
            await me.until(
                lambda: me.answer == "1 message is not sent yet and waits for your return. /disconnect again goes."
            )

            await me.enter("/disconnect")
            await me.until(lambda: isinstance(me.app.screen, StartScreen))
