"""The timeline under changes from the client: what is drawn anew, what is left alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from textual.strip import Strip

from chat_core.client.state.changes import (
    Change,
    MessageChanged,
    MessagesAppended,
    NoticeAdded,
    TimelineReset,
    TypingChanged,
    UnreadChanged,
    UnsentChanged,
)
from chat_core.client.state.model import ConversationState, Notice, Typist, Unsent
from chat_core.protocol.values import Account
from tests.tui.support.frames import frame, pane, until
from tests.tui.support.harness import Harness
from tests.tui.support.states import at, chatter, client, conversation, said, timeline, with_changed, with_more


def app_with(**more: Any) -> Harness:
    return Harness(client(conversation(1, "general", chatter(1, 50), **more), conversation(2, "dev", chatter(1, 9))))


def take(app: Harness, state: ConversationState, *changes: Change) -> None:
    others = (each for each in app.state.conversations.values() if each.id != state.id)
    app.take(client(state, *others, me=app.state.me), *changes)


def unsent(**more: Any) -> Unsent:
    return Unsent(cid=b"c" * 16, conversation=1, body="on its way", ts=at("13:00"), **more)


async def test_message_is_spoken_of_as_sending_only_when_it_takes_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat_tui.widgets.timeline.SPEAK_OF_SENDING_S", 1.5)  # a moment also on a busy machine
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        here = app.state.conversations[1]
        take(app, msgspec.structs.replace(here, unsent=(unsent(status="sending"),)), UnsentChanged(conversation=1))
        await pilot.pause()
        assert pane(app.timeline)[-1].endswith("on its way")

        await until(pilot, lambda: pane(app.timeline)[-1].endswith("on its way ◌ sending"), "sending")


async def test_message_is_never_spoken_of_as_sending_when_it_is_acknowledged_at_once() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        here = app.state.conversations[1]
        take(app, msgspec.structs.replace(here, unsent=(unsent(status="sending"),)), UnsentChanged(conversation=1))
        message = said(51, "13:00", "you", "on its way")
        take(app, with_more(here, message), MessagesAppended(conversation=1, messages=(message,)))
        await pilot.pause()

        assert [line.strip() for line in pane(app.timeline) if "on its way" in line] == ["13:00     you  on its way"]


async def test_fate_of_a_message_is_shown_as_it_changes() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        here = app.state.conversations[1]
        fates = (
            ("queued", "", "◌ queued"),
            ("queued", "The disk is full.", "◌ queued: The disk is full"),
            ("failed", "You may not.", "✕ failed: You may not · /retry or /discard"),
        )
        for status, why, words in fates:
            waiting = unsent(status=status, text=why)
            take(app, msgspec.structs.replace(here, unsent=(waiting,)), UnsentChanged(conversation=1))
            await pilot.pause()
            assert pane(app.timeline)[-1].endswith(f"on its way {words}")


async def test_notice_is_drawn_when_it_comes_and_when_it_is_extended() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        here = app.state.conversations[1]
        for names in (("ann",), ("ann", "bob")):
            notice = Notice(after=50, ts=at("09:00"), kind="joined", names=names)
            take(app, msgspec.structs.replace(here, notices=(notice,)), NoticeAdded(conversation=1, notice=notice))
            await pilot.pause()
            assert pane(app.timeline)[-1].strip() == "–  " + " · ".join(f"{name} joined" for name in names)


async def test_changes_that_draw_nothing_repaint_nothing() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        here = app.state.conversations[1]
        painted: list[int] = []
        original = app.timeline.render_line

        def painting(y: int) -> Strip:
            painted.append(y)
            return original(y)

        app.timeline.render_line = painting  # type: ignore[method-assign]

        typing = (Typist(account=3, name="peter", until=2_000.0),)
        take(app, msgspec.structs.replace(here, typing=typing), TypingChanged(conversation=1))
        take(app, msgspec.structs.replace(here, unread=3), UnreadChanged(conversation=1))
        await pilot.pause()

        assert not painted


async def test_other_conversations_change_nothing() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        before = pane(app.timeline)
        other = with_more(app.state.conversations[2], *chatter(10, 5))
        take(
            app, other, MessagesAppended(conversation=2, messages=tuple(chatter(10, 5))), TimelineReset(conversation=2)
        )
        app.timeline.update_state(other, ())
        await pilot.pause()

        assert pane(app.timeline) == before


async def test_conversation_that_is_gone_stays_as_it_was() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        before = pane(app.timeline)
        app.take(client(app.state.conversations[2]), TimelineReset(conversation=1))
        await pilot.pause()

        assert pane(app.timeline) == before


async def test_names_are_drawn_anew_when_a_reset_brings_others() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        here = app.state.conversations[1]
        renamed = [msgspec.structs.replace(each, name="anna") if each.name == "ann" else each for each in here.timeline]
        take(app, msgspec.structs.replace(here, timeline=timeline(renamed)), TimelineReset(conversation=1))
        await pilot.pause()

        text = "\n".join(pane(app.timeline))
        assert "   anna  " in text and "    ann  " not in text


async def test_own_name_is_drawn_anew_when_it_is_another_one() -> None:
    app = Harness(client(conversation(1, "general", [said(1, "12:00", "ann", "@me and @you")])))
    async with app.run_test(size=(80, 24)) as pilot:

        def mentions() -> list[str]:
            strip = app.timeline.render_line(app.timeline.size.height - 1)
            return [part.text for part in strip if part.text in ("@me", "@you")]

        assert mentions() == ["@you"]
        app.take(client(app.state.conversations[1], me=Account(id=2, name="me")))
        await pilot.pause()
        assert mentions() == ["@me"]


async def test_own_messages_are_known_when_signing_in_comes_after_opening() -> None:
    app = Harness(client(conversation(1, "general", [said(1, "12:00", "you", "mine")]), me=None))
    async with app.run_test(size=(80, 24)) as pilot:
        app.take(client(app.state.conversations[1]))
        await pilot.pause()

        strip = app.timeline.render_line(app.timeline.size.height - 1)
        own = next(part.style for part in strip if "you" in part.text)
        assert own is not None and own.color is not None and own.color.name == "#6fcabb"


async def test_nothing_is_drawn_when_nothing_is_open() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.show(None, None)
        app.timeline.action_page_up()
        app.timeline.action_last()
        app.timeline.update_state(app.state.conversations[1], ())
        await pilot.pause()

        assert set(pane(app.timeline)) == {""}
        assert app.timeline.conversation is None and app.timeline.following


async def test_colours_follow_when_the_theme_changes() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:

        def colours() -> set[str]:
            strips = [app.timeline.render_line(y) for y in range(app.timeline.size.height)]
            styles = [part.style for strip in strips for part in strip if part.style]
            return {style.bgcolor.name for style in styles if style.bgcolor}

        assert colours() == {"#12141b"}
        app.theme = "chat-light"
        await until(pilot, lambda: colours() == {"#fbfaf7"}, "light")
        app.theme = "nord"
        await until(pilot, lambda: colours() == {"#2e3440"}, "a theme from elsewhere")


# --- messages that are edited and deleted ---------------------------------------------------------------------------


async def test_edited_message_is_drawn_with_its_new_text_and_a_word_behind_it() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        before = pane(app.timeline)

        for body in ("first try", "second try"):
            state = with_changed(app.state.conversations[1], 49, body=body, edits=1)
            take(app, state, MessageChanged(conversation=1, seq=49))
            await pilot.pause()
            assert any(line.endswith(f"{body} (edited)") for line in pane(app.timeline))

        shown = pane(app.timeline)
        assert not any("first try" in line for line in shown)
        assert shown[-1] == before[-1], "what stands behind it stays"


async def test_deleted_message_keeps_time_and_name() -> None:
    app = Harness(
        client(
            conversation(
                1,
                messages=[
                    said(1, "12:50", "ann", "secret\nin two lines"),
                    said(2, "12:51", "bob", "waves", style="action"),
                    said(3, "12:52", "joe", "stays"),
                ],
                at_start=True,
            )
        )
    )
    async with app.run_test(size=(60, 16)) as pilot:
        for seq in (1, 2):
            state = with_changed(app.state.conversations[1], seq, body="", deleted=True)
            take(app, state, MessageChanged(conversation=1, seq=seq))
        await pilot.pause()

        assert [line.strip() for line in pane(app.timeline)[-3:]] == [
            "12:50     ann  message deleted",
            "12:51     bob  message deleted",
            "12:52     joe  stays",
        ]
        assert "secret" not in frame(app)


async def test_line_being_read_stays_when_a_message_above_it_grows() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        app.timeline.action_page_up()
        await pilot.pause()
        before = pane(app.timeline)
        view = app.timeline.history.view if app.timeline.history is not None else None
        assert view is not None and not view.follow

        long = "\n".join(f"line {number}" for number in range(9))
        take(
            app,
            with_changed(app.state.conversations[1], 2, body=long, edits=1),
            MessageChanged(conversation=1, seq=2),
        )
        await pilot.pause()

        assert pane(app.timeline) == before
        app.timeline.action_first()
        await pilot.pause()
        assert any(line.endswith("line 8 (edited)") for line in pane(app.timeline))


async def test_change_of_another_conversation_is_seen_when_that_is_opened() -> None:
    app = app_with()
    async with app.run_test(size=(80, 24)) as pilot:
        other = with_changed(app.state.conversations[2], 9, body="", deleted=True)
        before = pane(app.timeline)
        app.take(client(app.state.conversations[1], other, me=app.state.me), MessageChanged(conversation=2, seq=9))
        await pilot.pause()
        assert pane(app.timeline) == before

        app.show(shown=2)
        await pilot.pause()
        assert pane(app.timeline)[-1].endswith("message deleted")
