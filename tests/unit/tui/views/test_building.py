"""Messages become items: runs of lines, days, notices, the line above what is unread."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace as replace_fields

from chat_core.client.state.model import Notice, Unsent
from chat_tui.views.building import Divider, Setting, build, build_tail
from chat_tui.views.items import DayItem, Item, MessageItem, NoticeItem, UnreadItem, UnsentItem
from tests.tui.support.states import ME, ZONE, at, said

SETTING = Setting(ME.id, ZONE, 2023)


def shape(items: Sequence[Item]) -> str:
    """Return a short form: D day, U unread, N notice, H head of a run, . a further line, S unsent head, s its next."""
    signs = []
    for item in items:
        match item:
            case MessageItem():
                signs.append("H" if item.head else ".")
            case UnsentItem():
                signs.append("S" if item.head else "s")
            case _:
                signs.append({DayItem: "D", UnreadItem: "U", NoticeItem: "N"}[type(item)])
    return "".join(signs)


def notice(after: int, clock: str, kind: str = "joined", *names: str, day: int = 21) -> Notice:
    return Notice(after=after, ts=at(clock, day), kind=kind, names=names or ("ann",))  # type: ignore[arg-type]


def test_name_is_not_repeated_for_the_next_line_within_five_minutes() -> None:
    items = build(
        [said(1, "12:00", "ann", "a"), said(2, "12:04", "ann", "b"), said(3, "12:05", "ann", "c")],
        SETTING,
        (),
    )

    assert shape(items) == "DH.H"


def test_name_is_repeated_when_somebody_else_spoke_or_acted() -> None:
    messages = [
        said(1, "12:00", "ann", "a"),
        said(2, "12:00", "bob", "b"),
        said(3, "12:00", "ann", "c"),
        said(4, "12:00", "ann", "waves", style="action"),
        said(5, "12:00", "ann", "d"),
    ]

    assert shape(build(messages, SETTING, ())) == "DHHHHH"


def test_name_is_repeated_when_a_clock_was_set_back() -> None:
    assert shape(build([said(1, "12:05", "ann", "a"), said(2, "12:00", "ann", "b")], SETTING, ())) == "DHH"


def test_day_begins_before_its_first_message_and_breaks_a_run() -> None:
    messages = [said(1, "23:59", "ann", "a", day=20), said(2, "00:01", "ann", "b")]

    items = build(messages, SETTING, ())

    assert shape(items) == "DHDH"
    days = [item.day.day for item in items if isinstance(item, DayItem)]
    assert days == [20, 21]


def test_day_is_not_begun_again_when_a_run_goes_on_behind_a_known_message() -> None:
    (_, known) = build([said(1, "12:00", "ann", "a")], SETTING, ())
    assert isinstance(known, MessageItem)

    assert shape(build([said(2, "12:01", "ann", "b")], SETTING, (), after=known)) == "."
    assert shape(build([said(2, "12:06", "ann", "b")], SETTING, (), after=known)) == "H"
    assert shape(build([said(2, "00:01", "ann", "b", day=22)], SETTING, (), after=known)) == "DH"


def test_notices_stand_between_the_messages_they_happened_between() -> None:
    messages = [said(2, "12:00", "ann", "a"), said(5, "12:01", "ann", "b")]
    notices = (notice(1, "11:00"), notice(3, "12:00"), notice(5, "12:02"))

    assert shape(build(messages, SETTING, notices)) == "DHNH"
    assert shape(build(messages, SETTING, notices, from_start=True)) == "DNHNH"


def test_comings_and_goings_are_told_together_but_a_topic_stands_alone() -> None:
    messages = [said(9, "12:00", "ann", "a")]
    notices = tuple(notice(n, "11:00", kind) for n, kind in enumerate(["joined", "left", "topic", "joined", "renamed"]))

    items = build(messages, SETTING, notices, from_start=True)

    assert shape(items) == "DNNNH"
    assert [len(item.notices) for item in items if isinstance(item, NoticeItem)] == [2, 1, 2]


def test_unread_divider_stands_before_the_first_unread_message() -> None:
    divider = Divider(2, UnreadItem(2, "12:00"))
    messages = [said(seq, "12:00", "ann", "x") for seq in (1, 2, 4, 5)]

    assert shape(build(messages, replace_fields(SETTING, divider=divider), ())) == "DH.UH."


def test_unread_divider_waits_when_older_unread_messages_may_be_missing() -> None:
    setting = replace_fields(SETTING, divider=Divider(2, UnreadItem(2, "")))
    messages = [said(seq, "12:00", "ann", "x") for seq in (4, 5)]

    assert shape(build(messages, setting, ())) == "DH."
    assert shape(build(messages, setting, (), from_start=True)) == "DUH."


def test_tail_has_the_newest_notices_and_then_what_is_not_acknowledged() -> None:
    (_, known) = build([said(4, "12:00", "you", "a")], SETTING, ())
    assert isinstance(known, MessageItem)
    waiting = [Unsent(cid=bytes([n]) * 16, conversation=1, body="x", ts=at("12:01")) for n in range(2)]

    assert shape(build_tail(SETTING, (), waiting, frozenset(), known)) == "ss"
    assert shape(build_tail(SETTING, (notice(2, "11:00"), notice(4, "12:00")), waiting, frozenset(), known)) == "NSs"
    assert shape(build_tail(SETTING, (), waiting, frozenset(), None)) == "DSs"


def test_items_are_the_same_whether_built_at_once_or_in_runs() -> None:
    messages = [said(seq, f"12:{seq:02}", "ann" if seq % 3 else "bob", "x") for seq in range(1, 30)]
    notices = tuple(notice(seq, f"12:{seq:02}") for seq in (5, 11, 12, 20))
    setting = replace_fields(SETTING, divider=Divider(14, UnreadItem(15, "")))
    whole = build(messages, setting, notices, from_start=True)

    for cut in range(1, 29):
        first = build(messages[:cut], setting, notices, from_start=True)
        last = first[-1]
        assert isinstance(last, MessageItem)
        rest = build(messages[cut:], setting, notices, after=last)
        assert [*first, *rest] == whole
