"""Every store: read markers, unread counts and the account's own log."""

from __future__ import annotations

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined, ConversationLeft, ReadMarkerMoved
from chat_core.server.store.conversations import SetChannelTopic
from chat_core.server.store.messages import MoveReadMarker
from tests.contract.world import ANNOUNCEMENTS_ID, GENERAL_ID, World


async def test_marker_moves_forward_and_tells_the_account(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob, GENERAL_ID, "one", "two", "three")
    assert (await world.conversation(ann, GENERAL_ID)).unread == 3

    await world.mark(ann, "#general", 2)

    assert world.last.account_events == [(ann, ReadMarkerMoved(seq=3, conversation=GENERAL_ID, read=2))]
    seen = await world.conversation(ann, GENERAL_ID)
    assert (seen.read, seen.unread) == (2, 1)
    assert (await world.conversation(bob, GENERAL_ID)).read == 3


async def test_marker_stays_when_it_would_go_back(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob, GENERAL_ID, "one", "two", "three")
    await world.mark(ann, GENERAL_ID, 2)

    for seq in (0, 1, 2):
        await world.mark(ann, GENERAL_ID, seq)
        assert world.last.account_events == ()

    assert (await world.conversation(ann, GENERAL_ID)).read == 2


async def test_marker_stops_at_the_head(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob, GENERAL_ID, "one", "two")

    await world.mark(ann, GENERAL_ID, 2**53 - 1)

    seen = await world.conversation(ann, GENERAL_ID)
    assert (seen.read, seen.unread) == (2, 0)
    await world.post(bob, GENERAL_ID, "three")
    assert (await world.conversation(ann, GENERAL_ID)).unread == 1


async def test_marker_counts_messages_only_when_there_are_other_events(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    for topic in ("a", "b"):
        await world.write(SetChannelTopic(bob, GENERAL_ID, topic, 1))
        await world.post(bob)

    unread = []
    for seq in range(1, 5):
        await world.mark(ann, GENERAL_ID, seq)
        unread.append((await world.conversation(ann, GENERAL_ID)).unread)

    assert unread == [2, 1, 1, 0]


async def test_marker_is_refused_where_the_account_is_no_member(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(bob, "ops")

    assert await world.refused(MoveReadMarker(ann, ops, 1)) is Refusal.NOT_MEMBER
    assert await world.refused(MoveReadMarker(ann, 99, 1)) is Refusal.NO_CONVERSATION


async def test_own_message_moves_the_marker_when_nothing_unread_lies_before_it(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob)
    await world.mark(ann, GENERAL_ID, 1)
    told = len(world.account_events(ann))

    await world.together(world.message(ann), world.message(ann))

    seen = await world.conversation(ann, GENERAL_ID)
    assert (seen.head, seen.read, seen.unread) == (3, 3, 0)
    assert len(world.account_events(ann)) == told, "the message itself tells it"


async def test_own_message_leaves_the_marker_when_something_unread_lies_before_it(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.together(
        world.message(bob),
        world.message(ann),
        world.message(bob),
        world.message(ann),
        world.message(ann),
        world.message(bob),
    )

    unread = [(await world.conversation(ann, GENERAL_ID)).unread]
    for seq in range(1, 7):
        await world.mark(ann, GENERAL_ID, seq)
        unread.append((await world.conversation(ann, GENERAL_ID)).unread)

    assert unread == [3, 2, 2, 1, 1, 1, 0]


async def test_own_message_moves_the_marker_again_when_the_unread_was_marked_read(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    for _ in range(3):
        await world.post(ann)
        await world.post(bob)
        head = (await world.post(ann))[0]
        await world.mark(ann, GENERAL_ID, head)

        seen = await world.conversation(ann, GENERAL_ID)
        assert (seen.read, seen.unread) == (head, 0)

    assert (await world.post(ann)) == [10]
    assert (await world.conversation(ann, GENERAL_ID)).read == 10


async def test_account_log_keeps_one_marker_per_conversation(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(bob, "ann")
    for seq in range(1, 4):
        for where in (GENERAL_ID, direct):
            await world.post(bob, where)
            await world.mark(ann, where, seq)

    live = world.account_events(ann)
    kept = await world.account_log(ann)

    assert [event.seq for event in live] == list(range(1, 10)), "no holes in what is pushed"
    assert [event.seq for event in kept] == [1, 2, 3, 8, 9]
    assert kept[3:] == [
        ReadMarkerMoved(seq=8, conversation=GENERAL_ID, read=3),
        ReadMarkerMoved(seq=9, conversation=direct, read=3),
    ]
    assert await world.read(lambda reader: reader.account_head(ann)) == 9
    assert await world.read(lambda reader: reader.account_head(bob)) == 3
    assert [event.seq for event in await world.account_log(ann, 8)] == [9]


async def test_account_log_keeps_one_marker_when_the_account_left_and_came_back(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")
    await world.join(bob, "ops")
    for _ in range(3):
        await world.post(bob, ops)
        await world.mark(ann, ops, 2**20)
        await world.leave(ann, ops)
        await world.join(ann, "ops")

    kept = await world.account_log(ann)

    assert [event for event in kept if isinstance(event, ReadMarkerMoved)] == [
        ReadMarkerMoved(seq=10, conversation=ops, read=3)
    ]


async def test_account_log_shows_conversations_as_they_are_now(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")
    await world.join(bob, "ops")
    await world.post(bob, ops, "one", "two")
    gone = await world.join(ann, "gone")
    await world.post(ann, gone, "bye")
    await world.leave(ann, gone)

    told = await world.account_log(ann)

    joined = {event.conversation.id: event.conversation for event in told if isinstance(event, ConversationJoined)}
    assert set(joined) == {GENERAL_ID, ANNOUNCEMENTS_ID, ops, gone}
    assert joined[ops] == await world.conversation(ann, ops)
    assert (joined[ops].head, joined[ops].unread, joined[ops].members) == (2, 2, 2)
    assert (joined[gone].head, joined[gone].unread, joined[gone].members) == (1, 0, 0)
    assert told[-1] == ConversationLeft(seq=5, conversation=gone, last=1)


async def test_account_without_a_log_has_an_empty_one(world: World) -> None:
    stranger = AccountId(99)

    assert await world.read(lambda reader: reader.account_head(stranger)) == 0
    assert await world.account_log(stranger) == []
    assert await world.list_of(stranger) == []


async def test_conversations_come_by_number_with_everything_a_list_shows(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(ann, "bob")
    await world.join(bob, "bobs")
    ops = await world.join(ann, "ops")
    await world.write(SetChannelTopic(ann, ops, "work", 1))
    await world.post(bob, direct, "hi")

    listed = await world.list_of(ann)

    assert [(one.id, one.target, one.topic, one.head, one.unread, one.members, one.partner) for one in listed] == [
        (GENERAL_ID, "#general", "", 0, 0, 2, None),
        (ANNOUNCEMENTS_ID, "#announcements", "", 0, 0, 2, None),
        (direct, "@bob", "", 1, 1, 2, bob),
        (ops, "#ops", "work", 1, 0, 1, None),
    ]
    for one in listed:
        assert await world.conversation(ann, ConversationId(one.id)) == one


async def test_marker_passes_own_messages_that_nothing_unread_lies_before(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(bob, GENERAL_ID, "one", "two")
    await world.post(ann, GENERAL_ID, "three", "four")
    await world.post(bob, GENERAL_ID, "five")
    await world.post(ann, GENERAL_ID, "six", "seven")

    reached = []
    for seq in (1, 2, 5):
        await world.mark(ann, GENERAL_ID, seq)
        seen = await world.conversation(ann, GENERAL_ID)
        told = [event.read for _, event in world.last.account_events if isinstance(event, ReadMarkerMoved)]
        assert told == [seen.read]
        reached.append((seen.read, seen.unread))

    assert reached == [(1, 2), (4, 1), (7, 0)]
    await world.post(ann, GENERAL_ID, "eight")
    assert (await world.conversation(ann, GENERAL_ID)).read == 8
