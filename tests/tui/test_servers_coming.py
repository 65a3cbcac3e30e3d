"""Servers that come and go beside others: by a link, by name, at the next start."""

from __future__ import annotations

from pathlib import Path

from chat_core.client import Invitation
from chat_core.client.state.model import LinkStatus
from chat_core.client.trust.decision import Known
from chat_core.client.trust.known import KnownServers
from chat_tui import storage
from chat_tui.app import ChatApp
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.hush import HUSHED_S, PAUSE_S, Hush
from chat_tui.screens.start import StartScreen
from tests.support.clocks import HandClock
from tests.support.processes import ServerProcess
from tests.tui.support.at_both import at_both, listed
from tests.tui.support.visiting import Sitting, bodies, sitting

OTHER_PIN = "4Ogs4hf4aMN5e4wfxdD65mcANm-VpXmq4wPsyMFJDYw"


async def test_link_of_an_open_server_goes_there_and_joins(secured: Invitation, server: str, home: Path) -> None:
    KnownServers(home / "config").keep(secured.address, Known("first use", secured.pin))
    async with at_both(server, str(secured.address), home) as (me, first, last):
        await me.press("alt+shift+right")
        assert me.app.row.shown is first
        await me.enter(f"/connect {secured.address}/garden?pin={OTHER_PIN}")
        await me.until(lambda: "another key" in me.answer)
        assert me.app.row.shown is first

        await me.enter(f"/connect {secured.address}/garden?pin={secured.pin}")
        await me.until(lambda: me.app.row.shown is last)
        await me.is_at("#garden")
        assert len(me.app.row) == 2


async def test_what_is_typed_on_goes_nowhere_when_the_server_on_the_screen_ends(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        clock = HandClock()
        me.app._hush = Hush(clock)
        await me.enter("/connect chat://127.0.0.1:1")
        await me.until(lambda: len(me.app.row) == 2)
        await me.until(lambda: len(me.app.row) == 1 and me.answer.startswith("Left 127.0.0.1:1: "))

        await me.press(*"word", "enter")
        clock.now += HUSHED_S - 0.1
        await me.press("x")
        clock.now += 0.2
        await me.press("y", "enter")  # typed on without a pause
        assert me.written == "" and not me.here.unsent
        assert me.answer.startswith("Left ")  # nobody has read it yet
        clock.now += PAUSE_S
        await me.enter("read it")
        await me.until(lambda: bodies(me.here)[-1:] == ["read it"])
        assert not {"word", "xy", "y"} & set(bodies(me.here))


async def test_servers_that_were_open_are_open_at_the_next_start(server: str, second: str, home: Path) -> None:
    async with at_both(server, second, home) as (me, _, last):
        await me.write("kept over a restart")
        await me.press("alt+shift+right")
        names = {each.choice.address: each.choice.name for each in me.app.row}
        assert last.lasts

    again = storage.load(home / "config").to_reopen()
    assert {each.address: each.name for each in again} == names and [each.address for each in again] == [server, second]
    choices = [Goal(each.address, each.name) for each in again]
    app = ChatApp(
        choices[0],
        further=choices[1:],
        reopened=True,
        config=home / "config",
        data=home / "here",
        outbox=home / "outbox",
    )
    async with app.run_test(size=(120, 36)) as pilot:
        me = Sitting(app, pilot, "")
        await me.until(lambda: [each.state.link.status for each in app.row] == [LinkStatus.ONLINE] * 2)
        await me.press("alt+shift+right")
        await me.until(lambda: me.written == "kept over a restart")

        await me.press("ctrl+u")
        await me.enter("/logout")
        await me.until(lambda: len(app.row) == 1 and "signed out" in me.answer)
        assert [each.address for each in storage.load(home / "config").to_reopen()] == [server]


async def test_server_that_cannot_be_reached_is_waited_for_at_a_start_and_told_of_when_it_was_typed(
    server: str, home: Path
) -> None:
    nowhere = "chat://127.0.0.1:1"
    async with sitting(server, home, further=[Goal(nowhere, "ann")], reopened=True, size=(120, 36)) as me:
        await me.until(lambda: len(me.app.row) == 2)
        _, last = me.app.row
        await me.until(lambda: last.state.link.status is LinkStatus.WAITING)
        await me.until(lambda: f"{last.title} ○" in listed(me))
        await me.press("alt+shift+right")
        await me.sees("Nobody listens at chat://127.0.0.1:1", "/disconnect leaves, Alt+Shift+Right shows the next")
        await me.until(lambda: me.screen.count("Nobody listens at") == 1, "it is said once")
        await me.enter("/split")
        await me.until(lambda: "this server is not reached yet" in me.answer)
        await me.press("alt+shift+right")
        await me.enter("/disconnect 127.0.0.1:1")
        await me.until(lambda: len(me.app.row) == 1)

        await me.enter(f"/connect {nowhere}")
        await me.until(lambda: len(me.app.row) == 2)
        await me.sees("Nobody listens at chat://127.0.0.1:1", "reconnecting")
        assert "It is tried again" not in me.screen, "it will be left in a moment"
        await me.until(lambda: len(me.app.row) == 1 and me.answer.startswith("Left 127.0.0.1:1: "))
        assert isinstance(me.app.screen, ChatScreen)
        me.chat.entering.run_line("/disconnect")  # keys count for nothing yet
        here = server.rpartition("://")[2]
        await me.until(lambda: me.answer == f"This is {here}: /disconnect again leaves it, too.")
        assert len(me.app.row) == 1


async def test_start_screen_goes_back_and_asks_before_what_is_not_sent_is_left(second: str, home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with at_both(process.address, second, home) as (me, first, last):
            await me.enter("/connect")
            await me.until(lambda: isinstance(me.app.screen, StartScreen))
            await me.sees("Esc goes back")
            await me.press("escape")
            await me.until(lambda: me.app.row.shown is last)

            process.kill()
            await me.press("alt+shift+left")
            assert me.app.row.shown is first
            await me.enter("left behind")
            await me.until(lambda: me.chat.quitting.unsent.messages == 1)
            await me.enter("/connect")
            await me.until(lambda: isinstance(me.app.screen, StartScreen))
            await me.press("ctrl+q")
            await me.sees("1 message is not sent yet")
            assert not me.app._exit
            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)
