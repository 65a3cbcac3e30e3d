"""The keymap, and the repairs of how the toolkit reads keys: these fail when the toolkit's private parser changes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys

from chat_tui.keys import KEYS, Place, bindings, spelled
from chat_tui.keys.repair import PasteGuard, repair
from chat_tui.screens.chat import ChatScreen
from chat_tui.widgets.composer import Composer

PASTE, END = "\x1b[200~", "\x1b[201~"


@pytest.fixture
def parser() -> XTermParser:
    repair()
    repair()
    return XTermParser()


def pressed(parser: XTermParser, *chunks: str) -> list[tuple[str, str | None]]:
    """Return the keys that the parser makes of what a terminal sends."""
    return [(event.key, event.character) for event in _read(parser, *chunks) if isinstance(event, events.Key)]


def pasted(parser: XTermParser, *chunks: str) -> list[str]:
    return [event.text for event in _read(parser, *chunks) if isinstance(event, events.Paste)]


def _read(parser: XTermParser, *chunks: str) -> Iterator[object]:
    for chunk in chunks:
        yield from parser.feed(chunk)
    # A lone ESC is one only after a while.
    deadline = time.monotonic() + 5
    while parser._timeout_time is not None and time.monotonic() < deadline:
        yield from parser.tick()


def test_ids_are_unique_and_have_a_group() -> None:
    ids = [key.id for key in KEYS]

    assert len(ids) == len(set(ids))
    assert all(key.group and key.id.count(".") >= 1 for key in KEYS)


@pytest.mark.parametrize("places", [("composer", "chat", "screen")])
def test_no_key_means_two_things(places: tuple[Place, ...]) -> None:
    used = Counter(key for each in KEYS if each.place in places for key in each.keys.split(","))

    # The composer leaves `end` to the timeline while nothing is written.
    assert {key for key, count in used.items() if count > 1} == {"end"}


def test_every_key_has_an_action_where_it_works() -> None:
    owners = {"composer": Composer, "chat": ChatScreen, "screen": ChatScreen}

    for key in KEYS:
        assert hasattr(owners[key.place], f"action_{key.action.partition('(')[0]}"), key.id


def test_bindings_have_ids_so_that_they_can_be_given_other_keys() -> None:
    assert [binding.id for binding in bindings("chat")] == [key.id for key in KEYS if key.place == "chat"]


@pytest.mark.parametrize(
    ("key", "words"),
    [("ctrl+n", "Ctrl+N"), ("alt+pageup", "Alt+PgUp"), ("f1", "F1"), ("escape", "Esc"), ("shift+tab", "Shift+Tab")],
)
def test_spelled_writes_keys_for_people(key: str, words: str) -> None:
    assert spelled(key) == words


@pytest.mark.parametrize("digit", "1234567890")
def test_alt_digit_is_a_key_and_no_symbol_when_the_terminal_sends_escape(parser: XTermParser, digit: str) -> None:
    assert pressed(parser, f"\x1b{digit}") == [(f"alt+{digit}", None)]


def test_alt_letter_is_a_key_and_types_nothing(parser: XTermParser) -> None:
    assert pressed(parser, "\x1ba", "\x1bz", "\x1bd") == [("alt+a", None), ("alt+z", None), ("alt+d", None)]
    assert pressed(parser, "\x1bb", "\x1bf") == [("ctrl+left", None), ("ctrl+right", None)]


def test_enter_keeps_its_modifiers_however_the_terminal_tells_them(parser: XTermParser) -> None:
    assert pressed(parser, "\x1b\r") == [("alt+enter", None)]
    assert pressed(parser, "\x1b[13;2u", "\x1b[27;2;13~", "\x1b[27;5;13~") == [
        ("shift+enter", None),
        ("shift+enter", None),
        ("ctrl+enter", None),
    ]


def test_other_keys_are_read_as_before(parser: XTermParser) -> None:
    keys = pressed(parser, "a", "\r", "\n", "\x1bOP", "\x1b[1;3B", "\x1b[5~", "\x1b")

    assert [key for key, _ in keys] == ["a", "enter", "ctrl+j", "f1", "alt+down", "pageup", "escape"]


def test_release_of_a_key_is_ignored_and_the_next_key_is_read(parser: XTermParser) -> None:
    assert pressed(parser, "\x1b[97;1:3u", "b") == [("b", "b")]
    assert Keys.Ignore not in [key for key, _ in pressed(parser, "\x1b[13;1:3u")]


@pytest.mark.parametrize("at", range(1, 40))
def test_escape_in_a_paste_becomes_no_key_wherever_it_is_cut(parser: XTermParser, at: int) -> None:
    sent = f"{PASTE}echo \x1b\r/quit\r\x1b[3~x{END}"

    events_of_both = list(_read(parser, sent[:at], sent[at:]))

    assert [event.text for event in events_of_both if isinstance(event, events.Paste)] == ["echo \r/quit\r[3~x"]
    assert not [event for event in events_of_both if isinstance(event, events.Key)]


def test_paste_may_hold_the_beginning_of_its_end(parser: XTermParser) -> None:
    assert pasted(parser, f"{PASTE}a\x1b[20", f"0b{END}", f"{PASTE}c{END}") == ["a[200b", "c"]


@given(st.lists(st.text(alphabet="\x1b[201~ab\r", max_size=8), max_size=12))
def test_paste_guard_loses_nothing_but_escapes_in_any_chunking(chunks: list[str]) -> None:
    whole, cut = PasteGuard(), PasteGuard()

    together = whole.feed("".join(chunks) + END)
    apart = "".join(map(cut.feed, [*chunks, END]))

    assert apart == together
    assert apart.replace("\x1b", "") == ("".join(chunks) + END).replace("\x1b", "")
