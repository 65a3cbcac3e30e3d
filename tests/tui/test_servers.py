"""Several servers in one client: each with its own list, state, drafts and outbox, and none in the way of another."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from chat_core.base.clock import SystemClock
from chat_core.client.state.model import LinkStatus
from chat_tui.alerting import Alerter
from tests.support.processes import ServerProcess
from tests.tui.support.at_both import at_both, listed
from tests.tui.support.visiting import Sitting, bodies, other, say, unique


def lines_in_view(me: Sitting) -> list[str]:
    """Return what is in view of messages that say which one they are, from top to bottom."""
    return re.findall(r"line \d+", me.screen)


async def test_line_goes_to_the_server_on_the_screen_and_the_other_shows_what_is_new(
    server: str, second: str, home: Path
) -> None:
    async with at_both(server, second, home) as (me, first, last), other(server) as bob:
        here, there = unique("here "), unique("there ")
        await me.enter(here)
        await me.until(lambda: here in bodies(me.here) and not me.here.unsent)
        await say(bob, "#general", f"@{me.name} look")
        await me.until(lambda: {f"{first.title} 1", "#general 1"} <= set(listed(me)), "the section shows what waits")
        assert me.app.row.shown is last

        await me.press("f6", "f6", *["down"] * 3, "enter")
        await me.until(lambda: me.app.row.shown is first)
        await me.enter(there)
        await me.until(lambda: there in bodies(me.here) and not me.here.unsent)
        assert here not in bodies(me.here)
        general = last.state.by_target("#general")
        assert general is not None and there not in bodies(general)
        await me.until(lambda: last.title in listed(me), "nothing is new there")


async def test_row_of_another_server_leads_there_when_it_is_clicked(server: str, second: str, home: Path) -> None:
    async with at_both(server, second, home) as (me, first, _), other(server) as bob:
        channel = unique("#click")
        assert first.chat is not None
        first.chat.errands.join(channel)
        await me.until(lambda: first.state.by_target(channel))
        first.chat.going.open_soon(first.state.conversations[min(first.state.conversations)].id)
        await say(bob, channel, "hello")
        await me.sees(f"   {channel}")
        row = next(y for y, line in enumerate(me.screen.splitlines()) if f"   {channel}" in line)
        await me.pilot.click("#conversations", offset=(6, row))
        await me.until(lambda: me.app.row.shown is first)
        await me.is_at(channel)


async def test_what_is_typed_right_behind_the_key_is_for_the_other_server(server: str, second: str, home: Path) -> None:
    async with at_both(server, second, home) as (me, first, last):
        text = unique("burst ")
        await me.press("x", "alt+shift+right", *text, "enter", "alt+shift+left")
        assert me.written == "x"
        await me.press("backspace")
        general = first.state.by_target("#general")
        assert general is not None
        await me.until(lambda: text in bodies(first.state.conversations[general.id]))
        assert me.app.row.shown is last
        assert text not in bodies(me.here)

        behind = unique("behind a command ")
        await me.press(*"/server 1", "enter", *behind, "enter")
        await me.until(lambda: behind in bodies(first.state.conversations[general.id]))
        assert me.app.row.shown is first
        assert behind not in bodies(last.state.by_target("#general"))  # type: ignore[arg-type]


async def test_what_is_typed_behind_a_join_stays_on_its_server_wherever_one_goes_meanwhile(
    server: str, second: str, home: Path
) -> None:
    async with at_both(server, second, home) as (me, first, last):
        channel, text = unique("#slow"), unique("for the slow one ")
        await me.press(*f"/join {channel}", "enter", *text, "enter", "alt+shift+right")
        assert me.app.row.shown is first

        def said() -> bool:
            there = last.state.by_target(channel)
            return there is not None and bodies(there) == [text]

        await me.until(said, "it is in the channel that was joined")
        general = first.state.by_target("#general")
        assert general is not None
        assert text not in bodies(general)


async def test_next_that_needs_me_crosses_servers_and_comes_back(server: str, second: str, home: Path) -> None:
    async with at_both(server, second, home) as (me, first, last), other(server) as bob, other(second) as ann:
        channel = unique("#walk")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.press("alt+1")
        await say(bob, f"@{me.name}", "psst")
        await say(ann, channel, "news")
        await me.until(lambda: any(each.needs for each in me.chat.neighbours.others))
        await me.until(lambda: any(each.unread for each in me.state.conversations.values()))

        seen = []
        for _ in range(3):
            await me.press("alt+a")
            seen.append((me.app.row.shown, me.here.target))
        assert bob.state.me is not None
        assert seen == [(first, f"@{bob.state.me.name}"), (last, channel), (last, "#general")]


async def test_switch_keeps_what_is_written_where_one_reads_and_what_is_new(
    server: str, second: str, home: Path
) -> None:
    channel = unique("#long")
    async with at_both(server, second, home) as (me, _, last), other(second) as ann:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await say(ann, channel, *(f"line {number}" for number in range(80)))
        await me.until(lambda: me.here.timeline.count == 80)
        await me.write("half a sent")
        await me.press("pageup", "pageup")
        before = lines_in_view(me)
        assert before and "line 79" not in before[:-6]

        await me.press("alt+shift+right")
        assert me.app.row.shown is not last
        await say(ann, channel, "said meanwhile")
        await me.until(lambda: "said meanwhile" in bodies(last.state.by_target(channel)))  # type: ignore[arg-type]
        assert last.state.by_target(channel).unread == 1  # type: ignore[union-attr]
        await me.pilot.resize_terminal(100, 30)
        await me.pilot.resize_terminal(120, 36)
        await me.press("alt+shift+left")

        await me.sees("said meanwhile")
        assert me.written == "half a sent"
        assert not me.chat.timeline.following
        assert lines_in_view(me)[:8] == before[:8]


async def test_killed_or_frozen_server_is_in_nobodys_way(second: str, home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with at_both(process.address, second, home) as (me, first, last):
            process.process.send_signal(signal.SIGSTOP)
            assert first.chat is not None
            await me.press("alt+shift+left", *"frozen", "enter", "alt+shift+left")
            await me.until(lambda: first.chat.quitting.unsent.messages == 1)  # type: ignore[union-attr]
            text = unique("beside a frozen one ")
            await me.enter(text)
            await me.until(lambda: text in bodies(me.here) and not me.here.unsent)
            process.process.send_signal(signal.SIGCONT)
            await me.until(lambda: not first.chat.quitting.unsent.messages)  # type: ignore[union-attr]

            process.kill()
            await me.until(lambda: first.state.link.status is LinkStatus.WAITING)
            await me.until(lambda: f"{first.title} ○" in listed(me))
            text = unique("beside a dead one ")
            await me.enter(text)
            await me.until(lambda: text in bodies(me.here) and not me.here.unsent)

            await me.press("alt+shift+left", *"waits", "enter", "alt+shift+left")
            await me.until(lambda: first.chat.quitting.unsent.messages)  # type: ignore[union-attr]
            await me.press("ctrl+q")
            await me.until(
                lambda: me.answer == "1 message is not sent yet and waits for your return. Ctrl+Q again quits."
            )
            assert me.app.row.shown is last
            process.start()
            await me.until(lambda: not first.chat.quitting.unsent.messages)  # type: ignore[union-attr]
            assert not me.app._exit


async def test_switcher_finds_what_is_on_other_servers(server: str, second: str, home: Path) -> None:
    async with at_both(server, second, home) as (me, first, _):
        channel = unique("#elsewhere")
        assert first.chat is not None
        first.chat.errands.join(channel)
        await me.until(lambda: first.state.by_target(channel))
        await me.press("ctrl+k", *"elsewh")
        await me.sees(f"{channel}  {first.title}")
        await me.press("enter")
        await me.until(lambda: me.app.row.shown is first)
        await me.is_at(channel)


async def test_narrow_window_says_where_one_is_and_what_waits_elsewhere(server: str, second: str, home: Path) -> None:
    async with at_both(server, second, home, (80, 24)) as (me, first, last), other(server) as bob:
        await say(bob, f"@{me.name}", "psst")
        await me.sees(f" {last.title} ", f"{first.title} 1")


async def test_page_and_alerts_say_which_server_they_are_about(server: str, second: str, home: Path) -> None:
    file = home / "page.html"
    async with at_both(server, second, home) as (me, first, last), other(server) as bob, other(second) as ann:
        written: list[str] = []
        await me.enter(f"/html {file}")
        await me.until(file.exists)
        me.app.alerter = Alerter({"TERM": "foot"}, written.append, SystemClock())
        me.app.alerter.focus(has=False)
        here, there = unique("here "), unique("there ")
        await say(ann, "#general", here)
        await say(bob, "#general", f"@{me.name} {there}")
        await me.until(lambda: written)
        assert f" in #general · {first.title};@{me.name} {there}" in written[0]
        await me.until(lambda: here in file.read_text())
        assert there not in file.read_text()

        await me.press("alt+shift+right")
        await me.until(lambda: there in file.read_text())
        assert f"At {first.title} as {me.name}." in file.read_text()
        assert here not in file.read_text() and last is not me.app.row.shown
