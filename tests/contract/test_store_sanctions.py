"""Warnings, mutes, kicks, bans and the server's lock, with the audit log that tells of them."""

from __future__ import annotations

from typing import Any

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.events import AccountSanctioned, ConversationLeft, MemberSanctioned
from chat_core.protocol.values import SanctionAct
from chat_core.server.store.acts import LockServer, SanctionInChannel, SanctionOnServer
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import JoinChannel, OpenDirect
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.people import SignInByName
from tests.contract.world import GENERAL_ID, World


def act(
    by: AccountId | None, where: ConversationId, target: str | AccountId, what: SanctionAct, ts: int = 1, **rest: Any
) -> SanctionInChannel:
    """Return the op of an act in a channel."""
    return SanctionInChannel(by, where, target, what, ts, **rest)


def everywhere(
    by: AccountId | None, target: str | None, what: SanctionAct, ts: int = 1, **rest: Any
) -> SanctionOnServer:
    """Return the op of an act on the whole server."""
    return SanctionOnServer(by, target, what, ts, **rest)


async def room_of_two(world: World) -> tuple[AccountId, AccountId, ConversationId]:
    """Make a channel: ann is its operator, bob a member."""
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    return ann, bob, room


async def test_muted_member_is_told_why_and_how_long_until_it_ends_by_itself(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "mute", 1_000, until_ts=601_000, reason="too loud"))
    with pytest.raises(Refused, match=r"^You are muted here for another 9 minutes 59 seconds: too loud\.$") as refused:
        await world.write(world.message(bob, room, ts=2_000))
    assert refused.value.code is Refusal.MUTED
    await world.write(world.message(bob, GENERAL_ID, ts=2_000))
    await world.write(world.message(bob, room, ts=601_000))


async def test_mute_is_in_the_log_and_survives_a_restart_until_it_is_lifted(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "mute", 1_000, reason="too loud"))
    (event,) = await world.log(room)
    assert isinstance(event, MemberSanctioned)
    assert (event.act, event.author, event.account, event.until, event.reason) == ("mute", ann, bob, None, "too loud")
    await world.reopen()
    assert await world.refused(world.message(bob, room, ts=2_000)) is Refusal.MUTED
    await world.write(act(ann, room, "bob", "unmute", 3_000))
    await world.write(world.message(bob, room, ts=4_000))


async def test_lifting_does_nothing_when_there_is_nothing_to_lift(world: World) -> None:
    ann, _, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "unmute"))
    await world.write(act(ann, room, "bob", "unban"))
    assert world.events() == []


async def test_kicked_member_is_out_and_reads_up_to_the_kick(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.post(ann, room, "hello")
    await world.write(act(ann, room, "bob", "kick", reason="off topic"))
    left = world.account_events(bob)[-1]
    assert isinstance(left, ConversationLeft)
    assert (left.conversation, left.last, left.reason, left.name, left.text) == (room, 1, "kicked", "ann", "off topic")
    assert (await world.account_log(bob))[-1] == left
    [change] = world.last.memberships
    assert (change.account, change.joined, change.told, change.members) == (bob, False, True, 1)
    assert await world.refused(world.message(bob, room)) is Refusal.NOT_MEMBER
    assert await world.join(bob, "room") == room


async def test_banned_member_is_out_and_stays_out_until_the_ban_ends(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "ban", 1_000, until_ts=11_000, reason="spam"))
    left = world.account_events(bob)[-1]
    assert isinstance(left, ConversationLeft)
    assert (left.reason, left.until) == ("banned", 11_000)
    await world.reopen()
    with pytest.raises(Refused, match=r"^You are banned from #room for another 9 seconds: spam\.$") as refused:
        await world.write(JoinChannel(bob, "room", create=True, ts=2_000))
    assert refused.value.code is Refusal.BANNED
    await world.write(JoinChannel(bob, "room", create=True, ts=11_000))


async def test_ban_holds_for_somebody_who_was_never_there(world: World) -> None:
    (ann,) = await world.sign_in("ann")
    room = await world.join(ann, "room")
    (bob,) = await world.sign_in("bob")
    await world.write(act(ann, room, "bob", "ban"))
    assert await world.refused(JoinChannel(bob, "room", create=True, ts=2)) is Refusal.BANNED
    assert world.last.memberships == () and [event.act for event in world.events()] == ["ban"]  # type: ignore[attr-defined]
    await world.write(act(ann, room, "bob", "unban", 3))
    assert await world.join(bob, "room") == room


async def test_warning_is_told_to_the_one_concerned_only(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "warn", reason="mind your words"))
    told = world.account_events(bob)[-1]
    assert isinstance(told, AccountSanctioned)
    assert (told.act, told.conversation, told.name, told.reason) == ("warn", room, "ann", "mind your words")
    assert (await world.account_log(bob))[-1] == told
    assert world.events() == []


async def test_act_is_refused_to_members_and_on_those_of_the_same_rank(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.sign_in("cleo")
    assert await world.refused(act(bob, room, "ann", "kick")) is Refusal.NOT_ALLOWED
    assert await world.refused(act(ann, room, "ann", "mute")) is Refusal.NOT_ALLOWED
    assert await world.refused(act(ann, room, "cleo", "kick")) is Refusal.NOT_ALLOWED
    assert await world.refused(act(ann, room, "nobody", "ban")) is Refusal.NO_ACCOUNT
    for what in ("warn", "mute", "kick", "ban"):
        assert await world.refused(everywhere(ann, "bob", what)) is Refusal.NOT_ALLOWED


async def test_server_itself_acts_on_anybody_and_says_so(world: World) -> None:
    ann, _, room = await room_of_two(world)
    await world.write(act(None, room, ann, "mute", 1_000, until_ts=2_000, reason="shouting"))
    (event,) = world.events()
    assert isinstance(event, MemberSanctioned)
    assert (event.automatic, event.author, event.name) == (True, ann, "ann")
    assert await world.refused(world.message(ann, room, ts=1_500)) is Refusal.MUTED


async def test_server_wide_mute_holds_in_every_conversation(world: World) -> None:
    _, bob, room = await room_of_two(world)
    direct = await world.open_direct(bob, "ann")
    await world.write(everywhere(None, "bob", "mute", 1_000, until_ts=61_000, reason="flood"))
    told = world.account_events(bob)[-1]
    assert isinstance(told, AccountSanctioned)
    assert (told.act, told.conversation, told.until, told.reason) == ("mute", None, 61_000, "flood")
    for where in (room, GENERAL_ID, direct):
        with pytest.raises(Refused, match="You are muted on this server for another 59 seconds: flood"):
            await world.write(world.message(bob, where, ts=2_000))
    await world.write(everywhere(None, "bob", "unmute", 3_000))
    await world.write(world.message(bob, room, ts=4_000))


async def test_server_wide_kick_ends_connections_and_nothing_else(world: World) -> None:
    _, bob, room = await room_of_two(world)
    await world.write(everywhere(None, "bob", "kick", reason="enough"))
    [expelled] = world.last.expelled
    assert (expelled.account, expelled.code) == (bob, Goodbye.KICKED)
    assert expelled.text == "You were put off this server by a rule of this server: enough."
    await world.write(world.message(bob, room))


async def test_server_wide_ban_holds_for_account_and_addresses_and_is_lifted_together(world: World) -> None:
    (bob,) = await world.sign_in("bob")
    addresses = ("198.51.100.7", "2001:db8::/64")
    await world.write(everywhere(None, "bob", "ban", 1_000, addresses=addresses, until_ts=9_000, reason="spam"))
    assert {(one.account, one.address) for one in world.last.expelled} == {
        (bob, None),
        (None, "198.51.100.7"),
        (None, "2001:db8::/64"),
    }
    await world.reopen()
    assert {(one.account, one.address) for one in world.boot.sanctions} == {
        (bob, None),
        (bob, "198.51.100.7"),
        (bob, "2001:db8::/64"),
    }
    with pytest.raises(Refused, match=r"^You are banned from this server for another 7 seconds: spam\.$") as refused:
        await world.write(SignInByName("bob", 2_000))
    assert refused.value.code is Refusal.BANNED
    await world.write(everywhere(None, "bob", "unban", 3_000))
    assert len(world.last.sanctions) == 3 and all(one.lifted for one in world.last.sanctions)
    assert (await world.write(SignInByName("bob", 4_000)))[1] is False


async def test_address_is_banned_by_itself_and_lifted_by_itself(world: World) -> None:
    await world.write(everywhere(None, None, "ban", addresses=("198.51.100.7",)))
    found, more = await world.read(lambda reader: reader.sanctions(None, 2, 10))
    assert not more
    assert [(one.kind, one.account, one.address) for one in found] == [("ban", None, "198.51.100.7")]
    await world.write(everywhere(None, None, "unban", 3, addresses=("198.51.100.7",)))
    assert (await world.read(lambda reader: reader.sanctions(None, 4, 10)))[0] == []


async def test_new_mute_takes_the_place_of_the_old_one(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "mute", 1_000))
    await world.write(act(ann, room, "bob", "mute", 2_000, until_ts=3_000, reason="shorter"))
    found, _ = await world.read(lambda reader: reader.sanctions(room, 2_500, 10))
    assert [(one.name, one.by, one.until, one.reason) for one in found] == [("bob", "ann", 3_000, "shorter")]
    assert (await world.read(lambda reader: reader.sanctions(room, 3_000, 10)))[0] == []
    await world.write(world.message(bob, room, ts=3_000))


async def test_locked_server_takes_no_message_no_join_and_no_new_account_until_it_ends(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(LockServer(None, True, 1_000, 61_000, "a raid"))
    with pytest.raises(Refused, match=r"^This server is locked down for another 59 seconds: a raid\.$"):
        await world.write(world.message(ann, room, ts=2_000))
    await world.reopen()
    for op in (
        world.message(bob, room, ts=2_000),
        JoinChannel(bob, "new", create=True, ts=2_000),
        SignInByName("zoe", 2_000),
    ):
        assert await world.refused(op) is Refusal.LOCKED
    assert (await world.write(SignInByName("bob", 2_000)))[1] is False
    await world.write(world.message(bob, room, ts=61_000))


async def test_locked_server_is_opened_at_once_when_somebody_ends_it(world: World) -> None:
    _, bob, room = await room_of_two(world)
    await world.write(LockServer(None, True, 1_000))
    await world.write(LockServer(None, False, 2_000))
    await world.write(world.message(bob, room, ts=2_000))
    assert await world.read(lambda reader: reader.server_lock(2_000)) is None


async def test_every_act_is_in_the_audit_log_and_a_refused_one_is_not(world: World) -> None:
    ann, bob, room = await room_of_two(world)
    await world.write(act(ann, room, "bob", "mute", 1_000, until_ts=601_000, reason="too loud"))
    await world.refused(act(bob, room, "ann", "kick"))
    await world.write(act(None, room, "bob", "kick", 2_000))
    await world.write(everywhere(None, "bob", "ban", 3_000, addresses=("198.51.100.7",)))
    acts = await world.read(lambda reader: reader.acts(10))
    assert [(one.number, one.actor, one.act, one.target, one.detail) for one in acts] == [
        (1, "ann", "mute", "bob in #room", "for 10 minutes; too loud"),
        (2, "server", "kick", "bob in #room", ""),
        (3, "server", "ban", "bob, 198.51.100.7", ""),
    ]


async def test_who_is_muted_on_the_server_begins_nothing_and_finds_what_there_is(world: World) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cid")
    await world.write(OpenDirect(bob, "ann", 1))
    await world.write(JoinChannel(ann, "room", True, 1))
    await world.write(SanctionOnServer(None, bob, "mute", 2, until_ts=10))

    for begun in (
        JoinChannel(bob, "other", True, 3),
        OpenDirect(bob, "cid", 3),
        MakeGroup(bob, ("ann", "cid"), 3),
    ):
        assert await world.refused(begun) is Refusal.MUTED, begun
    assert not (await world.write(JoinChannel(bob, "room", True, 3)))[1]
    assert not (await world.write(OpenDirect(bob, "ann", 3)))[1]
    assert (await world.write(JoinChannel(bob, "other", True, 10)))[1], "it is over"
