"""Every store: groups are found by who is in them, keep who does not want to out, and begin late for who comes late."""

from __future__ import annotations

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined, ConversationLeft, MemberLeft, MembersAdded
from chat_core.protocol.values import Conversation
from chat_core.server.store.access import readable
from chat_core.server.store.acts import InviteToChannel, SanctionOnServer
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import LeaveConversation, SetChannelTopic
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.messages import EditMessage, MoveReadMarker
from chat_core.server.store.private import ChooseDmPolicy, IgnoreAccount
from chat_core.server.store.threading import SetFollowing
from tests.contract.world import World


async def group_of(world: World, account: AccountId, *others: str) -> Conversation:
    conversation, _ = await world.write(MakeGroup(account, others, 1))
    assert isinstance(conversation, Conversation)
    return conversation


async def words(world: World, op: object) -> str:
    try:
        await world.write(op)  # type: ignore[arg-type]
    except Refused as refused:
        return str(refused)
    raise AssertionError("not refused")


async def texts(world: World, account: AccountId, number: int) -> list[str]:
    """Return what an account may read of a conversation."""

    def query(reader):  # type: ignore[no-untyped-def]
        place = reader.readable(account, number)
        return reader.history(place.id, "latest", 0, 200, readable(place), account)

    return [message.body for message in (await world.read(query)).messages]


async def test_group_is_made_once_for_the_same_people_whoever_asks(world: World) -> None:
    ann, bob, _, dan = await world.sign_in("ann", "bob", "cid", "dan")

    group, created = await world.write(MakeGroup(ann, ("bob", "CID", "ann", "bob"), 5))

    assert created and (group.kind, group.members, group.target) == ("group", 3, f"&{group.id}")
    assert (group.name, [person.name for person in group.people]) == ("bob, cid", ["bob", "cid"])
    (added,) = world.last.events
    assert isinstance(added, MembersAdded) and [person.name for person in added.people] == ["bob", "cid"]
    assert (added.seq, added.author) == (1, ann)
    (joined,) = world.account_events(bob)[-1:]
    assert isinstance(joined, ConversationJoined) and joined.conversation.name == "ann, cid"
    again, created = await world.write(MakeGroup(bob, ("cid", "ann"), 6))
    assert (again.id, created) == (group.id, False)
    larger, created = await world.write(MakeGroup(bob, ("cid", "ann", "dan"), 6))
    assert created and larger.id != group.id
    assert (await world.find(ann, f"&{group.id}")).id == group.id
    assert await world.refused(world.message(dan, group.id)) is Refusal.NO_CONVERSATION
    assert await world.refused(world.message(dan, f"&{group.id}")) is Refusal.NO_CONVERSATION
    assert await world.refused(world.message(ann, "&1")) is Refusal.NO_CONVERSATION, "a channel is no group"


async def test_group_is_refused_when_it_is_too_small_too_large_or_of_nobody(world: World) -> None:
    (ann, *_) = await world.sign_in("ann", "bob", *(f"p{number}" for number in range(20)))

    assert await words(world, MakeGroup(ann, ("bob", "bob", "ann"), 1)) == (
        "A group has at least 3 people, you and 2 others; write to one with /msg."
    )
    assert await words(world, MakeGroup(ann, tuple(f"p{number}" for number in range(20)), 1)) == (
        "A group has at most 20 people. Make a channel for more (/join #NAME)."
    )
    assert await words(world, MakeGroup(ann, ("bob", "zoe"), 1)) == "There is no account 'zoe'."
    group = await group_of(world, ann, *(f"p{number}" for number in range(19)))
    assert group.members == 20
    assert await words(world, InviteToChannel(ann, group.id, "bob", 1)) == (
        "A group has at most 20 people. Make a channel instead (/join #NAME)."
    )


async def test_nobody_is_pulled_in_who_does_not_want_private_messages(world: World) -> None:
    ann, bob, cid, dan = await world.sign_in("ann", "bob", "cid", "dan")
    await world.write(ChooseDmPolicy(cid, "closed"))
    await world.write(IgnoreAccount(dan, "ann", True))

    closed = await words(world, MakeGroup(ann, ("bob", "cid"), 1))
    ignored = await words(world, MakeGroup(ann, ("bob", "dan"), 1))

    assert (closed, ignored) == ("'cid' takes no private messages.", "'dan' takes no private messages.")
    group = await group_of(world, bob, "ann", "dan")
    assert await words(world, InviteToChannel(ann, group.id, "cid", 1)) == closed
    await world.write(ChooseDmPolicy(cid, "request"))
    assert "in a private chat only" in await words(world, MakeGroup(ann, ("bob", "cid"), 1))
    assert [each.id for each in await world.list_of(cid)] == [1, 2], "nobody is in a group against their will"
    await world.write(SanctionOnServer(None, "ann", "mute", 1))
    await world.write(ChooseDmPolicy(cid, "open"))
    assert await world.refused(InviteToChannel(ann, group.id, "cid", 1)) is Refusal.MUTED


async def test_who_comes_later_reads_what_is_said_from_then_on(world: World) -> None:
    ann, bob, _, dan = await world.sign_in("ann", "bob", "cid", "dan")
    group = ConversationId((await group_of(world, ann, "bob", "cid")).id)
    (early,) = await world.post(ann, group, "not for dan", ts=1)
    await world.post(bob, group, "inside", thread=early)

    await world.write(InviteToChannel(bob, group, "dan", 5))
    await world.write(InviteToChannel(bob, group, "dan", 5))
    await world.post(ann, group, "welcome @dan")

    joined = world.account_events(dan)[-1]
    assert isinstance(joined, ConversationJoined) and joined.conversation.unread == 0
    (seen,) = [each for each in await world.list_of(dan) if each.id == group]
    assert (seen.name, seen.members, seen.unread, seen.mentions) == ("ann, bob, cid", 4, 1, 1)
    assert await texts(world, dan, group) == ["welcome @dan"]
    assert await texts(world, ann, group) == ["not for dan", "inside", "welcome @dan"]
    since = (await world.find(dan, group)).since
    assert next(event.seq for event in await world.log(group, since)) == 4, "that it came is the first it reads"
    for op in (
        ReactTo(dan, group, early, "👍", True, 6),
        PinMessage(dan, group, early, True, 6),
        SetBookmark(dan, group, early, True, 6),
        SetFollowing(dan, group, early, following=True),
        world.message(dan, group, "re", reply_to=early),
        world.message(dan, group, "re", thread=early),
        EditMessage(dan, group, early, "mine now", 6),
    ):
        assert await world.refused(op) is Refusal.NO_MESSAGE, op
    await world.write(MoveReadMarker(dan, group, 0, back=True))
    assert (await world.conversation(dan, group)).unread == 1, "what it may not read is never unread"


async def test_who_left_a_group_is_told_of_and_may_come_back_with_new_eyes(world: World) -> None:
    ann, bob, _, _ = await world.sign_in("ann", "bob", "cid", "dan")
    group = ConversationId((await group_of(world, ann, "bob", "cid", "dan")).id)
    await world.post(ann, group, "first")

    await world.write(LeaveConversation(bob, f"&{group}", 5))

    assert isinstance(world.last.events[0], MemberLeft)
    left = world.account_events(bob)[-1]
    assert isinstance(left, ConversationLeft) and left.last == 2
    await world.post(ann, group, "second")
    assert await world.refused(world.message(bob, group)) is Refusal.NO_CONVERSATION
    assert await texts(world, bob, group) == ["first"]
    assert (await world.conversation(ann, group)).name == "cid, dan"
    again, created = await world.write(MakeGroup(ann, ("cid", "dan"), 6))
    assert (again.id, created) == (group, False), "it goes by who is in it"
    await world.write(InviteToChannel(ann, group, "bob", 7))
    await world.post(ann, group, "third")
    assert await texts(world, bob, group) == ["third"]


async def test_group_has_no_operators_no_topic_and_nobody_is_called_with_everybody(world: World) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cid")
    group = ConversationId((await group_of(world, ann, "bob", "cid")).id)

    assert await words(world, SetChannelTopic(ann, group, "x", 1)) == "A group has no topic."
    (seq,) = await world.post(bob, group, "@channel look")
    await world.write(PinMessage(ann, group, seq, True, 1))
    (message,) = await world.messages(group)
    assert (message.everyone, message.pinned) == ("", True)
