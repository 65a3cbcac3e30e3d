"""What was said for this person of late, below the list of conversations."""

from __future__ import annotations

import msgspec

from chat_tui.views.feed import Feed, Told, feed_lines
from tests.tui.support.states import NOW, ZONE, client, conversation, ms, said, with_more

NOW_MS = ms(NOW)


def test_feed_has_what_names_one_and_what_is_said_directly_the_newest_first() -> None:
    dev = conversation(2, "dev", [said(1, "11:00", "bob", "nothing"), said(2, "11:30", "bob", "@you look")])
    direct = conversation(3, "ann", [said(1, "11:10", "ann", "psst"), said(2, "11:50", "you", "yes?")], kind="direct")
    state = client(conversation(1, "general", []), dev, direct)

    told = Feed().newest(state)
    assert [(each.conversation, each.message.body) for each in told] == [(2, "@you look"), (3, "psst")]

    lines, targets = feed_lines(told, state, 22, 20, NOW_MS, ZONE)
    assert [line.text.rstrip() for line in lines] == [
        "  FOR YOU", "", "  #dev          11:30", "  bob @you look", "", "  ann           11:10", "  psst", ""
    ]  # fmt: skip
    assert targets == [None, None, 2, 2, 2, 3, 3, 3]
    assert feed_lines(told, state, 22, 4, NOW_MS, ZONE) == ([], []), "there is no room"


def test_feed_follows_what_comes_and_leaves_out_what_one_does_not_want() -> None:
    feed = Feed()
    direct = conversation(3, "ann", [said(1, "11:10", "ann", "psst")], kind="direct")
    state = client(direct)
    assert len(feed.newest(state)) == 1

    direct = with_more(direct, said(2, "11:20", "ann", "are you there?"))
    assert [told.message.body for told in feed.newest(client(direct))] == ["are you there?", "psst"]
    ignored = msgspec.structs.replace(client(direct), ignored=frozenset({direct.timeline.find(1).author}))  # type: ignore[union-attr]
    assert feed.newest(ignored) == []
    assert feed_lines([], state, 22, 40, NOW_MS) == ([], [])
    assert feed_lines([Told(3, said(1, "11:10", "ann", "x\x1b[31m\ny"))], state, 22, 9, NOW_MS, ZONE)[0][3].text == (
        "  x␛[31m y"
    )
