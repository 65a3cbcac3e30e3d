"""Emoji by their shortcodes."""

from __future__ import annotations

import subprocess
import sys

from chat_tui.commands.completing import Known, complete
from chat_tui.commands.emoji import emoji_named, emoji_of, find_emoji


def test_find_emoji_puts_what_is_meant_exactly_first_then_what_is_usual() -> None:
    assert find_emoji(":smile")[0] == ("😄", ":smile:")
    assert find_emoji(":+1:") == [("👍", ":+1:")]
    assert find_emoji(":tad")[0] == ("🎉", ":tada:")
    assert ("😸", ":smile_cat:") in find_emoji(":cat")


def test_find_emoji_finds_nothing_where_there_is_nothing() -> None:
    assert find_emoji(":") == find_emoji(":xyzzy") == []
    assert (emoji_named("heart"), emoji_named("xyzzy")) == ("❤️", "")


def test_emoji_is_meant_by_itself_and_by_its_name_with_or_without_colons() -> None:
    assert {emoji_of(text) for text in ("🎉", ":tada:", "tada", "TADA")} == {"🎉"}
    assert emoji_of("+1") == "👍"
    assert {emoji_of(text) for text in ("", "::", ":", "17", "xyzzy", ":xyzzy:")} == {""}


def test_completion_offers_emoji_behind_a_colon_and_two_letters_only() -> None:
    def offered(text: str) -> list[str]:
        return [candidate.text for candidate in complete(text, len(text), Known()).candidates]

    assert offered("well :smi")[0] == "😄"
    for text in (":s", ":)", "12:30", "a:smile", "http://x"):
        assert offered(text) == []


def test_emoji_are_read_only_when_somebody_wants_one() -> None:
    code = "import sys, chat_tui.commands.completing; sys.exit('emoji' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0
