"""The whole application on a real server: going from one conversation to another, and through what was said."""

from __future__ import annotations

from pathlib import Path

from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_keys_go_through_the_conversations(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        first, second = unique("#a"), unique("#b")
        for channel in (first, second):
            await me.enter(f"/join {channel}")
            await me.is_at(channel)
        order = ["#general", first, second, "#announcements"]
        for key, target in (
            ("ctrl+n", order[3]),
            ("alt+down", order[0]),
            ("alt+up", order[3]),
            ("ctrl+p", order[2]),
            ("alt+1", order[0]),
            ("alt+2", order[1]),
            ("alt+9", order[1]),
        ):
            await me.press(key)
            assert me.here.target == target, key


async def test_alt_a_goes_where_something_is_new_and_back(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#news")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.press("alt+1")
        await say(friend, channel, "one", "two")
        await say(friend, f"@{me.name}", "psst")
        assert friend.state.me is not None
        direct = f"@{friend.state.me.name}"
        await me.until(lambda: (found := me.state.by_target(direct)) is not None and found.unread == 1)
        await me.until(lambda: (found := me.state.by_target(channel)) is not None and found.unread == 2)

        went = []
        for _ in range(3):
            await me.press("alt+a")
            went.append(me.here.target)

        assert went == [direct, channel, "#general"]
        await me.until(lambda: not any(each.unread for each in me.state.conversations.values()), "all is read")


async def test_alt_a_goes_to_a_direct_conversation_whose_tab_is_there_before_its_first_message(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        direct = f"@{friend.state.me.name}"
        await me.press("alt+a")
        assert me.answer == "Nothing is new elsewhere."
        number = await friend.open_direct(me.name)
        await me.sees(direct)

        await me.press("alt+a")
        assert me.here.target == direct
        await friend.sent(friend.post(number, "psst"))
        await me.sees("psst")


async def test_page_keys_scroll_and_escape_returns(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#long")
        await say(friend, channel, *(f"line {number}" for number in range(150)))
        await me.enter(f"/join {channel}")
        await me.sees("line 149")

        await me.press("pageup")
        assert "line 140" not in me.screen
        await me.press("pagedown")
        await me.sees("line 140", "line 149")
        await me.press("ctrl+home")
        await me.until(lambda: me.here.timeline.at_start or "line 5" in me.screen, "older ones come")
        await me.press("ctrl+end")
        await me.sees("line 140", "line 149")
        await me.press("pageup", "escape")
        await me.sees("line 140", "line 149")
        await me.press("pageup", "end")
        await me.sees("line 140", "line 149")


async def test_older_messages_come_while_scrolling_up(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#deep")
        await say(friend, channel, *(f"line {number}" for number in range(230)))
        await me.enter(f"/join {channel}")
        await me.sees("line 229")

        for _ in range(1000):  # a page is on its way for as long as some keys take
            if "very beginning" in me.screen:
                break
            await me.press("pageup")
        await me.sees("very beginning")
        assert me.here.timeline.at_start
        assert bodies(me.here) == [f"line {number}" for number in range(230)]


async def test_click_on_a_member_opens_a_direct_conversation(server: str, home: Path) -> None:
    async with sitting(server, home, size=(170, 30)) as me, other(server) as friend:
        assert friend.state.me is not None
        channel = unique("#party")
        await say(friend, channel, "x")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        name = friend.state.me.name
        await me.until(lambda: any(name in line[150:] for line in me.screen.splitlines()), "the member is listed")
        row = next(at for at, line in enumerate(me.screen.splitlines()) if name in line[150:])
        await me.pilot.click("#members", offset=(5, row))

        await me.is_at(f"@{name}")


async def test_click_on_a_conversation_opens_it(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        row = next(at for at, line in enumerate(me.screen.splitlines()) if "#announcements" in line)
        await me.pilot.click("#conversations", offset=(6, row))

        await me.is_at("#announcements")
        assert me.chat.composer.has_focus
