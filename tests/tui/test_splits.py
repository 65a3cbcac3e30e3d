"""Several conversations at once, in the whole application on a real server; the keys for it are in `test_keymap`."""

from __future__ import annotations

from pathlib import Path

from chat_core.client.folders import folder_for
from chat_core.client.state.model import ConversationState
from chat_tui import layouts
from chat_tui.layouts import Standing
from chat_tui.views.tiling import Tiling
from tests.tui.support.keymap_panes import shown
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique

WIDE = (120, 40)


async def channels(me: Sitting, count: int) -> list[str]:
    """Join channels of one's own; be in the last one."""
    names = [unique("#s") for _ in range(count)]
    for name in names:
        await me.enter(f"/join {name}")
        await me.is_at(name)
    return names


def known(me: Sitting, target: str) -> ConversationState:
    found = me.state.by_target(target)
    assert found is not None
    return found


async def test_split_shows_what_is_named_on_the_side_that_is_named(server: str, home: Path) -> None:
    async with sitting(server, home, size=WIDE) as me:
        one, two = await channels(me, 2)
        await me.enter(f"/split below {one}")
        await me.until(lambda: shown(me) == [two, f"[{one}]"], "it is below")
        assert me.chat.tiles.tiling == Tiling().split("down", 2)
        await me.enter("/split #general")
        await me.until(lambda: shown(me) == [two, one, "[#general]"], "it is at the right")
        await me.enter("/split left")
        await me.until(lambda: len(shown(me)) == 4, "it is at the left")
        assert shown(me) == [two, one, "[#general]", "#general"]  # nothing else was open in that pane before
        await me.enter("/unsplit")
        await me.until(lambda: len(shown(me)) == 3)
        await me.enter("/unsplit all")
        await me.until(lambda: len(shown(me)) == 1)
        assert not me.chat.tiles.tiling.zoomed and me.chat.tiles.tiling.tiles == (me.chat.tiles.tiling.active,)


async def test_split_that_cannot_be_done_is_refused_in_words(server: str, home: Path) -> None:
    only_one = "There is only one pane: Alt+W and an arrow, or /split, makes another one."
    async with sitting(server, home, size=WIDE) as me:
        for line, answer in (
            ("/split aside #general", "'aside' is no side: say right, below, left or above."),
            ("/split right #nowhere", "You are not in '#nowhere'."),
            ("/window new", "You are not in 'new'. Panes come with /split and go with /unsplit; "),
            ("/unsplit some", "'some' is too much here: /unsplit closes this pane, /unsplit all closes the others."),
            ("/unsplit", only_one),
            ("/zoom", only_one),
        ):
            await me.enter(line)
            await me.until(lambda answer=answer: me.answer.startswith(answer), answer)  # type: ignore[misc]
            assert shown(me) == ["[#general]"]
            await me.press(*["backspace"] * len(me.written))
        await me.press("alt+w", "v", "alt+w", "s", "alt+w", "s", "alt+w", "s")
        assert me.answer == "There are 4 panes, which is the most: Alt+W c closes one." and len(shown(me)) == 4
        await me.enter("/unsplit all")
        await me.pilot.resize_terminal(44, 12)
        await me.press("alt+w", "right")
        assert me.answer == "There is no room: a pane needs 24 columns and 5 rows." and shown(me) == ["[#general]"]


async def test_line_typed_behind_a_split_goes_to_the_new_pane(server: str, home: Path) -> None:
    async with sitting(server, home, size=WIDE) as me:
        one, two = await channels(me, 2)
        await me.press(*f"/split {one}", "enter", *"for the new one", "enter")
        await me.until(lambda: bodies(known(me, one)) == ["for the new one"], "it is there")
        assert bodies(known(me, two)) == []


async def test_each_pane_has_its_own_draft_thread_and_way_back(server: str, home: Path) -> None:
    async with sitting(server, home, size=WIDE) as me:
        one, two = await channels(me, 2)
        await me.enter("hello")
        await me.until(lambda: bodies(known(me, two)) == ["hello"] and not known(me, two).unsent, "it is sent")
        await me.press("alt+w", "right")
        assert shown(me) == [two, f"[{one}]"]
        await me.press("alt+up")
        assert shown(me) == [two, "[#general]"]
        await me.write("half a")
        await me.press("alt+w", "left")
        assert me.written == "" and me.here.target == two
        await me.press("ctrl+s", "t")
        await me.until(lambda: me.chat.composer.thread, "the thread is open")
        await me.write("in the thread")
        await me.press("alt+w", "right")
        assert (me.written, me.chat.composer.thread, shown(me)) == ("half a", 0, [two, "[#general]"])
        await me.press("alt+left")
        assert shown(me) == [two, f"[{one}]"] and me.written == ""
        await me.press("alt+right")
        assert me.written == "half a"
        await me.press("alt+w", "left", "alt+left")
        assert shown(me) == [f"[{one}]", "#general"]


async def test_pane_beside_is_read_as_it_comes_and_a_hidden_one_is_not(server: str, home: Path) -> None:
    async with sitting(server, home, size=WIDE) as me:
        one, _ = await channels(me, 2)
        await me.press("alt+w", "right", "alt+w", "left")
        async with other(server) as client:
            await say(client, one, "first")
            await me.sees("first")
            await me.until(lambda: not known(me, one).unread, "it is read")
            await me.press("alt+z")
            await say(client, one, "second")
            await me.until(lambda: known(me, one).unread == 1, "it is not read")
            assert "second" not in me.screen
            await me.press("alt+z")
            await me.sees("second")
            await me.until(lambda: not known(me, one).unread, "it is read")


async def test_pane_goes_with_its_conversation_also_the_active_one(server: str, home: Path) -> None:
    async with sitting(server, home, size=WIDE) as me:
        one, two = await channels(me, 2)
        await me.press("alt+w", "right", "alt+w", "left")
        assert shown(me) == [f"[{two}]", one]
        await me.enter(f"/leave {one}")
        await me.until(lambda: shown(me) == [f"[{two}]"], "its pane is gone")
        await me.press("alt+w", "right")
        assert shown(me) == [two, "[#general]"]
        await me.enter("/unsplit")
        await me.press("alt+w", "right", "alt+w", "left")
        assert shown(me) == [f"[{two}]", "#general"]
        await me.enter("/leave")
        await me.until(lambda: shown(me) == ["[#general]"], "the one that is written to goes, too")
        await me.press(*"on")
        assert me.written == "on"


async def test_terminal_too_small_for_all_shows_the_active_pane_until_there_is_room_again(
    server: str, home: Path
) -> None:
    async with sitting(server, home, size=WIDE) as me:
        (one,) = await channels(me, 1)
        await me.press("alt+w", "right")
        await me.pilot.resize_terminal(44, 24)
        await me.sees("2 of 2 · no room for all")
        await me.press("alt+w", "left")
        await me.sees("1 of 2 · no room for all")
        assert me.here.target == one
        await me.pilot.resize_terminal(*WIDE)
        await me.until(lambda: "no room" not in me.screen)
        assert shown(me) == [f"[{one}]", "#general"] and "│ #general" in me.screen


async def test_mouse_makes_a_pane_the_active_one_and_one_goes_on_writing_there(server: str, home: Path) -> None:
    async with sitting(server, home, size=WIDE) as me:
        (one,) = await channels(me, 1)
        await me.press("alt+w", "right")
        await me.write("half a")
        await me.pilot.click(me.chat.tiles.of(1), offset=(3, 20))
        assert shown(me) == [f"[{one}]", "#general"] and me.written == ""
        await me.press("alt+w")
        at = me.screen.splitlines()[-2].index("c close") - 1
        await me.pilot.click("#pane-keys", offset=(at - me.chat.pane_bar.region.x, 0))
        assert shown(me) == ["[#general]"]
        await me.until(lambda: me.written == "half a")


async def test_panes_stand_at_the_next_start_as_they_stood_without_what_is_gone(server: str, home: Path) -> None:
    name = unique("me")
    async with sitting(server, home, name=name, size=WIDE) as me:
        one, two = await channels(me, 2)
        await me.press("alt+w", "right", "alt+w", "greater_than_sign", "escape", "alt+w", "s")
        await me.press("alt+w", "up")
        before, stood = shown(me), me.chat.tiles.tiling
        assert before == [two, f"[{one}]", "#general"]
    async with sitting(server, home, name=name, size=WIDE, at=one) as me:
        await me.until(lambda: shown(me) == before, "they stand as before")
        assert me.chat.tiles.tiling == stood and me.here.target == one
        await me.press(*"on")
        assert me.written == "on"
    async with other(server, name) as client:
        await client.leave(await client.join(one[1:]))
    async with sitting(server, home, name=name, size=WIDE) as me:
        await me.until(lambda: shown(me) == [two, "[#general]"], "one is left out")


async def test_start_is_as_ever_where_no_pane_can_be_shown_or_the_file_is_broken(server: str, home: Path) -> None:
    name = unique("me")
    folder = folder_for(home / "drafts", server)
    async with sitting(server, home, name=name) as me:
        account = me.state.me
        assert account is not None
    tiling = Tiling().split("right", 2)
    layouts.save(folder, account.id, Standing(tiling, {1: "#gone", 2: "@nobody"}))
    async with sitting(server, home, name=name) as me:
        assert shown(me) == ["[#general]"]
    (folder / "panes.json").write_text('{"1": {"tiling": {"root": [')
    async with sitting(server, home, name=name) as me:
        assert shown(me) == ["[#general]"]


async def test_pane_that_hides_the_others_is_not_resized_behind_ones_back(server: str, home: Path) -> None:
    async with sitting(server, home, size=(120, 30)) as me:
        await me.press("alt+w", "right", "alt+z", "alt+w", ">")
        await me.until(lambda: me.answer.startswith("This pane hides the others: Alt+Z shows them"))
        assert me.chat.tiles.tiling.zoomed
