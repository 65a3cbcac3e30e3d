"""The live page by command: begun, told of, ended, and never over somebody else's file without a word."""

from __future__ import annotations

from pathlib import Path

from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.start import StartScreen
from tests.tui.support.visiting import other, say, sitting, unique


async def test_page_holds_what_came_what_was_answered_and_what_went_wrong(server: str, home: Path) -> None:
    file = home / "my chat.html"
    async with sitting(server, home) as me, other(server) as friend:
        before, text = unique("before "), unique("behind ")
        await say(friend, "#general", before)
        await me.until(lambda: any(message.body == before for message in me.here.timeline))
        await me.enter("/html")
        await me.until(lambda: me.answer == "There is no live page; /html FILE begins one.")
        await me.enter(f"/html {file}")
        await me.until(lambda: me.answer.startswith(f"Everything that comes is in {file.as_uri()}"))
        assert before in file.read_text()

        await say(friend, f"@{me.name}", text)
        await me.enter("/topic")
        await me.enter("/discard")
        await me.enter("/help topic")
        wanted = (text, f"@{friend.state.me.name if friend.state.me else ''}", "#general has no topic.")
        for words in (*wanted, "Nothing was refused here.", "/topic [text…]"):
            await me.until(lambda: words in file.read_text(), words)  # noqa: B023  # run before it changes
        await me.press("escape")

        await me.enter("/html off")
        await me.until(lambda: me.answer == f"The live page {file} has ended.")
        await me.enter("/html off")
        await me.until(lambda: me.answer == "There is no live page.")


async def test_file_of_somebody_else_gives_way_when_asked_for_again(server: str, home: Path) -> None:
    thesis, other_one = home / "thesis.html", home / "other.html"
    thesis.write_text("my thesis")
    other_one.write_text("somebody else's diary")
    async with sitting(server, home) as me:
        for file in (thesis, other_one):
            await me.enter(f"/html {file}")
            await me.until(lambda: str(file) in me.answer)  # noqa: B023  # run before it changes
            assert me.answer.endswith("was not made by this program. The same again writes over it.")
        assert (thesis.read_text(), other_one.read_text()) == ("my thesis", "somebody else's diary")

        await me.enter(f"/html {other_one}")
        await me.until(lambda: "somebody else's diary" not in other_one.read_text())
        assert thesis.read_text() == "my thesis"

        await me.enter("/html /nowhere/chat.html")
        await me.until(lambda: me.answer == "There is no folder /nowhere; make it first.")


async def test_draft_is_there_again_after_going_elsewhere_and_back(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = unique("#draft")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.write("for later")
        await me.press("alt+1")
        chat = me.chat
        await me.enter("/disconnect")
        await me.until(lambda: isinstance(me.app.screen, StartScreen))
        await me.press("enter")
        await me.until(lambda: isinstance(me.app.screen, ChatScreen) and me.chat is not chat)
        await me.is_at("#general")

        await me.enter(f"/go {channel}")
        await me.is_at(channel)
        assert me.written == "for later"


async def test_conversation_is_exported_and_a_file_gives_way_when_asked_for_again(server: str, home: Path) -> None:
    file = home / "all of it.md"
    async with sitting(server, home) as me:
        channel = unique("#export")
        await me.enter(f"/join {channel}")
        await me.is_at(channel)
        await me.enter("one **two**")
        await me.until(lambda: not me.here.unsent and me.here.timeline.count == 1)
        await me.enter(f"/export {file}")
        await me.until(lambda: me.answer == f"Exported: 1 message of {channel} are in {file}.")
        assert "one **two**\n" in file.read_text()

        await me.enter(f"/export {file}")
        await me.until(lambda: me.answer == f"{file} is there already. The same again writes over it.")
        await me.enter(f"/export {file}")
        await me.until(lambda: me.answer.startswith("Exported"))
        await me.enter("/export chat.pdf")
        await me.until(lambda: me.answer == "Name a file that ends in .html, .md, .json, .txt.")
    assert [each.name for each in home.glob("*all of it*")] == ["all of it.md"]
