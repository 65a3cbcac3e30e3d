"""Commands about messages that one knows from elsewhere: another text, none, a shrug, words found here, `:tada:`."""

from __future__ import annotations

from pathlib import Path

from chat_tui.commands.context import Answer
from chat_tui.views.lines import Line, Span
from tests.tui.support.keymap import in_channel
from tests.tui.support.visiting import bodies, other, say, sitting, unique


async def test_last_message_is_edited_and_deleted_by_a_line(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one", "two")
        await me.enter("/edit twice")
        await me.until(lambda: bodies(me.here) == ["one", "twice"])
        first, last = (message.seq for message in me.here.timeline)
        await me.enter(f"/edit #{first} once")
        await me.until(lambda: bodies(me.here) == ["once", "twice"])

        await me.enter("/edit")
        await me.until(lambda: me.written == "twice")
        await me.sees("Editing")
        await me.press("escape")
        await me.enter("/delete")
        await me.until(lambda: me.answer == f"Delete “twice” for everybody? /delete #{last} does it.")
        await me.enter(f"/delete #{last}")
        await me.until(lambda: bodies(me.here) == ["once", ""])
        await me.enter("/delete #999")
        await me.until(lambda: (told := me.chat.answers.answer) is not None and told.fault and "999" not in me.answer)


async def test_text_that_begins_with_the_number_of_a_message_is_said_to_none_until_it_is_certain(
    server: str, home: Path
) -> None:
    async with sitting(server, home) as me, other(server) as bob:
        channel = await in_channel(me, "mine")
        await say(bob, channel, "how many?", "and when?")
        await me.until(lambda: me.here.timeline.count == 3)
        mine, first, last = (message.seq for message in me.here.timeline)
        for command, other_one in (("reply", last), ("edit", mine)):
            await me.enter(f"/{command} {first} of them")
            sentence = f"Write /{command} #{first} … for that message, /{command} #{other_one} {first} … for the text."
            await me.until(lambda said=sentence: said in me.answer)  # type: ignore[misc]
        await me.enter(f"/reply #{last} {first} of them")
        await me.enter("/reply 999 apples")
        await me.until(lambda: bodies(me.here)[3:] == [f"{first} of them", "999 apples"])
        assert [message.reply_to for message in me.here.timeline][3:] == [last, last]


async def test_message_of_somebody_else_is_copied_made_unread_and_reacted_to_by_a_line(server: str, home: Path) -> None:
    async with sitting(server, home) as me, other(server) as bob:
        channel = await in_channel(me)
        await say(bob, channel, "see https://example.org/a", "and that")
        await me.until(lambda: me.here.timeline.count == 2 and not me.here.unread)
        await me.enter("/copy")
        await me.until(lambda: me.answer == "Copied: the text")
        assert me.app.clipboard == "and that"
        first, last = me.here.timeline
        await me.enter(f"/open #{first.seq}")
        await me.until(lambda: me.answer.startswith("Copied: https://example.org/a"))
        await me.enter("/react")
        await me.sees(":tada:")
        await me.press("escape")
        await me.enter(f"/unread #{last.seq}")
        await me.until(lambda: me.answer == "Unread from there, until you come back or press Esc.")
        await me.until(lambda: me.here.unread == 1)


async def test_words_are_found_in_this_conversation_only(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        word = unique("needle")
        await in_channel(me, f"{word} elsewhere")
        await in_channel(me, f"{word} here")
        await me.enter(f"/lastlog {word}")
        await me.sees(f"{word} here", "1 found")
        assert f"{word} elsewhere" not in me.screen


async def test_names_of_emoji_are_sent_as_emoji_and_irc_and_slack_hands_are_understood(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me)
        await me.enter("done :tada: at 12:30:45, not `:tada:`")
        await me.enter("/shrug well")
        await me.enter("/spoiler he wakes up")
        await me.enter("/spoiler all|| of it")
        await me.until(lambda: me.here.timeline.count == 4)
        assert bodies(me.here) == [
            "done \U0001f389 at 12:30:45, not `:tada:`",
            r"well ¯\\_(ツ)_/¯",
            "||he wakes up||",
            r"||all\|\| of it||",
        ]
        await me.sees(r"well ¯\_(ツ)_/¯")
        await me.enter("/t Nightly builds")
        await me.until(lambda: me.here.info.topic == "Nightly builds")
        await me.enter("/n")
        await me.until(lambda: me.answer.endswith("1 member, 1 online"))
        await me.enter("/wc")
        await me.until(lambda: "/leave leaves a channel" in me.answer)
        await me.enter("/clear")
        await me.until(lambda: not me.answer)
        await me.enter("/keys")
        await me.sees("CONVERSATIONS", "next conversation")


async def test_long_sentence_of_an_answer_is_told_whole_in_a_narrow_window(server: str, home: Path) -> None:
    async with sitting(server, home, size=(40, 20)) as me:
        words = " ".join(f"word{number}" for number in range(12))
        me.chat.answer(Answer("About", [Line((Span(words),)), Line((Span("a"), Span("b" * 60)))]))
        await me.sees("word11", "bbb…")


async def test_names_of_emoji_are_sent_as_emoji_by_every_command_that_says_something(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        await in_channel(me, "one")
        seq = me.here.timeline.last_seq
        for line in ("/me waves :wave:", f"/reply #{seq} :tada:", "/shrug :thinking:", "/spoiler a `:bug:`, a :bug:"):
            await me.enter(line)
        await me.until(lambda: me.here.timeline.count == 5 and not me.here.unsent)
        await me.enter(f"/edit #{seq} two :rocket:")
        await me.until(lambda: bodies(me.here)[0] == "two \U0001f680")
        assert bodies(me.here)[1:] == [
            "waves \U0001f44b",
            "\U0001f389",
            "\U0001f914 ¯\\\\_(ツ)_/¯",
            "||a `:bug:`, a \U0001f41b||",
        ]


async def test_source_of_a_message_is_shown_and_what_is_said_plainly_is_drawn_as_typed(server: str, home: Path) -> None:
    async with sitting(server, home) as me:
        channel = await in_channel(me)
        await me.enter("/plain **kwargs** and :tada:")
        await me.until(lambda: bodies(me.here) == [r"\*\*kwargs\*\* and :tada:"])
        await me.sees("**kwargs** and :tada:")
        await me.enter("**loud**")
        await me.until(lambda: me.here.timeline.count == 2 and not me.here.unsent)
        first, last = (message.seq for message in me.here.timeline)

        await me.enter(f"/raw #{last}")
        await me.sees("as it was sent", "**loud**", f"{channel}:{last}", "8 characters, 8 bytes")
        await me.press("y", "escape")
        assert me.app.clipboard == "**loud**"
        await me.press("ctrl+s", "up", "S")
        await me.sees(r"\*\*kwargs\*\*", f"{channel}:{first}")
        await me.press("escape", "escape")
        await me.enter("/raw #999")
        await me.until(lambda: me.answer == "There is no message 999 here.")
