"""Every store: pins and reactions among a few people keep to the rules of messages, bookmarks to those of reading."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.server.store.acts import ChangeRules, SanctionOnServer
from chat_core.server.store.groups import MakeGroup
from chat_core.server.store.marks import PinMessage, ReactTo, SetBookmark
from chat_core.server.store.private import IgnoreAccount
from tests.contract.world import World

Marking = Callable[[AccountId, ConversationId, int, bool, int], PinMessage | ReactTo]


def reacting(account: AccountId, place: ConversationId, seq: int, on: bool, ts: int) -> ReactTo:
    return ReactTo(account, place, seq, "👍", on, ts)


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
@pytest.mark.parametrize("mark", [PinMessage, reacting], ids=["pin", "reaction"])
async def test_mark_among_a_few_is_refused_to_who_may_not_write_there(world: World, mark: Marking, on: bool) -> None:
    ann, bob, _ = await world.sign_in("ann", "bob", "cid")
    direct = await world.open_direct(ann, "bob")
    group = ConversationId((await world.write(MakeGroup(ann, ("bob", "cid"), 1)))[0].id)
    said = {place: (await world.post(ann, place, "look"))[0] for place in (direct, group)}
    for place, seq in said.items():
        await world.write(mark(bob, place, seq, not on, 2))

    await world.write(SanctionOnServer(None, bob, "mute", 3))

    for place, seq in said.items():
        assert await world.refused(mark(bob, place, seq, on, 4)) is Refusal.MUTED
    await world.write(SanctionOnServer(None, bob, "unmute", 5))
    await world.write(IgnoreAccount(ann, "bob", ignored=True))
    assert await world.refused(mark(bob, direct, said[direct], on, 6)) is Refusal.NOT_ALLOWED
    _, _, _, duplicate = await world.write(mark(bob, group, said[group], on, 7))
    assert not duplicate, "in a group nobody has a door of their own"


async def test_pin_of_an_operator_is_in_the_audit_log_and_one_among_a_few_is_not(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room, direct = await world.join(ann, "room"), await world.open_direct(ann, "bob")
    for place, by in ((room, ann), (direct, bob)):
        (seq,) = await world.post(ann, place, "look")
        for on in (True, True, False):
            await world.write(PinMessage(by, place, seq, on, 2))

    acts = await world.read(lambda reader: reader.acts(10))
    assert sorted((act.act, act.actor, act.target) for act in acts) == [
        ("pin", "ann", "#room:1"),
        ("unpin", "ann", "#room:1"),
    ]


async def test_bookmark_of_who_left_a_closed_channel_is_refused_when_it_was_said_behind_them(world: World) -> None:
    ann, bob = await world.sign_in("ann", "bob")
    room = await world.join(ann, "room")
    await world.join(bob, "room")
    await world.write(ChangeRules(ann, room, 1, visibility="invite"))
    (seen,) = await world.post(ann, room, "you are still there")
    await world.leave(bob, room)
    (behind,) = await world.post(ann, room, "behind your back")

    assert await world.refused(SetBookmark(bob, room, behind, True, 2)) is Refusal.NO_MESSAGE
    _, as_it_was = await world.write(SetBookmark(bob, room, seen, True, 2))
    assert not as_it_was
