"""What the line mode can do with drafts that the full-screen client has left."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from chat_tui import drafts
from chat_tui.drafts import Draft
from chat_tui.plain.keeping import PlainDrafts
from tests.tui.support.states import ME, client, conversation

STATE = replace(client(conversation(1, "dev")), me=ME)


async def test_draft_of_the_full_screen_is_told_gone_to_and_dropped(home: Path) -> None:
    drafts.save(home, ME.id, {"#dev": Draft("half a\nthought"), "#dev:17": Draft("aside"), "#gone": Draft("lost")})
    said: list[str] = []
    went: list[tuple[int, int]] = []
    plain = PlainDrafts(home, lambda: STATE, said.append, lambda number, thread: went.append((number, thread)))

    assert set(await plain.all()) == {"#dev", "#dev:17", "#gone"}
    plain.go("#dev")
    plain.go("#dev:17")
    assert went == [(1, 0), (1, 17)]
    assert said == ["Written, and not sent: half a / thought", "Written, and not sent: aside"]
    plain.go("#gone")
    assert said[2:] == ["You are not in #gone any more; /draft drop forgets it.", "Written, and not sent: lost"]
    assert len(went) == 2

    await plain.drop("#gone")
    assert set(drafts.load(home, ME.id)) == {"#dev", "#dev:17"}


async def test_there_are_no_drafts_when_nothing_is_remembered() -> None:
    assert await PlainDrafts(None, lambda: STATE, print, lambda number, thread: None).all() == {}
