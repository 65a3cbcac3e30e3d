"""Lists, tabs and bars around the timeline: clicks, wheel, and what they say while time passes."""

from __future__ import annotations

import pytest
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from chat_core.client.state.model import LinkState, LinkStatus, MemberList, Typist
from chat_core.protocol.values import Member
from chat_tui.messages import ConversationChosen, MemberChosen
from chat_tui.widgets.conversation_list import ConversationList
from chat_tui.widgets.header import Header
from chat_tui.widgets.member_list import MemberList as MemberPane
from chat_tui.widgets.status import StatusLine
from chat_tui.widgets.tabs import Tabs
from tests.tui.support.frames import pane, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import client, conversation, drawing


def line_of(widget: Widget, text: str) -> int:
    return next(y for y, line in enumerate(pane(widget)) if text in line)


def wheel(widget: Widget, kind: type[events.MouseEvent]) -> None:
    widget.post_message(kind(widget, 5, 5, 0, 0, 0, False, False, False))


async def test_conversation_is_chosen_when_its_row_is_clicked() -> None:
    app = Harness(drawing())
    async with app.run_test(size=(168, 36)) as pilot:
        listed = app.query_one(ConversationList)
        for text in ("#ops", "CHANNELS", "acme", "bob"):
            await pilot.click(listed, offset=(5, line_of(listed, text)))
        await pilot.click(listed, offset=(5, 30))
        await pilot.pause()

        assert [message.conversation for message in app.said if isinstance(message, ConversationChosen)] == [3, 7]


async def test_conversation_is_chosen_when_its_tab_is_clicked() -> None:
    app = Harness(drawing())
    async with app.run_test(size=(80, 24)) as pilot:
        (line,) = pane(app.query_one(Tabs))
        for text in ("@ann", "2", "@bob"):
            await pilot.click("#tabs", offset=(line.index(text), 0))
        await pilot.click("#tabs", offset=(70, 0))
        await pilot.pause()

        assert [message.conversation for message in app.said if isinstance(message, ConversationChosen)] == [6, 6, 7]


async def test_member_is_chosen_when_clicked() -> None:
    app = Harness(drawing())
    async with app.run_test(size=(168, 36)) as pilot:
        members = app.query_one(MemberPane)
        for text in ("joe", "MEMBERS", "more"):
            await pilot.click(members, offset=(5, line_of(members, text)))
        await pilot.pause()

        chosen = [message for message in app.said if isinstance(message, MemberChosen)]
        assert [(message.account, message.name) for message in chosen] == [(6, "joe")]


async def test_clicks_take_no_focus_from_the_composer() -> None:
    app = Harness(drawing())
    async with app.run_test(size=(168, 36)):
        for kind in (ConversationList, Tabs, Header, StatusLine, MemberPane):
            widget = app.query_one(kind)
            assert not (widget.can_focus and widget.focus_on_click())
        assert not app.timeline.can_focus


async def test_long_list_scrolls_with_the_wheel_and_to_what_is_opened() -> None:
    app = Harness(client(*(conversation(n, f"room{n}", unread=n == 40) for n in range(1, 41))))
    async with app.run_test(size=(120, 20)) as pilot:
        listed = app.query_one(ConversationList)
        assert "room1" in pane(listed)[3] and pane(listed)[-1] == "  ↓ 1 more unread"

        wheel(listed, events.MouseScrollDown)
        await until(pilot, lambda: "room3" in pane(listed)[2], "scrolling")
        assert pane(listed)[1] == "  ↑ 2 more"
        wheel(listed, events.MouseScrollUp)
        await until(pilot, lambda: "room1" in pane(listed)[3], "scrolling back")

        app.show(shown=40)
        await until(pilot, lambda: any("▌" in line and "room40" in line for line in pane(listed)), "room40")
        # What is open stays in sight only when it is opened: after that the wheel may leave it.
        for _ in range(20):
            wheel(listed, events.MouseScrollUp)
        await until(pilot, lambda: "room1" in pane(listed)[3], "the beginning")


async def test_long_list_of_members_scrolls_and_begins_anew_in_another_conversation() -> None:
    people = tuple(Member(account=n, name=f"m{n:02}", online=True) for n in range(1, 61))
    here = MemberList(members=people, total=60, online=60, stale=False)
    app = Harness(client(conversation(1, "a", members=here), conversation(2, "b", members=here)))
    async with app.run_test(size=(168, 20)) as pilot:
        members = app.query_one(MemberPane)
        assert pane(members)[2] == " ● m01" and pane(members)[-1] == "   43 more"

        for _ in range(40):
            wheel(members, events.MouseScrollDown)
        await until(pilot, lambda: pane(members)[-1] == " ● m60", "the last one")

        app.show(shown=2)
        await until(pilot, lambda: pane(members)[2] == " ● m01", "the first one")


async def test_status_counts_the_seconds_to_the_next_try() -> None:
    app = Harness(client(conversation(), link=LinkState(status=LinkStatus.WAITING, retry_at=1_005.0, attempt=1)))
    async with app.run_test(size=(80, 24)) as pilot:
        status = app.query_one(StatusLine)
        assert "reconnecting in 5 s" in pane(status)[0]

        app.clock.seconds = 1_003.0
        await until(
            pilot, lambda: "reconnecting in 2 s" in app.screen._compositor.render_strips(app.size)[-2].text, "2 s"
        )

        app.take(client(conversation()))
        await until(pilot, lambda: "● 8 ms" in pane(status)[0], "being online")
        assert status._ticks is None


async def test_typing_fades_when_nobody_says_so() -> None:
    app = Harness(client(conversation(typing=(Typist(account=3, name="peter", until=1_006.0),))))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "peter is typing…" in pane(app.query_one(StatusLine))[0]

        app.clock.seconds = 1_007.0
        await until(pilot, lambda: "peter" not in app.screen._compositor.render_strips(app.size)[-2].text, "fading")


@pytest.mark.parametrize(("hidden", "expected"), [("-list-hidden", "2:#dev 5"), ("", "● 8 ms")])
async def test_status_tells_what_waits_when_the_list_is_hidden(hidden: str, expected: str) -> None:
    app = Harness(drawing())
    async with app.run_test(size=(120, 24)) as pilot:
        app.screen.set_class(bool(hidden), hidden or "-none")
        app.query_one(StatusLine).show(app.state, 1)
        await pilot.pause()

        assert expected in pane(app.query_one(StatusLine))[0]


async def test_bar_is_repainted_only_when_its_line_is_another_one() -> None:
    app = Harness(drawing())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        header = app.query_one(Header)
        painted: list[int] = []
        original = header.render_line

        def painting(y: int) -> Strip:
            painted.append(y)
            return original(y)

        header.render_line = painting  # type: ignore[method-assign]

        header.show(app.current())
        await pilot.pause()
        assert not painted

        header.show(conversation(1, "general", topic="another one"))
        await until(pilot, lambda: painted, "painting")


async def test_channel_keeps_its_tab_while_a_direct_conversation_is_open() -> None:
    app = Harness(drawing())
    async with app.run_test(size=(80, 24)) as pilot:
        app.show(shown=6)
        await pilot.pause()

        assert pane(app.query_one(Tabs)) == [" #general 1 │ @ann │ @bob │"]
        app.query_one(Tabs).show(app.state, 6, ids=(3, 6))
        await pilot.pause()
        assert pane(app.query_one(Tabs)) == [" #ops 1 │ @ann │"]


async def test_cursor_of_a_list_stays_in_view_and_the_wheel_leads_elsewhere() -> None:
    rooms = [conversation(number, f"room{number}") for number in range(1, 30)]
    app = Harness(client(*rooms))
    async with app.run_test(size=(120, 20)) as pilot:
        listed = app.query_one(ConversationList)
        listed.focus()
        await pilot.press(*["down"] * 24)
        await until(pilot, lambda: any("room25" in row for row in pane(listed)), "the cursor in view")
        listed.scrolled(-30)
        assert "room1" in pane(listed)[3]
        await pilot.press("enter")
        assert [each.conversation for each in app.said if isinstance(each, ConversationChosen)] == [25]
