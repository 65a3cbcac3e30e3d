"""The list of conversations, the tabs and the list of members: order, counts, and what fits."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from chat_core.client.state.model import ClientState, LinkState, LinkStatus, MemberList
from chat_core.protocol.values import Member
from chat_tui.views.conversations import (
    entries,
    first_showing,
    fitted,
    head_line,
    is_partner_online,
    number,
    ordered,
    slot_of,
)
from chat_tui.views.lines import Line, Span
from chat_tui.views.members import by_presence, members
from chat_tui.views.tabs import tab_ids, tabs
from tests.support.hostile import PAYLOADS, is_safe
from tests.tui.support.states import client, conversation


def state() -> ClientState:
    return client(
        conversation(9, "bob", kind="direct", partner=7, online=1),
        conversation(4, "ops", unread=7, mentions=1),
        conversation(2, "announcements", kind="announcements"),
        conversation(5, "ann", kind="direct", partner=5, online=2, unread=2),
        conversation(1, "general", unread=3),
        conversation(3, "dev", unread=5),
    )


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [line.text.rstrip() for line in lines]


def span(line: Line, text: str) -> Span:
    return next(span for span in line.spans if text in span.text)


def test_order_is_channels_announcements_and_direct_ones_by_number() -> None:
    assert [each.info.name for each in ordered(state())] == ["general", "dev", "ops", "announcements", "ann", "bob"]


def test_slots_are_the_digits_of_the_first_ten() -> None:
    assert [slot_of(index) for index in range(12)] == [*"1234567890", "", ""]


def test_rows_are_in_sections_with_slot_presence_and_count() -> None:
    rows = entries(state(), 1, 22)

    assert [row.line.text.rstrip() for row in rows] == [
        "  CHANNELS",
        "▌1 #general",
        " 2 #dev             5",
        " 3 #ops            1",
        " 4 #announcements",
        "",
        "  DIRECT",
        " 5 ● ann           2",
        " 6 ○ bob",
    ]
    assert [row.conversation for row in rows] == [None, 1, 3, 4, 2, None, None, 5, 9]


def test_what_needs_the_user_has_a_badge_and_what_does_not_a_plain_number() -> None:
    rows = {row.conversation: row.line for row in entries(state(), 1, 22)}

    assert span(rows[4], " 1 ").role == "badge"
    assert span(rows[5], " 2 ").role == "badge"
    assert span(rows[3], "5").role == "muted" and span(rows[3], "#dev").role == "strong"
    assert span(rows[9], "bob").role == "muted"


def test_open_conversation_has_a_bar_and_its_ground_and_no_count() -> None:
    rows = {row.conversation: row.line for row in entries(state(), 1, 22)}

    assert rows[1].ground == "panel" and span(rows[1], "▌").role == "bar"
    assert "3" not in rows[1].text


def test_counts_stay_short() -> None:
    assert [number(count) for count in (1, 999, 1_000, 123_456)] == ["1", "999", "999+", "999+"]


@pytest.mark.parametrize(("seats", "online", "shown"), [(2, 1, False), (2, 2, True), (1, 1, True), (1, 0, False)])
def test_partner_is_online_when_everybody_in_the_conversation_is_also_with_oneself(
    seats: int, online: int, shown: bool
) -> None:
    direct = conversation(5, "ann", kind="direct", partner=5)

    assert is_partner_online(replace(direct, info=replace(direct.info, members=seats, online=online))) is shown


def test_partner_is_online_by_the_member_list_if_there_is_one() -> None:
    direct = conversation(5, "ann", kind="direct", partner=5, online=1)
    listed = conversation(
        5,
        "ann",
        kind="direct",
        partner=5,
        online=1,
        members=MemberList(members=(Member(account=5, name="ann", online=True),), total=2),
    )

    assert not is_partner_online(direct)
    assert is_partner_online(listed)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (0, ["head", "", "  CHANNELS", "▌1 #general", " 2 #dev", "  ↓ 2 more unread"]),
        (3, ["head", "  ↑ 1 more unread", " 3 #ops", " 4 #announcements", "", "  ↓ 1 more unread"]),
        (99, ["head", "  ↑ 2 more unread", "", "  DIRECT", " 5 ● ann", " 6 ○ bob"]),
    ],
)
def test_list_says_what_waits_out_of_sight_when_it_does_not_fit(first: int, expected: list[str]) -> None:
    shown = fitted(Line((Span("head"),)), entries(state(), 1, 22), first, 6)

    assert [text[:20].rstrip(" 0123456789") if "more" not in text else text for text in texts(shown.lines)] == expected
    assert len(shown.targets) == len(shown.lines) == 6


def test_list_counts_the_rest_when_nothing_waits_there() -> None:
    quiet = client(*(conversation(n, f"c{n}") for n in range(1, 9)))

    assert texts(fitted(Line(), entries(quiet, 1, 22), 0, 6).lines)[-1] == "  ↓ 6 more"


def test_list_scrolls_no_further_than_it_must_to_show_a_conversation() -> None:
    rows = entries(state(), 9, 22)

    first = first_showing(rows, 9, 0, 6)
    assert 9 in fitted(Line(), rows, first, 6).targets
    assert first_showing(rows, 3, 0, 20) == 0
    assert 1 in fitted(Line(), rows, first_showing(rows, 1, 5, 6), 6).targets


@pytest.mark.parametrize("height", [0, 1, 2, 3])
def test_list_survives_having_no_room(height: int) -> None:
    assert len(fitted(Line(), entries(state(), 1, 22), 0, height).lines) <= max(height, 0)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (LinkStatus.ONLINE, "  acme  ● online"),
        (LinkStatus.CONNECTING, "  acme  ◌ connecting"),
        (LinkStatus.WAITING, "  acme  ○ reconnecting"),
        (LinkStatus.OFFLINE, "  acme  ○ offline"),
        (LinkStatus.REFUSED, "  acme  ✕ refused"),
    ],
)
def test_head_says_how_the_connection_is_by_shape_and_word(status: LinkStatus, expected: str) -> None:
    line = head_line(client(link=LinkState(status=status)), "acme", 24)

    assert line.text == expected


def test_head_gives_the_connection_room_first() -> None:
    away = client(link=LinkState(status=LinkStatus.OFFLINE))

    assert head_line(client(), "this computer", 22).text == "  this computer  ●"
    assert head_line(client(), "a very long name of a server", 22).text == "  a very long nam…  ●"
    assert head_line(away, "this computer", 22).text == "  this co…  ○ offline"


def test_tabs_are_the_channel_and_the_direct_conversations() -> None:
    known = state()
    made = tabs(known, tab_ids(known, 1), 1, 60)

    assert made.line.text == " #general │ @ann 2 │ @bob │"
    assert list(made.targets) == [1, 1, 5, 5, 5, 9, 9]
    assert span(made.line, "#general").role == "selected"
    assert span(made.line, "2 ").role == "attention"


def test_open_tab_stays_when_tabs_do_not_fit() -> None:
    many = client(
        conversation(1, "general"),
        *(conversation(n, f"friend{n}", kind="direct", partner=n, unread=n == 15) for n in range(10, 20)),
    )
    ids = tab_ids(many, 1)

    made = tabs(many, ids, 17, 50)

    assert made.line.width <= 50
    assert span(made.line, "@friend17").role == "selected"
    assert made.line.spans[-1].text.startswith(" +") and made.line.spans[-1].role == "attention"


def test_tabs_leave_out_conversations_that_are_gone() -> None:
    assert tabs(state(), (1, 77), 1, 60).line.text == " #general │"
    assert tab_ids(state(), None) == (5, 9)


LISTED = [
    Member(account=1, name="zoe", online=True),
    Member(account=2, name="you", online=True),
    Member(account=3, name="Ann", online=False),
    Member(account=4, name="bob", online=True),
]


def in_channel(count: int = 4) -> MemberList:
    return MemberList(members=tuple(LISTED), total=count, online=3, stale=False)


def test_members_are_listed_by_presence_and_name() -> None:
    shown = members(conversation(members=in_channel()), by_presence(LISTED), 2, 0, 20, 10)

    assert texts(shown.lines) == [" MEMBERS  4", "", " ● bob", " ● you", " ● zoe", " ○ Ann"]
    assert span(shown.lines[3], "you").role == "soft-own"
    assert [member.name if member else None for member in shown.members] == [None, None, "bob", "you", "zoe", "Ann"]


def test_operators_and_voices_have_their_marks_in_the_list_of_members() -> None:
    people = [
        Member(account=2, name="ann", online=True, channel_role="operator"),
        Member(account=3, name="bob", online=True, channel_role="voice"),
        Member(account=4, name="cyd", online=True),
        Member(account=5, name="dan", online=False, channel_role="operator"),
    ]

    shown = texts(members(conversation(), by_presence(people), 4, 0, 20, 10).lines)[2:]

    assert [line.split()[-1] for line in shown] == ["@ann", "+bob", "cyd", "@dan"], shown


def test_members_that_do_not_fit_or_are_not_loaded_are_counted() -> None:
    here = conversation(members=in_channel(40))

    assert texts(members(here, by_presence(LISTED), 2, 0, 20, 5).lines)[2:] == [" ● bob", " ● you", "   38 more"]
    assert texts(members(here, by_presence(LISTED), 2, 0, 20, 10).lines)[-1] == "   36 more"
    assert members(here, by_presence(LISTED), 2, 99, 20, 5).first == 1


def test_members_that_were_never_asked_for_are_only_counted() -> None:
    assert texts(members(conversation(online=12), [], 2, 0, 20, 10).lines) == [" MEMBERS  12", ""]


@pytest.mark.parametrize("name", PAYLOADS)
def test_lists_draw_hostile_names_safely(name: str) -> None:
    text = PAYLOADS[name]
    hostile = client(
        conversation(1, text, unread=1, topic=text), conversation(2, text, kind="direct", partner=9, unread=1)
    )
    people = [Member(account=1, name=text, online=True), Member(account=2, name=text)]
    lines = [
        *(row.line for row in entries(hostile, 1, 22)),
        head_line(hostile, text, 22),
        tabs(hostile, (1, 2), 2, 22).line,
        *members(conversation(), people, 1, 0, 22, 10).lines,
    ]

    for line in lines:
        assert is_safe(line.text) and "\n" not in line.text
        assert line.width <= 22
