"""The whole application on a real server: each command, and each key of the main screen."""

from __future__ import annotations

from pathlib import Path

from chat_core.client import MessagesAppended
from chat_tui import storage
from chat_tui.app import ChatApp
from chat_tui.commands.completing import Candidate, Completion
from chat_tui.commands.context import Answer
from chat_tui.commands.line import Run, Say
from chat_tui.commands.registry import bind
from chat_tui.commands.tables import pair_lines
from chat_tui.drafts import Draft
from chat_tui.screens.help import HelpScreen
from chat_tui.screens.start import StartScreen
from chat_tui.screens.visit import Choice
from chat_tui.views.clean import drawable_line
from tests.support.hostile import PAYLOADS, is_safe
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import Sitting, bodies, other, say, sitting, unique

# --- saying something


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
        assert me.answer.startswith("There is no command /topik.")

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
    app = ChatApp(
        Choice("chat://127.0.0.1:1", "ann"), config=home / "config", data=home / "here", outbox=home / "outbox"
    )
    async with app.run_test() as pilot:
        me = Sitting(app, pilot, "ann")
        told: list[str] = []
        show = me.chat.answers.show

        def tell(answer: Answer) -> None:
            told.append(answer.title)
            show(answer)

        # That nobody listens there is told, too, before it or after.
        me.chat.answers.show = tell  # type: ignore[method-assign]
        await me.enter("early bird")

        assert me.written == "early bird"
        assert "No conversation is open yet: this is not sent." in told


# --- keys


async def test_keys_go_through_the_conversations(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        first, second = unique("#a"), unique("#b")
        for channel in (first, second):
            await me.enter(f"/join {channel}")
            await me.is_at(channel)
        order = ["#general", first, second, "#announcements"]
        for key, target in (
            ("ctrl+n", order[3]),
            ("alt+down", order[0]),
            ("alt+up", order[3]),
            ("ctrl+p", order[2]),
            ("alt+1", order[0]),
            ("alt+2", order[1]),
            ("alt+9", order[1]),
        ):
            await me.press(key)
            assert me.here.target == target, key


async def test_alt_a_goes_where_something_is_new_and_back(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#news")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.press("alt+1")
        await say(friend, channel, "one", "two")
        await say(friend, f"@{me.name}", "psst")
        assert friend.state.me is not None
        direct = f"@{friend.state.me.name}"
        await me.until(lambda: (found := me.state.by_target(direct)) is not None and found.unread == 1)
        await me.until(lambda: (found := me.state.by_target(channel)) is not None and found.unread == 2)

        went = []
        for _ in range(3):
            await me.press("alt+a")
            went.append(me.here.target)

        assert went == [direct, channel, "#general"]
        await me.until(lambda: not any(each.unread for each in me.state.conversations.values()), "all is read")


async def test_alt_a_goes_to_a_direct_conversation_whose_tab_is_there_before_its_first_message(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        assert friend.state.me is not None
        direct = f"@{friend.state.me.name}"
        await me.press("alt+a")
        assert me.answer == "Nothing is new elsewhere."
        number = await friend.open_direct(me.name)
        await me.sees(direct)

        await me.press("alt+a")
        assert me.here.target == direct
        await friend.sent(friend.post(number, "psst"))
        await me.sees("psst")


async def test_page_keys_scroll_and_escape_returns(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#long")
        await say(friend, channel, *(f"line {number}" for number in range(150)))
        await me.enter(f"/join {channel}")
        await me.sees("line 149")

        await me.press("pageup")
        assert "line 140" not in me.screen
        await me.press("pagedown")
        await me.sees("line 140", "line 149")
        await me.press("ctrl+home")
        await me.until(lambda: me.here.timeline.at_start or "line 5" in me.screen, "older ones come")
        await me.press("ctrl+end")
        await me.sees("line 140", "line 149")
        await me.press("pageup", "escape")
        await me.sees("line 140", "line 149")
        await me.press("pageup", "end")
        await me.sees("line 140", "line 149")


async def test_older_messages_come_while_scrolling_up(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as friend:
        channel = unique("#deep")
        await say(friend, channel, *(f"line {number}" for number in range(230)))
        await me.enter(f"/join {channel}")
        await me.sees("line 229")

        for _ in range(60):
            if "line 0 " in me.screen.replace("|", " "):
                break
            await me.press("pageup")
        await me.sees("very beginning")
        assert me.here.timeline.at_start
        assert bodies(me.here) == [f"line {number}" for number in range(230)]


async def test_panels_are_toggled_where_there_is_room_and_slid_over_where_not(server: str, home: Path) -> None:
    async with sitting(server, home, size=(100, 24)) as me:
        assert "CHANNELS" in me.screen
        await me.press("f7")
        assert "CHANNELS" not in me.screen
        await me.press("f7", "f8")
        assert "CHANNELS" in me.screen
        assert "MEMBERS" in me.screen
        await me.press("escape")
        assert "MEMBERS" not in me.screen

        await me.pilot.resize_terminal(70, 24)
        await me.until(lambda: "CHANNELS" not in me.screen)
        await me.press("f7")
        assert "CHANNELS" in me.screen
        await me.press("alt+2")
        assert "CHANNELS" not in me.screen


async def test_ctrl_c_clears_what_is_written_then_asks_then_leaves(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("never mind")
        await me.press("ctrl+c")
        assert (me.written, me.answer) == ("", "")

        await me.press("ctrl+up")
        assert me.written == "never mind"

        await me.press("ctrl+c", "ctrl+c")
        assert (me.written, me.answer) == ("", "Ctrl+C again quits.")
        assert not me.app._exit

        await me.press("ctrl+c")
        await me.until(lambda: me.app._exit)


async def test_ctrl_q_leaves_at_once_when_everything_was_sent(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("a draft is no reason to stay")
        await me.press("ctrl+q")

        await me.until(lambda: me.app._exit)


async def test_drafts_stay_with_their_conversations(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#draft")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.write("for later")
        await me.press("alt+1", *"in general", "alt+2")

        assert me.here.target == channel
        assert me.written == "for later"

        await me.press("ctrl+u", "alt+1")
        assert me.written == "in general"
        await me.press("alt+2")
        assert me.written == ""


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


# --- the rest


async def test_cover_is_shown_while_the_terminal_is_too_small(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.pilot.resize_terminal(30, 8)
        await me.sees("The terminal is 30x8;", "40x10 is the least.")
        assert "#general" not in me.screen

        await me.pilot.resize_terminal(100, 30)
        await me.until(lambda: "#general" in me.screen and "is the least" not in me.screen)


async def test_keys_reach_the_composer_when_the_window_had_no_focus_from_the_start(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        me.app.app_focus = False
        me.chat.set_focus(None)
        await me.pilot.pause()
        await me.write("hello")

        assert me.written == "hello"


async def test_server_is_remembered_for_the_next_time(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.until(lambda: storage.load(home / "config").last == storage.KnownServer(server, me.name))


async def test_click_on_a_member_opens_a_direct_conversation(server: str, home: Path) -> None:
    async with sitting(server, home, size=(170, 30)) as me, other(server) as friend:
        assert friend.state.me is not None
        channel = unique("#party")
        await say(friend, channel, "x")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        name = friend.state.me.name
        await me.until(lambda: any(name in line[150:] for line in me.screen.splitlines()), "the member is listed")
        row = next(at for at, line in enumerate(me.screen.splitlines()) if name in line[150:])
        await me.pilot.click("#members", offset=(5, row))

        await me.is_at(f"@{name}")


async def test_click_on_a_conversation_opens_it(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        row = next(at for at, line in enumerate(me.screen.splitlines()) if "#announcements" in line)
        await me.pilot.click("#conversations", offset=(6, row))

        await me.is_at("#announcements")
        assert me.chat.composer.has_focus


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


async def test_leaving_is_asked_about_while_something_is_not_sent(home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home) as me:
            process.kill()
            await me.enter("not yet sent")
            await me.until(lambda: me.here.unsent)
            await me.press("ctrl+q")
            assert me.answer == "1 message is not sent yet and waits for your return. Ctrl+Q again quits."
            assert not me.app._exit

            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)
        process.start()


async def test_leaving_right_behind_enter_lets_the_message_arrive_first(server: str, home: Path) -> None:
    body = unique("quick")
    async with other(server) as friend:
        async with sitting(server, home) as me:
            await me.enter(body)
            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)
            assert not me.chat.quitting.unsent.messages
        general = friend.state.by_target("#general")
        assert general is not None
        await friend.load_older(general.id)
        general = friend.state.by_target("#general")
        assert general is not None and body in bodies(general)


async def test_leaving_a_server_is_asked_about_while_something_is_not_sent(home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home) as me:
            process.kill()
            await me.enter("not yet sent")
            await me.until(lambda: me.here.unsent)
            await me.enter("/disconnect")
            await me.until(
                lambda: me.answer == "1 message is not sent yet and waits for your return. /disconnect again goes."
            )

            await me.enter("/disconnect")
            await me.until(lambda: isinstance(me.app.screen, StartScreen))
        process.start()


async def test_keys_can_be_given_to_others_by_their_ids(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        me.app.set_keymap({"writing.send": "ctrl+s", "conversations.next": "f4", "program.help": "f2"})
        text = unique("sent by another key ")
        await me.press(*text, "enter", "ctrl+s")
        await me.until(lambda: text in bodies(me.here))

        await me.press("ctrl+n")
        assert me.here.target == "#general"
        await me.press("f4")
        assert me.here.target == "#announcements"
        await me.press("f2")
        assert isinstance(me.app.screen, HelpScreen)


async def test_hostile_text_reaches_the_screen_harmless_by_every_way_of_this_half(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        names = list(PAYLOADS)
        for some in (names[at : at + 8] for at in range(0, len(names), 8)):
            payloads = [PAYLOADS[name] for name in some]
            me.chat.answer(Answer(f"[/b] {payloads[0]}", pair_lines([(drawable_line(each), "x") for each in payloads])))
            candidates = tuple(Candidate(f"@{each}", each) for each in payloads)
            me.chat.popup.show(Completion(0, 0, candidates, usage="/x"))
            me.chat.popup.place(3, 28, 100)
            await me.pilot.pause()

            assert "/x" in me.screen
            assert is_safe(me.screen), some
