"""Selecting a message, finding words, and the switcher; in the whole application on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.switcher import Switcher
from tests.tui.support.frames import expect
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique


async def in_channel(me: Sitting, *lines: str) -> str:
    """Go to a channel of one's own, and say something there."""
    channel = unique("#s")
    await me.enter(f"/join {channel}")
    await me.is_at(channel)
    for line in lines:
        await me.enter(line)
    await me.until(lambda: bodies(me.here) == list(lines) and not me.here.unsent, "all is sent")
    return channel


def chosen(me: Sitting) -> str:
    """Return the text of what is selected."""
    subject = me.chat.selection.subject
    return subject.message.body if subject is not None else ""


async def click_on(me: Sitting, text: str) -> None:
    """Click a text on the screen."""
    y, row = next((y, row) for y, row in enumerate(me.screen.splitlines()) if text in row)
    await me.pilot.click(offset=(row.index(text) - 1, y))


async def test_footer_follows_what_is_selected(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = await in_channel(me, "mine")
        await say(friend, channel, "theirs")
        await me.sees("theirs")
        await me.press("ctrl+s")
        assert chosen(me) == "theirs"
        assert "e edit" not in me.screen
        await me.press("up")
        assert chosen(me) == "mine"
        await me.sees("e edit", "d delete", "Esc back")


async def test_what_is_done_by_keys_can_be_done_by_clicks(server: str, home: Path) -> None:
    async with sitting(server, home, size=(240, 30)) as me:
        await in_channel(me, "one", "two")
        await me.press("ctrl+s")
        await click_on(me, "one")
        await me.until(lambda: chosen(me) == "one", "a click selects")
        await click_on(me, "y copy")
        await me.until(lambda: me.app.clipboard == "one", "a click copies")
        await click_on(me, "Esc back")
        await me.until(lambda: not me.chat.selecting and me.chat.composer.has_focus)


async def test_selected_message_stays_selected_when_others_come(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = await in_channel(me, "one", "two")
        await me.press("ctrl+s", "k")
        await say(friend, channel, *(f"more {number}" for number in range(5)))
        await me.sees("more 4")
        assert chosen(me) == "one"


async def test_click_selects_while_one_goes_on_writing_and_what_is_typed_ends_that(server: str, home: Path) -> None:
    async with sitting(server, home, size=(240, 30)) as me:
        await in_channel(me, "one", "two")
        await click_on(me, "one")
        await me.until(lambda: chosen(me) == "one" and me.chat.selecting, "a click selects")
        assert me.chat.composer.has_focus
        await click_on(me, "copy")
        await me.until(lambda: me.app.clipboard == "one", "a click copies")
        await click_on(me, "one")
        await me.until(lambda: not me.chat.selecting, "the same click leaves it")

        await click_on(me, "two")
        await me.until(lambda: chosen(me) == "two")
        await me.press("d")
        assert me.written == "d", "no key does anything to what was clicked"
        await me.until(lambda: not me.chat.selecting)
        await me.press("ctrl+u")
        await click_on(me, "two")
        await me.until(lambda: chosen(me) == "two")
        await me.press("ctrl+s")
        assert me.chat.select_bar.has_focus, "with its key the keys do"


async def test_switcher_learns_of_channels_while_it_is_open(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#fresh")
        await say(friend, channel, "x")
        await me.press("ctrl+k", *channel[1:])
        await me.until(lambda: channel in me.screen, "it is offered as soon as it is known")
        await me.press("enter")
        await me.is_at(channel)


async def test_selection_ends_when_one_goes_elsewhere_or_clicks_into_the_composer(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = await in_channel(me, "one")
        await me.press("ctrl+s", "alt+1", *"hello")
        assert (me.chat.selecting, me.here.target, me.written) == (False, "#general", "hello")
        await me.press("ctrl+u", "alt+s", "ctrl+s")
        assert (me.chat.selecting, me.here.target) == (True, channel)
        await me.pilot.click("#composer")
        await me.until(lambda: not me.chat.selecting)


async def test_up_from_the_timeline_selects_what_is_in_view(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, *(f"line {number}" for number in range(60)))
        await me.press("pageup", "up")

        assert me.chat.selecting
        assert f" {chosen(me)}" in me.screen and chosen(me) != "line 59"


async def test_keys_behind_a_key_that_leads_elsewhere_go_there_when_they_come_in_a_burst(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one", "two")
        await me.press("ctrl+s", "k", "r", *"answer", "enter", "ctrl+f", *"two", "escape", *"end")
        await me.until(lambda: "answer" in bodies(me.here) and me.written == "end")


async def test_deleting_is_asked_about_for_each_message_by_itself(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one", "two")
        await me.press("ctrl+s", "d", "k", "d")
        assert bodies(me.here) == ["one", "two"]
        assert me.answer.startswith("Delete “one”")
        await me.press("d")
        await me.until(lambda: me.here.timeline.blocks[0][0].deleted)
        assert bodies(me.here) == ["", "two"]


async def test_copied_text_has_nothing_in_it_that_a_terminal_would_obey(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        me.chat.hands.copy("a\x1b]52;c;x\x07b\u202ec", "the text")

        assert me.app.clipboard == "a\u241b]52;c;xbc"


async def test_find_fetches_older_messages_until_there_is_a_match(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#deep")
        await say(friend, channel, "the needle", *(f"line {number}" for number in range(350)))
        await me.enter(f"/join {channel}")
        await me.sees("line 349")
        await me.press("ctrl+f", *"needle")
        await me.sees("not in what is here")
        await me.press("enter")
        await me.sees("the needle", "1 of 1")
        await me.press("ctrl+s", "y")
        await me.until(lambda: me.app.clipboard == "the needle")


async def test_find_begins_at_the_newest_and_narrows_down_as_one_types(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "apple pie", "apple juice", "pear")
        await me.press("ctrl+f", *"apple")
        await me.sees("1 of 2")
        await me.press("space", *"pie")
        await me.sees("1 of 1")
        pointed = me.chat.timeline.pointed
        assert pointed is not None and pointed.identity == me.here.timeline.first_seq
        await me.press("x")
        await me.sees("not in what is here")


async def test_find_takes_a_paste(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "apple")
        await me.press("ctrl+f")
        me.app.post_message(events.Paste("app\nle"))
        await me.sees("find app", "1 of 1")


async def test_switcher_puts_what_needs_one_first_and_goes_there(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        first, second = await in_channel(me), await in_channel(me)
        await me.press("alt+1")
        await say(friend, second, "news")
        await say(friend, first, f"@{me.name} come")
        await me.until(lambda: all((found := me.state.by_target(each)) and found.unread for each in (first, second)))
        await me.press("ctrl+k")
        screen = me.app.screen
        assert isinstance(screen, Switcher)
        assert [each.name for each in screen._list.choices][:2] == [first, second]
        await me.press("enter")
        await me.is_at(first)


async def test_switcher_joins_writes_to_people_and_runs_commands(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel, name = unique("#elsewhere"), friend.state.me.name if friend.state.me else ""
        await say(friend, channel, "hello")
        await say(friend, "#general", "here I am")
        await me.sees("here I am")
        await me.enter(f"/list {channel}")
        await me.sees(channel)
        await me.press("ctrl+k", *channel)
        await me.sees("join it")
        await me.press("enter")
        await me.is_at(channel)
        await me.press("ctrl+k", *">dm ", *name, "enter")
        await me.is_at(f"@{name}")
        await me.press("ctrl+k", *">me", "enter", *"waves", "enter")
        await me.until(lambda: bodies(me.here) == ["waves"])


async def test_switcher_leaves_what_is_written_alone(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("a draft")
        await me.press("ctrl+k", *"xyz")
        await me.sees("nothing is called so")
        await me.press("ctrl+c")
        await me.until(lambda: me.written == "a draft")


async def test_digit_in_the_switcher_picks_its_slot(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = await in_channel(me)
        await me.press("alt+1", "ctrl+k", "2", *"on")
        await me.until(lambda: me.here.target == channel and me.written == "on")


async def test_slot_command_goes_where_the_digit_says(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = await in_channel(me)
        await me.enter("/1")
        await me.is_at("#general")
        await me.enter(f"/go {channel[1:]}")
        await me.is_at(channel)
        await me.enter("/99")
        assert me.answer == "There is no conversation 99; there are 3."


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (40, 24), (160, 48)], ids=["80x24", "40x12", "40x24", "160x48"])
async def test_bars_are_as_drawn(server: str, home: Path, size: tuple[int, int]) -> None:
    async with sitting(server, home, size=size) as me:
        await in_channel(me, "see https://x.org/1", "two")
        await me.press("ctrl+s", "k")
        expect(me.app, f"select-{size[0]}x{size[1]}", me.chat.select_bar.region.y)
        await me.press("ctrl+f", *"see")
        expect(me.app, f"find-{size[0]}x{size[1]}", me.chat.find_bar.region.y)
        await me.press("escape", "up")
        await me.sees("Editing")
        shown = me.screen.splitlines()[me.chat.banner.region.y]
        assert "Esc cancels" in shown


async def test_click_reveals_what_is_hidden_and_nothing_shows_it_before(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "the end: ||he dies||")
        await me.sees("the end: ▒▒▒▒▒▒▒")
        assert "he dies" not in me.screen
        await click_on(me, "▒▒▒▒▒▒▒")
        await me.sees("the end: he dies")


async def test_long_code_is_seen_whole_and_scrolls(server: str, home: Path) -> None:
    code = "\n".join(f"line {number}" for number in range(60))
    async with sitting(server, home) as me:
        await in_channel(me)
        me.chat.bridge.post(me.here.id, f"```\n{code}\n```")
        await me.sees("line 11", "+48 lines, v to view")
        await me.press("ctrl+s", "v")
        await me.sees("line 20", "more lines, PgDn")
        await me.press("end")
        await me.sees("line 59", "Esc closes")
        await me.press("escape")
        await me.sees("+48 lines, v to view")
        assert me.chat.selecting


async def test_whose_name_resembles_one_s_own_has_a_mark_and_details_that_say_so(server: str, home: Path) -> None:
    name = unique("anna")
    fake = "\u0430" + name[1:]  # with a Cyrillic letter in front: nobody has registered either
    async with sitting(server, home, name=name) as me, other(server, fake) as friend:
        channel = await in_channel(me, "mine")
        await say(friend, channel, "send me the key")
        await me.sees("\u2248  send me the key")
        await me.press("ctrl+s", "i")
        await me.sees(f"{fake} is not @{name}, which is you")


async def test_switcher_goes_away_with_a_click_beside_it_and_stays_with_one_on_its_head(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me:
        await me.press("ctrl+k")
        await me.until(lambda: isinstance(me.app.screen, Switcher), "it opens")
        await me.pilot.click("SwitcherRows", offset=(3, 1))
        assert isinstance(me.app.screen, Switcher)

        await me.pilot.click(offset=(2, 20))

        await me.until(lambda: isinstance(me.app.screen, ChatScreen), "it closes")
