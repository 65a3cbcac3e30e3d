"""From a commit to the queues of everybody concerned."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from chat_core.base.ids import AccountId, ConversationId
from chat_core.check.simulation.time_loop import simulate
from chat_core.protocol.events import ConversationJoined, ConversationLeft, MessagePosted
from chat_core.protocol.limits import OUTBOX_BYTES
from chat_core.protocol.values import Account, Conversation
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import SAY_EVERY_S, Presence
from chat_core.server.sessions.session import Session
from chat_core.server.store.base import Committed, Head, MembershipChange
from tests.support.sessions import pushed, quiet_session

EID = b"12345678"
SOON_S = SAY_EVERY_S + 0.1


async def _no_counts(numbers: Sequence[int]) -> dict[int, int]:
    return dict.fromkeys(numbers, 0)


def make_hub() -> Hub:
    hub = Hub(Presence(_no_counts))
    hub.boot([Head(ConversationId(7), 3, EID)])
    return hub


def enter(hub: Hub, account: int, name: str, *conversations: int) -> Session:
    """Sign a session in and resume it, caught up with these conversations."""
    session = quiet_session(account, name)
    hub.sessions.add(session)
    hub.signed_in(session)
    hub.follow(session)
    for conversation in conversations:
        hub.attach(session, conversation)
    hub.resumed(session, 0, {number: hub.feed(number).known for number in conversations})
    return session


def message(seq: int, conversation: int = 7) -> MessagePosted:
    return MessagePosted(
        conversation=conversation, seq=seq, eid=EID, ts=1, author=1, name="ann", cid=b"c" * 16, body=f"m{seq}"
    )


def joined(seq: int, number: int, head: int = 0) -> ConversationJoined:
    return ConversationJoined(seq=seq, conversation=Conversation(id=number, kind="channel", name="new", head=head))


async def test_hub_pushes_committed_events_in_order_to_attached_sessions_only() -> None:
    hub = make_hub()
    inside, outside = enter(hub, 1, "ann", 7), enter(hub, 2, "bob")

    hub.committed([Committed(events=[message(4)]), Committed(events=[message(5)])])

    assert [event["seq"] for event in pushed(inside)] == [4, 5]
    assert pushed(outside) == []


async def test_hub_attaches_what_the_account_joins_on_every_following_device() -> None:
    hub = make_hub()
    phone, desk = enter(hub, 1, "ann"), enter(hub, 1, "ann")
    change = MembershipChange(ConversationId(9), AccountId(1), "ann", True, 1)

    hub.committed(
        [
            Committed(account_events=[(AccountId(1), joined(1, 9))], memberships=[change]),
            Committed(events=[message(1, 9)]),
        ]
    )

    for device in (phone, desk):
        assert [event["kind"] for event in pushed(device)] == ["conversation_joined", "message_posted"]


async def test_hub_leaves_a_session_alone_that_does_not_follow() -> None:
    hub = make_hub()
    session = quiet_session(1)
    hub.sessions.add(session)
    hub.signed_in(session)
    change = MembershipChange(ConversationId(9), AccountId(1), "ann", True, 1)

    hub.committed([Committed(account_events=[(AccountId(1), joined(1, 9))], memberships=[change])])
    hub.committed([Committed(events=[message(1, 9)])])

    assert pushed(session) == []


async def test_hub_keeps_account_events_back_during_a_resume_and_drops_what_its_answer_held() -> None:
    hub = make_hub()
    session = quiet_session(1)
    hub.sessions.add(session)
    hub.signed_in(session)
    hub.follow(session)

    hub.committed([Committed(account_events=[(AccountId(1), joined(seq, 10 + seq))]) for seq in (4, 5)])
    assert pushed(session) == []
    hub.resumed(session, 4, {})

    assert [event["seq"] for event in pushed(session)] == [5]


async def test_hub_stops_pushing_when_the_account_left() -> None:
    hub = make_hub()
    session = enter(hub, 1, "ann", 7)
    left = ConversationLeft(seq=1, conversation=7, last=3)
    change = MembershipChange(ConversationId(7), AccountId(1), "ann", False, 0)

    hub.committed([Committed(account_events=[(AccountId(1), left)], memberships=[change])])
    hub.committed([Committed(events=[message(4)])])

    assert [event["kind"] for event in pushed(session)] == ["conversation_left"]
    assert hub.feed(7).present == {}


async def test_hub_tells_a_new_name_to_those_who_share_a_conversation() -> None:
    hub = make_hub()
    ann, bob, eve = enter(hub, 1, "ann", 7), enter(hub, 2, "bob", 7), enter(hub, 3, "eve")

    hub.committed([Committed(renamed=Account(id=1, name="anna"))])

    assert pushed(ann) == pushed(bob) == [{"kind": "account_renamed", "account": 1, "name": "anna"}]
    assert pushed(eve) == []


async def test_hub_counts_an_account_online_while_any_of_its_devices_follows() -> None:
    hub = make_hub()
    phone, desk = enter(hub, 1, "ann", 7), enter(hub, 1, "ann", 7)

    hub.gone(phone)
    assert hub.online(1)
    assert hub.feed(7).present == {1: 1}
    hub.gone(desk)

    assert not hub.online(1)
    assert hub.feed(7).present == {}
    assert not hub.feed(7).attached


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("leaves", [False, True])
async def test_hub_counts_a_session_once_when_it_did_not_keep_up(again: bool, leaves: bool) -> None:
    hub = make_hub()
    session, feed = enter(hub, 1, "ann", 7), hub.feed(7)

    for seq in range(4, 4 + OUTBOX_BYTES // 1000):
        hub.committed([Committed(events=[replace(message(seq), body="x" * 2000)])])
    assert (set(session.attached), feed.present) == (set(), {1: 1})
    if again:
        hub.attach(session, 7)
        assert (set(session.attached), feed.present) == ({7}, {1: 1})
    if leaves:
        gone = MembershipChange(ConversationId(7), AccountId(1), "ann", False, 0)
        hub.committed([Committed(memberships=[gone])])
    else:
        hub.gone(session)

    assert feed.present == {}


def test_hub_tells_how_many_members_there_are_to_a_session_that_did_not_keep_up_and_is_back() -> None:
    async def story() -> None:
        hub = make_hub()
        session, other = enter(hub, 1, "ann", 7), enter(hub, 1, "ann", 7)
        await asyncio.sleep(SOON_S)
        pushed(session)
        for seq in range(4, 4 + OUTBOX_BYTES // 1000):
            hub.committed([Committed(events=[replace(message(seq), body="x" * 2000)])])
        gone = MembershipChange(ConversationId(7), AccountId(2), "bob", False, 0)
        hub.committed([Committed(memberships=[gone])])
        await asyncio.sleep(SOON_S)
        pushed(session)
        assert not session.attached

        hub.attach(session, 7)
        hub.feed(7).release(session, 0)
        await asyncio.sleep(SOON_S)
        assert [event["members"] for event in pushed(session) if "members" in event] == [0]
        assert other in hub.sessions

    simulate(story())


async def test_hub_attaches_nothing_to_a_session_that_has_gone() -> None:
    hub = make_hub()
    session = quiet_session(1)

    hub.follow(session)
    hub.attach(session, 7)
    hub.resumed(session, 0, {7: 3})

    assert hub.feed(7).waiting == {}
    assert not hub.online(1)


async def test_hub_queues_account_events_for_a_reader_whose_outbox_is_full() -> None:
    hub = make_hub()
    session = enter(hub, 1, "ann", 7)
    session.outbox.limit = 1
    hub.committed([Committed(events=[message(4)])])
    hub.committed([Committed(events=[message(5)])])
    assert session.lagging == {7: 5}

    hub.committed([Committed(account_events=[(AccountId(1), joined(1, 9))])])

    assert [event["kind"] for event in pushed(session)] == ["message_posted", "conversation_joined"]


async def test_hub_shows_a_session_in_what_it_had_attached_to_before_it_followed() -> None:
    hub = make_hub()
    session, feed = quiet_session(1), hub.feed(7)
    hub.sessions.add(session)
    hub.signed_in(session)
    hub.attach(session, 7)
    feed.release(session, 3)
    assert feed.present == {}

    hub.follow(session)
    hub.attach(session, 7)
    hub.resumed(session, 0, {7: 3})

    assert feed.present == {1: 1}
    other = enter(hub, 1, "ann", 7)
    hub.gone(session)
    assert feed.present == {1: 1}, "another device is there still"
    hub.gone(other)
    assert feed.present == {}


async def test_hub_shows_a_session_no_more_when_its_resume_failed() -> None:
    hub = make_hub()
    session, feed = quiet_session(1), hub.feed(7)
    hub.sessions.add(session)
    hub.signed_in(session)
    hub.attach(session, 7)
    feed.release(session, 3)

    hub.follow(session)
    hub.unfollow(session, {7})

    assert (feed.present, hub.online(1), set(session.attached)) == ({}, False, {7})
