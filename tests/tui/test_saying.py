"""The whole application on a real server: what is written, and where it goes."""

from __future__ import annotations

from pathlib import Path

from chat_core.client import MessagesAppended
from chat_tui.app import ChatApp
from chat_tui.commands.line import Run, Say
from chat_tui.commands.registry import bind
from chat_tui.drafts import Draft
from chat_tui.screens.goal import Goal
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique


async def test_line_is_sent_and_shown_once_to_everybody(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        text = unique("hello ")
        await me.enter(text)

        await me.until(lambda: bodies(me.here).count(text) == 1 and not me.here.unsent)
        general = friend.state.by_target("#general")
        assert general is not None
        async for batch in friend.changes():
            came = [change for change in batch.changes if isinstance(change, MessagesAppended)]
            if any(message.body == text for change in came for message in change.messages):
                break
        assert me.written == ""


async def test_slash_is_said_when_it_is_doubled_and_a_command_is_never_said(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#quiet")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("//shrug")
        await me.enter("  /nosuch command")
        await me.enter("/join")
        await me.press("ctrl+u")
        await me.enter("end")

        await me.until(lambda: "end" in bodies(me.here))
        assert bodies(me.here) == ["/shrug", "end"]


async def test_line_that_means_nothing_stays_and_is_explained(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("/topik news")

        assert me.written == "/topik news"
        assert me.answer.startswith("There is no command /topik, but /topic.")

        await me.press("escape", "ctrl+u")
        await me.enter("/dm")
        assert me.answer == "@user is missing. Usage: /dm @user [text…]"
        assert me.answer in " ".join(me.screen.split())

        await me.press("space")
        assert not me.answer


async def test_unsent_text_is_not_touched_when_messages_come(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        await me.write("half a sent")
        await say(friend, "#general", *(f"{unique('noise')} {number}" for number in range(30)))
        await me.write("ence")

        await me.until(lambda: any("noise" in body for body in bodies(me.here)))
        assert me.written == "half a sentence"


async def test_line_typed_before_the_connection_stands_stays(home: Path) -> None:
    app = ChatApp(Goal("chat://127.0.0.1:1", "ann"), config=home / "config", data=home / "here", outbox=home / "outbox")
    async with app.run_test() as pilot:
        me = Sitting(app, pilot, "ann")
        told = me.hear()  # that nobody listens there is told, too, before it or after
        await me.enter("early bird")

        assert me.written == "early bird"
        assert "No conversation is open yet: this is not sent." in told


async def test_drafts_stay_with_their_conversations(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#draft")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.until(lambda: not me.chat.entering.moving)
        await me.write("for later")
        await me.press("alt+1", *"in general", "alt+2")
        await me.until(lambda: (me.here.target, me.written) == (channel, "for later"))

        await me.press("ctrl+u", "alt+1")
        await me.until(lambda: (me.here.target, me.written) == ("#general", "in general"))
        await me.press("alt+2")
        await me.until(lambda: (me.here.target, me.written) == (channel, ""))


async def test_line_goes_where_it_was_entered_when_keys_come_in_a_burst(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#burst")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        text = unique("for general ")
        await me.press("alt+1", *text, "enter", "alt+2", *"for the other", "enter")

        await me.until(lambda: bodies(me.here) == ["for the other"])
        general = me.state.by_target("#general")
        assert general is not None
        await me.until(lambda: text in bodies(me.state.conversations[general.id]))


async def test_line_entered_behind_a_join_goes_there_however_late_it_is_taken(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        general, channel = me.here.id, unique("#late")
        composer = me.chat.composer
        join = composer.entered(bind(Run("join", channel)), Draft(f"/join {channel}"))
        late = composer.entered(Say("late"), Draft("late"))
        me.chat.entering.on_composer_entered(join)
        await me.is_at(channel)
        await me.until(lambda: not me.chat.entering.moving)

        me.chat.entering.on_composer_entered(late)

        await me.until(lambda: bodies(me.here) == ["late"])
        assert "late" not in bodies(me.state.conversations[general])


async def test_line_entered_behind_a_command_that_fails_is_said_to_nobody(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.press(*"/dm @nosuch", "enter", *"for nosuch only", "enter")

        await me.until(lambda: me.written == "for nosuch only", "it can be sent elsewhere, or mended")
        await me.until(lambda: "There is no account" in me.answer, "and why is still to be read")
        assert "for nosuch only" not in bodies(me.here)
        assert not me.here.unsent


async def test_line_that_comes_back_leaves_the_edit_that_is_being_written_one(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.enter("one")
        await me.until(lambda: "one" in bodies(me.here) and not me.here.unsent)
        composer = me.chat.composer
        await me.press("up")
        edited = composer.draft.edits
        assert edited
        lines = (bind(Run("dm", "@nosuch")), "/dm @nosuch"), (Say("for nosuch only"), "for nosuch only")
        entered = [composer.entered(line, Draft(text)) for line, text in lines]
        for each in entered:
            me.chat.entering.on_composer_entered(each)

        await me.until(lambda: me.written == "one\nfor nosuch only")
        assert composer.draft.edits == edited


async def test_line_entered_where_one_went_by_hand_stays_there_while_a_join_is_under_way(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me:
        general, channel, other_one = me.here.id, unique("#under-way"), unique("#hand")
        await me.enter(f"/join {other_one}")
        await me.is_at(other_one)
        await me.until(lambda: not me.chat.entering.moving)
        there = me.here.id
        composer = me.chat.composer
        me.chat.entering.on_composer_entered(composer.entered(bind(Run("join", channel)), Draft(f"/join {channel}")))
        me.chat.going.walk_to(general)
        me.chat.going.walk_to(there)

        me.chat.entering.on_composer_entered(composer.entered(Say("by hand"), Draft("by hand")))

        await me.is_at(channel)
        await me.until(lambda: bodies(me.state.conversations[there]) == ["by hand"])
        assert bodies(me.here) == []


async def test_completion_offers_channels_of_the_server_and_people_who_spoke(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        channel = unique("#yonder")
        await say(friend, channel, "x")
        await say(friend, "#general", unique("knock "))
        await me.write("/join #yonde")
        await me.until(lambda: channel in me.screen, "the server's channel is offered")
        await me.press("tab")
        assert me.written.strip() == channel or me.written.startswith("/join #yonder")

        await me.press("ctrl+u")
        name = friend.state.me.name
        await me.until(lambda: any(message.name == name for message in me.here.timeline))
        await me.write(f"hi @{name[:-1]}")
        await me.press("tab")
        assert f"@{name}" in me.written


async def test_refused_message_is_told_and_can_be_sent_again_or_forgotten(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.press("ctrl+n")
        assert me.here.target == "#announcements"
        await me.enter("hear ye")
        await me.until(lambda: [unsent.status for unsent in me.here.unsent] == ["failed"])

        await me.enter("/retry")
        # Until it was refused again it is on its way, and stays.
        await me.until(lambda: [unsent.status for unsent in me.here.unsent] == ["failed"])
        while me.here.unsent:
            await me.enter("/discard")
            await me.until(lambda: not me.here.unsent or me.answer)
        await me.enter("/discard")
        await me.until(lambda: me.answer == "Nothing was refused here.")
