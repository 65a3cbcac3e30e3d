"""The rows of the keymap about getting about, and about the window."""

from __future__ import annotations

from textual.geometry import Offset

from chat_core.client.state.model import LinkStatus
from chat_tui.screens.bare import BareScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.help import HelpScreen
from chat_tui.widgets.mouse import mouse_is_on
from tests.tui.support.keymap import friend, in_channel, name_of, row, typed
from tests.tui.support.visiting import Sitting, bodies, say, unique

# --- conversations


@row("conversations.next")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    assert me.here.target == "#announcements"


@row("conversations.previous")
async def _(me: Sitting, key: str) -> None:
    await me.press("ctrl+n", key)
    assert me.here.target == "#general"


@row("conversations.also")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    assert me.answer.startswith("No thread is open")
    await in_channel(me, "one")
    await me.press("ctrl+s", "t", key)
    await me.until(lambda: me.chat.composer.also, "it is for the channel, too")
    await me.press(key)
    assert not me.chat.composer.also


@row("conversations.slot.1")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me)
    for digit, target in (("1", "#general"), ("2", channel), ("3", "#announcements"), ("0", "#announcements")):
        await me.press(f"alt+{digit}")
        assert me.here.target == target


async def _news(me: Sitting, *names: str) -> list[str]:
    """Join channels, go to #general, and let somebody say something in them."""
    channels = [unique(f"#{name}") for name in names]
    for channel in channels:
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
    await me.press("alt+1")
    async with friend(me) as client:
        for channel in channels:
            await say(client, channel, "news", f"@{me.name} look")
    found = [me.state.by_target(channel) for channel in channels]
    await me.until(
        lambda: all(each and me.state.conversations[each.id].unread == 2 for each in found), "the news is here"
    )
    return channels


@row("conversations.next_unread")
async def _(me: Sitting, key: str) -> None:
    (channel,) = await _news(me, "a")
    await me.press(key)
    assert me.here.target == channel
    await me.press(key)
    assert me.here.target == "#general"


@row("conversations.unread_down")
async def _(me: Sitting, key: str) -> None:
    channels = await _news(me, "a", "b")
    await me.press(key)
    assert me.here.target == channels[0]


@row("conversations.unread_up")
async def _(me: Sitting, key: str) -> None:
    channels = await _news(me, "a", "b")
    await me.press(key)
    assert me.here.target == channels[1]


@row("conversations.back")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me)
    await me.press("alt+1", key)
    assert me.here.target == channel
    await me.press(key)
    assert me.here.target == "#general"


@row("conversations.forward")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me)
    await me.press("alt+left")
    assert me.here.target == "#general"
    await me.press(key)
    assert me.here.target == channel


@row("conversations.last")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me)
    await me.press(key)
    assert me.here.target == "#general"
    await me.press(key)
    assert me.here.target == channel


@row("conversations.switch")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me)
    await me.press("alt+1", key, *channel[1:], "enter", *"typed on")
    await me.is_at(channel)
    await me.until(lambda: me.written == "typed on")


@row("conversations.mark_all")
async def _(me: Sitting, key: str) -> None:
    await _news(me, "a", "b")
    await me.press(key)
    assert me.answer.startswith("4 unread messages in 2 conversations")
    await me.press(key)
    await me.until(lambda: not any(each.unread for each in me.state.conversations.values()))


# --- reading


async def long_channel(me: Sitting) -> None:
    """Be in a channel with more than a screenful, all of it read.

    It was said on another device of one's own: nobody's coming and going adds a line to it later.
    """
    channel = unique("#long")
    async with friend(me, me.name) as phone:
        await say(phone, channel, *(f"line {number}" for number in range(60)))
    await me.enter(f"/join {channel}")
    await me.is_at(channel)
    await me.until(lambda: not me.here.unread and bodies(me.here)[-1:] == ["line 59"], "all of it is here")
    await me.press("ctrl+end")
    await me.sees("line 59")


@row("reading.page_up")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    await me.press(key)
    assert "line 50" not in me.screen


@row("reading.page_down")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    await me.press("pageup", "pageup", key)
    assert "line 50" not in me.screen
    await me.press(key)
    await me.sees("line 50")


@row("reading.line_up")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    assert me.chat.timeline.following
    await me.press(key)
    view = me.chat.timeline.history
    assert view is not None and view.view.last_top - view.view.top == 1


@row("reading.line_down")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    await me.press("pageup")
    before = me.chat.timeline.scroll_offset.y
    await me.press(key)
    assert me.chat.timeline.scroll_offset.y == before + 1


@row("reading.first")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    await me.press(key)
    await me.sees("line 0")


@row("reading.last")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    await me.press("ctrl+home", key)
    await me.sees("line 50")


@row("reading.links")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "see https://a.example and https://b.example.", "no link")
    await me.press(key)
    await me.until(lambda: me.app.clipboard == "https://a.example")
    await me.sees("▌ https://a.example")
    await me.press(key)
    await me.until(lambda: me.app.clipboard == "https://b.example")


@row("reading.filters")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me, "one")
    async with friend(me) as client:
        await say(client, channel, "noise")
    await me.sees("noise")
    await me.enter("/filter noise")
    await me.until(lambda: "Hidden from now on" in me.answer)  # which speaks of the noise, too
    await me.sees("1 line hidden")
    await me.press("escape", key)
    await me.sees("noise", "1 line shown that filters hide")
    await me.press(key)
    await me.until(lambda: "noise" not in me.screen)


@row("reading.first_unread")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    target = me.here.target
    await me.press("alt+1")
    async with friend(me) as client:
        await say(client, target, *(f"new {number}" for number in range(40)))
    there = me.state.by_target(target)
    await me.until(lambda: there is not None and me.state.conversations[there.id].unread == 40)
    await me.press("alt+s", "ctrl+end")
    await me.sees("new 39")
    assert "new 0" not in me.screen
    await me.press(key)
    await me.sees("new 0", "40 new")


@row("reading.mention_up", "reading.mention_down")
async def _(me: Sitting, key: str) -> None:
    async with friend(me) as client:
        channel = await in_channel(me)  # the server calls only those who are there
        await say(client, channel, f"@{me.name} one", "nothing", f"@{me.name} two", "nothing more")
        await me.sees("nothing more")
    up = key == "alt+p"
    await me.press(*(["alt+p"] if up else ["alt+p", "alt+p"]), key)
    pointed = me.chat.timeline.pointed
    assert pointed is not None
    assert pointed.identity == me.here.timeline.blocks[0][0 if up else 2].seq


@row("reading.find")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple", "pear")
    await me.press(key, *"APP")
    await me.sees("find APP", "1 of 1")
    assert me.written == ""


@row("reading.select")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple")
    await me.press(key)
    assert me.chat.selecting
    await me.sees("r reply", "Esc back")


@row("reading.escape")
async def _(me: Sitting, key: str) -> None:
    await long_channel(me)
    await me.press("ctrl+home", key)
    await me.sees("line 50")
    await me.press("alt+1")
    async with friend(me) as client:
        there = me.chat.places.before(me.state) or 0
        await say(client, me.state.conversations[there].target, "newest")
    await me.until(lambda: me.state.conversations[there].unread == 1)
    await me.press("alt+s")
    await me.sees("1 new")
    await me.press(key)
    await me.until(lambda: "1 new" not in me.screen, "the mark is gone")


# --- window


@row("window.list")
async def _(me: Sitting, key: str) -> None:
    await me.sees("CHANNELS")
    await me.press(key)
    assert "CHANNELS" not in me.screen


@row("window.members")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    await me.until(lambda: me.chat.query_one("#members").region.offset != Offset(0, 0))


@row("window.settings")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    await me.sees("SETTINGS", "LOOK")
    await me.press("escape")


@row("window.next_part", "window.previous_part")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "one")
    where = []
    for _ in range(3):
        await me.press(key)
        where.append(me.chat.focused.id if me.chat.focused is not None else None)
    panes = ["select", "conversations", "composer"]
    assert where == (panes if key == "f6" else ["conversations", "select", "composer"])
    assert not me.chat.selecting


@row("lists.up", "lists.down", "lists.choose")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me)
    await me.press("shift+f6")
    for step in {"up": ("down", "up", "up", "enter"), "down": ("down", "enter"), "enter": ("up", "enter")}[key]:
        await me.press(step)
    await me.is_at({"up": "#general", "down": "#announcements", "enter": "#general"}[key])
    await me.press(*"on")
    await me.until(lambda: me.written == "on")


@row("lists.leave")
async def _(me: Sitting, key: str) -> None:
    await me.press("shift+f6", key, *"one")
    assert me.written == "one"
    await me.press("shift+f6", *" two")
    await me.until(lambda: me.written == "one two")


@row("window.bare")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "first", "and ||hidden|| text")
    await me.press(key)
    await me.until(lambda: isinstance(me.app.screen, BareScreen))
    await me.sees(f" {me.name}: first|\n", f" {me.name}: and ")
    assert "hidden" not in me.screen and "CHANNELS" not in me.screen and not mouse_is_on(me.app)
    await me.press(key)
    await me.until(lambda: mouse_is_on(me.app), "the mouse is back")
    await me.sees("CHANNELS")


@row("window.mouse")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    assert not mouse_is_on(me.app) and me.answer.endswith("it selects text. Alt+M ends it.")
    await me.press("alt+l", "escape")
    await me.sees("CHANNELS")
    assert not mouse_is_on(me.app)
    await me.press(key)
    assert mouse_is_on(me.app) and me.answer == "The mouse is the client's again."


@row("window.redraw")
async def _(me: Sitting, key: str) -> None:
    drawn = me.chat._compositor.full_map.keys()
    await me.press(key)
    await me.sees("#general", "F1 help")
    assert me.chat._compositor.full_map.keys() == drawn


@row("program.help")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    await me.until(lambda: isinstance(me.app.screen, HelpScreen))


@row("program.cancel")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "never mind", key) == ""


@row("program.suspend")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "kept", key) == "kept"  # a headless driver cannot; the tmux test does


@row("program.quit")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    await me.until(lambda: me.app._exit)


@row("conversations.next_server", "conversations.previous_server")
async def _(me: Sitting, key: str) -> None:
    me.app.open_server(Goal(name_of(me), unique("also")))
    await me.until(lambda: len(me.app.row) == 2 and me.state.link.status is LinkStatus.ONLINE)
    first, second = me.app.row
    assert me.app.row.shown is second
    for expected in (first, second):
        await me.press(key)
        assert me.app.row.shown is expected
