"""What a line in the composer means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_tui.commands.line import Nothing, Run, Say, Word, arguments, parse, resolve, words

KNOWN = {"leave": "leave", "part": "leave", "list": "list", "quit": "quit", "query": "dm", "dm": "dm"}


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", Nothing()),
        (" \n\t ", Nothing()),
        ("hello", Say("hello")),
        ("  indented", Say("  indented")),
        ("one\n/two", Say("one\n/two")),
        ("pasted\n \n", Say("pasted")),
        ("//shrug", Say("/shrug")),
        ("  //x // y", Say("  /x // y")),
        ("///", Say("//")),
        ("/quit", Run("quit", "")),
        ("   /quit  ", Run("quit", "")),
        ("/dm  @ann  are you\nthere? ", Run("dm", "@ann  are you\nthere?")),
        ("/me\nwaves", Run("me", "waves")),
        ("/", Run("", "")),
        ("/ quit", Run("", "quit")),
    ],
)
def test_parse_tells_what_a_line_means(text: str, meaning: object) -> None:
    assert parse(text) == meaning


@given(st.text())
def test_parse_never_says_a_line_that_begins_with_one_slash(text: str) -> None:
    meaning = parse(text)

    said_with_slash = isinstance(meaning, Say) and meaning.body.lstrip().startswith("/")
    assert not said_with_slash or text.lstrip().startswith("//")


@given(st.text())
def test_parse_changes_nothing_of_what_is_said_when_it_begins_with_no_slash(text: str) -> None:
    if text.strip() and not text.lstrip().startswith("/"):
        assert parse(text) == Say(text.rstrip())


def test_words_tell_where_each_of_them_stands() -> None:
    assert words("  a bb\n a ") == [Word("a", 2, 3), Word("bb", 4, 6), Word("a", 8, 9)]


@pytest.mark.parametrize(
    ("rest", "count", "rest_at_end", "found"),
    [
        ("", 1, False, []),
        ("a b c", 2, False, ["a", "b", "c"]),
        ("a  b   c ", 2, True, ["a", "b   c"]),
        ("a", 2, True, ["a"]),
        (" x  y\n z ", 1, True, ["x  y\n z"]),
        ("a", 0, False, ["a"]),
    ],
)
def test_arguments_divide_what_follows_a_command(rest: str, count: int, rest_at_end: bool, found: list[str]) -> None:
    assert arguments(rest, count, rest_at_end=rest_at_end) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("leave", ("leave",)),
        ("PART", ("leave",)),
        ("li", ("list",)),
        ("l", ("leave", "list")),
        ("p", ("leave",)),
        ("qu", ("quit", "dm")),
        ("", ()),
        ("x", ()),
    ],
)
def test_resolve_finds_a_command_by_name_alias_or_their_beginning(name: str, found: tuple[str, ...]) -> None:
    assert resolve(name, KNOWN) == found
