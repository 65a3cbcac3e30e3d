"""What was found in line mode, page by page: by the pipe that a script reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.errors import UsageFault
from chat_core.client.state.model import ClientState
from chat_core.protocol.requests.search import SearchResults
from chat_core.protocol.values import SearchHit
from chat_tui.commands.context import Looked
from chat_tui.plain.console import Pipes
from chat_tui.plain.desk import PlainDesk
from tests.tui.support.states import said

PAGES = {
    b"": Looked(hits=(), cursor=b"1", looked=250),
    b"1": Looked(hits=(SearchHit(conversation=1, target="#ops", message=said(7, "9:00", "bob", "@ann see here")),)),
}


async def more(cursor: bytes) -> SearchResults:
    return PAGES[cursor]


async def test_more_goes_on_with_what_was_found_until_there_is_no_more(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = PlainDesk(Pipes(), home, None, SystemClock())
    with pytest.raises(UsageFault, match="/mentions"):
        await desk.say_more()

    desk.show_found("mentions of you", PAGES[b""], more)
    told = capsys.readouterr().out.splitlines()
    assert told == ["None of the 250 that were looked at is for you.", "/more looks further."]

    await desk.say_more()
    heading, hit = capsys.readouterr().out.splitlines()
    assert heading == "1 message found, the newest first:"
    assert hit.startswith("#ops, ") and hit.endswith("bob: @ann see here")
    with pytest.raises(UsageFault, match="no more of it"):
        await desk.say_more()


async def test_message_of_somebody_whom_one_ignores_is_listed_without_its_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = PlainDesk(Pipes(), home, None, SystemClock())
    found = PAGES[b"1"]
    desk.state = lambda: ClientState(ignored=frozenset({found.hits[0].message.author}))

    desk.show_found("see", found)

    assert capsys.readouterr().out.splitlines()[-1].endswith(", a message of bob, whom you ignore")
