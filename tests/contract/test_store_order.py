"""Roles and rules of channels: who may change them, what they forbid, and who finds a closed channel."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.events import Invited, RoleChanged, RulesChanged
from chat_core.protocol.values import ChannelRole, Rules
from chat_core.server.store.acts import ChangeRules, GiveRole, InviteToChannel
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel, SetChannelTopic
from chat_core.server.store.private import IgnoreAccount
from tests.contract.world import World


async def rule(world: World, account: AccountId, where: ConversationId, ts: int = 1, **rules: Any) -> None:
    """Change a channel's rules."""
    await world.write(ChangeRules(account, where, ts, **rules))


async def give(world: World, account: AccountId, where: ConversationId, target: str, role: ChannelRole) -> None:
    """Give a role."""
    await world.write(GiveRole(account, where, target, role, 1))


async def test_maker_of_a_channel_is_its_operator_and_who_joins_later_is_not(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    roles = {member.name: member.channel_role for member in (await world.members(room))[0]}
    assert roles == {"ann": "operator", "bob": "member"}
    assert (await world.conversation(ann, room)).role == "operator"


async def test_maker_is_operator_again_when_it_comes_back(world: World) -> None:
    (ann,) = await world.sign_in("ann")
    room = await world.join(ann, "room")
    await world.leave(ann, room)
    await world.join(ann, "room")
    assert (await world.conversation(ann, room)).role == "operator"


async def test_role_is_in_the_log_and_in_the_list_when_an_operator_gives_it(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await give(world, ann, room, "Bob", "voice")
    (event,) = await world.log(room)
    assert isinstance(event, RoleChanged)
    assert (event.author, event.account, event.account_name, event.role) == (ann, bob, "bob", "voice")
    assert [event] == world.events()
    assert (await world.conversation(bob, room)).role == "voice"


async def test_role_makes_no_event_when_it_is_the_same(world: World) -> None:
    (ann,) = await world.sign_in("ann")
    room = await world.join(ann, "room")
    await give(world, ann, room, "ann", "operator")
    assert world.events() == []


async def test_operator_takes_no_role_from_another_operator_but_gives_its_own_back(world: World) -> None:
    ann, bob, cleo = await world.sign_in("ann", "bob", "cleo")
    room = await world.join(ann, "room")
    for account, name in ((bob, "bob"), (cleo, "cleo")):
        await world.join(account, "room")
        await give(world, ann, room, name, "operator")
    assert await world.refused(GiveRole(bob, room, "cleo", "member", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(GiveRole(bob, room, "ann", "member", 1)) is Refusal.NOT_ALLOWED
    await give(world, bob, room, "bob", "member")
    assert (await world.conversation(bob, room)).role == "member"
    await give(world, ann, room, "cleo", "member")
    assert (await world.conversation(cleo, room)).role == "member"


async def test_channel_without_any_operator_is_taken_over_by_who_has_been_there_longest(world: World) -> None:
    ann, bob, cleo = await world.sign_in("ann", "bob", "cleo")
    room = await world.join(ann, "room")
    for account in (bob, cleo):
        await world.join(account, "room")
    takes = GiveRole(bob, room, "bob", "operator", 1)

    assert await world.refused(takes) is Refusal.NOT_ALLOWED, "ann is its operator"
    await world.leave(ann, room)
    assert await world.refused(GiveRole(cleo, room, "cleo", "operator", 1)) is Refusal.NOT_ALLOWED, "bob came before"
    assert await world.refused(GiveRole(bob, room, "cleo", "operator", 1)) is Refusal.NOT_ALLOWED, "for oneself only"
    assert await world.refused(GiveRole(bob, "#general", "bob", "operator", 1)) is Refusal.NOT_ALLOWED
    await world.write(takes)

    assert (await world.conversation(bob, room)).role == "operator"
    assert await world.refused(GiveRole(cleo, room, "cleo", "operator", 1)) is Refusal.NOT_ALLOWED


async def test_role_is_refused_when_it_is_given_by_a_member_or_to_nobody_there(world: World) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cleo")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    assert await world.refused(GiveRole(bob, room, "bob", "operator", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(GiveRole(ann, room, "cleo", "voice", 1)) is Refusal.NOT_ALLOWED
    assert await world.refused(GiveRole(ann, room, "nobody", "voice", 1)) is Refusal.NO_ACCOUNT
    assert await world.refused(GiveRole(ann, "#announcements", "bob", "voice", 1)) is Refusal.NOT_ALLOWED


async def test_rules_are_in_the_log_and_in_the_conversation_when_they_change(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, moderated=True, slow_s=30, topic_by="operator", reason="calm down")
    (event,) = await world.log(room)
    rules = Rules(moderated=True, slow_s=30, topic_by="operator")
    assert isinstance(event, RulesChanged)
    assert (event.rules, event.changed, event.reason) == (rules, ("moderated", "slow_s", "topic_by"), "calm down")
    assert (await world.conversation(bob, room)).rules == rules
    await world.reopen()
    assert (await world.conversation(bob, room)).rules == rules


async def test_rules_make_no_event_when_nothing_is_new(world: World) -> None:
    (ann,) = await world.sign_in("ann")
    room = await world.join(ann, "room")
    await rule(world, ann, room, moderated=False, visibility="public")
    assert world.events() == []


async def test_general_stays_public(world: World) -> None:
    (ann,) = await world.sign_in("ann")
    assert await world.refused(ChangeRules(ann, 1, 1, visibility="invite")) is Refusal.NOT_ALLOWED


@pytest.mark.parametrize(
    ("rules", "member", "voice", "operator"),
    [
        ({"moderated": True}, Refusal.NOT_ALLOWED, None, None),
        ({"locked": True}, Refusal.LOCKED, Refusal.LOCKED, None),
        ({"archived": True}, Refusal.ARCHIVED, Refusal.ARCHIVED, Refusal.ARCHIVED),
        ({"slow_s": 10}, Refusal.SLOW_MODE, None, None),
    ],
    ids=["moderated", "locked", "archived", "slow"],
)
async def test_post_is_refused_by_the_channels_rules(
    world: World, rules: dict[str, Any], member: Refusal | None, voice: Refusal | None, operator: Refusal | None
) -> None:
    ann, bob, cleo = await world.sign_in("ann", "bob", "cleo")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await world.join(cleo, "room")
    await give(world, ann, room, "cleo", "voice")
    await world.post(bob, room, "before", ts=1_000)
    await rule(world, ann, room, **rules)
    for account, wanted in ((bob, member), (cleo, voice), (ann, operator)):
        message = world.message(account, room, ts=2_000)
        if wanted is None:
            await world.write(message)
        else:
            assert await world.refused(message) is wanted


async def test_locked_channel_opens_by_itself_when_its_time_is_over(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, ts=1_000, locked=True, locked_until=61_000)
    with pytest.raises(Refused, match="for another 1 minute"):
        await world.write(world.message(bob, room, ts=1_000))
    await world.write(world.message(bob, room, ts=61_000))


async def test_slow_channel_says_how_long_to_wait_also_after_a_restart(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, slow_s=10)
    await world.post(bob, room, "one", ts=100_000)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            await world.write(world.message(bob, room, ts=104_000))
        assert (refused.value.code, refused.value.retry_after) == (Refusal.SLOW_MODE, 6.0)
        await world.reopen()
    first, second = await world.together(
        world.message(bob, room, "two", ts=110_000), world.message(bob, room, "three", ts=110_500)
    )
    assert first[1] == 3
    assert isinstance(second, Refused) and second.retry_after == 9.5


async def test_slow_channel_takes_messages_again_when_the_servers_clock_was_set_back(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, slow_s=10)
    await world.post(bob, room, "from a wrong clock", ts=9_000_000)
    await world.post(bob, room, "set right", ts=100_000)
    with pytest.raises(Refused) as refused:
        await world.write(world.message(bob, room, ts=99_000))
    assert refused.value.retry_after == 11.0, "a moment back is no reason"
    await world.post(bob, room, "and on", ts=110_000)


async def test_repeated_send_gets_its_first_answer_when_the_channel_is_closed_since(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    message = world.message(bob, room)
    first = await world.write(message)
    await rule(world, ann, room, archived=True)
    assert await world.write(message) == (*first[:3], True)


async def test_edit_is_refused_where_one_may_not_write_and_deletion_is_not(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    [seq] = await world.post(bob, room, "before")
    await rule(world, ann, room, locked=True)
    with pytest.raises(Refused) as refused:
        await world.edit(bob, seq, "after", room)
    assert refused.value.code is Refusal.LOCKED
    await world.delete(bob, seq, room)


async def test_topic_is_set_by_whom_the_rules_let(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, topic_by="voice")
    assert await world.refused(SetChannelTopic(bob, room, "mine", 1)) is Refusal.NOT_ALLOWED
    await give(world, ann, room, "bob", "voice")
    await world.write(SetChannelTopic(bob, room, "mine", 1))


@pytest.mark.parametrize("visibility", ["unlisted", "invite"])
async def test_closed_channel_is_listed_for_members_only(world: World, visibility: Any) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await rule(world, ann, room, visibility=visibility)
    listed = {}
    for account in (ann, bob):
        channels, _ = await world.read(lambda reader, account=account: reader.channels(account, "", 100))  # type: ignore[misc]
        listed[account] = [channel.name for channel in channels]
    assert listed == {ann: ["general", "room"], bob: ["general"]}


async def test_closed_channel_is_read_by_a_former_member_up_to_where_it_left(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, visibility="invite")
    await world.leave(bob, room)
    await world.post(ann, room, "behind your back")
    place = await world.read(lambda reader: reader.readable(bob, room))
    assert (place.member, place.public, place.last_readable) == (False, False, 1)
    with pytest.raises(Refused) as refused:
        await world.find(bob, room)
    assert refused.value.code is Refusal.NO_CONVERSATION


async def test_unlisted_channel_is_joined_by_whoever_knows_its_name(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await rule(world, ann, room, visibility="unlisted")
    assert await world.join(bob, "room") == room


async def test_closed_channel_is_joined_only_once_by_whom_an_operator_invited(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await rule(world, ann, room, visibility="invite")
    quiet = JoinChannel(bob, "room", create=False, ts=1)
    assert await world.refused(quiet) is Refusal.NO_CONVERSATION
    assert await world.refused(JoinChannel(bob, "room", create=True, ts=1)) is Refusal.NAME_TAKEN
    for _ in range(2):  # the second time changes nothing
        await world.write(InviteToChannel(ann, room, "bob", 1))
    invited = [event for event in await world.account_log(bob) if isinstance(event, Invited)]
    assert [(event.conversation, event.channel, event.name) for event in invited] == [(room, "room", "ann")]
    await world.write(quiet)
    await world.leave(bob, room)
    assert await world.refused(quiet) is Refusal.NO_CONVERSATION


async def test_closed_channel_is_joined_again_without_an_invitation_by_who_made_it(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await rule(world, ann, room, visibility="invite")
    await world.leave(ann, room)

    assert await world.join(ann, "room") == room


async def test_invitation_by_whom_one_ignores_is_not_told_and_holds(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await rule(world, ann, room, visibility="invite")
    await world.write(IgnoreAccount(bob, "ann", ignored=True))

    await world.write(InviteToChannel(ann, room, "bob", 1))

    assert not any(isinstance(event, Invited) for event in await world.account_log(bob))
    await world.write(JoinChannel(bob, "room", create=False, ts=1))


async def test_invitation_is_refused_to_members(world: World) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cleo")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    assert await world.refused(InviteToChannel(bob, room, "cleo", 1)) is Refusal.NOT_ALLOWED


async def test_post_is_answered_no_conversation_where_a_closed_channel_is_guessed_by_number(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await rule(world, ann, room, visibility="unlisted")
    for where in (room, "#room"):
        assert await world.refused(world.message(bob, where)) is Refusal.NO_CONVERSATION
