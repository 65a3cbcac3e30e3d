"""The outbox: order, chain, window, refusals, lost connections, acknowledgements by answer and by sight."""

from __future__ import annotations

import pytest

from chat_core.client.state.lane import LONGEST_ASKED_S, LONGEST_PAUSE_S, PAUSE_S
from chat_core.client.state.model import Unsent
from chat_core.client.state.unsent import Outbox, Sending
from chat_core.protocol.codes import Refusal


def cid(name: str) -> bytes:
    return name.encode().ljust(16, b"\0")


def queue(outbox: Outbox, names: str, conversation: int = 1) -> None:
    for name in names:
        outbox.add(Unsent(cid=cid(name), conversation=conversation, body=name, ts=0))


def sent(sendings: list[Sending]) -> list[str]:
    """Return what is sent, each with what it names as the one before it: `b<a`."""
    return [
        sending.unsent.body + ("" if sending.prev is None else f"<{sending.prev.rstrip(bytes(1)).decode()}")
        for sending in sendings
    ]


def refuse(
    outbox: Outbox,
    sending: Sending,
    code: str = Refusal.BUSY,
    *,
    final: bool = False,
    retry_after: float | None = None,
    now: float = 0.0,
) -> bool:
    outbox.answered()
    return outbox.refused(
        sending.unsent.cid, sending.attempt, code, "No.", final=final, retry_after=retry_after, now=now
    )


def accept(outbox: Outbox, name: str, seq: int = 1, *, seen: bool = True) -> bool:
    outbox.answered()
    return outbox.acknowledged(cid(name), seq, seen=seen)


def shown(outbox: Outbox, conversation: int = 1) -> list[tuple[str, str]]:
    return [(unsent.body, unsent.status) for unsent in outbox.view(conversation)]


# --- sending -----------------------------------------------------------------------------------------------------


def test_outbox_sends_in_order_each_naming_the_one_before() -> None:
    outbox = Outbox()
    queue(outbox, "abc")

    assert sent(outbox.due(0.0)) == ["a", "b<a", "c<b"]
    assert outbox.due(0.0) == []
    assert shown(outbox) == [("a", "sending"), ("b", "sending"), ("c", "sending")]


def test_outbox_names_the_last_accepted_send_when_nothing_is_on_its_way() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    outbox.due(0.0)
    accept(outbox, "a", 1)
    accept(outbox, "b", 2)
    queue(outbox, "c")

    assert sent(outbox.due(0.0)) == ["c<b"]


def test_outbox_names_the_later_send_when_acknowledgements_come_out_of_order() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    outbox.due(0.0)
    accept(outbox, "b", 2)
    accept(outbox, "a", 1)
    queue(outbox, "c")

    assert sent(outbox.due(0.0)) == ["c<b"]


def test_outbox_chains_each_conversation_by_itself_and_lets_them_take_turns() -> None:
    outbox = Outbox()
    queue(outbox, "abc", conversation=1)
    queue(outbox, "xy", conversation=2)

    assert sent(outbox.due(0.0)) == ["a", "x", "b<a", "y<x", "c<b"]


def test_outbox_sends_no_more_than_its_window_until_answers_come() -> None:
    outbox = Outbox(window=3)
    queue(outbox, "abcde")

    assert sent(outbox.due(0.0)) == ["a", "b<a", "c<b"]
    assert outbox.in_flight == 3
    accept(outbox, "a")
    assert sent(outbox.due(0.0)) == ["d<c"]


def test_outbox_keeps_its_window_over_all_conversations() -> None:
    outbox = Outbox(window=3)
    queue(outbox, "abc", conversation=1)
    queue(outbox, "xyz", conversation=2)

    assert sent(outbox.due(0.0)) == ["a", "x", "b<a"]


def test_outbox_refuses_a_second_message_of_one_cid() -> None:
    outbox = Outbox()
    queue(outbox, "a")

    with pytest.raises(ValueError):
        queue(outbox, "a")


def test_outbox_tells_which_conversations_look_different() -> None:
    outbox = Outbox()
    queue(outbox, "a", conversation=7)
    assert outbox.touched == {7}
    outbox.touched.clear()

    outbox.due(0.0)

    assert outbox.touched == {7}
    assert outbox.conversations() == (7,)


# --- acknowledgements --------------------------------------------------------------------------------------------


def test_outbox_lets_go_when_the_answer_comes_behind_the_message_itself() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    outbox.due(0.0)

    assert outbox.acknowledged(cid("a"), 5, seen=True), "by sight"
    assert shown(outbox) == []
    assert not accept(outbox, "a", 5), "the answer is no news"
    assert cid("a") not in outbox


def test_outbox_shows_a_message_until_it_comes_by_when_the_answer_is_earlier() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    outbox.due(0.0)

    assert accept(outbox, "a", 5, seen=False)
    assert shown(outbox) == [("a", "sending")]
    assert not outbox.acknowledged(cid("a"), 5, seen=True)
    assert shown(outbox) == []


def test_outbox_lets_go_of_what_will_never_come_by_when_the_position_has_passed_it() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    outbox.due(0.0)
    accept(outbox, "a", 5, seen=False)
    accept(outbox, "b", 9, seen=False)

    outbox.seen_up_to(1, 5)
    outbox.seen_up_to(2, 5)

    assert shown(outbox) == [("b", "sending")]


def test_outbox_knows_nothing_of_a_cid_that_is_not_its_own() -> None:
    outbox = Outbox()

    assert not outbox.acknowledged(cid("x"), 1, seen=True)
    assert not outbox.refused(cid("x"), 1, "", "", final=True, retry_after=None, now=0.0)
    assert not outbox.retry(cid("x"))
    assert not outbox.discard(cid("x"))
    assert outbox.drop(4) == ()
    assert outbox.view(4) == ()
    assert outbox.uncertain(4) == ()


def test_outbox_sends_a_message_no_more_when_an_earlier_send_of_it_was_stored_after_all() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    first, second = outbox.due(0.0)
    refuse(outbox, first, Refusal.STORE_FAILED, now=0.0)
    assert shown(outbox) == [("a", "queued"), ("b", "queued")]

    outbox.acknowledged(cid("a"), 1, seen=True)
    outbox.answered()

    assert sent(outbox.due(10.0)) == ["b<a"]
    assert not outbox.refused(second.unsent.cid, second.attempt, "busy", "", final=False, retry_after=None, now=10.0)


def test_outbox_believes_the_message_itself_more_than_a_refusal() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    refuse(outbox, outbox.due(0.0)[0], Refusal.CID_REUSED, final=True)

    assert outbox.acknowledged(cid("a"), 1, seen=True)
    queue(outbox, "b")

    assert shown(outbox) == [("b", "queued")]
    assert sent(outbox.due(0.0)) == ["b<a"]


def test_outbox_keeps_what_failed_before_it_was_ever_sent() -> None:
    outbox = Outbox()
    outbox.add(Unsent(cid=cid("a"), conversation=1, body="a", ts=0, status="failed", code="too_long"))

    assert outbox.due(0.0) == []
    assert shown(outbox) == [("a", "failed")]


# --- refusals ----------------------------------------------------------------------------------------------------


def test_outbox_sends_a_refused_message_and_all_behind_it_again_in_order() -> None:
    outbox = Outbox()
    queue(outbox, "abcd")
    _, b, c, _ = outbox.due(0.0)
    accept(outbox, "a", 1)

    assert not refuse(outbox, b, now=0.0)
    assert not refuse(outbox, c, Refusal.UNKNOWN_PREV), "the answer of a send that counts no more"
    assert shown(outbox) == [("b", "queued"), ("c", "queued"), ("d", "queued")]
    assert outbox.view(1)[0].text == "No."
    assert outbox.due(0.0) == []
    assert sent(outbox.due(PAUSE_S)) == ["b<a", "c<b", "d<c"]


def test_outbox_waits_as_long_as_the_server_asked() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    refuse(outbox, outbox.due(0.0)[0], retry_after=3.0, now=10.0)

    assert outbox.next_due(11.0) == 2.0
    assert outbox.due(12.9) == []
    assert sent(outbox.due(13.0)) == ["a"]
    assert outbox.next_due(13.0) is None


def test_outbox_waits_longer_each_time_but_not_for_ever() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    now, pauses = 0.0, []
    for _ in range(12):
        refuse(outbox, outbox.due(now)[0], now=now)
        pause = outbox.next_due(now)
        assert pause is not None
        pauses.append(round(pause, 3))
        now += pause
    assert pauses[:4] == [PAUSE_S, 2 * PAUSE_S, 4 * PAUSE_S, 8 * PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S

    refuse(outbox, outbox.due(now)[0], retry_after=1e6, now=now)
    assert outbox.next_due(now) == pytest.approx(LONGEST_ASKED_S)


def test_outbox_begins_with_short_pauses_again_when_something_was_accepted() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    now = 0.0
    for _ in range(3):
        refuse(outbox, outbox.due(now)[0], now=now)
        now += 10.0
    first, second = outbox.due(now)
    accept(outbox, "a")
    refuse(outbox, second, now=now)

    assert outbox.next_due(now) == pytest.approx(PAUSE_S)
    assert first.unsent.body == "a"


def test_outbox_pauses_one_conversation_while_others_go_on() -> None:
    outbox = Outbox()
    queue(outbox, "a", conversation=1)
    queue(outbox, "x", conversation=2)
    a, _ = outbox.due(0.0)
    refuse(outbox, a, now=0.0)
    queue(outbox, "y", conversation=2)

    assert sent(outbox.due(0.0)) == ["y<x"]


def test_outbox_leaves_out_what_failed_for_good_when_it_chains_the_next() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    _, b, c = outbox.due(0.0)
    accept(outbox, "a")

    assert refuse(outbox, b, Refusal.TOO_LONG, final=True)
    assert not refuse(outbox, c, Refusal.UNKNOWN_PREV)
    queue(outbox, "d")

    assert sent(outbox.due(0.0)) == ["c<a", "d<c"], "at once, and behind the one before"
    failed = outbox.view(1)[0]
    assert (failed.body, failed.status, failed.code, failed.text) == ("b", "failed", "too_long", "No.")


def test_outbox_chains_to_the_one_on_its_way_when_the_last_failed_for_good() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    _, b = outbox.due(0.0)
    refuse(outbox, b, Refusal.EMPTY, final=True)
    queue(outbox, "c")

    assert sent(outbox.due(0.0)) == ["c<a"]


def muted(outbox: Outbox, sendings: list[Sending], *, after: int = 0) -> int:
    """Answer sends as a server does where one may not write: `prev` is looked at first; return how many were refused.

    Args:
        outbox: whose they are.
        sendings: what was sent, until nothing more is.
        after: so many are refused before one may write again.
    """
    refused, asked = 0, 0
    while sendings:
        answers = [(sending, sending.prev is None) for sending in sendings]
        for sending, known in answers:
            asked += 1
            refuse(outbox, sending, Refusal.MUTED if known else Refusal.UNKNOWN_PREV, final=known)
            refused += known
        if refused == after:
            break
        sendings = outbox.due(0.0)
    return asked


def test_outbox_waits_for_nothing_when_one_after_the_other_is_refused_for_good() -> None:
    outbox = Outbox()
    names = [chr(ord("a") + number) for number in range(26)]
    queue(outbox, "".join(names))

    asked = muted(outbox, outbox.due(0.0))

    assert shown(outbox) == [(name, "failed") for name in names], "all of them at once, however many"
    assert outbox.next_due(0.0) is None
    assert asked <= 3 * len(names), "and not with all that wait behind each of them again"


def test_outbox_sends_one_at_a_time_when_two_failed_until_one_is_accepted() -> None:
    outbox = Outbox()
    queue(outbox, "abcdef")
    muted(outbox, outbox.due(0.0), after=2)

    assert sent(outbox.due(0.0)) == ["c"]
    assert outbox.due(0.0) == []
    accept(outbox, "c")
    assert sent(outbox.due(0.0)) == ["d<c", "e<d", "f<e"]


def test_outbox_goes_on_when_the_connection_is_lost_while_messages_go_one_at_a_time() -> None:
    outbox = Outbox()
    queue(outbox, "abcd")
    muted(outbox, outbox.due(0.0), after=2)
    assert sent(outbox.due(0.0)) == ["c"]

    outbox.lost()

    assert sent(outbox.due(0.0)) == ["c"]
    accept(outbox, "c")
    assert sent(outbox.due(0.0)) == ["d<c"]


def test_outbox_does_not_hurry_when_the_one_before_is_unknown_again_and_again() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    _, b = outbox.due(0.0)

    refuse(outbox, b, Refusal.UNKNOWN_PREV, now=0.0)
    (b,) = outbox.due(0.0)
    refuse(outbox, b, Refusal.UNKNOWN_PREV, now=0.0)

    assert outbox.due(0.0) == []
    assert outbox.next_due(0.0) == pytest.approx(2 * PAUSE_S)


def test_outbox_names_nothing_when_the_server_lost_what_it_had_acknowledged() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    outbox.due(0.0)
    accept(outbox, "a")
    queue(outbox, "bc")
    b, _ = outbox.due(0.0)

    refuse(outbox, b, Refusal.UNKNOWN_PREV)

    assert sent(outbox.due(0.0)) == ["b", "c<b"]


# --- connections and epochs --------------------------------------------------------------------------------------


def test_outbox_sends_everything_again_in_order_when_the_connection_was_lost() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    outbox.due(0.0)
    accept(outbox, "a")
    queue(outbox, "d")
    outbox.due(0.0)

    outbox.lost()

    assert shown(outbox) == [("b", "queued"), ("c", "queued"), ("d", "queued")]
    assert outbox.uncertain(1) == (cid("b"), cid("c"), cid("d"))
    assert outbox.in_flight == 0
    assert sent(outbox.due(0.0)) == ["b<a", "c<b", "d<c"]
    accept(outbox, "b")
    assert outbox.uncertain(1) == (cid("c"), cid("d"))
    accept(outbox, "c", seen=False)
    assert outbox.uncertain(1) == (cid("d"),), "it is shown until it comes by, but is there"


def test_outbox_does_not_know_what_became_of_a_send_when_the_store_failed_over_it() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    a, _ = outbox.due(0.0)

    refuse(outbox, a, Refusal.STORE_FAILED)
    assert outbox.uncertain(1) == (cid("a"),)

    (a, b) = outbox.due(10.0)
    refuse(outbox, b, Refusal.BUSY, now=10.0)
    assert outbox.uncertain(1) == (cid("a"),)
    refuse(outbox, a, Refusal.BUSY, now=10.0)
    assert outbox.uncertain(1) == (cid("a"),), "still"


def test_outbox_does_not_wait_any_more_when_there_is_a_new_connection() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    refuse(outbox, outbox.due(0.0)[0], retry_after=50.0)

    outbox.lost()

    assert sent(outbox.due(1.0)) == ["a"]


def test_outbox_still_shows_what_was_acknowledged_but_not_seen_when_the_connection_is_lost() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    outbox.due(0.0)
    accept(outbox, "a", 5, seen=False)

    outbox.lost()

    assert shown(outbox) == [("a", "sending")]
    assert outbox.due(0.0) == []


def test_outbox_names_nothing_from_before_when_the_epoch_is_another() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    outbox.due(0.0)
    accept(outbox, "a", 1)
    accept(outbox, "b", 2, seen=False)
    outbox.lost()

    outbox.new_epoch()
    queue(outbox, "d")

    assert sent(outbox.due(0.0)) == ["c", "d<c"]
    assert shown(outbox) == [("c", "sending"), ("d", "sending")]


def test_outbox_still_does_not_know_what_became_of_a_send_when_the_epoch_is_another() -> None:
    outbox = Outbox()
    queue(outbox, "a")
    outbox.due(0.0)
    outbox.lost()

    outbox.new_epoch()

    assert outbox.uncertain(1) == (cid("a"),), "the backup that was restored may have it"


def test_outbox_names_nothing_from_before_when_a_log_lost_its_end() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    queue(outbox, "x", conversation=2)
    outbox.due(0.0)
    accept(outbox, "a", 1)
    accept(outbox, "b", 2, seen=False)
    accept(outbox, "x", 1)
    outbox.lost()

    outbox.rewound(1)
    outbox.rewound(3)
    queue(outbox, "d")
    queue(outbox, "y", conversation=2)

    assert shown(outbox) == [("c", "queued"), ("d", "queued")], "what was acknowledged is not sent again"
    assert sent(outbox.due(0.0)) == ["c", "y<x", "d<c"]


def test_outbox_sends_what_answers_nothing_any_more_once_all_about_it_is_kept() -> None:
    outbox = Outbox()
    outbox.add(Unsent(cid=cid("a"), conversation=1, body="a", ts=0, reply_to=7), kept=False)
    queue(outbox, "b")

    assert outbox.new_epoch(kept=False).detached == (cid("a"),)
    outbox.keep(cid("a"))
    assert outbox.due(0.0) == [], "that it was written is on the disk, and not yet that it answers nothing"
    outbox.keep(cid("a"))

    assert [(each.unsent.body, each.unsent.reply_to) for each in outbox.due(0.0)] == [("a", None), ("b", None)]


def test_outbox_forgets_what_was_acknowledged_once_its_place_in_the_log_was_passed() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    outbox.due(0.0)
    accept(outbox, "a", 3, seen=False)
    accept(outbox, "b", 5, seen=False)

    outbox.seen_up_to(1, 4)
    assert shown(outbox) == [("b", "sending"), ("c", "sending")]

    outbox.seen_up_to(1, 5)
    assert shown(outbox) == [("c", "sending")]


def test_outbox_gives_up_a_conversation_when_it_is_gone() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    outbox.due(0.0)
    accept(outbox, "a", 1, seen=False)

    assert outbox.drop(1) == (cid("b"), cid("c"))
    assert shown(outbox) == []
    assert outbox.due(0.0) == []
    assert not accept(outbox, "b")


# --- the user ----------------------------------------------------------------------------------------------------


def test_outbox_sends_a_failed_message_behind_the_others_when_it_is_retried() -> None:
    outbox = Outbox()
    queue(outbox, "ab")
    a, _ = outbox.due(0.0)
    refuse(outbox, a, Refusal.NOT_ALLOWED, final=True)

    assert outbox.retry(cid("a"))

    assert not outbox.retry(cid("a")), "once is enough"
    assert shown(outbox) == [("b", "sending"), ("a", "queued")]
    assert sent(outbox.due(0.0)) == ["a<b"]


def test_outbox_forgets_what_failed_or_was_never_sent() -> None:
    outbox = Outbox(window=1)
    queue(outbox, "abc")
    (a,) = outbox.due(0.0)

    assert not outbox.discard(cid("a")), "it may be there already"
    assert outbox.discard(cid("b"))
    refuse(outbox, a, Refusal.NOT_ALLOWED, final=True)
    assert outbox.discard(cid("a"))

    assert shown(outbox) == [("c", "queued")]
    assert sent(outbox.due(0.0)) == ["c"]


def test_outbox_forgets_nothing_that_an_earlier_run_may_have_sent() -> None:
    outbox = Outbox()
    outbox.add(Unsent(cid=cid("a"), conversation=1, body="a", ts=0), uncertain=True)

    assert not outbox.discard(cid("a"))
    assert shown(outbox) == [("a", "queued")]


def test_outbox_lets_conversations_take_turns_also_when_there_is_room_for_few_at_a_time() -> None:
    outbox = Outbox()
    queue(outbox, "abc")
    queue(outbox, "xy", conversation=2)

    assert [sent(outbox.due(0.0, 1)) for _ in range(5)] == [["a"], ["x"], ["b<a"], ["y<x"], ["c<b"]]
    assert outbox.due(0.0, 1) == []
