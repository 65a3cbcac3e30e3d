"""Nothing a stranger wrote steers a terminal or a toolkit, through any widget, with and without the last gate."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from chat_core.client.state.model import (
    ClientState,
    LinkState,
    LinkStatus,
    MemberList,
    Notice,
    Typist,
    Unsent,
)
from chat_core.protocol.values import Account, Member, Message
from chat_tui.widgets.safe import ControlFilter, lines, plain
from tests.support.hostile import HUGE, PAYLOADS, is_safe
from tests.tui.support.frames import rows
from tests.tui.support.harness import Harness
from tests.tui.support.states import client, conversation

STEERING = {
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
}


def hostile(text: str) -> ClientState:
    """Make a state in which every field that a stranger can fill is `text`."""
    messages = [
        Message(seq=1, changed=1, ts=0, author=5, name=text, body=text),
        Message(seq=2, changed=2, ts=0, author=5, name=text, body=text, style="action"),
    ]
    members = MemberList(members=(Member(account=5, name=text, online=True),), total=1, online=1)
    kinds = ("joined", "left", "topic", "renamed", "reset")
    return client(
        conversation(
            1,
            text,
            messages,
            topic=text,
            members=members,
            at_start=True,
            notices=tuple(Notice(after=2, ts=0, kind=kind, names=(text, text), text=text) for kind in kinds),  # type: ignore[arg-type]
            unsent=(Unsent(cid=b"c" * 16, conversation=1, body=text, ts=0, status="failed", text=text),),
            typing=(Typist(account=5, name=text, until=9_999.0),),
        ),
        conversation(2, text, kind="direct", partner=5, unread=2, topic=text),
        me=Account(id=2, name=text),
        link=LinkState(status=LinkStatus.WAITING, detail=text, retry_at=9_999.0),
    )


def is_harmless(shown: list[str]) -> bool:
    """Whether nothing on the screen steers a terminal or is unseen; each character is looked at once."""
    characters = set("".join(shown))
    return not characters & STEERING and is_safe("".join(characters))


async def test_every_widget_draws_hostile_text_safely() -> None:
    app = Harness(hostile("x"))
    async with app.run_test(size=(160, 20)) as pilot:
        for name, text in PAYLOADS.items():
            app.show(state=hostile(text))
            await pilot.pause()
            shown = rows(app)
            assert is_harmless(shown), name
            assert {cell_len(row) for row in shown} == {160}, name


@pytest.mark.parametrize("name", HUGE)
async def test_every_widget_survives_huge_text(name: str) -> None:
    app = Harness(hostile(HUGE[name](100_000)))
    async with app.run_test(size=(100, 20)):
        assert is_harmless(rows(app))
        assert {cell_len(row) for row in rows(app)} == {100}


class Bare(App[None]):
    """Widgets of the toolkit with raw text in them."""

    def __init__(self, text: str, *, filtered: bool) -> None:
        super().__init__()
        self._text, self._filtered = text, filtered

    @override
    def get_line_filters(self) -> list[LineFilter]:
        own = [ControlFilter()] if self._filtered else []
        return [*super().get_line_filters(), *own]

    @override
    def compose(self) -> ComposeResult:
        yield Static(Content(self._text))
        yield Static(Content.styled(self._text, "bold"))
        yield Input(self._text)
        yield OptionList(Option(Content(self._text)))


@pytest.mark.parametrize(
    "text", ["a\x1b]52;c;cm0=\x1b\\b", "a\x9b31mb", "a\x7fb", "a\u202eb\u2066c", "a\ud800b", "\x1b[2J"]
)
async def test_gate_stops_what_the_toolkit_s_widgets_let_through(text: str) -> None:
    async def leaks(*, filtered: bool) -> set[str]:
        app = Bare(text, filtered=filtered)
        async with app.run_test(size=(40, 12)):
            shown = rows(app)
            assert all(cell_len(row) == 40 for row in shown)
            return {char for row in shown for char in row if char in STEERING or "\ud800" <= char <= "\udfff"}

    assert await leaks(filtered=False)
    assert not await leaks(filtered=True)


def test_gate_leaves_harmless_lines_as_they_are() -> None:
    segments = [Segment("plain "), Segment("中👍", Style(link="https://example.org"))]

    assert ControlFilter().apply(segments, Color(0, 0, 0)) is segments


@pytest.mark.parametrize("url", ["https://a.b/\x1b]0;pwned\x07", "javascript:alert(1)", "https://a\nb"])
def test_gate_takes_links_away_that_a_terminal_must_not_be_given(url: str) -> None:
    (segment,) = ControlFilter().apply([Segment("text", Style(bold=True, link=url))], Color(0, 0, 0))

    assert segment.style is not None and segment.style.link is None and segment.style.bold


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_gate_keeps_the_width_of_every_segment(text: str) -> None:
    before = [Segment(part) for part in (text, "x", text[:3])]
    after = ControlFilter().apply(before, Color(0, 0, 0))

    assert [segment.cell_length for segment in after] == [segment.cell_length for segment in before]
    assert not {char for segment in after for char in segment.text} & STEERING


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_helpers_make_content_that_is_never_markup(text: str) -> None:
    one, several = plain(text, "bold"), lines(text)

    assert is_safe(one.plain) and "\n" not in one.plain
    assert is_safe(several.plain)
    assert [span.style for span in one.spans] in ([], ["bold"]) and not several.spans


def test_helpers_show_brackets_as_they_are() -> None:
    assert plain("[@click=app.quit]free[/]").plain == "[@click=app.quit]free[/]"
