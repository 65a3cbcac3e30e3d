"""The keymap, and the repairs of how the toolkit reads keys: these fail when the toolkit's private parser changes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys

from chat_core.base.errors import UsageFault
from chat_core.base.settings import SettingsFault
from chat_tui.keys import KEYS, bindings, keymap, spelled
from chat_tui.keys.bursts import GOES_ON_WITHIN_S, BurstGuard
from chat_tui.keys.key import read_keys
from chat_tui.keys.keymap import PRESETS
from chat_tui.keys.repair import PasteGuard, repair
from chat_tui.keys.table import clashes
from chat_tui.screens.chat import ChatScreen
from chat_tui.screens.switcher import Switcher
from chat_tui.widgets.composer import Composer
from chat_tui.widgets.find_bar import FindBar
from chat_tui.widgets.listing import Listing
from chat_tui.widgets.select_bar import SelectBar

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


def test_no_key_means_two_things_in_the_table_and_in_any_preset() -> None:
    assert clashes(KEYS) == []
    assert [keymap(name).conflicts for name in PRESETS] == [()] * len(PRESETS)


def test_every_key_has_an_action_where_it_works() -> None:
    owners = {
        "composer": Composer,
        "chat": ChatScreen,
        "screen": ChatScreen,
        "select": SelectBar,
        "find": FindBar,
        "switcher": Switcher,
        "list": Listing,
    }
    for key in KEYS:
        name = key.action.partition("(")[0]
        owner = ChatScreen if name.startswith("screen.") else owners[key.place]
        assert hasattr(owner, f"action_{name.removeprefix('screen.')}"), key.id


def test_bindings_have_ids_so_that_they_can_be_given_other_keys() -> None:
    assert [binding.id for binding in bindings("chat")] == [key.id for key in KEYS if key.place == "chat"]


def test_keymap_puts_own_keys_over_the_preset_and_says_what_they_hide() -> None:
    found = keymap("irc", {"writing.undo": "Alt+U", "reading.find": "none", "selecting.copy": "c, Y"})

    keys = {key.id: key.keys for key in found.keys}
    assert keys["conversations.next"] == "ctrl+n,alt+right,alt+down"
    assert (keys["writing.undo"], keys["reading.find"], keys["selecting.copy"]) == ("alt+u", "none", "c,Y")
    assert found.conflicts == (
        "Alt+U is both writing.undo (undo) and reading.first_unread (to the first unread message).",
    )
    assert found.label("selecting.copy") == "c, Y"
    assert found.label("reading.find") == "—"


def test_keymap_refuses_what_is_no_binding_no_key_and_no_preset() -> None:
    with pytest.raises(SettingsFault) as caught:
        keymap("emacs", {"writing.sent": "enter", "writing.undo": "ctrl+foo"})

    assert caught.value.faults == (
        "[keys] preset is 'emacs'; there are default, irc, vim.",
        "[keys] has no binding 'writing.sent'; the nearest one is writing.send.",
        "[keys] writing.undo: 'ctrl+foo' is no key; keys are written like ctrl+n, alt+pageup, f7, escape or >.",
    )


@pytest.mark.parametrize(
    ("former", "now"),
    [("window.next_pane", "window.next_part"), ("window.previous_pane", "window.previous_part")],
)
def test_keymap_names_what_a_binding_is_called_now(former: str, now: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        keymap("default", {former: "f9"})

    assert caught.value.faults == (f"[keys] has no binding '{former}'; the nearest one is {now}.",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Alt+PgUp, >", "alt+pageup,greater_than_sign"),
        ("ctrl++", "ctrl+plus"),
        ("shift+alt+N", "alt+shift+n"),
        ("J", "J"),
        ("Esc", "escape"),
        ("None", "none"),
    ],
)
def test_read_keys_takes_keys_as_people_write_them(written: str, read: str) -> None:
    assert read_keys(written) == read


@pytest.mark.parametrize("written", ["", "ctrl+ctrl+a", "hyper+a", "ab", "ctrl"])
def test_read_keys_refuses_what_is_no_key(written: str) -> None:
    with pytest.raises(UsageFault):
        read_keys(written)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ctrl+n", "Ctrl+N"),
        ("alt+pageup", "Alt+PgUp"),
        ("f1", "F1"),
        ("escape", "Esc"),
        ("shift+tab", "Shift+Tab"),
        ("greater_than_sign", ">"),
        ("none", "—"),
    ],
)
def test_spelled_writes_keys_for_people(key: str, words: str) -> None:
    assert spelled(key) == words


@pytest.mark.parametrize("digit", "1234567890")
def test_alt_digit_is_a_key_and_no_symbol_when_the_terminal_sends_escape(parser: XTermParser, digit: str) -> None:
    assert pressed(parser, f"\x1b{digit}") == [(f"alt+{digit}", None)]


def test_alt_letter_is_a_key_and_types_nothing(parser: XTermParser) -> None:
    assert pressed(parser, "\x1ba", "\x1bz", "\x1bd") == [("alt+a", None), ("alt+z", None), ("alt+d", None)]
    assert pressed(parser, "\x1bb", "\x1bf") == [("ctrl+left", None), ("ctrl+right", None)]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("/", "alt+slash"),
        ("<", "alt+less_than_sign"),
        (">", "alt+greater_than_sign"),
        (".", "alt+full_stop"),
        (",", "alt+comma"),
        ("-", "alt+minus"),
        ("=", "alt+equals_sign"),
        ("U", "alt+shift+u"),
        ("\x0b", "alt+ctrl+k"),
    ],
)
def test_alt_is_kept_with_punctuation_capitals_and_ctrl(parser: XTermParser, sent: str, key: str) -> None:
    assert pressed(parser, f"\x1b{sent}") == [(key, None)]


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


def test_lines_that_come_at_once_are_a_paste_and_a_lone_line_is_typing(parser: XTermParser) -> None:
    assert pasted(parser, "first line\rsecond") == ["first line\rsecond"]
    assert pasted(parser, "one\rtwo\r\rthree\r") == ["one\rtwo\r\rthree\r"]
    for typed in ("hello\r", "\r/quit", "\r\r\r", "a\rb", "\x0bone\r\x0btwo\r"):
        assert pasted(XTermParser(), typed) == []


def test_keys_around_a_paste_without_marks_stay_keys(parser: XTermParser) -> None:
    assert pasted(parser, "\x1b[Aone\rtwo\x1b[B") == ["one\rtwo"]
    assert [key for key, _ in pressed(parser, "\x1b[Aone\rtwo\x1b[B")] == ["up", "down"]
    assert [key for key, _ in pressed(parser, "\x13\x1bOSone\rtwo")] == ["ctrl+s", "f4"]


def test_burst_goes_on_in_what_is_read_right_behind_it_and_ends_soon() -> None:
    guard = BurstGuard()

    assert guard.marked("line 1\rline", 1.0) == f"{PASTE}line 1\rline{END}"
    assert guard.marked(" 2\r", 1.0 + GOES_ON_WITHIN_S / 2) == f"{PASTE} 2\r{END}"
    assert guard.marked("\r", 1.0 + 3 * GOES_ON_WITHIN_S) == "\r"


@given(st.lists(st.text(alphabet="\x1b[A~ab \r\x0b", max_size=12), max_size=8), st.floats(0, 0.1))
def test_burst_guard_only_adds_marks(chunks: list[str], apart_s: float) -> None:
    guard = BurstGuard()

    for at, chunk in enumerate(chunks):
        assert guard.marked(chunk, at * apart_s).replace(PASTE, "").replace(END, "") == chunk
