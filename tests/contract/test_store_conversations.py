"""Every store: channels, direct conversations, topics, and who may know of them."""

from __future__ import annotations

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined, ConversationLeft, TopicChanged
from chat_core.protocol.limits import CONVERSATIONS_OF_ONES_OWN, LEFT_BY_OTHERS
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, OpenDirect, SetChannelTopic
from chat_core.server.store.messages import MoveReadMarker
from chat_core.server.store.people import SignInByName
from tests.contract.world import ANNOUNCEMENTS_ID, GENERAL_ID, World

# --- channels -------------------------------------------------------------------------------------------------


async def test_join_makes_the_channel_when_it_is_missing(world: World) -> None:
    [ann] = await world.sign_in("ann")

    conversation, created = await world.write(JoinChannel(ann, "#Ops", create=True, ts=7))

    assert created
    assert (conversation.target, conversation.kind, conversation.members) == ("#Ops", "channel", 1)
    assert list(world.last.created) == [conversation.id]
    assert world.last.account_events == [(ann, ConversationJoined(seq=3, conversation=conversation))]
    assert [change.members for change in world.last.memberships] == [1]
    assert world.last.events == ()


async def test_join_finds_the_channel_in_whatever_spelling_when_it_exists(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")
    await world.post(ann, ops, "one", "two")

    conversation, created = await world.write(JoinChannel(bob, "OPS", create=False, ts=7))

    assert (conversation.id, created) == (ops, False)
    assert (conversation.head, conversation.read, conversation.unread, conversation.members) == (2, 2, 0, 2)
    assert world.last.created == ()
    assert [change.members for change in world.last.memberships] == [2]


async def test_join_changes_nothing_when_the_account_is_a_member(world: World) -> None:
    [ann] = await world.sign_in("ann")
    ops = await world.join(ann, "ops")

    conversation, created = await world.write(JoinChannel(ann, "ops", create=True, ts=7))

    assert (conversation.id, created) == (ops, False)
    assert (world.last.account_events, world.last.memberships, world.last.created) == ((), (), ())
    announcements, _ = await world.write(JoinChannel(ann, "announcements", create=True, ts=7))
    assert announcements.id == ANNOUNCEMENTS_ID


async def test_join_is_refused_when_there_is_no_such_channel(world: World) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(JoinChannel(ann, "ops", create=False, ts=1)) is Refusal.NO_CONVERSATION
    assert await world.refused(JoinChannel(ann, "two words", create=True, ts=1)) is Refusal.BAD_NAME
    assert await world.refused(JoinChannel(AccountId(99), "ops", create=True, ts=1)) is Refusal.NO_ACCOUNT
    channels, _ = await world.read(lambda reader: reader.channels(ann, "", 10))
    assert [channel.name for channel in channels] == ["general"]


async def test_leave_ends_the_membership_and_tells_how_far_one_may_read(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")
    await world.join(bob, "ops")
    await world.post(bob, ops, "one", "two")

    await world.leave(ann, "#ops")

    assert world.last.account_events == [(ann, ConversationLeft(seq=4, conversation=ops, last=2))]
    [change] = world.last.memberships
    assert (change.conversation, change.name, change.joined, change.members) == (ops, "ann", False, 1)
    await world.post(bob, ops, "three")
    place = await world.find(ann, ops)
    assert (place.member, place.last_readable, place.head) == (False, 2, 3)
    assert ops not in [conversation.id for conversation in await world.list_of(ann)]


async def test_leave_and_join_again_makes_a_member_who_may_read_everything(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")
    await world.join(bob, "ops")
    for _ in range(2):
        await world.post(bob, ops, "said while ann was there")
        await world.leave(ann, ops)
        await world.post(bob, ops, "said while she was away")
        await world.join(ann, "ops")

    place = await world.find(ann, ops)
    assert (place.member, place.last_readable) == (True, None)
    seen = await world.conversation(ann, ops)
    assert (seen.members, seen.read, seen.unread) == (2, 4, 0)
    members, total, _ = await world.members(ops, "", 10)
    assert ([member.name for member in members], total) == (["ann", "bob"], 2)


async def test_leave_is_refused_when_it_cannot_be(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(bob, "ops")
    direct = await world.open_direct(ann, "bob")

    assert await world.refused(LeaveConversation(ann, ops, 1)) is Refusal.NOT_MEMBER
    assert await world.refused(LeaveConversation(ann, 99, 1)) is Refusal.NO_CONVERSATION
    assert await world.refused(LeaveConversation(ann, direct, 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(LeaveConversation(ann, "#announcements", 1)) is Refusal.NOT_ALLOWED
    await world.leave(ann, "#general")
    assert await world.refused(LeaveConversation(ann, GENERAL_ID, 1)) is Refusal.NOT_MEMBER


async def test_join_and_open_are_refused_when_the_list_would_grow_too_long(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = CONVERSATIONS_OF_ONES_OWN - 2  # general and announcements
    await world.together(*(JoinChannel(ann, f"c{number}", create=True, ts=1) for number in range(room)))

    assert await world.refused(JoinChannel(ann, "one-more", create=True, ts=1)) is Refusal.TOO_MANY
    assert await world.refused(OpenDirect(ann, "bob", 1)) is Refusal.TOO_MANY
    assert await world.refused(OpenDirect(bob, "ann", 1)) is Refusal.TOO_MANY
    await world.leave(ann, "#c0")
    await world.join(ann, "one-more")
    assert len(await world.list_of(ann)) == CONVERSATIONS_OF_ONES_OWN


async def test_who_opens_direct_conversations_leaves_the_last_places_to_the_other_one(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    taken = CONVERSATIONS_OF_ONES_OWN - LEFT_BY_OTHERS
    own = range(taken - 12)  # and general and announcements
    await world.together(*(JoinChannel(ann, f"c{number}", create=True, ts=1) for number in own))
    for other in await world.sign_in(*(f"other{number}" for number in range(10))):
        await world.write(OpenDirect(other, "ann", 1))
    assert len(await world.list_of(ann)) == taken

    assert await world.refused(OpenDirect(bob, "ann", 1)) is Refusal.TOO_MANY
    for op in (OpenDirect(ann, "bob", 1), OpenDirect(ann, "ann", 1), JoinChannel(ann, "ops", create=True, ts=1)):
        await world.write(op)


async def test_channels_are_paged_by_name_with_what_the_asker_is_in(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    for name in ("Zebra", "apple", "mango"):
        await world.join(ann, name)
    await world.join(bob, "mango")
    await world.open_direct(ann, "bob")

    page, more = await world.read(lambda reader: reader.channels(bob, "", 3))
    assert [(one.name, one.members, one.joined) for one in page] == [
        ("apple", 1, False),
        ("general", 2, True),
        ("mango", 2, True),
    ]
    assert more
    page, more = await world.read(lambda reader: reader.channels(bob, "Mango", 3))
    assert ([one.name for one in page], more) == (["Zebra"], False)


@pytest.mark.parametrize("count", [12, 620], ids=["few", "many"])
async def test_members_are_paged_by_name(world: World, count: int) -> None:
    names = [f"user{number:04}" for number in range(count)]
    accounts = [account for account, _ in await world.together(*(SignInByName(name, 1) for name in reversed(names)))]
    left = next(account for account in accounts if account.name == names[4])
    await world.leave(left.id, GENERAL_ID)

    members, total, more = await world.members(GENERAL_ID, "USER0002", 3)
    assert [member.name for member in members] == ["user0003", "user0005", "user0006"]
    assert (total, more) == (count - 1, True)
    members, total, more = await world.members(GENERAL_ID, names[-2], 3)
    assert ([member.name for member in members], more) == ([names[-1]], False)
    nobody = await world.read(lambda reader: reader.members(ConversationId(99), "", 3))
    assert nobody == ([], 0, False)


# --- direct conversations -------------------------------------------------------------------------------------


async def test_open_direct_makes_both_members_for_ever_when_there_is_none(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")

    mine, created = await world.write(OpenDirect(ann, "BOB", 7))

    assert created
    assert (mine.target, mine.kind, mine.partner, mine.members) == ("@bob", "direct", bob, 2)
    told = dict(world.last.account_events)
    assert told[ann] == ConversationJoined(seq=3, conversation=mine)
    theirs = told[bob]
    assert isinstance(theirs, ConversationJoined)
    assert (theirs.conversation.target, theirs.conversation.partner, theirs.conversation.members) == ("@ann", ann, 2)
    assert [(change.account, change.joined) for change in world.last.memberships] == [(ann, True), (bob, True)]
    assert list(world.last.created) == [mine.id]


async def test_open_direct_finds_the_same_one_when_the_other_asks(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    direct = await world.open_direct(ann, "bob")

    theirs, created = await world.write(OpenDirect(bob, "ann", 7))

    assert (theirs.id, theirs.target, created) == (direct, "@ann", False)
    assert (world.last.account_events, world.last.memberships, world.last.created) == ((), (), ())


async def test_open_direct_has_one_member_when_somebody_writes_to_themselves(world: World) -> None:
    [ann] = await world.sign_in("ann")

    mine, _ = await world.write(OpenDirect(ann, "ann", 7))

    assert (mine.target, mine.partner, mine.members) == ("@ann", ann, 1)
    assert len(world.last.account_events) == len(world.last.memberships) == 1
    assert (await world.find(ann, "@ann")).id == mine.id


async def test_open_direct_is_refused_when_there_is_no_such_account(world: World) -> None:
    [ann] = await world.sign_in("ann")

    assert await world.refused(OpenDirect(ann, "bob", 1)) is Refusal.NO_ACCOUNT


async def test_direct_conversation_does_not_exist_for_a_stranger(world: World) -> None:
    ann, _, eve = await world.sign_in("ann", "bob", "eve")
    direct = await world.open_direct(ann, "bob")

    assert await _not_found(world, eve, direct)
    assert await world.refused(world.message(eve, direct)) is Refusal.NO_CONVERSATION
    assert await world.refused(MoveReadMarker(eve, direct, 1)) is Refusal.NO_CONVERSATION
    assert await world.refused(SetChannelTopic(eve, direct, "x", 1)) is Refusal.NO_CONVERSATION
    with pytest.raises(Refused) as caught:
        await world.conversation(eve, direct)
    assert caught.value.code is Refusal.NO_CONVERSATION


# --- finding --------------------------------------------------------------------------------------------------


async def test_find_resolves_numbers_and_names(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")
    direct = await world.open_direct(ann, "bob")
    await world.post(ann, ops, "one")
    [event] = await world.log(ops)

    place = await world.find(ann, "#OPS")
    assert (place.id, place.kind, place.name, place.head, place.eid) == (ops, "channel", "ops", 1, event.eid)
    assert (place.member, place.last_readable) == (True, None)
    assert await world.find(ann, ops) == place
    assert (await world.find(ann, "#announcements")).kind == "announcements"
    assert (await world.find(bob, "@ANN")).id == direct
    assert (await world.find(bob, direct)).name == "ann"
    public = await world.find(bob, "#ops")
    assert (public.member, public.last_readable) == (False, None)


@pytest.mark.parametrize("ref", [0, 99, 2**31, 2**53 - 1, "#none", "@bob", "@eve", "ops", "", "#", "@", "#\x1b[2J"])
async def test_find_is_refused_when_there_is_nothing(world: World, ref: int | str) -> None:
    ann, _ = await world.sign_in("ann", "bob")

    assert await _not_found(world, ann, ref)
    assert await world.refused(world.message(ann, ref)) is Refusal.NO_CONVERSATION
    assert await world.refused(LeaveConversation(ann, ref, 1)) is Refusal.NO_CONVERSATION


async def test_conversation_is_refused_when_the_account_is_no_member(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(ann, "ops")

    with pytest.raises(Refused) as caught:
        await world.conversation(bob, ops)

    assert caught.value.code is Refusal.NOT_MEMBER


# --- topics ---------------------------------------------------------------------------------------------------


async def test_topic_is_an_event_of_the_log_but_no_message(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    await world.post(ann, GENERAL_ID, "one")

    await world.write(SetChannelTopic(ann, "#general", "the weather", 9))

    [event] = world.last.events
    assert event == (await world.log(GENERAL_ID, after=1))[0]
    assert isinstance(event, TopicChanged)
    assert (event.seq, event.author, event.name, event.ts, event.topic) == (2, ann, "ann", 9, "the weather")
    seen = await world.conversation(bob, GENERAL_ID)
    assert (seen.topic, seen.head, seen.eid, seen.unread) == ("the weather", 2, event.eid, 1)
    assert [message.seq for message in await world.messages(GENERAL_ID)] == [1]


async def test_topic_is_no_event_when_it_is_the_same(world: World) -> None:
    [ann] = await world.sign_in("ann")
    await world.write(SetChannelTopic(ann, GENERAL_ID, "the weather", 9))

    await world.write(SetChannelTopic(ann, GENERAL_ID, "the weather", 10))

    assert world.last.events == ()
    assert len(await world.log(GENERAL_ID)) == 1


async def test_topic_is_refused_where_the_account_may_not(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    ops = await world.join(bob, "ops")
    direct = await world.open_direct(ann, "bob")

    assert await world.refused(SetChannelTopic(ann, ops, "x", 1)) is Refusal.NOT_MEMBER
    assert await world.refused(SetChannelTopic(ann, direct, "x", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(SetChannelTopic(ann, ANNOUNCEMENTS_ID, "x", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(SetChannelTopic(ann, "#none", "x", 1)) is Refusal.NO_CONVERSATION


async def _not_found(world: World, account: AccountId, ref: int | str) -> bool:
    with pytest.raises(Refused) as caught:
        await world.find(account, ref)
    assert str(caught.value).isprintable()
    return caught.value.code is Refusal.NO_CONVERSATION
