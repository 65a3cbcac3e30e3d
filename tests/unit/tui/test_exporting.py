"""Exporting: all there was when it began, in one file or in none."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.client import Disconnected
from chat_core.protocol.requests.messages import History, Page
from chat_core.protocol.values import FileInfo, Message
from chat_tui.exporting import FileThere, Target, export
from chat_tui.exports.forms import FORMS
from chat_tui.exports.transcript import About, Transcript
from chat_tui.screens.asking import Asking
from chat_tui.screens.pages import Pages
from tests.support.clocks import HandClock
from tests.tui.support.states import ME, ZONE, said


class Log:
    """Pages of a conversation in which somebody goes on talking."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size
        self.asked: list[int] = []

    async def __call__(self, ask: History) -> Page:
        self.asked.append(ask.seq)
        first = ask.seq + 1
        messages = tuple(
            said(seq, "12:00", "ann", f"text {seq}") for seq in range(first, min(first + self.size, self.count + 1))
        )
        at_end = ask.seq + len(messages) >= self.count
        page = Page(conversation=1, messages=messages, head=self.count, at_start=first == 1, at_end=at_end)
        self.count += 3
        return page


def transcript() -> Transcript:
    return Transcript(FORMS["txt"](), About("#dev", "", ME.id, 0, ZONE))


@pytest.mark.parametrize("count", [0, 1, 10, 11])
async def test_export_has_all_that_there_was_when_it_began(count: int) -> None:
    pieces: list[str] = []
    told: list[tuple[int, float]] = []
    await export(Log(count, 5), 1, transcript(), pieces.append, lambda *each: told.append(each))

    lines = "".join(pieces).splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == [str(seq) for seq in range(1, count + 1)]
    assert told[-1] == (count, 1.0) and told == sorted(told)


def test_file_gets_its_name_when_it_is_complete_and_no_part_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    with Target(path) as target:
        target.write("a\ud800")
        assert not path.exists()
        target.finish()
    assert path.read_text() == "a?"
    with pytest.raises(FileThere):
        Target(path)
    with pytest.raises(RuntimeError), Target(path, over=True) as target:
        target.write("part")
        raise RuntimeError
    assert path.read_text() == "a?" and [each.name for each in tmp_path.iterdir()] == ["x.txt"]


def test_what_can_be_no_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="is a folder"):
        Target(tmp_path)
    with pytest.raises(WorldFault, match="cannot be written"):
        Target(tmp_path / "no" / "x.txt")


async def test_export_in_the_client_goes_on_behind_a_cut() -> None:
    log = Log(7, 5)
    cut = [False, True, False, False]

    async def ask(wanted: History) -> Page:
        if cut.pop(0):
            raise Disconnected("The connection is lost.")
        return await log(wanted)

    pages = Pages(None, Asking(HandClock()), lambda: None, print, ask, nothing, HandClock())  # type: ignore[arg-type, return-value]
    made = transcript()
    await export(pages._persist, 1, made, lambda _: None, lambda *_: None)

    assert made.count == 7 and log.asked == [0, 5]


async def nothing(conversation: int, seq: int, file: FileInfo) -> bytes:
    raise AssertionError("no file is asked for")


PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 20


@pytest.mark.parametrize("form", list(FORMS))
async def test_pictures_stand_in_a_page_and_in_nothing_else(form: str) -> None:
    def with_file(seq: int, name: str, type: str, size: int = 28) -> Message:
        return said(seq, "12:00", "ann", name, file=FileInfo(name=name, size=size, type=type, sha256=b"s" * 32))

    messages = (
        with_file(1, 'a"><script>.png', "image/png"),
        said(2, "12:00", "ann", "between"),
        with_file(3, "lies.png", "image/png"),
        with_file(4, "large.png", "image/png", 5_000_001),
        with_file(5, "a.svg", "image/svg+xml"),
        with_file(6, "gone.gif", "image/gif"),
        with_file(7, "b.png", "image/png"),
    )
    asked: list[int] = []

    async def ask(wanted: History) -> Page:
        return Page(conversation=1, messages=messages, head=7, at_start=True, at_end=True)

    async def read(message: Message) -> bytes:
        asked.append(message.seq)
        if message.seq == 6:
            raise WorldFault("The server has lost it.")
        return PNG if message.seq != 3 else b"<svg onload='x'>"

    pieces: list[str] = []
    made = Transcript(FORMS[form](), About("#dev", "", ME.id, 0, ZONE))
    await export(ask, 1, made, pieces.append, lambda *_: None, read)

    page = "".join(pieces)
    assert made.count == 7 and "between" in page and "lies.png" in page
    assert asked == ([1, 3, 6, 7] if form == "html" else [])
    assert page.count('<img src="data:image/png;base64,') == (2 if form == "html" else 0)
    if form == "html":
        assert page.count("<img") == 2 and "<script" not in page and "onload" not in page
        assert page.index("<img") < page.index("between") < page.rindex("<img")
