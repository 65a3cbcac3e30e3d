"""The rows of the keymap for a selected message, for finding and for the switcher."""

from __future__ import annotations

from chat_core.protocol.reactions import Reaction
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.emoji import EmojiScreen
from chat_tui.screens.found import FoundScreen
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.picking import PickingScreen
from chat_tui.screens.switcher import Switcher
from tests.tui.support.keymap import friend, in_channel, row
from tests.tui.support.visiting import Sitting, bodies, say

# --- selecting


async def selected(me: Sitting, *keys: str, lines: tuple[str, ...] = ("one", "two", "three")) -> str:
    """Select the last of some messages, and press keys; return the text of what is selected then."""
    if me.here.target == "#general":
        await in_channel(me, *lines)
    await me.press("ctrl+s", *keys)
    subject = me.chat.selection.subject if isinstance(me.app.screen, ChatScreen) else None
    return subject.message.body if subject is not None else ""


@row("selecting.up")
async def _(me: Sitting, key: str) -> None:
    assert await selected(me, key) == "two"


@row("selecting.down")
async def _(me: Sitting, key: str) -> None:
    assert await selected(me, "up", "up", key) == "two"
    await me.press(key, key)
    assert not me.chat.selecting and me.chat.composer.has_focus


@row("selecting.first", "selecting.page_up")
async def _(me: Sitting, key: str) -> None:
    assert await selected(me, key) == "one"


@row("selecting.last", "selecting.page_down")
async def _(me: Sitting, key: str) -> None:
    assert await selected(me, "up", "up", key) == "three"


@row("selecting.reply")
async def _(me: Sitting, key: str) -> None:
    assert await selected(me, "up", key) == ""
    await me.press(*"yes", "enter")
    await me.until(lambda: bodies(me.here)[-1] == "yes")
    last = me.here.timeline.newest(1)[0]
    assert last.reply_to == me.here.timeline.blocks[0][1].seq
    await me.sees(f"↳ {me.name}  two")


@row("selecting.privately")
async def _(me: Sitting, key: str) -> None:
    async with friend(me) as client:
        channel = await in_channel(me)
        await say(client, channel, "a question\nof two lines")
        await me.sees("a question")
        await me.press("ctrl+s", key)
        await me.until(lambda: me.here.info.kind == "direct")
        await me.until(lambda: me.written == "> a question\n> of two lines\n")
        await me.press(*"yes", "enter")
        await me.until(lambda: bodies(me.here) == ["> a question\n> of two lines\nyes"])


@row("selecting.thread")
async def _(me: Sitting, key: str) -> None:
    assert await selected(me, "up", key) == ""
    await me.sees("Into the thread of")
    assert me.chat.composer.thread == me.here.timeline.blocks[0][1].seq


@row("selecting.answered")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", "up", "r")
    await me.press(*"yes", "enter")
    await me.until(lambda: bodies(me.here)[-1] == "yes" and not me.here.unsent)
    await me.press("ctrl+s", key)
    subject = me.chat.selection.subject
    assert subject is not None and subject.message.body == "one"


@row("selecting.quote")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    assert me.written == "> two\n"


@row("selecting.edit")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    await me.press("!", "enter")
    await me.until(lambda: bodies(me.here) == ["one", "two!", "three"])


@row("selecting.delete")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    assert me.answer.startswith("Delete “two”")
    await me.press(key)
    await me.until(lambda: me.here.timeline.blocks[0][1].deleted)


@row("selecting.react")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    await me.until(lambda: isinstance(me.app.screen, EmojiScreen))
    await me.press(*"tada", "enter")
    await me.sees(" 🎉 1")
    assert me.here.timeline.blocks[0][1].reactions == (Reaction(emoji="🎉", mine=True),)


@row("selecting.thumb")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    await me.sees(" 👍 1")
    await me.press(key)
    await me.until(lambda: not me.here.timeline.blocks[0][1].reactions)


@row("selecting.join_in")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", "+")
    await me.sees(" 👍 1")
    await me.press(key)
    await me.until(lambda: not me.here.timeline.blocks[0][1].reactions)


@row("selecting.pin")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    await me.sees("two (pinned)")
    await me.press(key)
    await me.until(lambda: not me.here.timeline.blocks[0][1].pinned)


@row("selecting.bookmark")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    await me.until(lambda: me.answer.startswith("Bookmarked"))
    await me.sees("two (bookmarked)")
    await me.press(key)
    await me.until(lambda: me.answer == "The bookmark is gone.")
    await me.until(lambda: "(bookmarked)" not in me.screen)


@row("selecting.retry", "selecting.discard")
async def _(me: Sitting, key: str) -> None:
    await me.press("ctrl+n")  # nobody but the server's own people writes in the announcements
    await me.enter("let me in")
    await me.until(lambda: me.here.unsent and me.here.unsent[0].status == "failed", "it is refused")
    first = me.here.unsent[0]
    await me.press("ctrl+s", key)
    if key == "x":
        await me.until(lambda: not me.here.unsent)
    else:
        await me.until(lambda: me.here.unsent and me.here.unsent[0] is not first, "it was sent again")


@row("selecting.copy")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", key)
    assert (me.app.clipboard, me.answer) == ("two", "Copied: the text")


@row("selecting.unread")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me)
    async with friend(me) as client:
        await say(client, me.here.target, "one", "two", "three")
    await me.until(lambda: me.here.timeline.count >= 3 and not me.here.unread)
    await me.press("ctrl+s", "up", key)
    await me.until(lambda: me.here.unread == 2)
    await me.press("escape", "escape", "escape")
    await me.until(lambda: not me.here.unread)


@row("selecting.link")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key, lines=("see https://x.org/1 and https://x.org/2",))
    assert me.app.clipboard == "https://x.org/1"
    await me.press(key)
    assert me.app.clipboard == "https://x.org/2"


@row("selecting.open")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key, lines=("see https://x.org/1",))
    assert me.app.clipboard == "https://x.org/1"
    assert me.answer == "Copied: https://x.org/1 (here no browser can be shown)"


@row("selecting.view")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key, lines=("one ||two|| three",))
    await me.sees("one two three", "Esc closes")
    await me.press("y")
    assert me.app.clipboard == "one ||two|| three"
    await me.press(key)
    await me.sees("one ▒▒▒ three")


@row("selecting.raw")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key, lines=("one **two**",))
    await me.sees("one **two**", "as it was sent", "Numbers")
    await me.press(key)
    await me.until(lambda: me.chat.selecting)


@row("selecting.mark", "selecting.marks")
async def _(me: Sitting, key: str) -> None:
    await selected(me, "up", "m")
    await me.until(lambda: me.answer.startswith("Mark a is at"))
    assert key in ("m", "apostrophe")
    await me.press("apostrophe")
    await me.sees("mark ▏", "Del drops it")
    assert isinstance(me.app.screen, PickingScreen)


@row("selecting.reveal")
async def _(me: Sitting, key: str) -> None:
    await selected(me, lines=("one ||two|| three",))
    await me.sees("one ▒▒▒ three")
    await me.press(key)
    await me.sees("one two three")
    await me.press(key)
    await me.sees("one ▒▒▒ three")


@row("selecting.details")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key)
    await me.sees("About this message", f"{me.here.target}:", "5 characters")


@row("selecting.find")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key)
    assert me.chat.finding and not me.chat.selecting


@row("selecting.help")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key)
    await me.until(lambda: isinstance(me.app.screen, HelpScreen))
    await me.sees("SELECTING", "put its text, quoted")


@row("selecting.leave")
async def _(me: Sitting, key: str) -> None:
    await selected(me, key)
    assert not me.chat.selecting
    await me.write("on")
    assert me.written == "on"


# --- finding


@row("finding.older")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple 1", "pear", "apple 2")
    await me.press("ctrl+f", *"apple", key)
    await me.sees("2 of 2")
    await me.press(key)
    await me.sees("no older one: this is the beginning")


@row("finding.newer")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple 1", "pear", "apple 2")
    await me.press("ctrl+f", *"apple", "enter", key)
    await me.sees("1 of 2")


@row("finding.server")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple")

    def found() -> bool:
        return isinstance(me.app.screen, FoundScreen)

    while not found():  # what was said just now may not be in the index yet
        await me.press("ctrl+f", "ctrl+u", *"apple", key)
        await me.until(lambda: found() or me.answer.startswith("Nothing was found"), "what the server found")
    await me.sees("apple")


@row("finding.select")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple", "pear")
    await me.press("ctrl+f", *"apple", key)
    await me.until(lambda: me.chat.selection.subject is not None and me.chat.selection.subject.message.body == "apple")
    assert me.chat.selecting and not me.chat.finding


@row("finding.close")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "apple")
    await me.press("ctrl+f", *"apple", key, *"on")
    await me.until(lambda: me.written == "on")


# --- switching


async def _switching(me: Sitting, *keys: str) -> Switcher:
    await in_channel(me)
    await me.press("ctrl+k", *keys)
    assert isinstance(me.app.screen, Switcher)
    return me.app.screen


@row("switching.up", "switching.down")
async def _(me: Sitting, key: str) -> None:
    switcher = await _switching(me, key)
    count = len(switcher._list.choices)
    assert switcher._list.at == (count - 1 if key == "up" else 1)


@row("switching.choose")
async def _(me: Sitting, key: str) -> None:
    await _switching(me, *"gener")
    await me.press(key)
    assert me.here.target == "#general"


@row("switching.complete")
async def _(me: Sitting, key: str) -> None:
    await _switching(me, *">topi")
    await me.press(key, *"New one", "enter")
    await me.until(lambda: me.here.info.topic == "New one")


@row("switching.close")
async def _(me: Sitting, key: str) -> None:
    await _switching(me)
    await me.press(key, *"on")
    await me.until(lambda: me.written == "on")
    assert me.here.target != "#general"
