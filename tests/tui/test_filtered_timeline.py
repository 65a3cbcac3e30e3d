"""A timeline of which filters hide much: it does not fetch all of a conversation to find something to show."""

from __future__ import annotations

import msgspec
from typing_extensions import override

from chat_core.client.state.changes import MessagesPrepended
from chat_tui.filter_rules import Filter
from chat_tui.kept_names import Place
from chat_tui.messages import OlderWanted, ReadUpTo
from chat_tui.views.filtering import hiding
from chat_tui.widgets.timeline import Timeline
from tests.tui.support.harness import Harness
from tests.tui.support.states import ME, ZONE, client, conversation, said, with_older
from tests.tui.support.typing import quiet

NOISE = (Filter("from", "ann"),)
PAGE = 50
FIRST = 10_000


class Quiet(Harness):
    """Hides what ann says."""

    @override
    def new_timeline(self, id: str | None) -> Timeline:
        hidden = hiding(NOISE, Place("#general"), ME, "")
        return Timeline(zone=ZONE, clock=self.clock, filters=lambda _: (hidden, True), id=id)


def noisy() -> Quiet:
    here = conversation(1, "general", messages=[said(seq, "12:00", "ann", "noise") for seq in range(FIRST, FIRST + 5)])
    return Quiet(client(here))


def asked(app: Harness) -> int:
    return sum(isinstance(each, OlderWanted) for each in app.said)


async def answer(app: Harness, pages: int) -> None:
    """Answer each question for older messages with a page of noise, at most so many times."""
    for _ in range(pages):
        before = asked(app)
        here = app.state.conversations[1]
        first = here.timeline.first_seq
        older = with_older(here, [said(seq, "12:00", "ann", "noise") for seq in range(first - PAGE, first)])
        app.take(client(older), MessagesPrepended(conversation=1, count=PAGE))
        await quiet(app)
        if asked(app) == before:
            return


async def test_pages_of_which_filters_hide_everything_are_not_fetched_for_ever() -> None:
    app = noisy()
    async with app.run_test(size=(80, 24)):
        await quiet(app)
        assert asked(app) == 1
        await answer(app, 50)
        stopped = asked(app)
        assert 1 < stopped < 10

        app.timeline.action_page_up()
        await quiet(app)
        assert asked(app) == stopped + 1


async def test_what_filters_hide_at_the_end_is_read_with_what_is_seen() -> None:
    messages = [said(1, "12:00", "joe", "seen"), said(2, "12:01", "ann", "noise"), said(3, "12:01", "ann", "noise")]
    here = msgspec.structs.replace(conversation(1, "general", messages=messages, at_start=True), read=0, unread=3)
    app = Quiet(client(here))
    async with app.run_test(size=(80, 24)):
        await quiet(app)
        assert app.timeline.withheld == 2
        assert [each.seq for each in app.said if isinstance(each, ReadUpTo)][-1] == 3
