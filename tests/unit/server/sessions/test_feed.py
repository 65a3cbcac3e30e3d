"""Attaching while events are under way: the answer comes first, then every later event once."""

from __future__ import annotations

from chat_core.server.sessions.feed import Feed, Veiled
from tests.support.sessions import quiet_session

EID = b"12345678"


def frames(*seqs: int) -> list[tuple[int, bytes]]:
    return [(seq, f"<{seq}>".encode()) for seq in seqs]


def test_feed_pushes_a_burst_as_one_chunk_to_everybody_attached() -> None:
    feed, first, second = Feed(1), quiet_session(), quiet_session(2, "bob")
    for session in (first, second):
        feed.attach(session)
        feed.release(session, 0)

    feed.publish(frames(1, 2, 3), EID)

    data = first.outbox.take()
    assert data == b"<1><2><3>"
    assert second.outbox.take() is data
    assert (feed.known, feed.eid) == (3, EID)


def test_feed_keeps_events_back_until_the_answer_is_out() -> None:
    feed, session = Feed(1, 4, EID), quiet_session()
    feed.attach(session)

    feed.publish(frames(5, 6), EID)
    assert session.outbox.take() == b""

    feed.release(session, 5)
    assert session.outbox.take() == b"<6>"
    feed.publish(frames(7), EID)
    assert session.outbox.take() == b"<7>"


def test_feed_skips_what_the_answer_reached_though_the_commit_is_not_announced_yet() -> None:
    feed, session = Feed(1, 4, EID), quiet_session()
    feed.attach(session)

    feed.release(session, 6)  # the reader saw 5 and 6 before the writer's thread could tell the hub
    feed.publish(frames(5), EID)
    assert session.outbox.take() == b""
    feed.publish(frames(6, 7), EID)

    assert session.outbox.take() == b"<7>"


def test_feed_detaches_a_reader_that_is_full_and_notes_the_head() -> None:
    feed, session = Feed(1), quiet_session()
    feed.attach(session)
    feed.release(session, 0)
    session.outbox.limit = 4

    feed.publish(frames(1), EID)
    feed.publish(frames(2), EID)

    assert session.lagging == {1: 2}
    assert session not in feed.attached
    assert 1 not in session.attached


def test_feed_signals_everybody_but_the_one_who_caused_it() -> None:
    feed, ann, bob = Feed(1), quiet_session(1, "ann"), quiet_session(2, "bob")
    for session in (ann, bob):
        feed.attach(session)
        feed.release(session, 0)

    feed.signal(b"typing", besides=1)

    assert ann.outbox.take() == b""
    assert bob.outbox.take() == b"typing"


def test_feed_tells_the_newest_numbers_behind_an_answer_that_was_read_before_them() -> None:
    feed, session = Feed(1, 4, EID), quiet_session()
    feed.attach(session)
    feed.tell_numbers(b"three members")
    feed.tell_numbers(b"two members")
    feed.publish(frames(5), EID)
    assert session.outbox.take() == b""

    feed.release(session, 4)
    assert session.outbox.take() == b"<5>two members"


def test_feed_forgets_a_waiting_reader_that_detaches() -> None:
    feed, session = Feed(1), quiet_session()
    feed.attach(session)
    feed.detach(session)

    feed.publish(frames(1), EID)
    feed.release(session, 0)

    assert session.outbox.take() == b""


def test_feed_hands_a_few_accounts_the_last_event_otherwise_also_when_they_still_wait() -> None:
    feed, there, late, waiting = Feed(1), quiet_session(), quiet_session(2, "bob"), quiet_session(2, "bob")
    for session in (there, late, waiting):
        feed.attach(session)
    for session in (there, late):
        feed.release(session, 0)

    feed.publish(frames(1, 2), EID, Veiled({2}, b"<veiled>"))
    feed.release(waiting, 0)

    assert [session.outbox.take() for session in (there, late, waiting)] == [b"<1><2>", *[b"<1><veiled>"] * 2]
