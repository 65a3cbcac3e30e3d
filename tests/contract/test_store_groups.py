"""Every store: groups are found by who is in them, keep who does not want to out, and begin late for who comes late."""

from __future__ import annotations

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import ConversationJoined, ConversationLeft, MemberLeft, MembersAdded, ThreadMarked
from chat_core.protocol.limits import (
    CONVERSATIONS_OF_ONES_OWN,
    CONVERSATIONS_PER_ACCOUNT,
    GROUPS_BY_OTHERS,
    GROUPS_PER_DAY,
)
from chat_core.protocol.values import Conversation
from chat_core.server.store.access import readable
from chat_core.server.store.acts import InviteToChannel, SanctionOnServer
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel, LeaveConversation, SetChannelTopic
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.messages import EditMessage, MoveReadMarker
from chat_core.server.store.private import ChooseDmPolicy, IgnoreAccount
from chat_core.server.store.threading import SetFollowing
from tests.contract.world import World

HOUR_MS = 60 * 60 * 1000


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
    (inside,) = await world.post(bob, group, "inside", thread=early)

    await world.write(InviteToChannel(bob, group, "dan", 5))
    await world.write(InviteToChannel(bob, group, "dan", 5))
    (welcome,) = await world.post(ann, group, "welcome @dan")

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
    await world.edit(bob, inside, "still not for dan", group)
    assert world.last.latecomers == {dan}, "also of the very last message before it came"
    await world.edit(ann, welcome, "welcome, dan", group)
    assert not world.last.latecomers


async def test_who_comes_later_follows_no_thread_that_began_before_whoever_names_them_there(world: World) -> None:
    ann, bob, _, dan = await world.sign_in("ann", "bob", "cid", "dan")
    group = ConversationId((await group_of(world, ann, "bob", "cid")).id)
    [early] = await world.post(ann, group, "not for dan")
    [reply] = await world.post(bob, group, "nor this", thread=early)
    await world.write(InviteToChannel(ann, group, "dan", 5))
    before = len(world.account_events(dan))

    await world.post(bob, group, "ask @dan", thread=early)
    await world.write(EditMessage(bob, group, reply, "nor this, @dan", 6))

    assert world.account_events(dan)[before:] == []
    [late] = await world.post(ann, group, "for all")
    await world.post(bob, group, "and @dan", thread=late)
    assert [event.thread for event in world.account_events(dan)[before:] if isinstance(event, ThreadMarked)] == [late]


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
    assert await words(world, InviteToChannel(ann, group, "bob", 7)) == (
        "'bob' has left this group. They come back by themselves: /group with the names of all in it."
    )
    back, created = await world.write(MakeGroup(bob, ("ann", "cid", "dan"), 8))
    assert (back.id, back.members, created) == (group, 4, False)
    (added,) = world.last.events
    assert isinstance(added, MembersAdded) and (added.author, [each.account for each in added.people]) == (bob, [bob])
    assert isinstance(world.account_events(bob)[-1], ConversationJoined)
    await world.post(ann, group, "third")
    assert await texts(world, bob, group) == ["third"]


async def test_who_left_a_group_comes_back_only_to_those_who_want_them(world: World) -> None:
    ann, bob, _, _ = await world.sign_in("ann", "bob", "cid", "dan")
    group = await group_of(world, ann, "bob", "cid", "dan")
    await world.write(LeaveConversation(bob, group.id, 2))
    await world.write(IgnoreAccount(ann, "bob", True))

    refused = await words(world, MakeGroup(bob, ("ann", "cid", "dan"), 3))

    assert refused == "'ann' takes no private messages."
    assert (await world.conversation(ann, ConversationId(group.id))).members == 3


async def test_account_begins_so_many_groups_a_day_even_if_it_leaves_them(world: World) -> None:
    ann, bob, helper = await world.sign_in("ann", "bob", "helper")
    for number in range(GROUPS_PER_DAY):
        made, created = await world.write(MakeGroup(ann, ("bob", "helper"), 1000 * number))
        assert created
        await world.write(LeaveConversation(helper, made.id, 1000 * number))

    refused = await words(world, MakeGroup(ann, ("bob", "helper"), HOUR_MS))

    assert refused == f"You began {GROUPS_PER_DAY} groups within 24 hours; you can begin the next one in 23 hours."
    _, created = await world.write(MakeGroup(bob, ("ann", "helper"), HOUR_MS))
    assert created, "others are not kept from it"
    _, created = await world.write(MakeGroup(ann, ("bob", "helper"), 24 * HOUR_MS))
    assert not created, "what is there is found"
    await world.write(LeaveConversation(helper, "&23", 24 * HOUR_MS))
    _, created = await world.write(MakeGroup(ann, ("bob", "helper"), 24 * HOUR_MS))
    assert created, "the first one was a day ago"
    await world.write(LeaveConversation(helper, "&24", 24 * HOUR_MS))
    assert await words(world, MakeGroup(ann, ("bob", "helper"), 24 * HOUR_MS)) == (
        f"You began {GROUPS_PER_DAY} groups within 24 hours; you can begin the next one in 1 second."
    )


async def test_leaving_and_opening_again_makes_no_second_group(world: World) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "helper")
    first = await group_of(world, ann, "bob", "helper")

    for number in range(GROUPS_PER_DAY + 1):
        await world.write(LeaveConversation(ann, first.id, number))
        again, created = await world.write(MakeGroup(ann, ("helper", "bob"), number))
        assert (again.id, created) == (first.id, False)

    assert [each.id for each in await world.list_of(bob)] == [1, 2, first.id]


async def test_groups_of_others_take_no_room_from_what_one_joins_oneself(world: World) -> None:
    makers = [f"m{number}" for number in range(GROUPS_BY_OTHERS // GROUPS_PER_DAY)]
    victim, helper, *others = await world.sign_in("victim", "helper", *makers)
    for maker in others:
        for _ in range(GROUPS_PER_DAY):
            group = await group_of(world, maker, "victim", "helper")
            await world.write(LeaveConversation(maker, group.id, 1))
            # The helper, too, or the maker would find that one again.
            await world.write(LeaveConversation(helper, group.id, 1))
    (late,) = await world.sign_in("late")

    assert await words(world, MakeGroup(late, ("victim", "helper"), 1)) == (
        f"'victim' is in {GROUPS_BY_OTHERS} groups of others, more is not possible."
    )
    room = CONVERSATIONS_OF_ONES_OWN - 4  # general and announcements, and what follows
    await world.together(*(JoinChannel(victim, f"c{number}", create=True, ts=1) for number in range(room)))
    await world.open_direct(victim, "late")
    await group_of(world, victim, "late", "helper")
    assert len(await world.list_of(victim)) == CONVERSATIONS_PER_ACCOUNT
    assert await world.refused(JoinChannel(victim, "one-more", create=True, ts=1)) is Refusal.TOO_MANY


async def test_group_has_no_operators_no_topic_and_nobody_is_called_with_everybody(world: World) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cid")
    group = ConversationId((await group_of(world, ann, "bob", "cid")).id)

    assert await words(world, SetChannelTopic(ann, group, "x", 1)) == "A group has no topic."
    (seq,) = await world.post(bob, group, "@channel look")
    await world.write(PinMessage(ann, group, seq, True, 1))
    (message,) = await world.messages(group)
    assert (message.everyone, message.pinned) == ("", True)
