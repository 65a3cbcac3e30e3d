"""The outbox's journal: what its replay gives back, whatever a crash cut off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chat_core.client.state.journal import (
    Again,
    AnyRecord,
    Detached,
    Failed,
    Gone,
    Journal,
    Put,
    Whose,
    from_bytes,
    to_bytes,
)
from chat_core.client.state.model import Unsent

WHOSE = Whose(name="ann", account=7, epoch="e1")


def cid(number: int) -> bytes:
    return bytes([number]) * 16


def put(number: int, body: str = "") -> Put:
    return Put(unsent=Unsent(cid=cid(number), conversation=1, body=body or f"m{number}", ts=number), target="#general")


def fold(*records: AnyRecord) -> Journal:
    journal, whole = from_bytes(to_bytes(records))
    assert whole == len(to_bytes(records))
    return journal


def shown(journal: Journal) -> list[tuple[int, str]]:
    return [(kept.unsent.cid[0], kept.unsent.status) for kept in journal.kept]


def test_journal_gives_back_what_was_put_in_order_and_what_is_done_not() -> None:
    journal = fold(WHOSE, put(1), put(2), put(3), Gone(cids=(cid(2),)))

    assert shown(journal) == [(1, "queued"), (3, "queued")]
    assert journal.whose == WHOSE
    assert journal.kept[0].target == "#general"


def test_journal_gives_back_a_refused_one_with_its_reason() -> None:
    (kept,) = fold(put(1), Failed(cid=cid(1), code="not_member", text="No.")).kept

    assert (kept.unsent.status, kept.unsent.code, kept.unsent.text) == ("failed", "not_member", "No.")


def test_journal_puts_what_is_wanted_again_behind_the_others() -> None:
    journal = fold(put(1), put(2), Failed(cid=cid(1), code="old", text=""), Again(cid=cid(1)))

    assert shown(journal) == [(2, "queued"), (1, "queued")]
    assert [kept.wanted for kept in journal.kept] == [False, True]


def test_journal_gives_back_what_was_an_answer_as_one_no_more() -> None:
    answers = [put(number) for number in (1, 2)]
    answers = [replace(each, unsent=replace(each.unsent, reply_to=5)) for each in answers]

    journal = fold(WHOSE, *answers, Detached(cids=(cid(1),)))

    for each in (journal, fold(*journal.records())):
        assert [(kept.unsent.reply_to, kept.unsent.detached) for kept in each.kept] == [(None, True), (5, False)]


@pytest.mark.parametrize(
    "record",
    [
        Gone(cids=(cid(9),)),
        Failed(cid=cid(9), code="x", text=""),
        Again(cid=cid(9)),
        Detached(cids=(cid(9),)),
    ],
)
def test_journal_ignores_what_is_said_of_an_unknown_message(record: AnyRecord) -> None:
    assert shown(fold(put(1), record)) == [(1, "queued")]


def test_journal_counts_what_two_have_once_when_it_adopts() -> None:
    mine, other = fold(put(1), put(2)), fold(put(2), put(3))

    assert mine.adopt(other)
    assert shown(mine) == [(1, "queued"), (2, "queued"), (3, "queued")]


@pytest.mark.parametrize("other", [Whose(name="ann", account=7, epoch="e2"), Whose(name="ann", account=8, epoch="e1")])
def test_journal_adopts_nothing_whose_numbers_mean_other_conversations(other: Whose) -> None:
    mine = fold(WHOSE, put(1))

    assert not mine.adopt(fold(other, put(2)))
    assert (shown(mine), mine.whose) == ([(1, "queued")], WHOSE)
    assert mine.adopt(fold(other)), "nothing is in it"


def test_journal_takes_over_whose_the_other_is_when_it_keeps_nothing_itself() -> None:
    mine = fold(Whose(name="ann", account=7, epoch="e2"))

    assert mine.adopt(fold(WHOSE, put(1)))
    assert (shown(mine), mine.whose) == ([(1, "queued")], WHOSE)


@given(cut=st.integers(min_value=0, max_value=400))
def test_journal_is_read_up_to_the_last_whole_record_when_a_crash_cut_it_off(cut: int) -> None:
    records = [put(number, "x" * number) for number in range(1, 6)]
    ends = [len(to_bytes(records[:count])) for count in range(len(records) + 1)]
    data = to_bytes(records)[:cut]

    journal, whole = from_bytes(data)

    count = max(count for count, end in enumerate(ends) if end <= len(data))
    assert (len(journal.kept), whole) == (count, ends[count])


@pytest.mark.parametrize("zeros", [1, 8, 16, 4096])
def test_journal_is_read_up_to_the_last_whole_record_when_a_crash_left_zeros_behind_it(zeros: int) -> None:
    data = to_bytes([WHOSE, put(1)])

    journal, whole = from_bytes(data + bytes(zeros))

    assert (shown(journal), whole) == ([(1, "queued")], len(data))


@given(at=st.integers(min_value=0, max_value=10_000), flip=st.integers(min_value=1, max_value=255))
def test_journal_stops_at_a_damaged_record(at: int, flip: int) -> None:
    first = to_bytes([put(1)])
    data = bytearray(first + to_bytes([put(2)]))
    place = len(first) + at % (len(data) - len(first))
    data[place] ^= flip

    journal, whole = from_bytes(bytes(data))

    assert (shown(journal), whole) == ([(1, "queued")], len(first))


def test_journal_is_not_judged_when_a_newer_version_wrote_it() -> None:
    import msgspec

    body = msgspec.msgpack.encode({"is": "hologram"})
    from zlib import crc32

    data = len(body).to_bytes(4, "big") + crc32(body).to_bytes(4, "big") + body
    with pytest.raises(ValueError, match="hologram"):
        from_bytes(data)


commands = st.lists(
    st.one_of(
        st.integers(1, 6).map(put),
        st.integers(1, 6).map(lambda number: Gone(cids=(cid(number),))),
        st.integers(1, 6).map(lambda number: Failed(cid=cid(number), code="busy", text="t")),
        st.integers(1, 6).map(lambda number: Again(cid=cid(number))),
        st.just(WHOSE),
    ),
    max_size=20,
)


@given(commands)
def test_journal_folds_to_the_same_when_it_is_written_anew(records: list[AnyRecord]) -> None:
    journal = fold(*records)
    again = fold(*journal.records())

    assert (again.kept, again.whose) == (journal.kept, journal.whose)
