"""The title line and the status line."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chat_core.client.state.model import ClientState, LinkState, LinkStatus, MemberList, Typist
from chat_tui.views.header import header
from chat_tui.views.lines import Line
from chat_tui.views.link import knows_others
from chat_tui.views.status import status, typing_words
from chat_tui.views.tile_title import tile_title
from tests.support.hostile import PAYLOADS, is_safe
from tests.tui.support.states import client, conversation


def typists(*names: str, until: float = 100.0) -> tuple[Typist, ...]:
    return tuple(Typist(account=at, name=name, until=until) for at, name in enumerate(names))


def here(**more: Any) -> ClientState:
    link = more.pop("link", LinkState(status=LinkStatus.ONLINE, latency_ms=8.4))
    return client(
        conversation(1, "general", unread=9, **more),
        conversation(2, "dev", unread=5),
        conversation(3, "ops", unread=4, mentions=1),
        conversation(6, "ann", kind="direct", partner=5, unread=2),
        link=link,
    )


def role(line: Line, text: str) -> str:
    return next(span.role for span in line.spans if text in span.text)


def test_header_has_name_topic_and_how_many_are_online() -> None:
    line = header(conversation(1, "general", topic="Release planning", online=12), 50)

    assert line.text == " #general  Release planning             12 online "
    assert (role(line, "#general"), role(line, "Release")) == ("strong", "muted")


def test_header_elides_the_topic_first() -> None:
    line = header(conversation(1, "general", topic="Release planning", online=12), 34)

    assert line.text == " #general  Release pl…  12 online "


def test_header_prefers_the_member_list_s_number_when_there_is_one() -> None:
    state = conversation(1, "general", online=12, members=MemberList(total=20, online=13))

    assert "13 online" in header(state, 40).text


def test_header_of_a_direct_conversation_says_whether_the_other_one_is_there() -> None:
    assert header(conversation(5, "ann", kind="direct", partner=5, online=2), 30).text.endswith("● online ")
    assert header(conversation(5, "ann", kind="direct", partner=5, online=1), 30).text.endswith("○ offline ")


def test_header_counts_nobody_while_it_is_not_known_who_is_there() -> None:
    for each in (conversation(1, "general", online=12), conversation(5, "ann", kind="direct", partner=5, online=2)):
        assert "online" not in header(each, 40, connected=False).text
        assert "online" not in tile_title(each, 40, active=True, connected=False).text
        assert "online" in tile_title(each, 40, active=True).text
    known = {status: knows_others(LinkState(status=status, attempt=1)) for status in LinkStatus}
    assert [status for status, knows in known.items() if knows] == [LinkStatus.ONLINE]
    assert knows_others(LinkState(status=LinkStatus.CONNECTING))


def test_header_is_empty_when_nothing_is_open() -> None:
    assert header(None, 40).text == ""


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ""),
        (("peter",), "peter is typing…"),
        (("peter", "ann"), "peter and ann are typing…"),
        (("a", "b", "c"), "a, b and c are typing…"),
        (("a", "b", "c", "d"), "4 people are typing…"),
    ],
)
def test_who_is_typing_is_told_in_words(names: tuple[str, ...], expected: str) -> None:
    assert typing_words(typists(*names), 50.0) == expected


def test_typing_fades_when_its_time_is_over() -> None:
    assert typing_words((*typists("ann", until=10.0), *typists("bob")), 50.0) == "bob is typing…"


def test_status_names_what_waits_elsewhere_when_the_list_is_hidden() -> None:
    line = status(here(typing=typists("peter")), 1, 50.0, 70, listed=False)

    assert line.text == " peter is typing…                           2:#dev 5 3:#ops 1 4:ann 2 "
    assert (role(line, "#dev"), role(line, "#ops"), role(line, "ann")) == ("muted", "attention", "attention")


def test_status_keeps_what_needs_the_user_when_there_is_little_room() -> None:
    line = status(here(), 1, 50.0, 24, listed=False)

    assert "3:#ops 1 4:ann 2" in line.text and "#dev" not in line.text and "+1" in line.text
    assert line.width <= 24


def test_status_shows_the_round_trip_when_the_list_is_visible_or_nothing_waits() -> None:
    assert status(here(), 1, 50.0, 40, listed=True).text.strip() == "● 8 ms"
    assert status(client(conversation()), 1, 50.0, 40, listed=False).text.strip() == "● 8 ms"
    assert (
        status(client(conversation(), link=LinkState(status=LinkStatus.ONLINE)), 1, 0, 40, listed=True).text.strip()
        == "● online"
    )


@pytest.mark.parametrize(
    ("link", "left", "right"),
    [
        (LinkState(status=LinkStatus.CONNECTING), "", "◌ connecting…"),
        (
            LinkState(status=LinkStatus.WAITING, retry_at=53.2, detail="No answer.", attempt=1),
            "What you write is sent later  ",
            "○ reconnecting in 4 s",
        ),
        (LinkState(status=LinkStatus.WAITING, retry_at=49.0, attempt=1), "What you write is", "○ reconnecting…"),
        (LinkState(status=LinkStatus.OFFLINE), "", "○ offline"),
        (LinkState(status=LinkStatus.REFUSED, detail="Too old: install 2.0."), "Too old: install 2.0.", "✕ refused"),
    ],
)
def test_status_says_what_is_wrong_with_the_connection(link: LinkState, left: str, right: str) -> None:
    for listed in (True, False):
        line = status(client(conversation(typing=typists("ann")), link=link), 1, 50.0, 60, listed=listed).text

        assert line.rstrip().endswith(right)
        assert line.strip().startswith(left or "ann is typing…")


REASON = "Nobody listens at chat://127.0.0.1:45671: start a server there (chat-core serve), or check the address."
AWAY = LinkState(status=LinkStatus.WAITING, retry_at=62.0, detail=REASON, attempt=3, lost=True)


@pytest.mark.parametrize(
    ("link", "cells", "expected"),
    [
        (AWAY, 40, " What you write is sent later    ○ 12 s "),
        (AWAY, 60, " What you write is sent later        ○ reconnecting in 12 s "),
        (AWAY, 80, " Connection lost: what you write is sent later.          ○ reconnecting in 12 s "),
        (
            replace(AWAY, lost=False),
            80,
            " Not connected yet: what you write is sent later.        ○ reconnecting in 12 s ",
        ),
        (
            replace(AWAY, status=LinkStatus.CONNECTING, detail="The server stops; it may be back soon."),
            104,
            " Connection lost: what you write is sent later. The server stops; it may be back soon.  ◌ reconnecting… ",
        ),
        (AWAY, 180, f" Connection lost: what you write is sent later. {REASON}      ○ reconnecting in 12 s "),
    ],
)
def test_status_says_that_what_is_written_is_sent_later_while_the_server_is_away(
    link: LinkState, cells: int, expected: str
) -> None:
    assert status(client(conversation(typing=typists("ann")), link=link), 1, 50.0, cells, listed=False).text == expected


def test_status_keeps_saying_that_the_outbox_is_not_on_disk() -> None:
    assert status(here(), 1, 50.0, 80, listed=True, loses=True).text.startswith(" ! outbox not on disk ")
    line = status(here(link=AWAY), 1, 50.0, 40, listed=False, loses=True)
    assert line.text == " ! not on disk  Sent later   +3  ○ 12 s "


def test_status_promises_nothing_of_a_server_that_nothing_is_known_of() -> None:
    assert REASON[:40] in status(client(link=AWAY), None, 50.0, 80, listed=False).text


def test_status_keeps_its_promise_whole_when_something_waits_elsewhere() -> None:
    line = status(here(link=AWAY), 1, 50.0, 80, listed=False)

    assert line.text.startswith(" What you write is sent later  ")
    assert line.text.endswith("4:ann 2 +1  ○ reconnecting in 12 s ")


def test_status_shows_both_trouble_and_what_waits_when_the_list_is_hidden() -> None:
    line = status(here(link=LinkState(status=LinkStatus.OFFLINE)), 1, 50.0, 60, listed=False)

    assert line.text.rstrip().endswith("4:ann 2  ○ offline")


@pytest.mark.parametrize("cells", [1, 5, 20, 60])
@pytest.mark.parametrize("name", PAYLOADS)
def test_bars_draw_hostile_text_safely_and_within_their_width(name: str, cells: int) -> None:
    text = PAYLOADS[name]
    known = client(
        conversation(1, text, topic=text, typing=typists(text, text)),
        conversation(2, text, unread=3, mentions=1),
        link=LinkState(status=LinkStatus.WAITING, detail=text, retry_at=60.0),
    )
    bars = [header(known.conversations[1], cells)]
    bars += [status(known, 1, 50.0, cells, listed=listed) for listed in (True, False)]
    bars.append(status(client(known.conversations[1], known.conversations[2]), 1, 50.0, cells, listed=False))

    for line in bars:
        assert is_safe(line.text) and "\n" not in line.text
        assert line.width <= cells
