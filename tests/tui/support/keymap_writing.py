"""The rows of the keymap about writing."""

from __future__ import annotations

from chat_tui.screens.switcher import Switcher
from tests.tui.support.keymap import in_channel, row, typed
from tests.tui.support.visiting import Sitting, bodies, unique


@row("writing.send")
async def _(me: Sitting, key: str) -> None:
    text = unique("sent ")
    await typed(me, text, key)
    await me.until(lambda: text in bodies(me.here))


@row("writing.newline")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "a", key, "b") == "a\nb"


@row("writing.complete", "writing.complete_back")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "/top", key) == "/topic "


@row("writing.up")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "mine")
    await me.press(key)
    assert me.written == "mine" and me.chat.composer.draft.edits
    await me.sees("Editing your message")


@row("writing.recall")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "one", "two")
    await me.press(key, key)
    assert me.written == "one"


@row("writing.recall_back")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "one", "two")
    await me.press("ctrl+up", "ctrl+up", key)
    assert me.written == "two"


@row("writing.search")
async def _(me: Sitting, key: str) -> None:
    await in_channel(me, "first apple", "second apple", "pear")
    await me.press(key, *"app", key)
    assert me.written == "first apple"
    await me.sees("Looking in what you sent: app")
    await me.press("enter")
    assert me.written == "first apple" and "first apple" not in bodies(me.here)[1:]


@row("writing.line_start")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "bc", key, "a") == "abc"


@row("writing.line_end")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "ab", "ctrl+a", key, "c") == "abc"


@row("writing.word_left")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", key, "x") == "one xtwo"


@row("writing.word_right")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", "ctrl+a", key, "x") == "onex two"


@row("writing.delete_to_start")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", "ctrl+left", key) == "two"


@row("writing.delete_to_end")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", "ctrl+left", key) == "one "
    await me.press(key)
    assert isinstance(me.app.screen, Switcher)


@row("writing.delete_word")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", key) == "one "


@row("writing.delete_word_right")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", "ctrl+a", key) == " two"


@row("writing.yank")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", "ctrl+w", key, key) == "one twotwo"


@row("writing.yank_older")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one two", "ctrl+w", "left", "ctrl+w", "ctrl+y", key) == "two "


@row("writing.transpose")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "ab", key) == "ba"


@row("writing.undo")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one", "ctrl+u", key) == "one"


@row("writing.redo")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one", "ctrl+u", "ctrl+underscore", key) == ""


@row("writing.attach")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "", key) == "/upload "
    await me.sees("/upload path")
    await me.press("ctrl+u")
    assert await typed(me, "one", key) == "one"
    await me.until(lambda: me.answer.startswith("A file is a message of its own"))
    assert await typed(me, "", "shift+home", key) == ""


@row("writing.editor")
async def _(me: Sitting, key: str) -> None:
    assert await typed(me, "one", key) == "one"
    assert me.answer == "Here the terminal cannot be lent to an editor."  # the tmux test lends it
