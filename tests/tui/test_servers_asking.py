"""What one server asks while another one is on the screen: whether it is the right one, and how one gets in."""

from __future__ import annotations

from pathlib import Path

from chat_core.client import Invitation
from chat_core.client.state.model import LinkStatus
from chat_tui.bridge import Way
from chat_tui.screens.goal import Goal
from chat_tui.screens.signing_in import SignInScreen
from chat_tui.screens.trust import TrustScreen
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_question_of_one_server_waits_until_it_is_gone_to(secured: Invitation, server: str, home: Path) -> None:
    further = [Goal(str(secured.address), unique("me"))]
    async with sitting(server, home, size=(120, 36), further=further) as me:
        first, last = me.app.row
        await me.until(lambda: isinstance(last.screen, TrustScreen))
        await me.sees("⚠")
        await me.enter("/server")
        await me.sees("2 servers are open", "asks whether it is the right one")
        text = unique("undisturbed ")
        await me.enter(text)
        await me.until(lambda: text in bodies(me.here) and not me.here.unsent)

        await me.press("alt+shift+right")
        assert isinstance(me.app.screen, TrustScreen)
        await me.press("alt+shift+right")
        assert me.app.row.shown is first
        await me.enter("/server 2")
        assert isinstance(me.app.screen, TrustScreen)
        await me.press("y")
        await me.is_at("#general")
        assert me.app.row.shown is last
        await me.enter("/disconnect")
        await me.until(lambda: me.app.row.shown is first)
        assert len(me.app.row) == 1 and "⚠" not in me.screen


async def test_answer_is_for_the_server_that_asked_when_another_one_is_on_the_screen(
    secured: Invitation, server: str, home: Path
) -> None:
    async with sitting(server, home, further=[Goal(str(secured.address), unique("me"))]) as me:
        first, last = me.app.row
        await me.until(lambda: isinstance(last.screen, TrustScreen))
        await me.press("alt+shift+right", "alt+shift+right")  # it was seen, and left unanswered
        asking, mine = last.screen, first.choice
        assert isinstance(asking, TrustScreen)
        asking.action_decide(trusted=True)
        await me.until(lambda: last.state.link.status is LinkStatus.ONLINE)

        me.app._door.ask(last, "", None)
        form, guest = last.screen, unique("guest")
        await me.press("alt+shift+right", "alt+shift+right")
        assert isinstance(form, SignInScreen)
        form.post_message(form.Wanted(form, guest, Way("guest")))
        await me.until(lambda: last.choice.name == guest)
        assert me.app.row.shown is first and first.choice == mine and first.state.link.status is LinkStatus.ONLINE

        me.app._door.ask(last, "", None)
        form = last.screen
        await me.press("alt+shift+right", "alt+shift+right")
        assert isinstance(form, SignInScreen)
        form.action_go_back()
        await me.until(lambda: list(me.app.row) == [first])
        assert me.app.row.shown is first


async def test_next_that_needs_me_stops_at_a_server_that_asks_and_goes_on_from_there(
    secured: Invitation, server: str, home: Path
) -> None:
    further = [Goal(str(secured.address), unique("me"))]
    async with sitting(server, home, size=(120, 36), further=further) as me, other(server) as bob:
        first, last = me.app.row
        await me.until(lambda: isinstance(last.screen, TrustScreen))
        channel = await in_channel(me)
        await me.press("alt+1")
        await say(bob, channel, f"@{me.name} look", "and more")
        await me.until(lambda: any(each.mentions for each in me.state.conversations.values()))
        await me.until(lambda: me.app.window_title.startswith("(2) #general - "), "one is named, and one asks")

        await me.press("alt+a")
        assert me.here.target == channel, "mentions come first"
        await me.until(lambda: not me.here.unread)
        await me.press("alt+a")
        assert isinstance(me.app.screen, TrustScreen)
        assert me.app.row.shown is last
        await me.press("alt+a")
        assert me.app.row.shown is first, "back to where it began"
        assert me.here.target == "#general"
        await me.press("alt+a")
        assert isinstance(me.app.screen, TrustScreen), "it still asks"
        await me.press("n")
        await me.until(lambda: list(me.app.row) == [first])
        await me.press("alt+a")
        await me.until(lambda: me.answer == "Nothing is new elsewhere.")
