"""Writing in the whole application: drafts, answers, other texts, pastes, recall; on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from chat_core.client.state.changes import Batch, TimelineReset
from chat_core.protocol.limits import BODY_BYTES
from chat_tui.config import ComposeSection, KeysSection, Settings
from chat_tui.drafts import load
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique


async def in_channel(me: Sitting, *lines: str) -> str:
    """Go to a channel of one's own, and say something there."""
    channel = unique("#w")
    await me.enter(f"/join {channel}")
    await me.is_at(channel)
    for line in lines:
        await me.enter(line)
    await me.until(lambda: bodies(me.here) == list(lines) and not me.here.unsent, "all is sent")
    return channel


def on_disk(home: Path, me: Sitting) -> dict[str, str]:
    """Return the texts of the drafts that are on the disk."""
    account = me.state.me.id if me.state.me is not None else 0
    folders = list((home / "drafts").iterdir()) if (home / "drafts").exists() else []
    return {target: draft.text for folder in folders for target, draft in load(folder, account).items()}


async def test_draft_is_on_disk_soon_shown_in_the_list_and_there_at_the_next_start(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = await in_channel(me)
        await me.press(*"half a", "ctrl+j", *"sentence")
        await me.until(lambda: on_disk(home, me) == {channel: "half a\nsentence"}, "it is on disk while one writes")
        await me.press("alt+1")
        await me.until(lambda: any(channel in row and "@ │" in row for row in me.screen.splitlines()), "@ in the list")
        assert me.written == ""
        name = me.name

    async with sitting(server, home, name=name) as me:
        await me.until(lambda: any(channel in row and "@ │" in row for row in me.screen.splitlines()), "@ in the list")
        await me.press("alt+2")
        await me.is_at(channel)
        assert me.written == "half a\nsentence"
        assert me.chat.composer.cursor_location == (1, 8)
        await me.press("enter")
        await me.until(lambda: bodies(me.here) == ["half a\nsentence"])
        await me.until(lambda: on_disk(home, me) == {}, "it is gone from the disk")


async def test_draft_of_the_open_conversation_is_there_at_the_next_start(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("not yet")
        name = me.name
    async with sitting(server, home, name=name) as me:
        assert me.written == "not yet"


async def test_answer_is_announced_kept_over_a_change_of_place_and_sent_as_one(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = await in_channel(me)
        await say(friend, channel, "who comes?", "and when?")
        await me.sees("and when?")
        await me.press("ctrl+s", "k", "r", *"me")
        await me.sees("Answering", "who comes?", "Esc cancels")

        await me.press("alt+1")
        assert "Answering" not in me.screen
        await me.press("alt+s")
        assert me.written == "me"
        await me.sees("Answering")
        await me.press("enter")
        await me.until(lambda: bodies(me.here)[-1] == "me")
        assert me.here.timeline.newest(1)[0].reply_to == me.here.timeline.blocks[0][0].seq
        await me.sees("↳", "who comes?")
        assert "Answering" not in me.screen


async def test_escape_makes_an_answer_a_plain_message_again(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one")
        await me.press("ctrl+s", "r", *"text", "escape")

        assert "Answering" not in me.screen and me.written == "text"
        await me.press("enter")
        await me.until(lambda: bodies(me.here) == ["one", "text"])
        assert me.here.timeline.newest(1)[0].reply_to is None


async def test_up_in_an_empty_line_edits_the_last_message_of_ones_own_and_escape_leaves_it(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = await in_channel(me, "zero", "before")
        await say(friend, channel, "theirs")
        await me.sees("theirs")
        await me.press("up")
        assert me.written == "before"
        await me.sees("Editing your message of")
        await me.press("escape")
        assert me.written == "" and "Editing" not in me.screen

        await me.press("up", "ctrl+u", *"after", "enter")
        await me.until(lambda: "after" in bodies(me.here))
        assert bodies(me.here).count("before") == 0
        await me.sees("after (edited)")


@pytest.mark.parametrize("by_epoch", [True, False])
async def test_text_that_is_being_changed_becomes_a_message_of_its_own_when_the_log_is_another_one(
    server: str, home: Path, by_epoch: bool
) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one", "two")
        await me.press(*"aside", "ctrl+s", "k", "e", "!")
        assert me.chat.composer.draft.edits

        reset = TimelineReset(conversation=me.here.id, reason="rewound")
        changes = () if by_epoch else (reset,)
        state = replace(me.state, epoch="another") if by_epoch else me.state
        me.chat.take(Batch(state=state, changes=changes))
        assert (me.written, me.chat.composer.draft.edits) == ("one!", 0)
        assert "a message of its own" in me.answer
        await me.press("enter")
        await me.until(lambda: bodies(me.here) == ["one", "two", "one!"])
        await me.press("ctrl+up", "ctrl+up")
        assert me.written == "aside"


async def test_what_was_being_written_comes_back_when_editing_ends(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one", "two")
        await me.press(*"a draft", "ctrl+s", "k", "e", "!", "enter")
        await me.until(lambda: bodies(me.here) == ["one!", "two"])
        assert me.written == "a draft"


async def test_message_that_begins_with_a_slash_is_edited_as_it_is_typed(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me)
        await me.enter("//usr/bin")
        await me.until(lambda: bodies(me.here) == ["/usr/bin"])
        await me.press("up")
        assert me.written == "//usr/bin"
        await me.press(*"/x", "enter")
        await me.until(lambda: bodies(me.here) == ["/usr/bin/x"])


async def test_text_that_cannot_be_saved_is_in_the_composer_again(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "mine")
        await me.press("up", "!")
        seq = me.here.timeline.last_seq
        await me.chat.bridge._there(lambda client: client.delete(me.here.id, seq))
        await me.press("enter")

        await me.until(lambda: me.written == "mine!" and me.answer, "it is refused, and back")
        assert me.chat.composer.draft.edits == seq


async def test_text_that_cannot_be_saved_waits_where_it_was_written_when_one_is_elsewhere(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "mine")
        await me.press("up", "!")
        number, seq = me.here.id, me.here.timeline.last_seq
        await me.chat.bridge._there(lambda client: client.delete(number, seq))
        me.chat.composer.action_send()
        await me.press("alt+1")
        await me.is_at("#general")
        await me.until(lambda: me.answer and number in me.chat.drafting.numbers(me.state), "it is refused, and kept")

        me.chat.going.walk_to(number)
        assert me.written == "mine!"
        assert me.chat.composer.draft.edits == seq


async def test_edit_that_is_being_written_is_there_at_the_next_start(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        body, name = unique("mine "), me.name
        await me.enter(body)
        await me.until(lambda: body in bodies(me.here) and not me.here.unsent)
        await me.press("up", *" more", "ctrl+q")
        await me.until(lambda: me.app._exit)
    async with sitting(server, home, name=name) as me:
        await me.sees("Editing your message of")
        assert me.written == f"{body} more"


async def test_message_does_not_become_empty_by_editing(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "mine")
        await me.press("up", "ctrl+u", "enter")

        assert me.answer == "A message cannot become empty: Esc leaves it as it is; Ctrl+S and d delete it."
        assert bodies(me.here) == ["mine"]


async def test_many_pasted_lines_are_asked_about_before_they_are_sent(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me)
        lines = "\n".join(f"line {number}" for number in range(12))
        me.chat.composer.post_message(events.Paste(lines.replace("\n", "\r")))
        await me.press("enter")
        assert me.answer == "These are 12 lines: Enter again sends them, Ctrl+C takes them away."
        assert bodies(me.here) == [] and me.written == lines

        await me.press("enter")
        await me.until(lambda: bodies(me.here) == [lines])


async def test_lines_that_were_written_by_hand_are_not_asked_about(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me)
        for _ in range(12):
            await me.press("x", "ctrl+j")
        await me.press("enter")
        await me.until(lambda: len(bodies(me.here)) == 1)


async def test_room_is_told_when_a_message_comes_near_its_limit(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        me.chat.composer.post_message(events.Paste("x" * (BODY_BYTES - 100)))
        await me.sees("100 bytes left")
        me.chat.composer.post_message(events.Paste("é" * 60))
        await me.sees("20 bytes too long")
        await me.press("enter")
        assert "a message holds 16,384" in me.answer
        await me.press("ctrl+c")
        await me.sees("F1 help")


async def test_up_brings_back_what_was_sent_where_that_is_wanted(server: str, home: Path) -> None:
    for settings in (Settings(compose=ComposeSection(up="history")), Settings(keys=KeysSection(preset="irc"))):
        async with sitting(server, home, settings=settings) as me:
            await in_channel(me, "one", "two")
            seen = []
            for key in ("up", "up", "down", "down"):
                await me.press(key)
                seen.append(me.written)
            assert seen == ["two", "one", "two", ""]
            assert not me.chat.composer.draft.edits


async def test_looking_for_a_line_can_be_given_up(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "apple", "pear")
        await me.press(*"draft", "ctrl+r", *"app")
        assert me.written == "apple"
        await me.press("x")
        await me.sees("Nothing you sent has appx")
        await me.press("backspace")
        assert me.written == "apple"
        await me.press("escape")
        assert me.written == "draft" and "Looking" not in me.screen


async def test_emoji_is_completed_by_its_name(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("well done :tad")
        await me.sees("🎉", ":tada:")
        await me.press("tab")
        assert me.written.rstrip() == "well done 🎉"
