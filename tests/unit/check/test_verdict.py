"""The verdict: for each rule a small history that breaks it, beside one that does not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import pytest
from msgspec.structs import replace

from chat_core.check.history import (
    Acked,
    Amended,
    Answered,
    Called,
    Delivered,
    Discarded,
    Dumped,
    Ended,
    Failed,
    Fault,
    Left,
    PageRead,
    Placed,
    Posted,
    Posting,
    Record,
    Settled,
    Snapshot,
    Started,
    Stored,
)
from chat_core.check.verdict import KEPT, Verdict, judge

ROOM = 3
ACCOUNTS = {"ann": 1, "bob": 2}


def cid(number: int) -> bytes:
    return bytes([number]) * 16


def eid(seq: int, store: str = "e1") -> bytes:
    return f"{store}{seq:6}".encode()[:8]


def started(who: str, **more: object) -> Started:
    return replace(Started(at=0.0, who=who, account=ACCOUNTS[who]), **more)


def posted(number: int, *, who: str = "ann", body: str = "", again: bool = False) -> Posted:
    return Posted(at=1.0, who=who, cid=cid(number), conversation=ROOM, body=body or f"text {number}", again=again)


def acked(number: int, seq: int, *, who: str = "ann", epoch: str = "e1") -> Acked:
    return Acked(at=2.0, who=who, cid=cid(number), conversation=ROOM, seq=seq, epoch=epoch)


def placed(who: str, seq: int = 0, *, epoch: str = "e1", reason: str = "began") -> Placed:
    return Placed(at=0.5, who=who, conversation=ROOM, seq=seq, epoch=epoch, reason=reason)


def stored(number: int, seq: int, *, author: int = 1, epoch: str = "e1", body: str | None = None) -> Stored:
    return Stored(
        at=9.0,
        who="server",
        epoch=epoch,
        conversation=ROOM,
        seq=seq,
        eid=eid(seq, epoch),
        kind="message_posted",
        author=author,
        cid=cid(number),
        body=f"text {number}" if body is None else body,
    )


def touched(kind: str, target: int, seq: int, body: str = "") -> Stored:
    return Stored(
        at=9.0, who="server", epoch="e1", conversation=ROOM, seq=seq, eid=eid(seq), kind=kind, author=1, body=body,
        target=target,
    )  # fmt: skip


def delivered(who: str, event: Stored, **more: object) -> Delivered:
    return replace(
        Delivered(
            at=3.0,
            who=who,
            epoch=event.epoch,
            conversation=event.conversation,
            seq=event.seq,
            eid=event.eid,
            kind=event.kind,
            author=event.author,
            cid=event.cid,
            body=event.body,
            target=event.target,
        ),
        **more,
    )


def dumped(head: int, epoch: str = "e1") -> Dumped:
    return Dumped(at=9.5, who="server", epoch=epoch, heads={ROOM: head})


def shown(number: int, seq: int, *, author: int = 1, **more: object) -> Snapshot:
    return replace(Snapshot(seq=seq, changed=seq, author=author, body=f"text {number}"), **more)


def settled(who: str, *messages: Snapshot, seq: int, epoch: str = "e1", unsent: Iterable[int] = ()) -> Settled:
    return Settled(
        at=8.0, who=who, epoch=epoch, conversation=ROOM, seq=seq, messages=messages, unsent=tuple(map(cid, unsent))
    )


def page(*messages: Snapshot, **more: object) -> PageRead:
    return replace(PageRead(at=4.0, who="bob", epoch="e1", conversation=ROOM, messages=messages), **more)


def sound() -> list[Record]:
    """Return a history in which ann posts 1, 2, 3, bob posts 4, and everybody sees all of it."""
    log = [stored(1, 1), stored(2, 2), stored(4, 3, author=2), stored(3, 4)]
    everything = [shown(1, 1), shown(2, 2), shown(4, 3, author=2), shown(3, 4)]
    records: list[Record] = [started("ann"), started("bob"), placed("ann"), placed("bob")]
    records += [posted(1), posted(2), posted(3), posted(4, who="bob")]
    records += [acked(1, 1), acked(2, 2), acked(3, 4), acked(4, 3, who="bob")]
    records += [delivered(who, event) for who in ACCOUNTS for event in log]
    records += [page(*everything[:3], at_start=True)]
    records += [settled(who, *everything, seq=4) for who in ACCOUNTS]
    return [*records, *log, dumped(4)]


def with_edits() -> list[Record]:
    """Return a history in which message 1 is edited and message 2 edited and deleted; bob hears of all at once."""
    log = [
        stored(1, 1),
        stored(2, 2, body=""),
        touched("message_edited", 1, 3, "better"),
        touched("message_edited", 2, 4),
        touched("message_deleted", 2, 5),
    ]
    first = shown(1, 1, changed=3, body="better", edits=1)
    second = shown(2, 2, changed=5, body="", edits=1, deleted=True)
    records: list[Record] = [started("ann"), started("bob"), placed("ann"), placed("bob"), posted(1), posted(2)]
    records += [delivered("bob", event) for event in log]
    records += [delivered("ann", event) for event in log[:1]]
    records += [delivered("ann", log[1], body="text 2"), delivered("ann", log[2])]
    records += [delivered("ann", log[3], body="worse"), delivered("ann", log[4])]
    records += [page(shown(1, 1), shown(2, 2)), page(first, shown(2, 2, changed=4, body="worse", edits=1))]
    records += [settled(who, first, second, seq=5) for who in ACCOUNTS]
    return [*records, *log, dumped(5)]


def with_a_thread() -> list[Record]:
    """Return a history in which bob answers message 1 in its thread, and everybody sees both."""
    log = [stored(1, 1), replace(stored(2, 2, author=2), thread=1)]
    records: list[Record] = [started("ann"), started("bob"), placed("ann"), placed("bob")]
    records += [posted(1), posted(2, who="bob"), acked(1, 1), acked(2, 2, who="bob")]
    records += [delivered(who, event) for who in ACCOUNTS for event in log]
    records += [settled(who, shown(1, 1, changed=2), shown(2, 2, author=2), seq=2) for who in ACCOUNTS]
    return [*records, *log, dumped(2)]


def without(records: list[Record], unwanted: Callable[[Record], bool]) -> list[Record]:
    left = [record for record in records if not unwanted(record)]
    assert len(left) < len(records)
    return left


def swapped(records: list[Record], wanted: Callable[[Record], bool], **more: object) -> list[Record]:
    new = [replace(record, **more) if wanted(record) else record for record in records]
    assert new != records
    return new


def is_stored(seq: int) -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Stored) and record.seq == seq


def is_delivered(who: str, seq: int) -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Delivered) and record.who == who and record.seq == seq


def is_settled(who: str) -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Settled) and record.who == who


def rules(verdict: Verdict) -> set[str]:
    return set(verdict.broken)


def only(records: Iterable[Record], rule: str) -> Verdict:
    """Judge, and expect violations of this rule alone."""
    verdict = judge(records)
    assert rules(verdict) == {rule}
    assert all(violation.records and violation.as_text() for violation in verdict.violations)
    return verdict


# --- sound ones -------------------------------------------------------------------------------------------------


def test_verdict_is_sound_and_counts_when_everybody_saw_everything() -> None:
    verdict = judge(sound())
    assert verdict.sound and verdict.broken == {}
    counts = verdict.counts
    assert (counts.clients, counts.sends, counts.acks, counts.deliveries, counts.stored) == (2, 4, 4, 8, 4)


def test_verdict_is_sound_when_messages_were_edited_and_deleted() -> None:
    assert judge(with_edits()).broken == {}


def test_verdict_counts_calls_and_leaves_their_answers_to_readers() -> None:
    told = [
        Called(at=1.0, who="ann", number=1, call="join", detail='{"channel":"x"}'),
        Answered(at=1.1, who="ann", number=1, outcome="busy"),
    ]
    verdict = judge([*sound(), *told])
    assert (verdict.broken, verdict.counts.calls) == ({}, 1)


def test_verdict_does_not_care_for_the_order_of_different_people() -> None:
    records = sound()
    assert judge(sorted(records, key=lambda record: record.who)).sound
    assert judge(sorted(records, key=lambda record: record.who, reverse=True)).sound


# --- P1 ---------------------------------------------------------------------------------------------------------


def test_verdict_says_lost_when_an_acknowledged_message_is_not_stored() -> None:
    records = [started("ann"), posted(1), acked(1, 1), dumped(0)]
    verdict = only(records, "P1 acknowledged and lost")
    assert "ann was told at 2.000 s" in verdict.violations[0].text
    assert verdict.violations[0].records[:2] == (posted(1), acked(1, 1))


def amended(target: int, seq: int, body: str = "") -> Amended:
    return Amended(at=2.0, who="ann", epoch="e1", conversation=ROOM, target=target, seq=seq, body=body)


def test_verdict_is_sound_when_acknowledged_changes_are_in_the_log_also_behind_a_deletion() -> None:
    told = [amended(1, 3, "better"), amended(2, 4, "worse"), amended(2, 5)]
    assert judge([*with_edits(), *told]).broken == {}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (amended(1, 6, "better"), "nothing stands there"),
        (amended(2, 3, "better"), "something else stands there"),
        (amended(1, 3, "other words"), "something else stands there"),
        (amended(1, 3), "a deletion of 3:1"),
        (amended(2, 5, "back again"), "an edit to 'back again'"),
    ],
)
def test_verdict_says_lost_when_an_acknowledged_change_is_not_in_the_log(told: Amended, words: str) -> None:
    assert words in only([*with_edits(), told], "P1 acknowledged and lost").violations[0].text


def test_verdict_says_lost_when_something_else_stands_at_the_address() -> None:
    records = [started("ann"), posted(1), posted(2), acked(1, 2), stored(1, 1), stored(2, 2), dumped(2)]
    assert "something else" in only(records, "P1 acknowledged and lost").violations[0].text


def test_verdict_says_lost_when_there_is_no_dump_of_the_epoch() -> None:
    assert "no dump" in only([started("ann"), posted(1), acked(1, 1)], "P1 acknowledged and lost").violations[0].text


def test_verdict_says_stored_otherwise_when_the_text_is_another_one() -> None:
    records = [started("ann"), posted(1), acked(1, 1), stored(1, 1, body="other"), dumped(1)]
    only(records, "P1 stored otherwise")


def test_verdict_says_stored_otherwise_when_the_author_is_another_one() -> None:
    only([started("ann"), posted(1), stored(1, 1, author=2), dumped(1)], "P1 stored otherwise")


def test_verdict_takes_text_as_the_server_cleans_it() -> None:
    records = [started("ann"), posted(1, body="two\r\nlines  "), stored(1, 1, body="two\nlines"), dumped(1)]
    assert judge(records).sound


def test_verdict_says_delivered_and_lost_when_a_push_was_never_stored() -> None:
    records = [
        started("ann"),
        started("bob"),
        placed("bob"),
        posted(1),
        delivered("bob", stored(1, 1)),
        Ended(at=8, who="bob"),
    ]
    only([*records, settled("ann", seq=0, unsent=[1]), dumped(0)], "P1 delivered and lost")


# --- P2 ---------------------------------------------------------------------------------------------------------


def test_verdict_says_stored_twice_when_a_cid_has_two_addresses() -> None:
    only([started("ann"), posted(1), stored(1, 1), stored(1, 2), dumped(2)], "P2 stored twice")


def test_verdict_says_two_acknowledgements_when_they_differ() -> None:
    records = [started("ann"), posted(1), acked(1, 1), acked(1, 2), stored(1, 1), dumped(1)]
    only(records, "P2 two acknowledgements")
    assert judge([started("ann"), posted(1), acked(1, 1), acked(1, 1), stored(1, 1), dumped(1)]).sound


def test_verdict_says_delivered_twice_when_a_cid_comes_at_two_addresses() -> None:
    records = swapped(sound(), is_delivered("bob", 2), cid=cid(1))
    assert "P2 delivered twice" in rules(judge(records)) or "P3 two contents" in rules(judge(records))
    records = [started("ann"), started("bob"), placed("bob"), posted(1), stored(1, 1), stored(1, 2), dumped(2)]
    records += [delivered("bob", stored(1, 1)), delivered("bob", stored(1, 2)), Ended(at=8, who="bob")]
    assert rules(judge(records)) == {"P2 stored twice", "P2 delivered twice"}


def test_verdict_says_nobody_posted_it_when_the_store_has_more_than_was_posted() -> None:
    only([started("ann"), stored(1, 1), dumped(1)], "P2 nobody posted it")


def test_verdict_lets_a_message_stand_that_a_crash_left_unconfirmed() -> None:
    posting = Posting(at=1.0, who="ann", cid=cid(1), conversation=ROOM, body="text 1")
    assert judge([started("ann"), posting, stored(1, 1), dumped(1)]).sound
    assert judge([started("ann"), posting, dumped(0)]).sound


# --- P3 ---------------------------------------------------------------------------------------------------------


def test_verdict_says_delivered_otherwise_when_one_reader_has_another_order() -> None:
    records = sound()
    for seq, other in ((1, stored(2, 2)), (2, stored(1, 1))):
        records = swapped(records, is_delivered("bob", seq), eid=other.eid, cid=other.cid, body=other.body)
    assert "P3 delivered otherwise" in rules(judge(records))


def test_verdict_says_two_contents_when_two_readers_get_different_texts() -> None:
    assert "P3 two contents" in rules(judge(swapped(sound(), is_delivered("bob", 2), body="else")))


def test_verdict_says_delivered_otherwise_when_all_get_what_is_not_stored() -> None:
    records = swapped(sound(), is_delivered("bob", 2), body="else")
    only(swapped(records, is_delivered("ann", 2), body="else"), "P3 delivered otherwise")


def test_verdict_says_emptied_when_a_text_is_missing_without_a_deletion() -> None:
    only(swapped(sound(), is_delivered("bob", 2), body=""), "P3 emptied")


@pytest.mark.parametrize(("came", "rule"), [(2, set()), (4, {"P3 emptied"})], ids=["between", "behind"])
def test_edit_of_what_was_said_before_one_came_into_a_group_may_be_without_its_text(came: int, rule: set[str]) -> None:
    added = replace(stored(9, came, body=""), kind="members_added", cid=b"")
    edit = touched("message_edited", 1, 3, "other")
    log = [stored(1, 1), *([added, edit] if came < edit.seq else [stored(2, 2), edit, added])]
    seen = [delivered("ann", edit), delivered("bob", edit, body="")]
    verdict = judge([started("ann"), posted(1), posted(2), *seen, *log, dumped(len(log))])

    assert rules(verdict) & {"P3 emptied", "P3 delivered otherwise"} == rule
    only_bob = judge([started("ann"), posted(1), posted(2), seen[1], *log, dumped(len(log))])
    assert bool(rules(only_bob) & {"P3 emptied", "P3 delivered otherwise"}) == bool(rule)


def test_verdict_says_two_pages_when_they_differ() -> None:
    assert "P3 two pages" in rules(judge([*sound(), page(shown(1, 1, body="else"))]))


def test_verdict_says_hole_in_the_log_when_a_seq_is_missing() -> None:
    assert "P3 hole in the log" in rules(judge(without(sound(), is_stored(2))))


def test_verdict_says_beyond_the_head_when_the_counter_is_too_small() -> None:
    records = swapped(sound(), lambda record: isinstance(record, Dumped), heads={ROOM: 3})
    assert "P3 beyond the head" in rules(judge(records))


def test_verdict_says_address_twice_when_two_events_are_stored_at_one() -> None:
    records = [started("ann"), posted(1), posted(2), stored(1, 1), stored(2, 1), dumped(1)]
    assert "P3 address twice" in rules(judge(records))


# --- P4 ---------------------------------------------------------------------------------------------------------


def test_verdict_says_hole_when_a_delivery_is_missing() -> None:
    verdict = only(without(sound(), is_delivered("bob", 2)), "P4 hole")
    assert "3:2 never came" in verdict.violations[0].text
    assert verdict.violations[0].records == (delivered("bob", stored(1, 1)), delivered("bob", stored(4, 3, author=2)))


def test_verdict_says_hole_when_the_first_delivery_is_missing() -> None:
    only(without(sound(), is_delivered("bob", 1)), "P4 hole")


def test_verdict_says_handed_over_again_when_an_event_comes_twice() -> None:
    records = sound()
    records.insert(records.index(delivered("bob", stored(3, 4))), delivered("bob", stored(1, 1)))
    only(records, "P4 handed over again")


def test_verdict_excuses_a_hole_when_the_library_said_reset() -> None:
    records = without(sound(), is_delivered("bob", 2))
    here = next(index for index, record in enumerate(records) if is_delivered("bob", 3)(record))
    records.insert(here, placed("bob", 2, reason="far_behind"))
    verdict = judge(records)
    assert verdict.sound and verdict.counts.resets == {"far_behind": 1}


def test_verdict_begins_anew_when_a_client_starts_again() -> None:
    log = [stored(1, 1), stored(2, 2)]
    records = [started("ann"), posted(1), posted(2), started("bob"), placed("bob"), delivered("bob", log[0])]
    records += [started("bob"), placed("bob", 1), delivered("bob", log[1])]
    end = [settled("bob", shown(2, 2), seq=2), *log, dumped(2)]
    assert judge([*records, *end]).sound
    assert rules(judge([*without(records, lambda record: record == placed("bob", 1)), *end])) == {"P4 out of nowhere"}


def test_verdict_says_out_of_nowhere_when_something_comes_of_a_conversation_that_was_left() -> None:
    records = sound()
    records.insert(records.index(delivered("bob", stored(3, 4))), Left(at=3, who="bob", conversation=ROOM))
    assert "P4 out of nowhere" in rules(judge(records))


def test_verdict_says_another_store_unsaid_when_the_epoch_changes_without_a_reset() -> None:
    log = [stored(1, 1), stored(2, 2)]
    new = [replace(event, epoch="e2") for event in log]
    records = [started("ann"), posted(1), posted(2), started("bob"), placed("bob"), delivered("bob", log[0])]
    records += [delivered("bob", new[1]), settled("bob", shown(1, 1), shown(2, 2), seq=2, epoch="e2")]
    only([*records, log[0], dumped(1), *new, dumped(2, "e2")], "P4 another store unsaid")


def test_verdict_says_not_at_the_end_when_a_client_missed_the_last_event() -> None:
    records = without(sound(), is_delivered("bob", 4))
    records = swapped(records, is_settled("bob"), seq=3, messages=(shown(1, 1), shown(2, 2), shown(4, 3, author=2)))
    assert "goes on to 3:4" in only(records, "P4 not at the end").violations[0].text


def test_verdict_says_state_without_events_when_a_position_moved_silently() -> None:
    only(without(sound(), is_delivered("bob", 4)), "P4 state without events")


def test_verdict_says_never_settled_when_a_client_does_not_tell_how_it_ended() -> None:
    records = without(sound(), is_settled("bob"))
    only(records, "P4 never settled")
    assert judge([*records, Ended(at=8, who="bob")]).sound


def test_verdict_says_other_messages_when_a_client_does_not_show_what_it_was_handed() -> None:
    only(swapped(sound(), is_settled("bob"), messages=()), "P4 other messages")
    only(swapped(sound(), is_settled("bob"), messages=(shown(1, 1), shown(2, 2))), "P4 other messages")
    assert judge(swapped(sound(), is_settled("bob"), messages=(shown(4, 3, author=2), shown(3, 4)))).sound
    holed = (shown(1, 1), shown(2, 2), shown(3, 4))
    assert "3:3" in only(swapped(sound(), is_settled("bob"), messages=holed), "P4 other messages").violations[0].text


@pytest.mark.parametrize("wrong", [{"body": "best"}, {"edits": 2}, {"changed": 4}, {"author": 2}, {"deleted": True}])
def test_verdict_says_state_is_not_the_fold_when_a_message_differs_at_the_end(wrong: dict[str, object]) -> None:
    first = replace(shown(1, 1, changed=3, body="better", edits=1), **wrong)
    second = shown(2, 2, changed=5, body="", edits=1, deleted=True)
    only(swapped(with_edits(), is_settled("bob"), messages=(first, second)), "P4 state is not the fold")


def test_verdict_says_page_is_not_the_fold_when_it_counts_an_edit_twice() -> None:
    records = swapped(with_edits(), lambda record: record == page(shown(1, 1), shown(2, 2)), messages=(
        shown(1, 1, changed=3, body="better", edits=2), shown(2, 2)))  # fmt: skip
    assert "P4 page is not the fold" in rules(judge(records))


def test_verdict_says_page_is_not_the_fold_when_a_text_that_was_deleted_later_is_wrong() -> None:
    verdict = judge([page(shown(2, 2, changed=4, body="never", edits=1)), *with_edits()])
    assert rules(verdict) == {"P3 two pages", "P4 page is not the fold"}


def test_verdict_says_hole_in_a_page_when_a_message_is_left_out() -> None:
    only([*sound(), page(shown(1, 1), shown(4, 3, author=2))], "P4 hole in a page")


@pytest.mark.parametrize(("came", "rule"), [(5, set()), (3, {"P4 hole in a page"})])
def test_verdict_takes_an_empty_page_only_of_who_came_into_the_group_behind_all_messages(
    came: int, rule: set[str]
) -> None:
    log = [stored(number, seq) for number, seq in enumerate({1, 2, 3, 4, 5} - {came}, 1)]
    added = replace(stored(9, came, body=""), kind="members_added", cid=b"")
    verdict = judge([page(at_start=True, at_end=True, head=5), *log, added, dumped(5)])

    assert rules(verdict) & {"P4 hole in a page"} == rule


def test_verdict_says_hole_in_a_page_when_the_newest_is_left_out() -> None:
    records = [*sound(), page(shown(1, 1), shown(2, 2), at_end=True, head=3)]
    only(records, "P4 hole in a page")
    assert judge([*sound(), page(shown(1, 1), shown(2, 2), at_end=True, head=2)]).sound


def test_verdict_says_page_out_of_order_when_it_is() -> None:
    assert "P3 page out of order" in rules(judge([*sound(), page(shown(2, 2), shown(1, 1))]))


# --- P5 ---------------------------------------------------------------------------------------------------------


def overtaking(*middle: Record, again: bool = False) -> list[Record]:
    order = [posted(1), posted(2), *([posted(1, again=True)] if again else [])]
    return [started("ann"), order[0], *middle, *order[1:], stored(2, 1), stored(1, 2), dumped(2)]


def test_verdict_says_overtaken_when_the_stored_order_is_not_the_posted_one() -> None:
    only(overtaking(), "P5 overtaken")


def test_verdict_says_overtaken_when_a_crash_lies_between() -> None:
    only(overtaking(started("ann", kept=(cid(1),))), "P5 overtaken")


def test_verdict_excuses_another_order_when_a_crash_lost_the_outbox() -> None:
    assert judge(overtaking(started("ann", durable=False))).sound


def test_verdict_takes_a_message_that_is_sent_again_as_the_last_one() -> None:
    failed = Failed(at=2, who="ann", cid=cid(1), code="not_now")
    assert judge(overtaking(failed, again=True)).sound


# --- nothing vanishes -------------------------------------------------------------------------------------------


def test_verdict_says_vanished_when_a_message_is_nowhere() -> None:
    only([started("ann"), posted(1), dumped(0)], "kept vanished")


@pytest.mark.parametrize(
    "fate",
    [
        Failed(at=2, who="ann", cid=cid(1), code="too_long"),
        Discarded(at=2, who="ann", cid=cid(1)),
        settled("ann", seq=0, unsent=[1]),
        Ended(at=2, who="ann"),
    ],
)
def test_verdict_is_content_when_a_message_has_a_fate(fate: Record) -> None:
    assert judge([started("ann"), posted(1), fate, dumped(0)]).sound


def test_verdict_says_vanished_when_a_crash_took_it_though_the_outbox_is_on_disk() -> None:
    only([started("ann"), posted(1), started("ann"), dumped(0)], "kept vanished")
    assert judge([started("ann"), posted(1), started("ann", durable=False), dumped(0)]).sound


def test_verdict_says_vanished_when_only_the_lost_end_of_an_older_store_had_it() -> None:
    old = [started("ann"), posted(1), stored(1, 1), dumped(1), dumped(0, "e2")]
    only(old, "kept vanished")
    assert judge([*old, acked(1, 1)]).sound


# --- other epochs -----------------------------------------------------------------------------------------------


def restored() -> list[Record]:
    """Return a history in which a backup with message 1 is restored after message 2: bob hears of it."""
    old = [stored(1, 1), stored(2, 2)]
    new = [replace(old[0], epoch="e2"), stored(3, 2, epoch="e2")]
    records: list[Record] = [started("ann"), started("bob"), placed("bob"), posted(1), posted(2), posted(3)]
    records += [acked(1, 1), acked(2, 2), acked(3, 2, epoch="e2")]
    records += [delivered("bob", event) for event in old]
    records += [placed("bob", 1, epoch="e2", reason="epoch"), delivered("bob", new[1])]
    records += [settled("bob", shown(1, 1), shown(3, 2), seq=2, epoch="e2")]
    return [*records, *old, dumped(2), Fault(at=5, who="checker", kind="restore"), *new, dumped(2, "e2")]


def test_verdict_is_sound_when_a_restored_backup_begins_another_epoch() -> None:
    verdict = judge(restored())
    assert verdict.sound
    assert (verdict.counts.epochs, verdict.counts.faults) == (2, {"restore": 1})


def test_verdict_says_lost_when_an_old_epoch_did_not_have_what_it_acknowledged() -> None:
    records = without(restored(), lambda record: record == stored(2, 2))
    assert "P1 acknowledged and lost" in rules(judge(swapped(records, lambda r: r == dumped(2), heads={ROOM: 1})))


def test_verdict_says_not_at_the_end_when_a_client_stays_in_the_old_epoch() -> None:
    records = without(restored(), lambda record: getattr(record, "epoch", "") == "e2" and record.who == "bob")
    only([*records, settled("bob", shown(1, 1), shown(2, 2), seq=2)], "P4 not at the end")


def rewound() -> list[Record]:
    """Return a history in which the database is copied back by hand, from 2 events to 1."""
    lost, new = stored(2, 2), replace(stored(3, 2), eid=b"eid-new2")
    records: list[Record] = [started("ann"), started("bob"), placed("bob"), posted(1), posted(2), posted(3)]
    records += [acked(1, 1), acked(2, 2), acked(3, 2), delivered("bob", stored(1, 1)), delivered("bob", lost)]
    records += [placed("bob", 1, reason="rewound"), delivered("bob", new)]
    records += [settled("bob", shown(1, 1), shown(3, 2), seq=2), stored(1, 1), lost, dumped(2)]
    return [*records, Fault(at=5, who="checker", kind="rewind"), stored(1, 1), new, dumped(2)]


def test_verdict_excuses_what_a_database_copied_back_by_hand_has_lost() -> None:
    assert judge(rewound()).broken == {}
    pages = [page(shown(1, 1), shown(2, 2)), page(shown(1, 1), shown(3, 2))]
    assert judge([*pages, *rewound()]).broken == {}
    assert rules(judge([*pages, page(shown(4, 2)), *rewound()])) == {"P4 page is not the fold"}


def test_verdict_excuses_pages_of_both_lives_of_a_database_copied_back_by_hand() -> None:
    records = rewound()
    pages = [
        PageRead(at=4, who="ann", epoch="e1", conversation=ROOM, messages=(shown(number, 2),), head=2)
        for number in (2, 3)
    ]
    assert judge([*pages, *records]).broken == {}
    assert "P3 two pages" in rules(judge(without([*pages, *records], lambda record: isinstance(record, Fault))))


def test_verdict_excuses_nothing_when_nobody_copied_the_database_back() -> None:
    verdict = judge(without(rewound(), lambda record: isinstance(record, Fault)))
    assert rules(verdict) == {"P1 acknowledged and lost", "P3 delivered otherwise"}


@pytest.mark.parametrize("code", ["muted", "banned", "not_allowed"])
def test_verdict_finds_what_was_refused_and_is_stored_all_the_same(code: str) -> None:
    refusal = Failed(at=2.0, who="ann", cid=cid(2), code=code)
    refused = [refusal if isinstance(each, Acked) and each.cid == cid(2) else each for each in sound()]

    assert rules(judge(refused)) == {"P1 refused and stored"}


def test_verdict_excuses_what_was_refused_and_sent_again() -> None:
    refusal = Failed(at=1.5, who="ann", cid=cid(3), code="muted")
    records = list(sound())
    at = next(index for index, each in enumerate(records) if isinstance(each, Acked) and each.cid == cid(3))

    assert judge([*records[:at], refusal, posted(3, again=True), *records[at:]]).broken == {}


# --- telling ----------------------------------------------------------------------------------------------------


def test_verdict_tells_the_first_few_of_many_violations() -> None:
    lost = [record for number in range(1, 100) for record in (posted(number), acked(number, number))]
    verdict = only([started("ann"), *lost, dumped(0)], "P1 acknowledged and lost")
    assert len(verdict.violations) == KEPT
    assert verdict.broken == {"P1 acknowledged and lost": 99}
    assert verdict.promises() == ("P1",)


def test_verdict_does_not_slow_down_with_the_length_of_a_history() -> None:
    def history(count: int) -> Iterable[Record]:
        yield from (started("ann"), placed("ann"), placed("bob"), started("bob"), placed("bob"))
        names = [number.to_bytes(16, "big") for number in range(count + 1)]
        log = [replace(stored(1, seq), cid=names[seq]) for seq in range(1, count + 1)]
        for event in log:
            yield replace(posted(1), cid=event.cid)
            yield replace(acked(1, event.seq), cid=event.cid)
            yield delivered("bob", event)
        yield settled("bob", *(shown(1, event.seq) for event in log), seq=count)
        yield settled("ann", seq=0)
        yield Ended(at=9, who="ann")
        yield from log
        yield dumped(count)

    def calls(count: int) -> int:
        records, seen = list(history(count)), 0

        def profiler(frame: object, event: str, argument: object) -> None:
            nonlocal seen
            seen += 1

        sys.setprofile(profiler)
        try:
            judge(records)
        finally:
            sys.setprofile(None)
        return seen

    # A quadratic rule would make it a hundred times as much.
    assert calls(2_000) < 12 * calls(200)


def test_reply_changes_the_message_that_its_thread_hangs_on() -> None:
    assert judge(with_a_thread()).sound
    unchanged = swapped(
        with_a_thread(),
        lambda record: isinstance(record, Settled) and record.who == "ann",
        messages=(shown(1, 1), shown(2, 2, author=2)),
    )
    assert judge(unchanged).promises() == ("P4",)


def test_nothing_is_said_of_what_was_said_in_a_channel_that_was_deleted() -> None:
    gone = without(sound(), lambda record: isinstance(record, Stored | Settled))
    gone += [Left(at=7.0, who=who, conversation=ROOM) for who in ACCOUNTS]
    empty = swapped(gone, lambda record: isinstance(record, Dumped), heads={ROOM: 0})
    assert judge(empty).promises() == ("P1", "P4")
    assert judge(swapped(empty, lambda record: isinstance(record, Dumped), deleted=(ROOM,))).sound
