"""The file of the live page: made, followed, ended, and never somebody else's."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chat_core.base.errors import ChatError, UsageFault, WorldFault
from chat_core.client.state.changes import Batch, MessagesAppended
from chat_core.client.state.model import ClientState
from chat_tui import live_page as module
from chat_tui.live_page import LivePage, NotOurs
from tests.tui.support.states import client, conversation, said

HELLO = said(1, "12:00", "ann", "hello from ann")


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(module, "EVERY_S", 0.01)
    return []


@pytest.fixture
def live(faults: list[str]) -> LivePage:
    return LivePage(faults.append)


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.005)


def batch() -> Batch:
    return Batch(
        state=client(conversation(1, "general", [HELLO])),
        changes=(MessagesAppended(conversation=1, messages=(HELLO,)),),
    )


async def test_page_is_made_for_its_owner_only_and_follows(live: LivePage, tmp_path: Path, faults: list[str]) -> None:
    file = tmp_path / "chat page.html"
    assert await live.begin(str(file), ClientState()) == file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "hello from ann" not in file.read_text()

    live.take(batch(), "chat.example.org")
    await until(lambda: "hello from ann" in file.read_text())
    assert "<title>chat.example.org</title>" in file.read_text(), "it is called what it shows, not what the file is"
    live.tell("1 channel", "#general 3")
    await until(lambda: "1 channel" in file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    await live.end()
    assert live.path is None
    assert "the client has ended" in file.read_text()
    assert "hello from ann" in file.read_text()
    assert not faults
    assert [entry.name for entry in tmp_path.iterdir()] == ["chat page.html"], "no half-written file is left"


async def test_page_begins_with_what_is_known(live: LivePage, tmp_path: Path) -> None:
    file = tmp_path / "chat.html"
    await live.begin(str(file), client(conversation(1, "general", [HELLO])))

    assert "hello from ann" in file.read_text()


async def test_last_words_are_in_the_page_when_it_ends_at_once(live: LivePage, tmp_path: Path) -> None:
    file = tmp_path / "chat.html"
    await live.begin(str(file), ClientState())
    live.take(batch(), "chat.example.org")
    live.tell("Goodbye.")
    await live.end()

    assert "hello from ann" in file.read_text()
    assert "Goodbye." in file.read_text()


async def test_own_page_is_reset_and_a_file_of_somebody_else_is_asked_about(live: LivePage, tmp_path: Path) -> None:
    file = tmp_path / "chat.html"
    await live.begin(str(file), client(conversation(1, "general", [HELLO])))
    await live.end()
    await live.begin(str(file), ClientState())
    assert "hello from ann" not in file.read_text()
    await live.end()

    for content in ("my thesis", ""):
        file.write_text(content)
        with pytest.raises(NotOurs, match="is there already, and was not made by this program"):
            await live.begin(str(file), ClientState())
        assert file.read_text() == content
        assert live.path is None

    await live.begin(str(file), ClientState(), over=True)
    assert "<!doctype html>" in file.read_text()


async def test_page_ends_when_somebody_else_writes_the_file(live: LivePage, tmp_path: Path, faults: list[str]) -> None:
    file = tmp_path / "chat.html"
    await live.begin(str(file), ClientState())
    file.write_text("mine now")
    live.take(batch(), "chat.example.org")
    await until(lambda: faults)

    assert faults == [f"{file} was changed by somebody else. The live page ends here."]
    assert live.path is None
    await live.end()
    assert file.read_text() == "mine now"


async def test_page_is_made_again_when_the_file_was_deleted(live: LivePage, tmp_path: Path) -> None:
    file = tmp_path / "chat.html"
    await live.begin(str(file), ClientState())
    file.unlink()
    live.take(batch(), "chat.example.org")

    await until(file.exists)
    await live.end()
    assert "hello from ann" in file.read_text()


async def test_page_follows_a_link_to_its_file(live: LivePage, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link = tmp_path / "chat.html"
    link.symlink_to(tmp_path / "there" / "real.html")
    await live.begin(str(link), ClientState())

    assert link.is_symlink()
    assert "<!doctype html>" in (tmp_path / "there" / "real.html").read_text()


async def test_page_ends_with_a_sentence_when_it_cannot_be_written(
    live: LivePage, tmp_path: Path, faults: list[str]
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    await live.begin(str(folder / "chat.html"), ClientState())
    (folder / "chat.html").unlink()
    folder.rmdir()
    live.take(batch(), "chat.example.org")
    await until(lambda: faults)

    assert faults == [f"{folder / 'chat.html'} cannot be written (No such file or directory). The live page ends here."]


@pytest.mark.parametrize(
    ("name", "sentence", "kind"),
    [
        ("", "is no file", UsageFault),
        ("nowhere/chat.html", "There is no folder", WorldFault),
        ("pipe", "is no file", UsageFault),
        ("a\0b", "can be no file", UsageFault),
    ],
)
async def test_path_that_can_be_no_page_is_refused_in_words(
    live: LivePage, tmp_path: Path, name: str, sentence: str, kind: type[ChatError]
) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(kind, match=sentence):
        await live.begin(f"{tmp_path}/{name}", ClientState(), over=True)
    assert live.path is None


async def test_nothing_is_kept_while_there_is_no_page(live: LivePage, tmp_path: Path) -> None:
    live.take(batch(), "chat.example.org")
    live.tell("told in vain")
    await live.begin(str(tmp_path / "chat.html"), ClientState())

    assert "told in vain" not in (tmp_path / "chat.html").read_text()
    await live.end()
    await live.end()
