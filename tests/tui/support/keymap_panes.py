"""The rows of the keymap about panes of messages."""

from __future__ import annotations

from chat_tui.views.tiling import Tiling
from tests.tui.support.keymap import in_channel, row
from tests.tui.support.visiting import Sitting


def shown(me: Sitting) -> list[str]:
    """Return what the panes show, as they are read; the active one in brackets."""
    tiling, known = me.chat.tiles.tiling, me.state.conversations
    targets = [(tile, known[me.chat.places.shown_in(tile) or 0].target) for tile in tiling.tiles]
    return [f"[{target}]" if tile == tiling.active else target for tile, target in targets]


async def two(me: Sitting) -> str:
    """Have a channel of one's own at the left, and #general at the right, the active one."""
    channel = await in_channel(me, "one")
    await me.press("alt+w", "v")
    assert shown(me) == [channel, "[#general]"]
    return channel


@row("window.panes")
async def _(me: Sitting, key: str) -> None:
    await me.press(key)
    await me.sees("←→↑↓ split there", "Esc back")
    await me.press(*"typed on")
    assert me.written == "typed on" and not me.chat.has_class("-tiling")


@row("window.zoom", "panes.zoom")
async def _(me: Sitting, key: str) -> None:
    before = ["alt+w"] if key == "z" else []
    await me.press(*before, key)
    assert me.answer.startswith("There is only one pane")
    channel = await two(me)
    await me.press(*before, key)
    await me.sees("2 of 2 · zoomed")
    assert f" {channel} " not in me.screen.splitlines()[1]
    await me.press(*before, key)
    await me.until(lambda: "zoomed" not in me.screen and channel in me.screen.splitlines()[1])


@row("panes.go_left")
async def _(me: Sitting, key: str) -> None:
    channel = await two(me)
    await me.write("a draft")
    await me.press("alt+w", key)
    assert shown(me) == [f"[{channel}]", "#general"] and me.here.target == channel and me.written == ""
    await me.press("alt+w", key)
    assert me.answer == "There is no pane on that side."
    await me.press("right", *"!")
    assert shown(me) == [channel, "[#general]"] and me.written == "a draft!"


@row("panes.move_left")
async def _(me: Sitting, key: str) -> None:
    channel = await two(me)
    await me.press("alt+w", key)
    assert shown(me) == ["[#general]", channel]
    await me.press("shift+down")
    assert me.answer == "There is no pane on that side."
    await me.press("shift+right")
    assert shown(me) == [channel, "[#general]"]


@row("panes.next")
async def _(me: Sitting, key: str) -> None:
    channel = await two(me)
    await me.press("alt+w", key)
    assert shown(me) == [f"[{channel}]", "#general"]
    await me.press("alt+w", "alt+w")
    assert shown(me) == [channel, "[#general]"]


@row("panes.split_right", "panes.split_below")
async def _(me: Sitting, key: str) -> None:
    channel = await in_channel(me, "one")
    await me.press("alt+w", key)
    assert shown(me) == [channel, "[#general]"]
    assert me.chat.tiles.tiling == Tiling().split("right" if key == "v" else "down", 2)


@row("panes.close")
async def _(me: Sitting, key: str) -> None:
    channel = await two(me)
    await me.press("alt+w", key)
    assert shown(me) == [f"[{channel}]"]
    await me.press("alt+w", key)
    assert me.answer.startswith("There is only one pane: Alt+W and an arrow")


@row("panes.only")
async def _(me: Sitting, key: str) -> None:
    await two(me)
    await me.press("alt+w", key)
    assert shown(me) == ["[#general]"]


@row("panes.wider", "panes.narrower", "panes.taller", "panes.shorter")
async def _(me: Sitting, key: str) -> None:
    channel = await two(me)
    wide, by = {
        "greater_than_sign": (True, 1), "less_than_sign": (True, -1), "plus": (False, 1), "minus": (False, -1),
    }[key]  # fmt: skip
    if not wide:
        await me.press("alt+w", "left", "alt+w", "s")
        assert shown(me)[0] == channel
    before = me.chat.timeline.outer_size
    await me.press("alt+w", key)
    after = me.chat.timeline.outer_size
    assert (after.width - before.width, after.height - before.height) == ((4 * by, 0) if wide else (0, 2 * by))


@row("panes.equal")
async def _(me: Sitting, key: str) -> None:
    await two(me)
    before = me.chat.timeline.outer_size
    await me.press("alt+w", ">", ">")
    assert me.chat.timeline.outer_size.width == before.width + 8
    await me.press(key)
    assert me.chat.timeline.outer_size == before


@row("panes.leave")
async def _(me: Sitting, key: str) -> None:
    await me.press("alt+w", key)
    assert me.chat.focused is me.chat.composer and not me.chat.has_class("-tiling")
    await me.press("alt+w", "alt+a")
    assert me.answer == "Nothing is new elsewhere." and not me.chat.has_class("-tiling")
