"""The whole application on a real server: leaving it, and what is not sent yet then."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from chat_core.client.state.model import LinkStatus
from chat_core.protocol.requests.conversations import Find
from chat_tui.app import ChatApp
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.goal import Goal
from chat_tui.screens.start import StartScreen
from tests.support.processes import ServerProcess
from tests.tui.support.visiting import bodies, other, sitting, unique


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


async def test_client_leaves_as_soon_as_it_can_when_it_was_told_to_before_it_began(server: str, home: Path) -> None:
    app = ChatApp(Goal(server, unique("me")), config=home / "config", data=home / "here", outbox=home / "outbox")
    app.exit_from_anywhere()  # a signal that comes while it is being made

    await app.run_async(headless=True, size=(80, 24))

    assert app._exit


async def test_ctrl_q_leaves_at_once_when_everything_was_sent(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await me.write("a draft is no reason to stay")
        await me.press("ctrl+q")

        await me.until(lambda: me.app._exit)


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


async def test_leaving_is_asked_about_while_an_edit_is_not_saved(home: Path) -> None:
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home) as me:
            await me.enter("one")
            await me.until(lambda: bodies(me.here) == ["one"] and not me.here.unsent)
            process.process.send_signal(signal.SIGSTOP)
            await me.press("up", *" more", "enter", "ctrl+q")
            await me.until(lambda: me.answer or me.app._exit)
            assert me.answer == "1 edit is not saved yet and would be lost. Ctrl+Q again quits."

            process.process.send_signal(signal.SIGCONT)
            await me.until(lambda: bodies(me.here) == ["one more"])
            await me.until(lambda: not me.chat.quitting.unsent.total)


async def test_server_is_left_with_a_sentence_when_nothing_more_is_heard_from_it(
    server: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a fault of ours")

    async with other(server) as friend, sitting(server, home) as me:
        monkeypatch.setattr(me.chat.bridge._queue, "put", broken)
        friend.post((await friend.join("general")), "never shown")
        await me.until(lambda: isinstance(me.app.screen, StartScreen))
        await me.sees("Something went wrong inside this client (RuntimeError)", "Go there again.")

        await me.press("enter")
        await me.until(lambda: isinstance(me.app.screen, ChatScreen))
        await me.is_at("#general")
        await me.until(lambda: "never shown" in bodies(me.here))


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
        await friend.call(Find(conversation=general.id))  # answered behind all that was said
        general = friend.state.by_target("#general")
        assert general is not None and body in bodies(general)


async def test_message_behind_a_command_that_leads_elsewhere_arrives_before_one_leaves(server: str, home: Path) -> None:
    room, body = unique("room"), unique("quick")
    async with other(server) as friend:
        number = await friend.join(room)
        async with sitting(server, home) as me:
            await me.press(*f"/join {room}", "enter", *body, "enter", "ctrl+q")
            await me.until(lambda: me.app._exit)
        await friend.call(Find(conversation=number))  # answered behind all that was said
        assert bodies(friend.state.conversations[number]) == [body]


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


async def test_message_entered_right_before_the_key_that_quits_is_asked_about_and_is_sent_at_the_next_start(
    home: Path,
) -> None:
    name, text = unique("me"), unique("kept ")
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home, name=name) as me:
            process.kill()
            await me.until(lambda: me.state.link.status is LinkStatus.WAITING)
            await me.press(*text, "enter", "ctrl+q")
            asked = "1 message is not sent yet and waits for your return. Ctrl+Q again quits."
            await me.until(lambda: me.app._exit or me.answer == asked)
            assert not me.app._exit
            await me.press("ctrl+q")
            await me.until(lambda: me.app._exit)
        process.start()
        async with sitting(process.address, home, name=name) as me:
            await me.until(lambda: bodies(me.here) == [text] and not me.here.unsent)


async def test_message_that_cannot_be_asked_about_any_more_is_on_disk_all_the_same(home: Path) -> None:
    name, text = unique("me"), unique("kept ")
    with ServerProcess(home / "data") as process:
        async with sitting(process.address, home, name=name) as me:
            process.kill()
            await me.until(lambda: me.state.link.status is LinkStatus.WAITING)
            await me.press(*text, "enter")
            me.app.exit()
        process.start()
        async with sitting(process.address, home, name=name) as me:
            await me.until(lambda: bodies(me.here) == [text] and not me.here.unsent)
